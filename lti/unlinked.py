"""People from platforms whom the directory does not know yet: the queue an admin works off."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from courses.people.models import Person
from courses.people.resolving import fold
from lti.models import Identity


@dataclass(frozen=True, slots=True)
class Unlinked:
    """One person of a platform. `suggested` are ids in the directory that any key fits, declared or not."""

    person_id: uuid.UUID
    name: str
    email: str
    issuer: str
    sub: str
    sourcedid: str
    username: str
    suggested: list[uuid.UUID]


def list_unlinked(session: Session, *, organization_id: uuid.UUID, limit: int = 1000) -> list[Unlinked]:
    """List who came from a platform and is not in the directory, with suggestions, in two queries."""
    rows = session.execute(
        select(
            Identity.person_id,
            Person.name,
            Person.email,
            Identity.issuer,
            Identity.sub,
            Identity.sourcedid,
            Identity.username,
        )
        .join(Person, Person.id == Identity.person_id)
        .where(Identity.organization_id == organization_id, Person.provisioned.is_(False), Person.active)
        .order_by(Person.name, Identity.id)
        .limit(limit)
    ).all()
    known = _known(session, organization_id, rows)
    return [
        Unlinked(*row, suggested=[key for key, names in known.items() if _fits(row, names)]) for row in rows
    ]


def _known(
    session: Session, organization_id: uuid.UUID, rows: Iterable[Any]
) -> dict[uuid.UUID, tuple[str | None, ...]]:
    """Find the active people of the directory whom any of these might be."""
    rows = list(rows)
    sourcedids = {row.sourcedid for row in rows if row.sourcedid}
    usernames = {row.username for row in rows if row.username}
    emails = {fold(row.email) for row in rows if row.email}
    P = Person  # noqa: N806 - short, so that the query reads as a table
    fits = or_(
        P.external_id.in_(sourcedids),
        P.employee_number.in_(sourcedids),
        P.user_name.in_(usernames),
        P.work_email.in_(emails),
    )
    query = select(P.id, P.external_id, P.employee_number, P.user_name, P.work_email).where(
        P.organization_id == organization_id, P.provisioned, P.active, fits
    )
    return {key: tuple(names) for key, *names in session.execute(query)}


def _fits(row: Any, names: tuple[str | None, ...]) -> bool:
    told = (row.sourcedid, row.sourcedid, row.username, fold(row.email))
    return any(one and one == other for one, other in zip(told, names, strict=True))
