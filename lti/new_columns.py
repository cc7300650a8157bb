"""Launches by which somebody came to a gradebook column for the first time.

What they have done so far belongs in it: after a course copy, say. The launch only marks its row, so that
it stays cheap; a schedule does the rest.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti.models import Identity, Launch, ResourceLink

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class NewColumn:
    """Who came to a column of which module."""

    organization_id: uuid.UUID
    person_id: uuid.UUID
    resource_id: str | None


def take_new_columns(session: Session) -> list[NewColumn]:
    """Return marked launches and unmark them. Of two workers, each row goes to one."""
    rows = session.execute(
        select(Launch.id, Launch.organization_id, Identity.person_id, ResourceLink.resource_id)
        .join(Identity, Identity.id == Launch.identity_id)
        .join(ResourceLink, ResourceLink.id == Launch.resource_link_id)
        .where(Launch.new_column.is_(True))
        .limit(AT_ONCE)
        .with_for_update(of=Launch, skip_locked=True)
    ).all()
    if rows:
        session.execute(
            update(Launch).where(Launch.id.in_([row.id for row in rows])).values(new_column=False)
        )
    return [NewColumn(row.organization_id, row.person_id, row.resource_id) for row in rows]
