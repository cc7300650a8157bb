"""Who may call what, and the headers every response carries."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, Response, abort, g, render_template, request

from plugin import sessions
from plugin.errors import visit_ended

View = TypeVar("View", bound=Callable[..., Any])


class Access(StrEnum):
    """Who may call a route."""

    ANYONE = "anyone"
    LAUNCHED = "launched"  # came from a learning platform, as anybody
    STAFF = "staff"  # teaches or administers the course they came from


def guard(access: Access) -> Callable[[View], View]:
    """Say who may call a route. Every route has one; a test walks the URL map to see."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if access is not Access.ANYONE and sessions.find() is None:
                return visit_ended(401)
            if access is Access.STAFF and not sessions.visit.staff:
                return render_template("staff_only.html"), 403
            return view(*args, **kwargs)

        vars(guarded)["access"] = access  # read by the test of the URL map
        return cast("View", guarded)

    return decorate


def init_app(app: Flask) -> None:
    """Put security headers on every response, and keep out NUL characters: PostgreSQL takes none."""
    app.before_request(_refuse_nul)
    app.after_request(_add_headers)


def _refuse_nul() -> None:
    sent = (*request.args.values(), *request.form.values(), request.path)
    if any("\x00" in value for value in sent):
        abort(400, "The request holds a NUL character, which no text has. Leave it out.")


def allow_forms_to(url_origin: str) -> None:
    """Let this page's forms be posted to a platform: its deep-linking return URL."""
    g.form_action = url_origin


def _add_headers(response: Response) -> Response:
    ancestors = _frame_ancestors()
    form_action = f"'self' {g.form_action}" if "form_action" in g else "'self'"
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"font-src 'self'; base-uri 'none'; form-action {form_action}; frame-ancestors {ancestors}",
    )
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _frame_ancestors() -> str:
    """Say who may frame us: the visit's platform. Pages before that hold no data and no action."""
    if "frame_ancestors" in g:
        return str(g.frame_ancestors)
    found = g.get("visit")
    return " ".join(["'self'", *found.frame_origins]) if found else "*"
