"""Choosing modules: the deep-linking picker, and what course staff see when a link names no module."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from courses.content.packs import Pack, packs
from courses.modules.spine import TRACK, TRACKS, resource_id
from lti.deep_linking import Choice
from lti.edge import edge
from lti.origins import origin
from lti.picking import Pending, answer, find_pending
from plugin import sessions
from plugin.security import Access, allow_forms_to, guard

blueprint = Blueprint("choose", __name__, url_prefix="/choose")


@blueprint.get("/")
@guard(Access.STAFF)
def overview() -> str:
    """Show the modules to course staff, and how to add them to the course."""
    return render_template("choose/overview.html", packs=packs().values(), track=TRACK)


@blueprint.get("/deep-link/<uuid:launch_id>")
@guard(Access.LAUNCHED)
def deep_link(launch_id: UUID) -> tuple[str, int]:
    """Show the picker. Whom the platform sends here may add activities: that is its decision.

    The launch is named in the address: the session may have gone on with another one in a second tab.
    """
    return _picker(_pending(launch_id), problem="")


@blueprint.post("/deep-link/<uuid:launch_id>")
@guard(Access.LAUNCHED)
def add(launch_id: UUID) -> tuple[str, int]:
    """Carry the choice back to the platform, which then makes the activities."""
    pending = _pending(launch_id)
    if not pending.request.accepts_links:
        return _picker(pending, problem="")
    chosen = [pack for key, pack in packs().items() if key in request.form.getlist("module")]
    if not chosen:
        return _picker(pending, problem=_("Choose at least one step, then add it."))
    if len(chosen) > 1 and not pending.request.multiple:
        return _picker(pending, problem=_("Your platform takes one step at a time here. Choose one."))
    return _carry_back(pending, chosen), 200


def _pending(launch_id: UUID) -> Pending:
    with edge().reading() as session:
        pending = find_pending(session, launch_id=launch_id, person_id=sessions.visit.person_id)
    allow_forms_to(origin(pending.request.return_url) or "")
    return pending


def _picker(pending: Pending, *, problem: str) -> tuple[str, int]:
    if not pending.request.accepts_links:
        problem = _("Your platform did not ask for activities here, so there is nothing Leadline could add.")
    page = render_template(
        "choose/picker.html",
        packs=packs().values(),
        track=TRACKS[TRACK],
        asked=pending.request,
        chosen=request.form.getlist("module"),
        problem=problem,
    )
    return page, 422 if problem else 200


def _carry_back(pending: Pending, chosen: list[Pack]) -> str:
    lti = edge()
    choices = [
        Choice(resource_id(TRACK, pack.key), f"{pack.step} {pack.title}", pack.summary) for pack in chosen
    ]
    with lti.reading() as session:
        signed = answer(
            session,
            pending,
            choices,
            launch_url=lti.tool.url("launch"),
            secret_key=lti.secret_key,
            now=lti.clock(),
        )
    return render_template(
        "choose/answer.html", return_url=pending.request.return_url, jwt=signed, count=len(choices)
    )
