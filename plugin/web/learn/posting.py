"""What happens when a form of the learner's pages is posted: keep, add, remove, or hand in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Request, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from courses.errors import Refused
from courses.modules.actions import Edited, Place, hand_in, save_draft
from courses.modules.entries import add_item, differences, read_entries, remove_item
from courses.modules.forms import Values
from courses.modules.sheets import Sheet
from plugin import sessions
from plugin.web.learn import desk, sheet_pages
from plugin.web.learn.words import DONE

LONGEST_NUMBER = 10  # digits that fit any integer column
OURS = ("action", "revision", "csrf_token")  # what a form posts beside a person's words
Answer = BaseResponse | str | tuple[str, int] | tuple[Response, int]


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted form. `verb` is save, hand-in, add or remove; `target` names a list and `index` its item."""

    place: Place
    sheet: Sheet
    values: Values
    revision: int
    verb: str
    target: str
    index: int

    @property
    def address(self) -> dict[str, Any]:
        """Where the form lives."""
        return {
            "track": self.place.track_key,
            "module": self.place.module_key,
            "activity": self.sheet.activity,
        }


def read_post(place: Place, activity: str) -> Posted:
    """Read the form. Raises NotFound for a sheet that does not exist, Refused for nonsense."""
    form: MultiDict[str, str] = request.form
    verb, _colon, rest = form.get("action", "save").partition(":")
    target, _colon, index = rest.partition(":")
    sheet = desk.posted_sheet(place, activity, form.get("occasion", "main"))
    values = read_entries(sheet.form, form.to_dict(flat=False))
    return Posted(place, sheet, values, _number(form.get("revision")), verb, target, _number(index))


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < LONGEST_NUMBER else 0


def answer(posted: Posted, moment: datetime) -> Answer:
    """Do what the form asks and say where to go on."""
    try:
        if posted.verb == "hand-in":
            return _hand_in(posted, moment)
        if posted.verb in ("save", "add", "remove"):
            return _save(posted, moment)
    except Edited as edited:
        return _edited(posted, edited)
    raise Refused(_("This button is not known here. Go back, reload the page, and try again."))


def _hand_in(posted: Posted, moment: datetime) -> Answer:
    with sessions.database().transaction() as session:
        found = hand_in(
            session,
            place=posted.place,
            sheet=posted.sheet,
            values=posted.values,
            revision=posted.revision,
            now=moment,
            gradebook=desk.gradebook(),
        )
    if found:
        return _incomplete(posted)
    flash(str(DONE[posted.sheet.activity, posted.sheet.occasion]))
    return redirect(_onward(posted), 303)


def _onward(posted: Posted) -> str:
    """Go to the next activity, or stay where there is a result to see."""
    stays = posted.sheet.activity == "commitment" or posted.sheet.occasion in ("t1", "t2")
    if stays:
        return url_for("learn.show", **posted.address)
    return url_for("learn.module", track=posted.place.track_key, module=posted.place.module_key)


def _save(posted: Posted, moment: datetime) -> Answer:
    values, anchor = _rearranged(posted)
    with sessions.database().transaction() as session:
        work = save_draft(
            session,
            place=posted.place,
            sheet=posted.sheet,
            values=values,
            revision=posted.revision,
            now=moment,
        )
    if _wants_json(request):
        return jsonify(saved_at=work.updated_at.isoformat(), revision=work.revision)
    query: dict[str, Any] = {
        "open": posted.target or None,
        "occasion": "t2" if posted.sheet.occasion == "t2" else None,
    }
    return redirect(url_for("learn.show", **posted.address, **query, _anchor=anchor), 303)


def _rearranged(posted: Posted) -> tuple[Values, str | None]:
    """Add or remove an item, and say where on the page to go on."""
    form, values = posted.sheet.form, posted.values
    if posted.verb == "add":
        values = add_item(form, values, posted.target)
        return values, f"{posted.target}.{len(values.get(posted.target) or []) - 1}"
    if posted.verb == "remove":
        return remove_item(form, values, posted.target, posted.index), posted.target
    return values, None


def _wants_json(asked: Request) -> bool:
    return asked.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _incomplete(posted: Posted) -> Answer:
    """Show the form again with what is missing; the words are kept as a draft."""
    progress = desk.find_progress(posted.place, posted.sheet.activity)
    return sheet_pages.show(progress, posted.place, posted.sheet, tried=True), 422


def _edited(posted: Posted, edited: Edited) -> Answer:
    """Keep the person's words on the page and let them choose between the two versions."""
    if _wants_json(request):
        return jsonify(error=str(edited), revision=edited.revision), 409
    page = render_template(
        "learn/edited.html",
        revision=edited.revision,
        differences=differences(posted.sheet.form, posted.values, edited.theirs),
        entries=[(name, text) for name, text in request.form.items(multi=True) if name not in OURS],
        address=url_for("learn.show", **posted.address),
    )
    return page, 409
