"""A refused launch as a page: a reference number, the reason in plain words, and what to do next."""

import logging
from datetime import UTC, datetime

from flask import render_template

from courses.references import reference
from lti.errors import WORDS, LaunchRefused, Reason

log = logging.getLogger(__name__)

FOR_ADMINS = frozenset({Reason.REGISTRATION_FAILED})  # only these pages show the platform's own words


def refusal_page(refused: LaunchRefused) -> tuple[str, int]:
    """Log a refusal under its number, and show the number."""
    number = reference()
    log.warning(
        "launch refused",
        extra={"reference": number, "reason": str(refused.reason), "detail": refused.detail[:500]},
    )
    words = WORDS[refused.reason]
    page = render_template(
        "lti/refused.html",
        words=words,
        detail=refused.detail if refused.reason in FOR_ADMINS else "",
        return_url=refused.return_url,
        reference=number,
        now=datetime.now(UTC),
    )
    return page, words.status
