"""Answers on the wire: application/scim+json for resources and for every error (RFC 7644 3.1, 3.12)."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from flask import Response
from werkzeug.exceptions import HTTPException

from courses.references import reference
from scim.errors import ScimError

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/scim+json"
DETAILS = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The body is too long.",
}


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Write a body as compact JSON."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, headers, mimetype=MEDIA_TYPE)


def nothing(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Answer without a body, and so without a content type."""
    response = Response(status=status, headers=headers)
    del response.headers["Content-Type"]
    return response


def refusal(error: ScimError) -> Response:
    """Answer with the error's own body."""
    return answer(error.body(), error.status, error.headers)


def http_refusal(error: HTTPException) -> Response:
    """Answer what Flask itself refused, keeping headers such as Allow and leaving out library text."""
    status = error.code or 500
    kept = {name: value for name, value in error.get_headers() if name.lower() == "allow"}
    return refusal(ScimError(status, DETAILS.get(status, error.name), headers=kept))


def unexpected(error: Exception) -> Response:
    """Answer a mistake of ours with a number that stands in the log."""
    number = reference()
    log.error("unexpected", exc_info=error, extra={"reference": number})
    return refusal(ScimError(500, f"This is not your fault. It has been noted under {number}."))
