"""The guard before every SCIM route but discovery: a live bearer token, and not too many requests with it.

The token alone decides the organization (RFC 7644 6.3): nothing in a URL, filter or body can name another.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import g, request

from scim.edge import edge
from scim.errors import ScimError
from scim.limits import admit
from scim.tokens import Caller, Found, bearer, find_caller, note_use

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


def guard(view: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
    """Let only callers with a live token through, and no faster than the rate limit says."""

    @wraps(view)
    def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
        found = _identify()
        g.scim_caller = found.caller
        admit(found.caller.key)
        return view(*args, **kwargs)

    return guarded


def caller() -> Caller:
    """Return who calls, inside a guarded view."""
    found: Caller = g.scim_caller
    return found


def _identify() -> Found:
    scim, token = edge(), bearer(request.headers.get("Authorization"))
    if token is None:
        raise _unauthorized("Send your token as: Authorization: Bearer <token>.")
    now = scim.clock()
    with scim.reading() as session:
        found = find_caller(session, token=token, now=now)
    if found is None:
        raise _unauthorized("The token is unknown, expired or revoked.", ', error="invalid_token"')
    if found.stale and found.token_id:
        with scim.transaction() as session:
            note_use(session, token_id=found.token_id, now=now)
    return found


def _unauthorized(detail: str, error: str = "") -> ScimError:
    """Refuse as RFC 6750 3 says; a request without a token is told no error code."""
    return ScimError(401, detail, headers={"WWW-Authenticate": f'Bearer realm="scim"{error}'})
