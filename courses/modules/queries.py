"""Read-only looks at module work, one query each."""

import uuid
from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from courses.content.packs import packs
from courses.modules.actions import Place
from courses.modules.models import ActivityWork, Attempt
from courses.modules.progress import Progress


def track_progress(
    session: Session, *, organization_id: uuid.UUID, person_id: uuid.UUID, track_key: str
) -> Mapping[str, Progress]:
    """Say how far a person is in every module that has content, by module key."""
    where = and_(
        Attempt.organization_id == organization_id,
        Attempt.person_id == person_id,
        Attempt.track_key == track_key,
    )
    found = _progress(session, where)
    return {key: found.get(key, Progress(pack, None, {})) for key, pack in packs().items()}


def module_progress(session: Session, *, place: Place) -> Progress:
    """Say how far a person is in one module."""
    where = and_(
        Attempt.organization_id == place.organization_id,
        Attempt.person_id == place.person_id,
        Attempt.track_key == place.track_key,
        Attempt.module_key == place.module_key,
    )
    return _progress(session, where).get(place.module_key, Progress(place.pack, None, {}))


def _progress(session: Session, where: ColumnElement[bool]) -> dict[str, Progress]:
    """Read the newest attempt at each module and the work in it."""
    rows = session.execute(
        select(Attempt, ActivityWork)
        .outerjoin(ActivityWork, ActivityWork.attempt_id == Attempt.id)
        .where(where)
        .order_by(Attempt.number)
    )
    attempts: dict[str, Attempt] = {}
    works: defaultdict[uuid.UUID, dict[tuple[str, str], ActivityWork]] = defaultdict(dict)
    for attempt, work in rows:
        attempts[attempt.module_key] = attempt
        if work is not None:
            works[attempt.id][work.activity, work.occasion] = work
    known = packs()
    return {
        key: Progress(known[key], attempt, works[attempt.id])
        for key, attempt in attempts.items()
        if key in known
    }
