"""What an admin does about platforms: invite, add by hand, list, accept deployments."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.audit import record_audit
from courses.errors import Conflict, NotFound, Refused
from courses.people.models import Organization
from lti.claims import web_url
from lti.models import Deployment, Invitation, Registration
from lti.registration import accept, hash_token

INVITATION_LASTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invited:
    """A registration link and when it ends."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformDetails:
    """What a platform's admin page shows after a tool was added by hand."""

    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    product: str
    deployment_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlatformReport:
    """A connected platform."""

    id: uuid.UUID
    organization: str
    issuer: str
    client_id: str
    product: str
    match_sourcedid: str
    match_username: str


@dataclass(frozen=True, slots=True)
class DeploymentReport:
    """An installation of a platform; one that is not accepted waits for an admin."""

    id: uuid.UUID
    organization: str
    issuer: str
    client_id: str
    deployment_id: str
    accepted: bool


def invite(
    session: Session,
    *,
    organization_id: uuid.UUID,
    product: str | None,
    base_url: str,
    token: str,
    now: datetime,
) -> Invited:
    """Make a single-use link to register with. Of `token`, which must be unguessable, only a hash is kept."""
    invitation = Invitation(
        id=uuid.uuid4(),
        organization_id=organization_id,
        token_hash=hash_token(token),
        product=product,
        expires_at=now + INVITATION_LASTS,
        created_at=now,
    )
    session.add(invitation)
    session.flush()
    record_audit(session, organization_id, "platform.invited", invitation.id, now=now)
    return Invited(f"{base_url}/lti/register/{token}", invitation.expires_at)


def add_platform(
    session: Session, *, organization_id: uuid.UUID, details: PlatformDetails, https_only: bool, now: datetime
) -> Registration:
    """Connect a platform that has no dynamic registration. Raises Refused for bad details, Conflict."""
    _check(details, https_only=https_only)
    _check_unknown(session, organization_id, details)
    registration = Registration(
        id=uuid.uuid4(),
        organization_id=organization_id,
        issuer=details.issuer,
        client_id=details.client_id,
        auth_url=details.auth_url,
        token_url=details.token_url,
        jwks_url=details.jwks_url,
        product=details.product,
        created_at=now,
    )
    session.add(registration)
    session.flush()
    for deployment_id in details.deployment_ids:
        accept(session, registration=registration, deployment_id=deployment_id, now=now)
    record_audit(session, organization_id, "platform.added", registration.id, now=now)
    return registration


def _check(details: PlatformDetails, *, https_only: bool) -> None:
    if not (details.client_id.strip() and all(text.strip() for text in details.deployment_ids)):
        raise Refused("Client id and deployment ids must not be empty.")
    for name in ("issuer", "auth_url", "token_url", "jwks_url"):
        url = web_url(getattr(details, name))
        if url is None or (https_only and not url.startswith("https://")):
            kind = "an absolute https URL" if https_only else "an absolute http or https URL"
            raise Refused(f'The {name.replace("_", " ")} must be {kind}, not "{getattr(details, name)}".')


def _check_unknown(session: Session, organization_id: uuid.UUID, details: PlatformDetails) -> None:
    owner = session.execute(
        select(Organization.id, Organization.name)
        .join(Registration, Registration.organization_id == Organization.id)
        .where(Registration.issuer == details.issuer, Registration.client_id == details.client_id)
    ).one_or_none()
    if owner is not None:
        whose = f'"{owner.name}"' if owner.id == organization_id else "another organization"
        raise Conflict(
            f"Client {details.client_id} of {details.issuer} is connected to {whose} already. "
            "List what is connected with: leadline platform list"
        )


def list_platforms(session: Session, *, organization_id: uuid.UUID | None = None) -> list[PlatformReport]:
    """List the platforms of one customer, or of all."""
    query = (
        select(
            Registration.id,
            Organization.name,
            Registration.issuer,
            Registration.client_id,
            Registration.product,
            Registration.match_sourcedid,
            Registration.match_username,
        )
        .join(Organization, Organization.id == Registration.organization_id)
        .order_by(Organization.name, Registration.created_at)
    )
    if organization_id:
        query = query.where(Registration.organization_id == organization_id)
    return [PlatformReport(*row) for row in session.execute(query)]


def list_deployments(session: Session, *, organization_id: uuid.UUID | None = None) -> list[DeploymentReport]:
    """List the deployments of one customer, or of all, waiting ones first."""
    query = (
        select(
            Deployment.id,
            Organization.name,
            Registration.issuer,
            Registration.client_id,
            Deployment.deployment_id,
            Deployment.accepted,
        )
        .join(Registration, Registration.id == Deployment.registration_id)
        .join(Organization, Organization.id == Deployment.organization_id)
        .order_by(Deployment.accepted, Organization.name, Deployment.created_at)
    )
    if organization_id:
        query = query.where(Deployment.organization_id == organization_id)
    return [DeploymentReport(*row) for row in session.execute(query)]


def accept_deployment(session: Session, *, deployment_id: uuid.UUID, now: datetime) -> Deployment:
    """Let people launch from a deployment that waited. Raises NotFound."""
    deployment = session.get(Deployment, deployment_id)
    if deployment is None:
        raise NotFound(
            f"There is no deployment {deployment_id}. List them with: leadline platform deployment list"
        )
    if not deployment.accepted:
        deployment.accepted = True
        record_audit(session, deployment.organization_id, "deployment.accepted", deployment.id, now=now)
    return deployment
