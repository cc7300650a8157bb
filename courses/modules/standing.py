"""Where somebody stands in a module, told to a gradebook that has not heard it yet."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from courses.content.packs import packs
from courses.modules.actions import Place, lock_attempt
from courses.modules.queries import module_progress
from courses.modules.spine import TRACKS, resource_id
from courses.ports import Gradebook, ModuleState, Score


@dataclass(frozen=True, slots=True)
class Step:
    """A module within a track: what a resource id such as `t:step-up:m1` names."""

    track_key: str
    module_key: str


def find_step(text: str | None) -> Step | None:
    """Read a resource id. None for text that names no module we have."""
    parts = (text or "").split(":")
    if len(parts) != len(("t", "track", "module")) or parts[0] != "t":
        return None
    step = Step(parts[1], parts[2])
    return step if step.track_key in TRACKS and step.module_key in packs() else None


def record_standing(
    session: Session,
    *,
    organization_id: uuid.UUID,
    person_id: uuid.UUID,
    step: Step,
    gradebook: Gradebook,
    now: datetime,
) -> None:
    """Tell the gradebook what somebody has earned so far; nothing if they have not begun."""
    place = Place(organization_id, person_id, step.track_key, step.module_key)
    attempt = lock_attempt(session, place)  # a hand-in at this moment waits, and comes out newer
    if attempt is None or attempt.state == ModuleState.NOT_STARTED:
        return
    progress = module_progress(session, place=place)
    gradebook.record(
        session,
        person_id=person_id,
        resource_id=resource_id(step.track_key, step.module_key),
        score=Score(attempt.points, ModuleState(attempt.state), progress.when("artefact")),
        now=now,
    )
