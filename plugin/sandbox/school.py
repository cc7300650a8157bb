"""The state of the sandbox LMS: everything in memory, behind one lock."""

import itertools
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from plugin.sandbox.keys import PlatformKey
from plugin.sandbox.records import (
    Activity,
    Column,
    Course,
    Fault,
    Grade,
    Hint,
    Person,
    PostedScore,
    Token,
    Tool,
)

PEOPLE = (
    Person("2", "ines", "Ines", "Castell", "admin"),
    Person("3", "amara", "Amara", "Osei", "learner", "E1001"),
    Person("4", "luis", "Luis", "Ortega", "learner", "E1002"),
    Person("5", "mei", "Mei", "Tanaka", "learner", "E1003"),
    Person("6", "hana", "Hana", "Novak", "learner", "E1004"),
    Person("7", "jonas", "Jonas", "Lind", "learner", "E1005"),
    Person("9", "priya", "Priya", "Nair", "assistant", "E2001"),
    Person("10", "tomas", "Tomas", "Berg", "teacher", "E3001"),
)
Record = TypeVar("Record")
SUMMARY = "Seven modules for people who lead a team for the first time."


class School:
    """One sandbox LMS. `issuer` is its address without a trailing slash."""

    def __init__(self, issuer: str, key: PlatformKey | None = None) -> None:
        self.issuer = issuer.rstrip("/")
        self.key = key or PlatformKey()
        self.lock = threading.RLock()
        self.people = {person.username: person for person in PEOPLE}
        self.courses: dict[int, Course] = {}
        self.tools: dict[int, Tool] = {}
        self.activities: dict[int, Activity] = {}
        self.columns: dict[int, Column] = {}
        self.tokens: dict[str, Token] = {}
        self.faults: list[Fault] = []
        self.posted: list[PostedScore] = []
        self._hints: dict[str, Hint] = {}
        self._seen: set[tuple[str, str]] = set()
        self._ids = {kind: itertools.count(1) for kind in ("tool", "activity", "column")}
        self.add_course("STEP1", "Step up to first-line", "CRS-STEP-1", SUMMARY)

    def next_id(self, kind: str) -> int:
        """Give a new number for a tool, an activity or a column."""
        return next(self._ids[kind])

    def add_course(self, label: str, title: str, idnumber: str, summary: str = "") -> Course:
        """Open a course for all but the site administrator. Numbers start at 2: 1 is the site."""
        with self.lock:
            members = {person.id: person for person in self.people.values() if person.role != "admin"}
            course = Course(len(self.courses) + 2, label, title, idnumber, summary, members)
            self.courses[course.id] = course
            return course

    def person_by_id(self, person_id: str) -> Person | None:
        """Find a person by the id that tools see."""
        return next((person for person in self.people.values() if person.id == person_id), None)

    def tool_by_client(self, client_id: str) -> Tool | None:
        """Find a registered tool by its client id."""
        return next((tool for tool in self._snapshot(self.tools) if tool.client_id == client_id), None)

    def activities_of(self, course_id: int, type_id: int | None = None) -> list[Activity]:
        """List the activities of a course, of one tool if asked."""
        return [
            activity
            for activity in self._snapshot(self.activities)
            if activity.course_id == course_id and type_id in {None, activity.type_id}
        ]

    def columns_of(self, course_id: int, type_id: int | None = None) -> list[Column]:
        """List the gradebook columns of a course, of one tool if asked."""
        return [
            column
            for column in self._snapshot(self.columns)
            if column.course_id == course_id and type_id in {None, column.type_id}
        ]

    def grade(self, column_id: int, username: str) -> Grade | None:
        """Read one cell; None if nothing was ever put there."""
        return self.columns[column_id].grades.get(self.people[username].id)

    def override_grade(self, column_id: int, username: str, score: float) -> None:
        """Type a grade in, as a teacher would: from now on it wins over what the tool sends."""
        with self.lock:
            cell = self.columns[column_id].grades.setdefault(self.people[username].id, Grade())
            cell.teacher, cell.timestamp = score, int(time.time())

    def issue_hint(self, hint: Hint) -> str:
        """Keep what is to be launched; the name given back works once."""
        name = f"ltilaunch{hint.activity_id or '_ContentItemSelectionRequest'}_{secrets.randbelow(10**9)}"
        with self.lock:
            self._hints[name] = hint
        return name

    def take_hint(self, name: str, person_id: str) -> Hint | None:
        """Give what this person is launching, and forget it. Somebody else's hint stays where it is."""
        with self.lock:
            hint = self._hints.get(name)
            if hint is None or hint.person_id != person_id:
                return None
            return self._hints.pop(name)

    def first_time(self, kind: str, value: str) -> bool:
        """Whether this nonce, assertion id or registration token was never seen before; now it was."""
        with self.lock:
            if (kind, value) in self._seen:
                return False
            self._seen.add((kind, value))
            return True

    def live_token(self, text: str) -> Token | None:
        """Find an access token that has not expired."""
        token = self.tokens.get(text)
        return token if token is not None and token.expires > time.time() else None

    def forget_tokens(self) -> None:
        """Make every access token invalid, as if all had expired."""
        with self.lock:
            self.tokens.clear()

    def take_fault(self, method: str, path: str) -> Fault | None:
        """Give the first fault meant for such a request, and forget it."""
        with self.lock:
            for position, fault in enumerate(self.faults):
                if fault.matches(method, path):
                    return self.faults.pop(position)
        return None

    @contextmanager
    def column(self, course_id: int, column_id: int, type_id: int) -> Iterator[Column | None]:
        """Hold the lock while one tool's column is read or changed."""
        with self.lock:
            column = self.columns.get(column_id)
            mine = column is not None and (column.course_id, column.type_id) == (course_id, type_id)
            yield column if mine else None

    def _snapshot(self, records: dict[int, Record]) -> list[Record]:
        with self.lock:
            return list(records.values())
