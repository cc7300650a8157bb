"""Launches by which somebody came to a gradebook column for the first time.

What they have done so far belongs in it: after a course copy, say, or when grading is switched on late. The
launch only marks its row, so that it stays cheap; a schedule does the rest.
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


def marked_launches(session: Session) -> list[uuid.UUID]:
    """List launches that are marked, at most 200."""
    return list(session.scalars(select(Launch.id).where(Launch.new_column).limit(AT_ONCE)))


def take_new_column(session: Session, *, launch_id: uuid.UUID) -> NewColumn | None:
    """Unmark a launch. Of two workers one gets it, the other None."""
    mine = update(Launch).where(Launch.id == launch_id, Launch.new_column).values(new_column=False)
    if session.execute(mine.returning(Launch.id)).one_or_none() is None:
        return None
    row = session.execute(
        select(Launch.organization_id, Identity.person_id, ResourceLink.resource_id)
        .join(Identity, Identity.id == Launch.identity_id)
        .join(ResourceLink, ResourceLink.id == Launch.resource_link_id)
        .where(Launch.id == launch_id)
    ).one()
    return NewColumn(*row)
