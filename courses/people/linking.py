"""Somebody whom a platform made is somebody in the directory: their work moves over, and can move back.

Each part of Leadline that keeps rows by person moves its own: a Mover is handed in for each.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.audit import record_audit
from courses.errors import NotFound, Refused
from courses.people.models import Person, PersonLink


class Mover(Protocol):
    """Moves one kind of row from person to person."""

    kind: str

    def move(self, session: Session, *, source: uuid.UUID, target: uuid.UUID) -> list[Any]:
        """Move everything; return JSON that `move_back` understands."""

    def move_back(self, session: Session, moved: list[Any], *, source: uuid.UUID, target: uuid.UUID) -> None:
        """Give `source` back what `move` took to `target`."""


def link(
    session: Session,
    *,
    organization_id: uuid.UUID,
    from_person_id: uuid.UUID,
    person_id: uuid.UUID,
    how: str,
    movers: Sequence[Mover],
    now: datetime,
) -> PersonLink:
    """Make what `from_person_id` did the work of `person_id`, who must be in the directory.

    `how` says what it rests on: sourcedid, username, email or admin. Raises NotFound, Refused.
    """
    source, target = _both(session, organization_id, from_person_id, person_id)
    if source.provisioned or not target.provisioned:
        raise Refused(
            "Only somebody whom a platform made can be linked, and only to somebody in the directory. "
            "List them with: leadline people unlinked"
        )
    moved = {mover.kind: mover.move(session, source=source.id, target=target.id) for mover in movers}
    made = PersonLink(
        id=uuid.uuid4(),
        organization_id=organization_id,
        from_person_id=source.id,
        person_id=target.id,
        how=how,
        moved=moved,
        linked_at=now,
    )
    session.add(made)
    session.flush()
    record_audit(
        session, organization_id, "person.linked", target.id, now=now, how=how, from_person=str(source.id)
    )
    return made


def unlink(
    session: Session,
    *,
    organization_id: uuid.UUID,
    link_id: uuid.UUID,
    movers: Sequence[Mover],
    now: datetime,
) -> PersonLink:
    """Undo a link: what moved moves back. Work begun since stays where it is. Raises NotFound, Refused.

    `link_id` may also be the person who was linked.
    """
    found = session.scalars(
        select(PersonLink)
        .where(
            PersonLink.organization_id == organization_id,
            (PersonLink.id == link_id) | (PersonLink.from_person_id == link_id),
        )
        .order_by(PersonLink.unlinked_at.is_not(None), PersonLink.linked_at.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFound(f"There is no link {link_id}. List them with: leadline people links")
    if found.unlinked_at is not None:
        raise Refused(f"Link {link_id} was undone already.")
    for mover in reversed(movers):
        moved = found.moved.get(mover.kind, [])
        mover.move_back(session, moved, source=found.from_person_id, target=found.person_id)
    found.unlinked_at = now
    session.flush()
    record_audit(session, organization_id, "person.unlinked", found.person_id, now=now, link=str(found.id))
    return found


def linked_to(session: Session, *, person_id: uuid.UUID) -> uuid.UUID | None:
    """Tell who somebody turned out to be, if they were linked."""
    query = select(PersonLink.person_id).where(
        PersonLink.from_person_id == person_id, PersonLink.unlinked_at.is_(None)
    )
    return session.scalar(query.limit(1))


def was_undone(session: Session, *, organization_id: uuid.UUID, person_id: uuid.UUID) -> bool:
    """Say whether an admin undid a link of this person: then only an admin links them again."""
    query = select(PersonLink.id).where(
        PersonLink.organization_id == organization_id,
        PersonLink.from_person_id == person_id,
        PersonLink.unlinked_at.is_not(None),
    )
    return session.scalar(query.limit(1)) is not None


def _both(
    session: Session, organization_id: uuid.UUID, source: uuid.UUID, target: uuid.UUID
) -> tuple[Person, Person]:
    """Lock both, always in the same order: two admins may link the same people."""
    query = (
        select(Person)
        .where(Person.organization_id == organization_id, Person.id.in_([source, target]))
        .order_by(Person.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = {person.id: person for person in session.scalars(query)}
    for key in (source, target):
        if key not in found:
            raise NotFound(f"There is no person {key} in this organization.")
    return found[source], found[target]
