"""The token endpoint: client credentials with a signed assertion.

https://www.imsglobal.org/spec/security/v1p0#using-json-web-tokens-with-oauth-2-0-client-credentials-grant. In
Moodle's manner every error is a 400 and the type of the answer is text/html; audience and replay are checked,
which Moodle leaves out.
"""

import json
import time
from typing import Any

import jwt
from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from plugin.sandbox.access import school
from plugin.sandbox.peer import BadTokenError, KeySetError, peer_of
from plugin.sandbox.records import Token, Tool

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

bp = Blueprint("tokens", __name__)


class TokenError(Exception):
    """A token request we refuse; the text is the OAuth error."""


@bp.route("/token", methods=["GET", "POST"])
def token() -> ResponseReturnValue:
    """Give an access token for the asked scopes that the tool may have."""
    try:
        answer, status = _grant(), 200
    except TokenError as exc:
        answer, status = {"error": str(exc)}, 400
    except BadTokenError as exc:
        if isinstance(exc.__cause__, KeySetError):
            abort(404, str(exc))  # Moodle cannot say it better either
        answer, status = {"error": str(exc)}, 400
    return Response(json.dumps(answer), status, mimetype="text/html", headers={"Cache-Control": "no-store"})


def _grant() -> dict[str, Any]:
    asked = request.form.to_dict()
    if not asked.get("client_assertion") or not asked.get("scope"):
        raise TokenError("invalid_request")
    if (
        asked.get("grant_type") != "client_credentials"
        or asked.get("client_assertion_type") != ASSERTION_TYPE
    ):
        raise TokenError("unsupported_grant_type")
    tool = _tool(asked["client_assertion"])
    peer = peer_of(tool)
    claims = peer.read(asked["client_assertion"], audience=f"{school().issuer}/token", once="jti")
    if claims.get("sub") != tool.client_id:
        raise TokenError("invalid_client")
    scopes = [scope for scope in asked["scope"].split() if scope in tool.scopes]
    if not scopes:
        raise TokenError("invalid_scope")
    granted: dict[str, Any] = peer.get_access_token({**asked, "scope": " ".join(scopes)})
    expires = time.time() + granted["expires_in"]
    school().tokens[granted["access_token"]] = Token(tool.client_id, frozenset(scopes), expires)
    return {**granted, "token_type": "Bearer"}


def _tool(assertion: str) -> Tool:
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise TokenError("invalid_request") from None
    if not claims.get("sub"):
        raise TokenError("invalid_request")
    tool = school().tool_by_client(str(claims["sub"]))
    if tool is None:
        raise TokenError("invalid_client")
    return tool
