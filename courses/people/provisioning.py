"""What a directory says about a person becomes rows: the person, and who manages them.

A manager never fails, refuses or delays the write: what cannot be resolved waits (courses.people.managers).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from courses.people.managers import Lines, lock_lines
from courses.people.resolving import Edge, fold
from courses.people.tables import LINES, PEOPLE

KEYS = ("user_name", "external_id", "employee_number", "work_email")  # what a manager may be named by
TOLD = (
    *KEYS,
    *("name", "given_name", "email", "active", "connection", "title", "department", "locale", "timezone"),
    *("leadership_level", "employment_status", "hire_date"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One person as the directory describes them now, whole: what is left out is forgotten.

    `name` is what to call them, `email` their primary address, `work_email` the one of type work, else the
    primary one. `manager` is the value as given: an id, the URL of one, an HRIS id, a user name or an e-mail.
    `connection` names the token or client that speaks.
    """

    user_name: str
    active: bool
    name: str = ""
    given_name: str = ""
    email: str = ""
    work_email: str | None = None
    external_id: str | None = None
    employee_number: str | None = None
    connection: str | None = None
    title: str | None = None
    department: str | None = None
    locale: str | None = None
    timezone: str | None = None
    leadership_level: int | None = None
    employment_status: str | None = None
    hire_date: date | None = None
    manager: str | None = None


@dataclass(frozen=True, slots=True)
class ManagerView:
    """A manager as the directory named them; id and display name once we know who that is."""

    value: str
    manager_id: uuid.UUID | None
    display_name: str | None


FIND = (
    select(
        PEOPLE.c.provisioned,
        *(PEOPLE.c[name] for name in TOLD),
        LINES.c.raw.label("line_raw"),
        LINES.c.manager_id.label("line_manager_id"),
        LINES.c.state.label("line_state"),
    )
    .select_from(PEOPLE)
    .outerjoin(LINES, LINES.c.person_id == PEOPLE.c.id)
    .where(PEOPLE.c.id == bindparam("key"), PEOPLE.c.organization_id == bindparam("organization"))
)
INSERT = insert(PEOPLE)
UPDATE = update(PEOPLE).where(PEOPLE.c.id == bindparam("key"))
VIEWS = (
    select(LINES.c.person_id, LINES.c.raw, LINES.c.manager_id, PEOPLE.c.name)
    .select_from(LINES)
    .outerjoin(PEOPLE, PEOPLE.c.id == LINES.c.manager_id)
    .where(
        LINES.c.organization_id == bindparam("organization"),
        LINES.c.person_id.in_(bindparam("people", expanding=True)),
    )
)


def provision(
    session: Session,
    *,
    organization_id: uuid.UUID,
    person_id: uuid.UUID,
    facts: Facts,
    now: datetime,
    is_new: bool = False,
) -> None:
    """Write what the directory says, making the person if need be: call it before rows that refer to them.

    `is_new` says that the id was made up just now, so that nobody needs to be looked for.
    A change of manager, or of anything a manager may be named by, queues behind others of the organization.
    A writer that locks rows of its own takes `lock_lines` before them, or two such writers may wait for
    each other on PostgreSQL.
    """
    before = None if is_new else _find(session, organization_id, person_id)
    told = _told(facts)
    changed = told if before is None else {k: v for k, v in told.items() if v != getattr(before, k)}
    keyed = before is None or not before.provisioned or any(name in changed for name in KEYS)
    raw = facts.manager if facts.manager and facts.manager.strip() else None
    moved = raw != (before.line_raw if before else None)
    if keyed or moved:
        lock_lines(session, organization_id)
        before = before and _find(session, organization_id, person_id)  # who waited may have been joined
    if keyed or "active" in changed:
        changed = {**changed, "provisioned": True, "match_due": True}
    fixed = {"id": person_id, "organization_id": organization_id, "created_at": now}
    _write(session, fixed, changed, is_new=before is None)
    lines, edge = Lines(session, organization_id, now), _edge(before)
    if moved and raw:
        lines.name(person_id, raw, connection=facts.connection, before=edge)
    elif moved and edge:
        lines.drop(person_id, edge)
    if keyed:
        names = {told[name] for name in KEYS} | {getattr(before, name, None) for name in KEYS}
        lines.meet(person_id, {str(person_id), *names})


def remove(session: Session, *, organization_id: uuid.UUID, person_id: uuid.UUID, now: datetime) -> None:
    """Forget what the directory said. The person stays, inactive, with their work; lines to them wait."""
    lock_lines(session, organization_id)
    before = _find(session, organization_id, person_id)
    if before is None:
        return
    gone: dict[str, Any] = {**dict.fromkeys(KEYS), "provisioned": False, "active": False, "match_due": False}
    session.connection().execute(UPDATE, {**gone, "key": person_id})
    lines, edge = Lines(session, organization_id, now), _edge(before)
    if edge:
        lines.drop(person_id, edge)
    lines.leave(person_id)
    lines.meet(person_id, {getattr(before, name) for name in KEYS})  # of two who fitted one may be left


def manager_views(
    session: Session, *, organization_id: uuid.UUID, person_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, ManagerView]:
    """Tell the managers of these people, in one query; whoever has none is left out."""
    asked = {"organization": organization_id, "people": list(person_ids)}
    rows = session.connection().execute(VIEWS, asked) if person_ids else ()
    return {person: ManagerView(raw, manager, name or None) for person, raw, manager, name in rows}


def _told(facts: Facts) -> dict[str, Any]:
    told = {name: getattr(facts, name) for name in TOLD}
    for name in ("user_name", "work_email"):
        told[name] = fold(told[name]) if told[name] else None
    for name in ("external_id", "employee_number"):
        told[name] = (told[name] or "").strip() or None
    return told


def _write(session: Session, fixed: dict[str, Any], changed: dict[str, Any], *, is_new: bool) -> None:
    if is_new:
        session.connection().execute(INSERT, {**changed, **fixed})
    elif changed:
        session.connection().execute(UPDATE, {**changed, "key": fixed["id"]})


def _find(session: Session, organization_id: uuid.UUID, person_id: uuid.UUID) -> Any:
    """Read what we knew of a person and of their line; None if there is no such person."""
    asked = {"key": person_id, "organization": organization_id}
    return session.connection().execute(FIND, asked).one_or_none()


def _edge(before: Any) -> Edge | None:
    if before is None or before.line_raw is None:
        return None
    return Edge(before.line_manager_id, before.line_state)
