"""The cookie that binds a login to the browser, and what to do where browsers drop it.

SameSite=None; Secure; Partitioned; HttpOnly always: in a frame of another site, with third-party cookies
blocked, no other kind reaches us (measured, Chromium). Chromium takes it on http://127.0.0.1 too.

A browser says in `Sec-Fetch-Dest` that it loads a frame. Then the login first tries whether cookies come
back, before the platform's one-time hint is spent; if not, the same login is offered in a new window.
"""

from urllib.parse import urlencode

from flask import make_response, redirect, request, url_for
from werkzeug.wrappers import Response

TEST = "cookie_test"
PROBE = "leadline_probe"
LONGEST_QUERY = 7000  # characters; servers cut request lines at 8,190
TEN_MINUTES = 600
PROBE_DAYS = 30 * 24 * 3600


def _name(state: str) -> str:
    return f"leadline_state_{state[-16:]}"


def _set(answer: Response, name: str, value: str, max_age: int) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/lti",
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )


def set_state(answer: Response, state: str) -> None:
    """Bind a login to this browser."""
    _set(answer, _name(state), state, TEN_MINUTES)


def has_state(state: str) -> bool:
    """Say whether this browser began the login."""
    return bool(state) and request.cookies.get(_name(state)) == state


def drop_state(answer: Response, state: str) -> None:
    """Tidy up: the state has been used."""
    _set(answer, _name(state), "", 0)


def should_test(parameters: dict[str, str]) -> bool:
    """Say whether it is unknown if this frame keeps cookies."""
    framed = request.headers.get("Sec-Fetch-Dest") in {"iframe", "frame"}
    fits = len(urlencode(parameters)) < LONGEST_QUERY
    return framed and fits and PROBE not in request.cookies and TEST not in parameters


def test(parameters: dict[str, str]) -> Response:
    """Set a cookie and come back at once, as a GET with the same parameters."""
    target = url_for("lti.login") + "?" + urlencode({**parameters, TEST: "1"})
    answer: Response = make_response(redirect(target, 303))
    _set(answer, PROBE, "1", PROBE_DAYS)
    return answer


def blocked(parameters: dict[str, str]) -> bool:
    """Say whether the cookie just set did not come back."""
    return TEST in parameters and PROBE not in request.cookies


def same_login(parameters: dict[str, str]) -> str:
    """Return the address of the same login, for a window of its own."""
    sent = {name: value for name, value in parameters.items() if name != TEST}
    return url_for("lti.login") + "?" + urlencode(sent)
