"""The tree that resolved lines make, read by recursive queries over ids.

They recurse with UNION, on ids alone: each person is visited once, whatever the data. The *effective*
manager of somebody is the nearest active person above them; people who are not active have no place of their
own in what these queries return.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, literal, or_, select
from sqlalchemy.orm import Session

from courses.people.models import LineState
from courses.people.tables import HISTORY, LINES, PEOPLE

L, P, H = LINES.c, PEOPLE.c, HISTORY.c

_start = select(bindparam("start", type_=P.id.type).label("id")).cte("above", recursive=True)
_above = _start.union(
    select(L.manager_id).join(_start, L.person_id == _start.c.id).where(L.state == LineState.RESOLVED)
)
ABOVE = select(_above.c.id)


def chain_above(session: Session, start: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return `start` and everybody above them, active or not."""
    return frozenset(session.connection().execute(ABOVE, {"start": start}).scalars())


def people_under(
    organization_id: uuid.UUID, manager_id: uuid.UUID, *, direct: bool = False
) -> Select[uuid.UUID]:
    """Select the ids of the active people under a manager: all of them, or those they manage in effect.

    Somebody whose own manager is not active is managed by the next active one above. To be used as it is or
    inside another query (`Person.id.in_(people_under(...))`).
    """
    down = select(L.person_id.label("id")).where(L.state == LineState.RESOLVED, L.manager_id == manager_id)
    below = down.cte("below", recursive=True)
    # Lines stay within an organization; a condition on it here would make databases walk through all of it.
    further = select(L.person_id).join(below, L.manager_id == below.c.id).where(L.state == LineState.RESOLVED)
    if direct:
        further = further.join(PEOPLE, P.id == below.c.id).where(P.active.is_(False))
    everybody = below.union(further)
    return (
        select(P.id)
        .join(everybody, everybody.c.id == P.id)
        .where(P.organization_id == organization_id, P.active)
    )


def effective_managers(
    session: Session, *, organization_id: uuid.UUID, person_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID]:
    """Tell who manages these people in effect; whoever has nobody active above is left out."""
    resolved = (L.organization_id == organization_id, L.state == LineState.RESOLVED)
    first = select(L.person_id, L.manager_id).where(*resolved, L.person_id.in_(person_ids))
    up = first.cte("up", recursive=True)
    further = (
        select(up.c.person_id, L.manager_id)
        .join(PEOPLE, P.id == up.c.manager_id)
        .join(LINES, L.person_id == up.c.manager_id)
        .where(P.active.is_(False), *resolved)
    )
    climbed = up.union(further)
    rows = session.execute(
        select(climbed.c.person_id, climbed.c.manager_id)
        .join(PEOPLE, P.id == climbed.c.manager_id)
        .where(P.active)
    )
    return {row.person_id: row.manager_id for row in rows}


def managers_on(
    session: Session, *, organization_id: uuid.UUID, person_ids: Sequence[uuid.UUID], at: datetime
) -> dict[uuid.UUID, uuid.UUID]:
    """Tell who managed these people at an instant, from history."""
    rows = session.execute(
        select(H.person_id, H.manager_id).where(
            H.organization_id == organization_id,
            H.person_id.in_(person_ids),
            H.started_at <= literal(at, H.started_at.type),
            or_(H.ended_at.is_(None), H.ended_at > literal(at, H.ended_at.type)),
        )
    )
    return {row.person_id: row.manager_id for row in rows}
