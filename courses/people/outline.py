"""The whole tree of an organization as lines of text show it: everybody active under who manages them."""

import uuid
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.people.models import LineState, ManagerLine, Person


@dataclass(frozen=True, slots=True)
class Branch:
    """One person in the outline. `depth` is 0 for whoever has nobody active above them."""

    depth: int
    person_id: uuid.UUID
    name: str
    title: str | None


def outline(session: Session, *, organization_id: uuid.UUID) -> list[Branch]:
    """List the active people of the directory depth first, those under one manager by name."""
    rows = session.execute(
        select(Person.id, Person.name, Person.title, Person.active, ManagerLine.manager_id, ManagerLine.state)
        .outerjoin(ManagerLine, ManagerLine.person_id == Person.id)
        .where(Person.organization_id == organization_id, Person.provisioned)
        .order_by(Person.name.desc(), Person.id.desc())
    ).all()
    people = {row.id: row for row in rows}
    line = {row.id: row.manager_id for row in rows if row.state == LineState.RESOLVED}
    active = {row.id for row in rows if row.active}
    under: dict[uuid.UUID | None, list[uuid.UUID]] = defaultdict(list)
    for row in rows:
        if row.active:
            under[_active_above(row.id, line, active)].append(row.id)
    found, waiting = [], [(0, key) for key in under[None]]
    while waiting:
        depth, key = waiting.pop()
        found.append(Branch(depth, key, people[key].name, people[key].title))
        waiting += [(depth + 1, report) for report in under[key]]
    return found


def _active_above(
    person: uuid.UUID, line: dict[uuid.UUID, uuid.UUID], active: set[uuid.UUID]
) -> uuid.UUID | None:
    above, seen = line.get(person), {person}
    while above is not None and above not in active:
        seen.add(above)
        above = line.get(above)
        if above in seen:
            return None
    return above
