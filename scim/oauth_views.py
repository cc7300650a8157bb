"""The token endpoint: RFC 6749 3.2, for client credentials only."""

from flask import Blueprint, Response, jsonify, request

from scim.auth import GRANT_TYPE, TOKEN_PATH, issue_token
from scim.errors import ScimError
from scim.limits import admit

blueprint = Blueprint("scim_oauth", __name__)
MEDIA_TYPE = "application/x-www-form-urlencoded"


@blueprint.post(TOKEN_PATH)
def token() -> tuple[Response, int] | Response:
    """Give a client a token for one hour."""
    try:
        admit(f"oauth:{request.remote_addr}")
    except ScimError as error:
        answer, status = _refusal("temporarily_unavailable", error.detail, error.status)
        answer.headers.update(error.headers)
        return answer, status
    if request.mimetype != MEDIA_TYPE or any(len(values) > 1 for _name, values in request.form.lists()):
        return _refusal("invalid_request", f"Send each parameter once, as {MEDIA_TYPE}.", 400)
    if request.form.get("grant_type") != GRANT_TYPE:
        return _refusal("unsupported_grant_type", f"Only {GRANT_TYPE} is supported.", 400)
    return issue_token()


def _refusal(error: str, description: str, status: int) -> tuple[Response, int]:
    answer = jsonify(error=error, error_description=description)
    answer.headers["Cache-Control"] = "no-store"
    return answer, status
