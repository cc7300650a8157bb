"""Domain errors and HTTP errors as pages with a reference number: what happened and what to do next.

A blueprint's own handlers see no 404 or 405 of the router, so errors under /scim are handed over here.
"""

import logging
from datetime import UTC, datetime

from flask import Flask, Response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from courses.errors import Conflict, DomainError, NotFound, Refused
from courses.references import reference
from scim import answers
from scim.edge import PREFIX as SCIM
from scim.errors import ScimError

log = logging.getLogger(__name__)

STATUS: dict[type[DomainError], int] = {NotFound: 404, Conflict: 409, Refused: 422}

HTTP_WORDS = {
    404: (
        lazy_gettext("There is nothing here"),
        lazy_gettext("The address is mistyped, or what it showed is gone."),
    ),
    405: (
        lazy_gettext("This address does not take that"),
        lazy_gettext("It is meant to be opened in another way. Go back and try again from there."),
    ),
    413: (lazy_gettext("That is too long"), lazy_gettext("Shorten what you sent, and send it again.")),
}


def init_app(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _visit_ended)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def error_page(heading: str, reason: str, *, status: int, number: str | None = None) -> tuple[str, int]:
    """Render the one page that all errors share."""
    page = render_template(
        "error.html", heading=heading, reason=reason, reference=number or reference(), now=datetime.now(UTC)
    )
    return page, status


def _domain_error(error: DomainError) -> tuple[str, int] | Response:
    number = reference()
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    if _is_scim():
        return answers.refusal(ScimError(status, str(error)))
    log.info("refused", extra={"reference": number, "status": status, "kind": type(error).__name__})
    return error_page(_("That did not work"), str(error), status=status, number=number)


def _visit_ended(error: CSRFError) -> tuple[str, int]:
    """Answer a form whose session is gone. The draft was kept up to the last save."""
    del error
    return visit_ended(400)


def visit_ended(status: int) -> tuple[str, int]:
    """Say that we do not know who is here, and how to go on."""
    number = reference()
    log.info("no visit", extra={"reference": number, "status": status})
    return render_template("no_session.html", reference=number), status


def _http_error(error: HTTPException) -> tuple[str, int] | Response:
    if _is_scim():
        return answers.http_refusal(error)
    status, number = error.code or 500, reference()
    log.info("refused", extra={"reference": number, "status": status})
    heading, reason = HTTP_WORDS.get(status, (_("That did not work"), error.description or ""))
    return error_page(str(heading), str(reason), status=status, number=number)


def _unexpected(error: Exception) -> tuple[str, int] | Response:
    if _is_scim():
        return answers.unexpected(error)
    number = reference()
    log.error("unexpected", exc_info=error, extra={"reference": number})
    reason = _("Something broke on our side. It has been noted. Anything you had saved is still there.")
    return error_page(_("This did not work, and it is not your fault"), reason, status=500, number=number)


def _is_scim() -> bool:
    return request.path == SCIM or request.path.startswith(f"{SCIM}/")
