"""Moodle's manner of grading, measured on 4.5.6: everything that another product would do otherwise.

Each rule was recorded from a real site. Media types, statuses and reason phrases are Moodle's own.
"""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from plugin.sandbox.records import Column, Grade, Person

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
AGS_SCOPES = tuple(AGS + name for name in ("lineitem", "lineitem.readonly", "result.readonly", "score"))

COLUMN_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
COLUMNS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE = "application/vnd.ims.lis.v2.resultcontainer+json"
MEMBERS_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
ADMIN_ROLES = (
    "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
    MEMBERSHIP + "Instructor",
    "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator",
)
REASON_LIMIT = 60_000  # http.client refuses longer status lines


@dataclass
class RefusedError(Exception):
    """A call Moodle refuses. `status` 502 is what nginx says when PHP dies of a database error."""

    status: int
    reason: str


INCORRECT = RefusedError(400, "Incorrect score received")
TOO_OLD = RefusedError(409, "Refusing score with an earlier timestamp")
DATABASE_ERROR = RefusedError(502, "Bad Gateway")


def granted(asked: Collection[str]) -> frozenset[str]:
    """Give the scopes a registration gets: column management brings all four, otherwise the reading three."""
    ags = {scope for scope in AGS_SCOPES if scope in asked}
    if AGS + "lineitem" in ags:
        ags = set(AGS_SCOPES)
    return frozenset(ags | ({NRPS} & set(asked)))


def echoed(asked: Collection[str]) -> str:
    """Give the scopes the registration answer names: always `lineitem` once any AGS scope was asked."""
    scopes = granted(asked)
    ags = scopes & set(AGS_SCOPES)
    return " ".join(sorted(scopes | ({AGS + "lineitem"} if ags else set())))


def launch_roles(person: Person) -> list[str]:
    """Give the role URIs of a launch: a non-editing teacher is an Instructor there."""
    if person.role == "admin":
        return list(ADMIN_ROLES)
    return [MEMBERSHIP + ("Learner" if person.role == "learner" else "Instructor")]


def roster_role(person: Person) -> str:
    """Give the short role name of the roster: a non-editing teacher is a Learner there."""
    return "Instructor" if person.role == "teacher" else "Learner"


def accepts(header: str, media: str, *, any_type: bool = True) -> bool:
    """Whether an Accept header is right: the exact type, or none; `*/*` except for the list of columns."""
    return header in {"", media} or (any_type and header == "*/*")


def is_type(header: str, media: str) -> bool:
    """Whether a Content-Type header is right: the exact lower-case type, a charset allowed."""
    return header.partition(";")[0].strip() == media


def reason_phrase(refused: RefusedError, body: str) -> str | None:
    """Give the status line's text; None where PHP rejects the header, so that the answer becomes 200.

    Moodle puts the whole posted score into the reason phrase; a line break in it kills the status line.
    """
    if refused.status != INCORRECT.status:
        return refused.reason
    if "\n" in body or "\r" in body:
        return None
    return (refused.reason + body).encode("latin-1", "replace").decode("latin-1")[:REASON_LIMIT]


def grade(column: Column, posted: Any, *, learners: Collection[str], now: int) -> None:
    """Put a posted score into its cell; raises RefusedError. Seconds are epoch seconds."""
    user_id, at = _addressee(posted, learners)
    given = _given(posted)
    cell = column.grades.get(user_id, Grade())
    if cell.timestamp is not None and at <= cell.timestamp:
        raise TOO_OLD
    if not column.counts:
        return
    if posted["gradingProgress"] != "FullyGraded" or given is None:
        column.grades[user_id] = _with_override(cell, Grade(timestamp=None if column.own else now))
    else:
        comment = str(posted.get("comment", ""))
        score = _rescaled(given, float(posted["scoreMaximum"]), column.maximum)
        column.grades[user_id] = _with_override(cell, Grade(score, comment, at))


def _addressee(posted: Any, learners: Collection[str]) -> tuple[str, int]:
    if not isinstance(posted, dict) or not all(
        posted.get(name) for name in ("userId", "gradingProgress", "activityProgress", "timestamp")
    ):
        raise INCORRECT
    at = _seconds(posted["timestamp"])
    user_id = str(posted["userId"])
    if not user_id.isdecimal():
        raise DATABASE_ERROR
    if user_id not in learners:
        raise INCORRECT
    return user_id, at


def _given(posted: dict[str, Any]) -> float | None:
    if posted.get("scoreGiven") is None:
        return None
    try:
        given, maximum = float(posted["scoreGiven"]), float(posted["scoreMaximum"])
    except (KeyError, TypeError, ValueError):
        raise INCORRECT from None
    if not math.isfinite(given) or not math.isfinite(maximum):
        raise INCORRECT
    return given


def _seconds(text: Any) -> int:
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise INCORRECT from None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def _rescaled(given: float, maximum: float, column_maximum: float) -> float:
    points = given * column_maximum / maximum if maximum else given
    return round(min(max(points, 0), column_maximum), 5)


def _with_override(before: Grade, after: Grade) -> Grade:
    if before.teacher is None:
        return after
    return Grade(after.score, before.comment, after.timestamp, before.teacher)


def change_maximum(column: Column, maximum: float) -> None:
    """Set a new maximum and rescale the grades, as replacing a line item does."""
    for cell in column.grades.values():
        if cell.score is not None and column.maximum:
            cell.score = _rescaled(cell.score, column.maximum, maximum)
    column.maximum = maximum


def link_header(url: str, *, limit: int, start: int, total: int) -> str:
    """Give the Link header of a column list, with Moodle's curly quotes and `&amp;`."""
    pages = {"first": 0, "prev": max(start - limit, 0), "canonical": start, "next": start + limit}
    pages["last"] = max(total - 1, 0) // limit * limit
    if start == 0:
        del pages["prev"]
    if start + limit >= total:
        del pages["next"]
    joint = "&amp;" if "?" in url else "?"
    url = re.sub("&(?!amp;)", "&amp;", url)
    text = ", ".join(
        f"<{url}{joint}limit={limit}&amp;from={at}>; rel=\u201c{rel}\u201d" for rel, at in pages.items()
    )
    return text.encode().decode("latin-1")  # header bytes above ASCII travel as Latin-1
