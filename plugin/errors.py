"""Domain errors and HTTP errors as pages with a reference number: what happened and what to do next."""

import logging
from datetime import UTC, datetime

from flask import Flask, render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from courses.errors import Conflict, DomainError, NotFound, Refused
from courses.references import reference

log = logging.getLogger(__name__)

STATUS: dict[type[DomainError], int] = {NotFound: 404, Conflict: 409, Refused: 422}


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


def _domain_error(error: DomainError) -> tuple[str, int]:
    number = reference()
    status = STATUS.get(type(error), 400)
    log.info("refused", extra={"reference": number, "status": status, "kind": type(error).__name__})
    return error_page(_("That did not work"), str(error), status=status, number=number)


def _visit_ended(error: CSRFError) -> tuple[str, int]:
    """Answer a form whose session is gone. The draft was kept up to the last save."""
    del error
    return render_template("no_session.html"), 400


def _http_error(error: HTTPException) -> tuple[str, int]:
    status = error.code or 500
    headings = {404: _("There is nothing here"), 405: _("This address does not take that")}
    return error_page(headings.get(status, _("That did not work")), error.description or "", status=status)


def _unexpected(error: Exception) -> tuple[str, int]:
    number = reference()
    log.error("unexpected", exc_info=error, extra={"reference": number})
    reason = _("Something broke on our side. It has been noted. Anything you had saved is still there.")
    return error_page(_("This did not work, and it is not your fault"), reason, status=500, number=number)
