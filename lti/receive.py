"""A verified launch becomes rows: who, from which deployment, through which link.

This path uses SQLAlchemy Core: one SELECT finds everything known, and only what is new or changed is
written. A launch costs eight statements at the very most, and three when nothing is new
(tests/lti/test_launch.py counts them).
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, update
from sqlalchemy.orm import Session

from courses.audit import record_audit
from lti.claims import LaunchClaims
from lti.deployments import decide
from lti.errors import LaunchRefused, Reason
from lti.known import find_known
from lti.logins import BurntLogin
from lti.origins import frame_origins
from lti.roles import standing
from lti.tables import DEPLOYMENTS, IDENTITIES, LAUNCHES, LINKS, PEOPLE

log = logging.getLogger(__name__)

UPDATE_PERSON = update(PEOPLE).where(PEOPLE.c.id == bindparam("key"))
UPDATE_IDENTITY = update(IDENTITIES).where(IDENTITIES.c.id == bindparam("key"))
UPDATE_LINK = update(LINKS).where(LINKS.c.id == bindparam("key"))
MARK_LEARNERS = update(LAUNCHES).where(
    LAUNCHES.c.resource_link_id == bindparam("link"), LAUNCHES.c.learner
)  # everybody's work so far belongs in a column that the link has only now
UPDATE_LAUNCH = update(LAUNCHES).where(LAUNCHES.c.id == bindparam("key"))


@dataclass(frozen=True, slots=True)
class Received:
    """A launch that was taken in."""

    launch_id: uuid.UUID
    person_id: uuid.UUID
    staff: bool
    resource_id: str | None
    deep_linking: bool


@dataclass(frozen=True, slots=True)
class DeploymentWaits:
    """An unknown deployment was noted, so that an admin can accept it; the launch goes no further."""

    deployment_id: str


def receive(
    session: Session, claims: LaunchClaims, *, login: BurntLogin, now: datetime
) -> Received | DeploymentWaits:
    """Take a launch in. Raises LaunchRefused for a person whose account is closed."""
    known = find_known(session, claims, login)
    decision = decide(known.product, accepted=known.deployment_accepted, has_others=known.has_deployments)
    deployment = known.deployment_row or uuid.uuid4()
    if known.deployment_row is None:
        _note_deployment(session, known, claims, deployment, accepted=decision.accepted, now=now)
    if not decision.accepted:
        return DeploymentWaits(claims.deployment_id)
    if known.person_active is False:
        raise LaunchRefused(Reason.PERSON_INACTIVE)
    person, identity = _person(session, known, claims, now)
    link = _link(session, known, claims, deployment, now) if claims.resource_link_id else None
    launch = _launch(session, known, claims, identity=identity, link=link, now=now)
    return Received(
        launch_id=launch,
        person_id=person,
        staff=standing(claims.roles).staff,
        resource_id=claims.resource_id or known.link_resource_id,
        deep_linking=claims.deep_linking is not None,
    )


def _note_deployment(
    session: Session,
    known: Row[Any],
    claims: LaunchClaims,
    key: uuid.UUID,
    *,
    accepted: bool,
    now: datetime,
) -> None:
    values = {
        "id": key,
        "organization_id": known.organization_id,
        "registration_id": known.registration_id,
        "deployment_id": claims.deployment_id,
        "accepted": accepted,
        "created_at": now,
    }
    session.connection().execute(insert(DEPLOYMENTS), values)
    action = "deployment.learnt" if accepted else "deployment.waiting"
    record_audit(session, known.organization_id, action, key, now=now, deployment_id=claims.deployment_id)


def _person(
    session: Session, known: Row[Any], claims: LaunchClaims, now: datetime
) -> tuple[uuid.UUID, uuid.UUID]:
    """Find or make the person. lti.matching may link them to somebody in the directory later."""
    told = {"name": claims.name, "given_name": claims.given_name, "email": claims.email}
    if known.person_id:
        if claims.acting_user:
            log.info("somebody acts as another", extra={"acting_user": claims.acting_user})
        else:
            _update_person(session, known, claims, told)
        return known.person_id, known.identity_id
    shared = {"organization_id": known.organization_id, "created_at": now}
    person, identity = uuid.uuid4(), uuid.uuid4()
    connection = session.connection()
    connection.execute(insert(PEOPLE), {"id": person, "active": True, **told, **shared})
    who = {"id": identity, "issuer": known.issuer, "sub": claims.sub, "person_id": person}
    values = {**who, **_keys(known, claims), "match_due": True, **shared}
    connection.execute(insert(IDENTITIES), values)
    return person, identity


def _update_person(session: Session, known: Row[Any], claims: LaunchClaims, told: dict[str, Any]) -> None:
    """Take over what changed. Of people in the directory, it knows better what they are called."""
    theirs = not known.person_provisioned
    changed = {k: v for k, v in told.items() if v and v != getattr(known, f"person_{k}")} if theirs else {}
    if changed:
        session.connection().execute(UPDATE_PERSON, {**changed, "key": known.person_id})
    keys = {k: v for k, v in _keys(known, claims).items() if v and v != getattr(known, f"identity_{k}")}
    if keys or "email" in changed:
        due = {"match_due": theirs, "key": known.identity_id}
        session.connection().execute(UPDATE_IDENTITY, {**keys, **due})


def _keys(known: Row[Any], claims: LaunchClaims) -> dict[str, str]:
    """Give what lti.matching goes by. A custom parameter proves nothing in Moodle: teachers write them."""
    custom = "" if known.product == "moodle" else claims.custom_username
    return {"sourcedid": claims.sourcedid, "username": claims.username or custom}


def _link(
    session: Session, known: Row[Any], claims: LaunchClaims, deployment: uuid.UUID, now: datetime
) -> uuid.UUID:
    told = {
        "title": claims.resource_link_title,
        "context_id": claims.context_id,
        "context_title": claims.context_title,
        "line_item_url": claims.line_item_url,
        "line_items_url": claims.line_items_url,
        # A link keeps its module when a platform drops custom parameters, as copies sometimes do.
        "resource_id": claims.resource_id or known.link_resource_id,
    }
    if known.link_id:
        changed = {k: v for k, v in told.items() if v != getattr(known, f"link_{k}")}
        if changed:
            session.connection().execute(UPDATE_LINK, {**changed, "key": known.link_id})
        if changed.keys() & {"line_item_url", "resource_id"}:
            session.connection().execute(MARK_LEARNERS, {"link": known.link_id, "new_column": True})
        found: uuid.UUID = known.link_id
        return found
    key = uuid.uuid4()
    fixed = {
        "id": key,
        "organization_id": known.organization_id,
        "deployment_id": deployment,
        "resource_link_id": claims.resource_link_id,
        "created_at": now,
    }
    session.connection().execute(insert(LINKS), {**fixed, **told})
    return key


def _launch(
    session: Session,
    known: Row[Any],
    claims: LaunchClaims,
    *,
    identity: uuid.UUID,
    link: uuid.UUID | None,
    now: datetime,
) -> uuid.UUID:
    stands = standing(claims.roles)
    told = {
        "roles": claims.roles,
        "staff": stands.staff,
        "learner": stands.learner,
        "locale": claims.locale,
        "return_url": claims.return_url,
        "frame_origins": frame_origins(known.issuer, known.registration_endpoint, claims),
        "deep_linking": claims.deep_linking,
        "launched_at": now,
    }
    is_new = _is_new_column(known, claims)
    if known.launch_id:
        told |= {"new_column": True} if is_new else {}
        session.connection().execute(UPDATE_LAUNCH, {**told, "key": known.launch_id})
        found: uuid.UUID = known.launch_id
        return found
    key = uuid.uuid4()
    fixed = {
        "id": key,
        "organization_id": known.organization_id,
        "identity_id": identity,
        "registration_id": known.registration_id,
        "resource_link_id": link,
        "deployment_id": claims.deployment_id,
    }
    session.connection().execute(insert(LAUNCHES), {**fixed, **told, "new_column": is_new})
    return key


def _is_new_column(known: Row[Any], claims: LaunchClaims) -> bool:
    """Say whether somebody we know meets a column for the first time: their work so far belongs there."""
    if known.person_id is None or claims.line_item_url is None or not standing(claims.roles).learner:
        return False
    return not known.launch_learner
