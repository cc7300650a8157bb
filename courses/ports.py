"""What the domain needs from outside, as protocols. `plugin` hands the real ones in; tests hand fakes."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session


class ModuleState(StrEnum):
    """Where a module stands (domain design 6.2). Decides what the platforms are told beside the score."""

    NOT_STARTED = "not_started"
    WORKING = "working"
    SUBMITTED = "submitted"  # everything but the manager's part is done
    RETURNED = "returned"  # the artefact came back with a comment
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Score:
    """What a gradebook cell should show: `points` of 100, floored (domain design 0.3).

    `handed_in_at` is when the artefact was last handed in: Canvas counts that as a new submission.
    """

    points: int
    state: ModuleState
    handed_in_at: datetime | None = None


class Gradebook(Protocol):
    """Where scores go. Recording is part of the caller's transaction; delivery happens later."""

    def record(
        self, session: Session, *, person_id: uuid.UUID, resource_id: str, score: Score, now: datetime
    ) -> None:
        """Make `score` the newest state of every cell this person has for `resource_id`."""


class Clock(Protocol):
    """Tells the time. Only `plugin` owns one; everything below takes `now`."""

    def __call__(self) -> datetime:
        """Return an aware UTC instant."""
