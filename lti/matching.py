"""Whom the directory knows among those who launched us.

A launch only stores what the platform told about a person and marks the identity; this runs on a schedule
and links whoever can be told for certain. The organization declares per platform which of its fields is
which of the directory's; a verified e-mail domain counts only where the organization agreed to it. Whoever
fits nobody, or two keys say different things, waits for an admin.

Sources: `lis.person_sourcedid` (LTI Core 1.3, 5.7.2), `ext.user_username` (Moodle), custom `username`.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, select, update
from sqlalchemy.orm import Session, aliased

from courses.audit import record_audit
from courses.errors import NotFound
from courses.people.linking import link, was_undone
from courses.people.models import Organization, Person
from courses.people.resolving import fold
from lti.models import Identity, Launch, Registration
from lti.moving import MOVERS
from lti.roles import is_test_user

AT_ONCE = 200  # identities
PEOPLE_AT_ONCE = 2000
SOURCEDID = {"externalId": Person.external_id, "employeeNumber": Person.employee_number}


@dataclass(frozen=True, slots=True)
class Candidates:
    """Active people of the directory who fit what a platform told, per key."""

    sourcedid: frozenset[uuid.UUID] = frozenset()
    username: frozenset[uuid.UUID] = frozenset()
    email: frozenset[uuid.UUID] = frozenset()


def decide(found: Candidates, *, email_counts: bool) -> tuple[uuid.UUID, str] | None:
    """Say who it is and by which key, if exactly one person fits and no other key contradicts."""
    keys = {"sourcedid": found.sourcedid, "username": found.username, "email": found.email}
    fitting = {name: people for name, people in keys.items() if people}
    strongest = next(iter(fitting), None)
    if strongest is None or (strongest == "email" and not email_counts):
        return None
    people = fitting[strongest]
    if len(people) != 1 or any(not people <= others for others in fitting.values()):
        return None
    return next(iter(people)), strongest


def declare_pairs(
    session: Session,
    *,
    registration_id: uuid.UUID,
    sourcedid: str | None,
    username: str | None,
    now: datetime,
) -> Registration:
    """Say which of a platform's fields is which of the directory's; None leaves one as it is.

    `sourcedid` is externalId, employeeNumber or off, `username` userName or off. Everybody of that platform
    who is not linked is looked at again. Raises NotFound.
    """
    registration = session.get(Registration, registration_id)
    if registration is None:
        raise NotFound(f"There is no platform {registration_id}. List them with: leadline platform list")
    registration.match_sourcedid = sourcedid or registration.match_sourcedid
    registration.match_username = username or registration.match_username
    session.flush()
    pairs: dict[str, Any] = {
        "sourcedid": registration.match_sourcedid,
        "username": registration.match_username,
    }
    owner = registration.organization_id
    record_audit(session, owner, "platform.match", registration.id, now=now, **pairs)
    look_again(session, organization_id=owner)
    return registration


def look_again(session: Session, *, organization_id: uuid.UUID) -> None:
    """Mark everybody who is not linked: what counts was changed."""
    unlinked = select(Person.id).where(
        Person.organization_id == organization_id, Person.provisioned.is_(False)
    )
    ours = update(Identity).where(Identity.organization_id == organization_id)
    session.execute(ours.where(Identity.person_id.in_(unlinked)).values(match_due=True))


def match_due(session: Session, *, now: datetime) -> int:
    """Look at people who arrived and identities that are marked; returns how many were linked."""
    _mark_for_new_people(session)
    linked = 0
    rows = session.execute(_due()).all()
    keys = {row.Identity.id for row in rows}
    session.execute(update(Identity).where(Identity.id.in_(keys)).values(match_due=False))
    for identity, person, organization in rows:
        linked += _match(session, identity, person, organization, now)
    return linked


def _mark_for_new_people(session: Session) -> None:
    """Mark the unlinked identities that people who arrived, or changed, may be."""
    query = select(Person.id).where(Person.match_due).limit(PEOPLE_AT_ONCE)
    keys = session.scalars(query.with_for_update(skip_locked=True)).all()
    if not keys:
        return
    for theirs in _fitting(keys):
        marks = update(Identity).where(Identity.id.in_(theirs))
        session.execute(marks.values(match_due=True))
    session.execute(update(Person).where(Person.id.in_(keys)).values(match_due=False))


def _fitting(arrived: Sequence[uuid.UUID]) -> Iterator[Select[uuid.UUID]]:
    """Select the unlinked identities that these people may be, key by key: each has its index."""
    owner = aliased(Person)
    pairs = (
        (Identity.sourcedid, Person.external_id),
        (Identity.sourcedid, Person.employee_number),
        (Identity.username, Person.user_name),
        (func.lower(owner.email), Person.work_email),
    )
    for told, known in pairs:
        yield (
            select(Identity.id)
            .join(owner, owner.id == Identity.person_id)
            .join(Person, and_(Person.organization_id == Identity.organization_id, known == told))
            .where(Person.id.in_(arrived), told != "", owner.provisioned.is_(False))
        )


def _due() -> Any:
    return (
        select(Identity, Person, Organization)
        .join(Person, Person.id == Identity.person_id)
        .join(Organization, Organization.id == Identity.organization_id)
        .where(Identity.match_due)
        .order_by(Identity.id)
        .limit(AT_ONCE)
        .with_for_update(of=Identity, skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _match(
    session: Session, identity: Identity, person: Person, organization: Organization, now: datetime
) -> bool:
    launch = newest_launch(session, identity.id)
    if person.provisioned or launch is None or is_test_user(launch.roles):
        return False
    found = candidates(session, identity, person, launch)
    decision = decide(found, email_counts=_is_own_domain(person.email, organization.email_domains))
    if decision is None or was_undone(session, organization_id=organization.id, person_id=person.id):
        return False
    target, how = decision
    if not person.active and how != "sourcedid":
        return False  # they left the directory; user names and addresses are given to others
    link(
        session,
        organization_id=organization.id,
        from_person_id=person.id,
        person_id=target,
        how=how,
        movers=MOVERS,
        now=now,
    )
    return True


def newest_launch(session: Session, identity_id: uuid.UUID) -> Row[Any] | None:
    """Find roles and declared pairs of the registration an identity last came by."""
    query = (
        select(Launch.roles, Registration.match_sourcedid, Registration.match_username)
        .join(Registration, Registration.id == Launch.registration_id)
        .where(Launch.identity_id == identity_id)
        .order_by(Launch.launched_at.desc())
        .limit(1)
    )
    found: Any = session.execute(query).one_or_none()
    return found  # type: ignore[no-any-return]


def candidates(session: Session, identity: Identity, person: Person, pairs: Row[Any]) -> Candidates:
    """Find who in the directory fits, by the pairs that were declared. Blank fits nobody."""

    def fitting(column: Any, value: str) -> frozenset[uuid.UUID]:
        if column is None or not value:
            return frozenset()
        ours = select(Person.id).where(Person.organization_id == identity.organization_id, column == value)
        return frozenset(session.scalars(ours.where(Person.provisioned, Person.active).limit(2)))

    return Candidates(
        sourcedid=fitting(SOURCEDID.get(pairs.match_sourcedid), identity.sourcedid),
        username=fitting(Person.user_name if pairs.match_username == "userName" else None, identity.username),
        email=fitting(Person.work_email, fold(person.email)),
    )


def _is_own_domain(email: str, domains: list[str]) -> bool:
    return fold(email).rpartition("@")[2] in domains
