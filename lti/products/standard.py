"""What AGS 2.0 asks for, read the careful way: https://www.imsglobal.org/spec/lti-ags/v2p0#score-publish-service.

Every post carries a score and is FullyGraded, because platforms erase the grade otherwise.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from courses.ports import ModuleState
from lti.products.answers import (
    Answer,
    Delivered,
    Later,
    LookFirst,
    RefusedForGood,
    TokenExpired,
    Verdict,
    words_of,
)

SCORE_MAXIMUM = 100
PASSING = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.LOCKED,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
}
ACTIVITY_PROGRESS = {  # domain design 6.2
    ModuleState.NOT_STARTED: "Started",
    ModuleState.WORKING: "InProgress",
    ModuleState.SUBMITTED: "Submitted",
    ModuleState.RETURNED: "InProgress",
    ModuleState.COMPLETED: "Completed",
}


@dataclass(frozen=True, slots=True)
class CellState:
    """What a cell should show, and what it showed when we last heard."""

    user_id: str
    points: int
    state: ModuleState
    timestamp: datetime
    handed_in_at: datetime | None = None
    delivered_version: int = 0
    delivered_handed_in_at: datetime | None = None


def wire_time(moment: datetime) -> str:
    """Write an instant as ISO 8601 with milliseconds and offset: `2026-11-23T09:00:00.000+00:00`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


class Standard:
    """A platform that keeps to the specification and has no manners of its own."""

    looks_before_posting = False

    def score(self, cell: CellState) -> dict[str, Any]:
        """Make the score to post, as JSON. It always has a value."""
        return {
            "userId": cell.user_id,
            "scoreGiven": cell.points,
            "scoreMaximum": SCORE_MAXIMUM,
            "activityProgress": ACTIVITY_PROGRESS[cell.state],
            "gradingProgress": self.grading_progress(cell.state),
            "timestamp": wire_time(cell.timestamp),
        }

    def grading_progress(self, state: ModuleState) -> str:
        """Say how final the score is."""
        del state
        return "FullyGraded"

    def verdict(self, answer: Answer) -> Verdict:
        """Say what an answer to a posted score means."""
        words, status = words_of(answer), answer.status
        if HTTPStatus(200) <= status < HTTPStatus.MULTIPLE_CHOICES:
            return Delivered(status)
        if status == HTTPStatus.UNAUTHORIZED:
            return TokenExpired(words, status)
        if status == HTTPStatus.CONFLICT:
            return LookFirst(words, status)
        if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in PASSING:
            return RefusedForGood(words, status)
        return Later(words, status, answer.headers.get("Retry-After"))
