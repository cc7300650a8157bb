"""What is doubtful in the data about people: for an admin to see and mend, here or in the directory."""

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, case, exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from courses.people.models import LineState, ManagerLine, Person, PersonLink


class Issue(StrEnum):
    """Kinds of doubt, the worst first."""

    AMBIGUOUS = "ambiguous"  # several people fit what the directory says about the manager
    CIRCLE = "circle"  # this line closes a circle, or leads to the person themselves
    AWAITED = "awaited"  # the manager has not been provisioned
    ORPHAN = "orphan"  # nobody active is above them, although the directory names a manager
    NO_MANAGER = "no manager"  # the directory names none: right for whoever leads the company
    UNLINKED = "unlinked"  # came from a platform, and the directory does not know who it is


@dataclass(frozen=True, slots=True)
class PersonIssue:
    """One doubt about one person. `given` is what the directory says about their manager."""

    issue: str
    person_id: uuid.UUID
    name: str
    given: str | None


BY_STATE = {
    LineState.AMBIGUOUS: Issue.AMBIGUOUS,
    LineState.CYCLE: Issue.CIRCLE,
    LineState.SELF: Issue.CIRCLE,
    LineState.PENDING: Issue.AWAITED,
    LineState.RESOLVED: Issue.ORPHAN,
}


def find_issues(
    session: Session, *, organization_id: uuid.UUID, only: Issue | None = None, limit: int = 1000
) -> list[PersonIssue]:
    """List doubts about active people, the worst first, then by name."""
    union = _lines(organization_id).union_all(_unlinked(organization_id)).subquery()
    rank = case({kind.value: place for place, kind in enumerate(Issue)}, value=union.c.issue)
    query = select(union).order_by(rank, union.c.name, union.c.person_id).limit(limit)
    if only:
        query = query.where(union.c.issue == only.value)
    return [PersonIssue(row.issue, row.person_id, row.name, row.given) for row in session.execute(query)]


def count_issues(session: Session, *, organization_id: uuid.UUID) -> dict[str, int]:
    """Count doubts per kind; kinds without any are left out."""
    union = _lines(organization_id).union_all(_unlinked(organization_id)).subquery()
    rows = session.execute(select(union.c.issue, func.count()).group_by(union.c.issue))
    return {issue: count for issue, count in rows}  # noqa: C416 - rows are no tuples to mypy


def _lines(organization_id: uuid.UUID) -> Select[str, uuid.UUID, str, Any]:
    """Select doubts about the lines of people in the directory, who are active."""
    manager, line = aliased(Person), aliased(ManagerLine)
    kind = case(
        {state.value: issue.value for state, issue in BY_STATE.items()},
        value=line.state,
        else_=Issue.NO_MANAGER.value,
    )
    return (
        select(kind.label("issue"), Person.id.label("person_id"), Person.name, line.raw.label("given"))
        .outerjoin(line, line.person_id == Person.id)
        .outerjoin(manager, manager.id == line.manager_id)
        .where(
            Person.organization_id == organization_id,
            Person.provisioned,
            Person.active,
            (line.state.is_(None))
            | (line.state != LineState.RESOLVED.value)
            | (manager.active.is_(False) & Person.id.not_in(_managed(organization_id))),
        )
    )


def _managed(organization_id: uuid.UUID) -> Select[uuid.UUID]:
    """Select everybody with somebody active above them."""
    line, manager = aliased(ManagerLine), aliased(Person)
    resolved = line.state == LineState.RESOLVED.value
    first = select(line.person_id.label("id")).join(manager, manager.id == line.manager_id)
    ours = first.where(line.organization_id == organization_id, resolved, manager.active)
    down = ours.cte("managed", recursive=True)
    further = select(line.person_id).join(down, line.manager_id == down.c.id).where(resolved)
    return select(down.union(further).c.id)


def _unlinked(organization_id: uuid.UUID) -> Select[str, uuid.UUID, str, Any]:
    linked = exists().where(PersonLink.from_person_id == Person.id, PersonLink.unlinked_at.is_(None))
    return select(
        literal(Issue.UNLINKED.value).label("issue"),
        Person.id.label("person_id"),
        Person.name,
        literal(None, type_=ManagerLine.raw.type).label("given"),
    ).where(
        Person.organization_id == organization_id,
        Person.provisioned.is_(False),
        Person.active,
        ~linked,
    )
