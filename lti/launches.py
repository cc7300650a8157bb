"""What a verified launch leaves behind, and what a visit later needs of it."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.people.models import Person
from lti.models import Identity, Launch, Registration, ResourceLink


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who launched us: what pages need to know, from one query.

    `resource_id` names the module of the link (`t:step-up:m1`), if it names one. `learner` says whether
    the platform takes grades for this person here; `staff` whether they teach or administer the course.
    """

    launch_id: uuid.UUID
    organization_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    given_name: str
    staff: bool
    learner: bool
    resource_id: str | None
    return_url: str | None
    frame_origins: tuple[str, ...]
    locale: str


def find_visit(session: Session, *, launch_id: uuid.UUID) -> Visit | None:
    """Find the launch a session rests on; None when it is gone or its person was deactivated."""
    row = session.execute(
        select(
            Launch.id.label("launch_id"),
            Launch.organization_id,
            Identity.person_id,
            Person.name,
            Person.given_name,
            Launch.staff,
            Launch.learner,
            ResourceLink.resource_id,
            Launch.return_url,
            Launch.frame_origins,
            Launch.locale,
        )
        .join(Identity, Identity.id == Launch.identity_id)
        .join(Person, Person.id == Identity.person_id)
        .join(Registration, Registration.id == Launch.registration_id)
        .outerjoin(ResourceLink, ResourceLink.id == Launch.resource_link_id)
        .where(Launch.id == launch_id, Person.active.is_(True))
    ).one_or_none()
    if row is None:
        return None
    return Visit(**{**row._asdict(), "frame_origins": tuple(row.frame_origins)})
