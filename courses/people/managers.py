"""Reporting lines as a directory writes them: kept as given, resolved when they can be, with a dated history.

A line that would close a circle is kept and marked, and left out of the tree until the circle is broken
elsewhere. All writers of an organization's lines queue behind each other: two at once could close a circle,
or miss each other's people.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from courses.people.models import LineState
from courses.people.resolving import WAITING, Edge, fold, meant, resolve
from courses.people.tables import HISTORY, LINES, ORGANIZATIONS, PEOPLE
from courses.people.tree import chain_above

L, P, H = LINES.c, PEOPLE.c, HISTORY.c

LOCK = (
    select(ORGANIZATIONS.c.id)
    .where(ORGANIZATIONS.c.id == bindparam("organization"))
    .with_for_update(key_share=True)  # rows that refer to the organization can be inserted meanwhile
)
OURS = (
    select(L.person_id, L.raw, L.manager_id, L.state, P.connection)
    .join(PEOPLE, P.id == L.person_id)
    .where(L.organization_id == bindparam("organization"))
)
NAMING = OURS.where(
    L.raw_key.in_(bindparam("keys", expanding=True)),
    or_(L.state != LineState.RESOLVED, L.manager_id != bindparam("person")),
)
LEADING = OURS.where(L.manager_id == bindparam("person"))
CIRCLES = OURS.where(
    L.state == LineState.CYCLE, L.person_id.in_(bindparam("people", expanding=True))
).order_by(L.changed_at, L.person_id)
INSERT = insert(LINES)
UPDATE = update(LINES).where(L.person_id == bindparam("key"))
DELETE = delete(LINES).where(L.person_id == bindparam("key"))
BEGIN = insert(HISTORY)
END = update(HISTORY).where(H.person_id == bindparam("key"), H.ended_at.is_(None))


@dataclass(frozen=True, slots=True)
class _Line:
    person_id: uuid.UUID
    raw: str
    connection: str | None  # who said so
    edge: Edge


def lock_lines(session: Session, organization_id: uuid.UUID) -> None:
    """Queue behind other writers of this organization's lines, until the transaction ends."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":  # there, all writers queue behind each other anyway
        connection.execute(LOCK, {"organization": organization_id})


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of one organization, under its lock."""

    session: Session
    organization_id: uuid.UUID
    now: datetime

    def name(self, person_id: uuid.UUID, raw: str, *, connection: str | None, before: Edge | None) -> None:
        """Keep whom the directory names, resolved if possible. Never leaves the old manager in place."""
        changed = {"raw": raw, "raw_key": fold(meant(raw)), "changed_at": self.now}
        freed = self._above({before})
        if before is None:
            fixed = {"person_id": person_id, "organization_id": self.organization_id}
            new = {"manager_id": None, "state": WAITING.state}
            self._run(INSERT, **changed, **fixed, **new)
        else:
            self._run(UPDATE, **changed, key=person_id)
        self._settle([_Line(person_id, raw, connection, before or WAITING)])
        self._mend(freed)

    def drop(self, person_id: uuid.UUID, before: Edge) -> None:
        """Forget a line: the directory names nobody any more."""
        freed = self._above({before})
        self._run(DELETE, key=person_id)
        self._run(END, key=person_id, ended_at=self.now)
        self._mend(freed)

    def meet(self, person_id: uuid.UUID, keys: Iterable[str | None]) -> None:
        """Look at the lines that name somebody who arrived, or whose keys changed (old and new ones)."""
        folded = [fold(key) for key in keys if key]
        self._settle_all(self._find(NAMING, keys=folded, person=person_id))

    def leave(self, person_id: uuid.UUID) -> None:
        """Let the lines wait that lead to somebody who is gone, unless somebody else fits."""
        self._settle_all(self._find(LEADING, person=person_id))

    def _find(self, query: Any, **asked: Any) -> list[_Line]:
        rows = self.session.connection().execute(query, {"organization": self.organization_id, **asked})
        return [
            _Line(row.person_id, row.raw, row.connection, Edge(row.manager_id, row.state)) for row in rows
        ]

    def _settle_all(self, lines: list[_Line]) -> None:
        """Resolve lines that say the same together: a manager may come after hundreds of reports."""

        def says(line: _Line) -> tuple[str, str]:
            return line.raw, line.connection or ""

        for _says, group in groupby(sorted(lines, key=says), key=says):
            same = list(group)
            freed = self._above({line.edge for line in same})
            self._settle(same)
            self._mend(freed)

    def _settle(self, same: list[_Line]) -> None:
        """Point lines that say the same to whom it names; from people above that one, it closes a circle."""
        first = same[0]
        found = resolve(
            self.session, organization_id=self.organization_id, raw=first.raw, connection=first.connection
        )
        manager = found.manager_id
        above = chain_above(self.session, manager) if manager else frozenset()
        for line in same:
            person = line.person_id
            circle = LineState.SELF if person == manager else LineState.CYCLE if person in above else None
            self._point(line, Edge(manager, circle or found.state))

    def _point(self, line: _Line, new: Edge) -> None:
        old, key = line.edge, line.person_id
        if new == old:
            return
        self._run(UPDATE, manager_id=new.manager_id, state=new.state, changed_at=self.now, key=key)
        if old.managed_by == new.managed_by:
            return
        if old.managed_by:
            self._run(END, key=key, ended_at=self.now)
        if new.managed_by:
            fixed = {"id": uuid.uuid4(), "organization_id": self.organization_id, "person_id": key}
            self._run(BEGIN, **fixed, manager_id=new.managed_by, started_at=self.now)

    def _above(self, edges: Iterable[Edge | None]) -> list[uuid.UUID]:
        """List those above edges that are about to go: only circles through them can break."""
        tops = {edge.managed_by for edge in edges if edge and edge.managed_by}
        return [key for top in tops for key in chain_above(self.session, top)]

    def _mend(self, people: list[uuid.UUID]) -> None:
        """Look again at lines of these people that were left out of the tree, the oldest first."""
        for line in self._find(CIRCLES, people=people) if people else ():
            self._settle([line])

    def _run(self, statement: Any, **values: Any) -> None:
        self.session.connection().execute(statement, values)
