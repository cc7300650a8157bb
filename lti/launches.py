"""What a verified launch leaves behind, and what a visit later needs of it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.people.models import Person
from lti.models import Identity, Launch


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who launched us: what pages need to know, from one query.

    `learner` says whether the platform takes grades for this person here; `staff` whether they teach or
    administer the course.
    """

    launch_id: uuid.UUID
    organization_id: uuid.UUID
    person_id: uuid.UUID
    given_name: str
    staff: bool
    learner: bool
    frame_origins: tuple[str, ...]
    locale: str


def find_visit(session: Session, *, launch_id: uuid.UUID, since: datetime) -> Visit | None:
    """Find the launch a session rests on; None if it is older than `since` or the account is closed."""
    row = session.execute(
        select(
            Launch.id.label("launch_id"),
            Launch.organization_id,
            Identity.person_id,
            Person.given_name,
            Launch.staff,
            Launch.learner,
            Launch.frame_origins,
            Launch.locale,
        )
        .join(Identity, Identity.id == Launch.identity_id)
        .join(Person, Person.id == Identity.person_id)
        .where(Launch.id == launch_id, Launch.launched_at > since, Person.active)
    ).one_or_none()
    if row is None:
        return None
    return Visit(**{**row._asdict(), "frame_origins": tuple(row.frame_origins)})
