"""What a learner can do in a module: keep a draft, hand a sheet in. Credit and grade follow at once."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses.content.packs import Pack, packs
from courses.errors import Conflict, Refused
from courses.modules import rules
from courses.modules.checks import problems
from courses.modules.entries import tidy
from courses.modules.forms import Problem, Values
from courses.modules.models import ActivityWork, Attempt
from courses.modules.progress import Progress
from courses.modules.sheets import Sheet
from courses.modules.spine import resource_id
from courses.people.linking import linked_to
from courses.ports import Gradebook, ModuleState, Score


@dataclass(frozen=True, slots=True)
class Place:
    """Whose work in which module."""

    organization_id: uuid.UUID
    person_id: uuid.UUID
    track_key: str
    module_key: str

    @property
    def pack(self) -> Pack:
        """The module's content."""
        return packs()[self.module_key]


class Edited(Conflict):
    """The sheet was changed elsewhere since this page was opened. `theirs` is what it holds now."""

    def __init__(self, theirs: Values, revision: int) -> None:
        super().__init__("This was changed in another window. Your words are still on this page: choose one.")
        self.theirs = theirs
        self.revision = revision


def save_draft(
    session: Session, *, place: Place, sheet: Sheet, values: Values, revision: int, now: datetime
) -> ActivityWork:
    """Keep what was typed. A `once` sheet that was handed in stays as it is. Raises Edited, Refused."""
    progress, work = _open(session, place=place, sheet=sheet, now=now)
    _refuse_too_early(progress, sheet, now)
    if not _is_settled(sheet, work, values):
        _refuse_stale(work, values, revision)
        _write_draft(work, values, now)
    session.flush()
    return work


def hand_in(
    session: Session,
    *,
    place: Place,
    sheet: Sheet,
    values: Values,
    revision: int,
    now: datetime,
    gradebook: Gradebook,
) -> list[Problem]:
    """Hand a sheet in, or keep it as a draft and say what is missing. Doing it twice does no harm.

    Raises Edited when another window changed it, Refused when it is not open yet.
    """
    progress, work = _open(session, place=place, sheet=sheet, now=now)
    _refuse_too_early(progress, sheet, now)
    values = tidy(sheet.form, values)
    if _is_settled(sheet, work, values):
        return []
    _refuse_stale(work, values, revision)
    found = problems(sheet.form, values, now.date())
    if found:
        _write_draft(work, values, now)
        return found
    _write_submission(work, _stamped(sheet, place.pack, values), now)
    _count(session, place=place, progress=progress, now=now, gradebook=gradebook)
    return []


def _open(session: Session, *, place: Place, sheet: Sheet, now: datetime) -> tuple[Progress, ActivityWork]:
    """Lock the attempt, beginning it if need be, and find the sheet's row."""
    attempt = lock_attempt(session, place) or _begin_attempt(session, place, now)
    rows = session.scalars(select(ActivityWork).where(ActivityWork.attempt_id == attempt.id))
    works = {(row.activity, row.occasion): row for row in rows}
    work = works.get((sheet.activity, sheet.occasion))
    if work is None:
        work = ActivityWork(
            organization_id=place.organization_id,
            attempt_id=attempt.id,
            activity=sheet.activity,
            occasion=sheet.occasion,
            revision=0,
            updated_at=now,
        )
        session.add(work)
        works[sheet.activity, sheet.occasion] = work
    return Progress(place.pack, attempt, works), work


def lock_attempt(session: Session, place: Place) -> Attempt | None:
    """Find the newest attempt and keep others from changing it until the end of the transaction."""
    return session.scalars(
        select(Attempt)
        .where(
            Attempt.organization_id == place.organization_id,
            Attempt.person_id == place.person_id,
            Attempt.track_key == place.track_key,
            Attempt.module_key == place.module_key,
        )
        .order_by(Attempt.number.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()


def _begin_attempt(session: Session, place: Place, now: datetime) -> Attempt:
    attempt = Attempt(
        organization_id=place.organization_id,
        person_id=place.person_id,
        track_key=place.track_key,
        module_key=place.module_key,
        number=1,
        pack_version=place.pack.version,
        points=0,
        state=ModuleState.NOT_STARTED,
        started_at=now,
        updated_at=now,
    )
    try:
        with session.begin_nested():
            session.add(attempt)
            session.flush()
            _follow(session, place)
    except IntegrityError:  # another window began it at the same moment
        begun = lock_attempt(session, place)
        if begun is None:  # then it was refused for another reason
            raise
        return begun
    except _Moved as moved:
        begun = lock_attempt(session, moved.place)
        return begun or _begin_attempt(session, moved.place, now)
    return attempt


class _Moved(Exception):
    """The directory turned out to know this person, after the page was asked for: their work is elsewhere."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place


def _follow(session: Session, place: Place) -> None:
    """Raise _Moved for somebody who was linked. Called holding a new row of theirs: a link waits for it."""
    person = linked_to(session, person_id=place.person_id)
    if person is not None:
        raise _Moved(replace(place, person_id=person))


def _refuse_too_early(progress: Progress, sheet: Sheet, now: datetime) -> None:
    key = (sheet.activity, sheet.occasion)
    if key == ("commitment", "closed") and not progress.handed_in("commitment", "made"):
        raise Refused("There is no promise to close yet. Make one first.")
    done = progress.handed_in("snapshot", "t2")
    if key == ("snapshot", "t2") and not done and progress.questions_changed:
        raise Refused(
            "The questions have changed since your first answers, so they cannot be compared. "
            "The snapshot stays closed."
        )
    if key == ("snapshot", "t2") and not done and not progress.second_snapshot_is_open(now):
        raise Refused(
            "The snapshot opens again three weeks after your first answers, with the same questions."
        )


def _is_settled(sheet: Sheet, work: ActivityWork, values: Values) -> bool:
    """Say whether there is nothing to write: handed in for good, or exactly this already."""
    if work.submitted is None:
        return False
    return sheet.once or (work.draft is None and work.submitted == values)


def _refuse_stale(work: ActivityWork, values: Values, revision: int) -> None:
    if revision != work.revision and work.values != values:
        raise Edited(work.values, work.revision)


def _write_draft(work: ActivityWork, values: Values, now: datetime) -> None:
    if work.values == values:
        return
    work.draft, work.revision, work.updated_at = values, work.revision + 1, now


def _write_submission(work: ActivityWork, values: Values, now: datetime) -> None:
    work.draft, work.submitted, work.submitted_at = None, values, now
    work.revision, work.updated_at = work.revision + 1, now


def _stamped(sheet: Sheet, pack: Pack, values: Values) -> dict[str, Any]:
    """Note which version of an instrument was answered: a second answer must be of the same."""
    answered = sheet.activity == "snapshot" and sheet.once
    return {**values, "version": pack.snapshot.version} if answered else values


def _count(
    session: Session, *, place: Place, progress: Progress, now: datetime, gradebook: Gradebook
) -> None:
    """Recount credit. It never falls, and a completed module stays completed (domain design 0.3)."""
    attempt, weights = progress.attempt, place.pack.weights
    if attempt is None or attempt.state == ModuleState.COMPLETED:
        return
    points = max(attempt.points, rules.points(progress.work, weights))
    state = rules.state(progress.work, weights)
    if (points, state) != (attempt.points, attempt.state):
        attempt.points, attempt.state, attempt.updated_at = points, state, now
    session.flush()
    gradebook.record(  # the same score with a later hand-in is news too; the same altogether is not
        session,
        person_id=attempt.person_id,
        resource_id=resource_id(place.track_key, place.module_key),
        score=Score(points, state, progress.when("artefact")),
        now=now,
    )
