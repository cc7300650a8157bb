"""Canvas: submissions beside scores, throttling by cost, and a 401 with many meanings.

https://developerdocs.instructure.com/services/canvas/external-tools/lti/file.assignment_tools and
app/controllers/lti/ims/scores_controller.rb.
"""

from http import HTTPStatus
from typing import Any

from courses.ports import ModuleState
from lti.products.answers import (
    Answer,
    Later,
    LookFirst,
    NoMoreAttempts,
    RefusedForGood,
    TokenExpired,
    Verdict,
    words_of,
)
from lti.products.standard import CellState, Standard, wire_time

SUBMISSION = "https://canvas.instructure.com/lti/submission"
NOT_THE_TOKEN = (  # 401 for good: an admin has to change something
    "insufficient permissions",
    "not linked to a tool",
    "developer key",
)


class Canvas(Standard):
    """Every post is a new attempt unless told otherwise, and replaces what a teacher gave.

    So we read the result first: `prioritize_non_tool_grade` would block our own next score too.
    """

    looks_before_posting = True

    def score(self, cell: CellState) -> dict[str, Any]:
        """Make a new attempt only when something was handed in since the last delivery."""
        score = super().score(cell)
        handed_in = cell.handed_in_at if cell.handed_in_at != cell.delivered_handed_in_at else None
        score[SUBMISSION] = {"new_submission": handed_in is not None}
        if handed_in is not None:
            # The same time in every retry: Canvas then mends the attempt instead of adding one.
            score["submission"] = {"submittedAt": wire_time(handed_in)}
        return score

    def grading_progress(self, state: ModuleState) -> str:
        """Show "needs grading" while the manager's part is open. With a score Canvas keeps the grade."""
        return "PendingManual" if state is ModuleState.SUBMITTED else "FullyGraded"

    def verdict(self, answer: Answer) -> Verdict:
        """Read Canvas's own shapes of 400, 401, 403 and 422."""
        said = answer.body.lower()
        found = super().verdict(answer)
        if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY and "allowed attempts" in said:
            return NoMoreAttempts(words_of(answer), answer.status)
        if answer.status == HTTPStatus.FORBIDDEN and "rate limit exceeded" in said:
            return Later(words_of(answer), answer.status, answer.headers.get("Retry-After"))
        if answer.status == HTTPStatus.BAD_REQUEST and "timestamp" in said and "submitted" not in said:
            return LookFirst(words_of(answer), answer.status)  # earlier than what is there
        if isinstance(found, TokenExpired) and any(words in said for words in NOT_THE_TOKEN):
            return RefusedForGood(found.words, answer.status)
        return found
