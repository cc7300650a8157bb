"""Where a learner sits: whose work, in which module, on which sheet, and where its grade goes."""

from collections.abc import Mapping
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _

from courses.content.packs import packs
from courses.errors import NotFound
from courses.modules.actions import Place
from courses.modules.progress import Progress
from courses.modules.queries import module_progress, track_progress
from courses.modules.sheets import Sheet, sheet
from courses.modules.spine import TRACKS
from courses.ports import Gradebook
from plugin import sessions


def gradebook() -> Gradebook:
    """Return where grades go. It knows itself in which courses this person is graded."""
    found: Gradebook = current_app.extensions["leadline.gradebook"]
    return found


def only_trying() -> bool:
    """Say whether the visitor teaches here and does not learn here."""
    return sessions.visit.staff and not sessions.visit.learner


def now() -> datetime:
    """Tell the time."""
    found: datetime = current_app.extensions["leadline.clock"]()
    return found


def find_place(track: str, module: str) -> Place:
    """Find the visitor's place in a module. Raises NotFound."""
    if track not in TRACKS or module not in packs():
        raise NotFound(_("There is no such step. Your home page lists those that are open."))
    return Place(sessions.visit.organization_id, sessions.visit.person_id, track, module)


def find_progress(place: Place, activity: str) -> Progress:
    """Read how far the visitor is. Raises NotFound for an activity that is not open in this module."""
    with sessions.database().reading() as session:
        progress = module_progress(session, place=place)
    if activity not in progress.open_activities:
        raise _not_open()
    return progress


def _not_open() -> NotFound:
    return NotFound(_("This activity is not open yet. The page of the step shows those that are."))


def find_steps(track: str) -> Mapping[str, Progress]:
    """Read how far the visitor is in every module of a track."""
    visit = sessions.visit
    with sessions.database().reading() as session:
        return track_progress(
            session, organization_id=visit.organization_id, person_id=visit.person_id, track_key=track
        )


def posted_sheet(place: Place, activity: str, occasion: str) -> Sheet:
    """Find the sheet that a form says it is. Raises NotFound."""
    found = sheet(place.pack, activity, occasion)
    if found is None:
        raise _not_open()
    return found


def current_sheet(progress: Progress, activity: str, asked: str | None, moment: datetime) -> Sheet:
    """Choose the sheet to show: the first not handed in, or the second snapshot if asked for."""
    occasion = "main"
    if activity == "snapshot":
        again = asked == "t2" and progress.second_snapshot_is_open(moment)
        first = progress.handed_in("snapshot", "t1") is None
        occasion = "t1" if first else "t2" if again else "note"
    elif activity == "commitment":
        occasion = "closed" if progress.handed_in("commitment", "made") else "made"
    found = sheet(progress.pack, activity, occasion)
    if found is None:
        raise _not_open()
    return found
