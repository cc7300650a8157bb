"""What a tool gave back after a teacher chose content, and the activities and columns made of it.

https://www.imsglobal.org/spec/lti-dl/v2p0#deep-linking-response-message
"""

from typing import Any

from bs4 import BeautifulSoup
from flask import Blueprint, abort, render_template, request, session
from flask.typing import ResponseReturnValue

from plugin.sandbox.access import course_of, repost, school, signed_in
from plugin.sandbox.launch import tool_of
from plugin.sandbox.peer import BadTokenError, peer_of
from plugin.sandbox.records import Activity, Column, Course, Tool
from plugin.sandbox.school import School

POINTS = range(1, 101)  # Moodle's gradepointmax

bp = Blueprint("deep_linking", __name__)


class ItemError(Exception):
    """A content item we cannot save; the text says why."""


@bp.post("/deep-linking-return")
def receive() -> ResponseReturnValue:
    """Verify the tool's answer and add its items to the course."""
    person = signed_in()
    if person is None:
        return repost()
    if not person.edits or request.values.get("sesskey") != session.get("sesskey"):
        abort(403, "This form belongs to another session. Start again from the course.")
    course = course_of(request.values.get("course", 0, int))
    tool = tool_of(request.values.get("id", 0, int))
    try:
        items = peer_of(tool).content_items(request.form.get("JWT", ""))
        added = add(school(), course, tool, items)
    except (BadTokenError, ItemError) as exc:
        page = render_template("refused.html", tool=tool, course=course, reason=str(exc))
        return page, 400
    return render_template("added.html", tool=tool, course=course, added=added)


def add(here: School, course: Course, tool: Tool, items: list[dict[str, Any]]) -> list[Activity]:
    """Make activities and columns of content items: all of them, or none where one is refused."""
    if len(items) == 1 and _points(items[0]) is None and "lineItem" in items[0]:
        raise ItemError("Invalid grade value: a maximum must be a whole number from 1 to 100")
    with here.lock:
        return [_add_one(here, course, tool, item) for item in items]


def _add_one(here: School, course: Course, tool: Tool, item: dict[str, Any]) -> Activity:
    activity = Activity(
        id=here.next_id("activity"),
        course_id=course.id,
        type_id=tool.type_id,
        title=str(item.get("title") or tool.name),
        text=BeautifulSoup(str(item.get("text", "")), "html.parser").get_text(),
        url=str(item.get("url", "")),
        custom=_custom(item.get("custom")),
    )
    here.activities[activity.id] = activity
    if isinstance(item.get("lineItem"), dict):
        column = _column(here.next_id("column"), activity, item)
        here.columns[column.id] = column
    return activity


def _custom(custom: Any) -> dict[str, str]:
    if not isinstance(custom, dict):
        return {}
    return {key: "Array" if isinstance(value, list | dict) else str(value) for key, value in custom.items()}


def _column(column_id: int, activity: Activity, item: dict[str, Any]) -> Column:
    asked, points = item["lineItem"], _points(item)
    review = asked.get("submissionReview")
    return Column(
        id=column_id,
        course_id=activity.course_id,
        type_id=activity.type_id,
        label=activity.title,  # Moodle ignores the label: a column is called like its activity
        maximum=points or max(POINTS),
        resource_id=str(asked.get("resourceId", "")),
        tag=str(asked.get("tag", "")),
        activity_id=activity.id,
        own=True,
        counts=points is not None,  # saved silently, but it takes no grades
        review={key: review[key] for key in ("url", "custom") if key in review} if review else None,
    )


def _points(item: dict[str, Any]) -> int | None:
    line_item = item.get("lineItem")
    points = line_item.get("scoreMaximum") if isinstance(line_item, dict) else None
    return points if isinstance(points, int) and points in POINTS else None
