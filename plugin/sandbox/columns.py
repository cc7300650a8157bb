"""Columns, scores and results on lti1p3platform's gradebook service.

The library authenticates each call; its one scope list for all of them becomes one per call here. It hands
errors over as a response with a code.
"""
# The library has no type information, so that its classes are Any.
# mypy: allow-subclassing-any

import time
from datetime import UTC, datetime
from typing import Any

import flask
from lti1p3platform.exceptions import LineItemNotFoundException, LtiServiceException
from lti1p3platform.score import UpdateScoreStatus
from lti1p3platform.service_connector import AssignmentsGradesService

from plugin.sandbox import moodle
from plugin.sandbox.claims import column_url, columns_url
from plugin.sandbox.peer import Peer, PeerRequest
from plugin.sandbox.records import Column, Course, Grade

# What PostgreSQL refuses under Moodle: field lengths, and numbers beyond numeric(10,5).
LABEL_LENGTH, RESOURCE_ID_LENGTH, LARGEST = 255, 512, 100_000


class Columns(AssignmentsGradesService):
    """One tool's columns in one course, for one call that needs one of `scopes`."""

    def __init__(self, peer: Peer, course: Course, scopes: list[str]) -> None:
        self.peer, self.course, self.school, self.scopes = peer, course, peer.school, scopes
        self.type_id = peer.tool.type_id
        url = columns_url(self.school, course.id, self.type_id)
        super().__init__(PeerRequest(flask.request), peer, url)

    @property
    def allowed_scopes(self) -> list[str]:
        """The scopes of which one is enough for this call."""
        return self.scopes

    def find_lineitems(self, **_: Any) -> dict[str, Any]:
        """List all columns; the view filters and pages."""
        columns = self.school.columns_of(self.course.id, self.type_id)
        return {"content": [self._shown(column) for column in columns], "has_next": False}

    def find_lineitem(self, line_item_id: str) -> dict[str, Any]:
        """Read one column."""
        return self._shown(self._column(line_item_id))

    def create_lineitem(self, creation_data: Any) -> dict[str, Any]:
        """Add a column; label and maximum are required."""
        if not isinstance(creation_data, dict) or not {"label", "scoreMaximum"} <= creation_data.keys():
            raise LtiServiceException("No label or Score Maximum", 400)
        link = self._link(creation_data)
        maximum = _checked_maximum(creation_data)
        with self.school.lock:
            column = Column(
                id=self.school.next_id("column"),
                course_id=self.course.id,
                type_id=self.type_id,
                label=creation_data["label"],
                maximum=maximum,
                resource_id=creation_data.get("resourceId", ""),
                tag=creation_data.get("tag", ""),
                activity_id=link,
            )
            self.school.columns[column.id] = column
        return {**creation_data, "id": self._url(column.id)}

    def update_lineitem(self, update_data: dict[str, Any]) -> dict[str, Any]:
        """Replace a column: what is left out is cleared, the link to the activity too."""
        if not {"label", "scoreMaximum"} <= update_data.keys():
            raise LtiServiceException("Bad Request", 400)
        link = self._link(update_data)
        maximum = _checked_maximum(update_data)
        with self.school.lock:
            column = self._column(update_data["id"])
            moodle.change_maximum(column, maximum)
            column.label, column.activity_id, column.review = update_data["label"], link, None
            column.resource_id, column.tag = update_data.get("resourceId", ""), update_data.get("tag", "")
        return {**update_data, "id": self._url(column.id)}

    def delete_lineitem(self, line_item_id: str) -> None:
        """Remove a column with its grades."""
        with self.school.lock:
            del self.school.columns[self._column(line_item_id).id]

    def update_score(self, line_item_id: str, score: Any) -> UpdateScoreStatus:
        """Grade in Moodle's manner."""
        with self.school.lock:
            column = self._column(line_item_id)
            try:
                moodle.grade(column, score, learners=self.course.learners, now=int(time.time()))
            except moodle.RefusedError as exc:
                raise LtiServiceException(exc.reason, exc.status) from exc
        return UpdateScoreStatus.SUCCESS

    def get_results(self, line_item_id: str, **_: Any) -> dict[str, Any]:
        """List all results; the view filters."""
        with self.school.lock:
            column = self._column(line_item_id)
            results = [self._result(column, user_id, cell) for user_id, cell in column.grades.items()]
        return {"content": results, "has_next": False}

    def _column(self, line_item_id: str) -> Column:
        with self.school.column(self.course.id, int(line_item_id), self.type_id) as column:
            if column is None:
                raise LineItemNotFoundException(line_item_id)
            return column

    def _link(self, posted: dict[str, Any]) -> int | None:
        link = posted.get("resourceLinkId")
        if link is None:
            return None
        if not str(link).isdecimal():
            raise LtiServiceException(moodle.DATABASE_ERROR.reason, moodle.DATABASE_ERROR.status)
        activity = self.school.activities.get(int(link))
        if activity is None or (activity.course_id, activity.type_id) != (self.course.id, self.type_id):
            raise LtiServiceException("Forbidden", 403)
        return activity.id

    def _url(self, column_id: int) -> str:
        return column_url(self.school, self.course.id, column_id, flask.request.args.get("type_id"))

    def _shown(self, column: Column) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": self._url(column.id),
            "label": column.label,
            "scoreMaximum": number(column.maximum),
            "resourceId": column.resource_id,
            "tag": column.tag,
        }
        if column.activity_id is not None:
            shown |= {"resourceLinkId": str(column.activity_id), "ltiLinkId": str(column.activity_id)}
        return shown | ({"submissionReview": column.review} if column.review else {})

    def _result(self, column: Column, user_id: str, cell: Grade) -> dict[str, Any]:
        url = self._url(column.id)
        results = url.replace("/lineitem?", "/lineitem/results?")
        results = results if "?" in url else f"{url}/results"
        shown = {"id": f"{results}{'&' if '?' in results else '?'}user_id={user_id}", "userId": user_id}
        if cell.shown is None:
            return shown
        score = {"resultScore": number(cell.shown), "resultMaximum": number(column.maximum), "scoreOf": url}
        at = datetime.fromtimestamp(cell.timestamp or 0, UTC).isoformat()
        return {**shown, **score, "timestamp": at, **({"comment": cell.comment} if cell.comment else {})}


def number(value: float) -> float:
    """Give a whole number as one: 40, not 40.0."""
    return int(value) if value == int(value) else value


def _checked_maximum(posted: dict[str, Any]) -> float:
    too_long = len(posted["label"]) > LABEL_LENGTH or len(posted.get("resourceId", "")) > RESOURCE_ID_LENGTH
    try:
        maximum = float(posted["scoreMaximum"])
    except (TypeError, ValueError):
        raise LtiServiceException("Bad Request", 400) from None
    if too_long or abs(maximum) >= LARGEST:
        raise LtiServiceException(moodle.DATABASE_ERROR.reason, moodle.DATABASE_ERROR.status)
    return maximum
