"""Dynamic registration: read the platform's configuration, ask to be registered, keep what it answers.

https://www.imsglobal.org/spec/lti-dr/v1p0. The issuer need not share a host with its configuration: hosted
Canvas has one issuer for all schools.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from courses.audit import record_audit
from courses.errors import Conflict
from courses.people.models import Organization
from lti import spec
from lti.claims import text_of, web_url
from lti.errors import LaunchRefused, Reason
from lti.manifest import Tool, manifest, registration_request
from lti.models import Deployment, Invitation, Registration
from lti.outbound import Outbound

PRODUCTS = ("canvas", "moodle", "other")


@dataclass(frozen=True, slots=True)
class Configuration:
    """A platform's OpenID configuration, as far as we need it."""

    issuer: str
    auth_url: str
    token_url: str
    token_audience: str | None
    jwks_url: str
    registration_endpoint: str
    product: str
    name: str
    scopes: list[str]


@dataclass(frozen=True, slots=True)
class Granted:
    """What the platform answered. Canvas may leave the deployment to the first launch."""

    client_id: str
    deployment_id: str | None


def hash_token(token: str) -> str:
    """Hash an invitation's secret for storage."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_invitation(session: Session, *, token: str, now: datetime) -> tuple[Invitation, str]:
    """Find a usable invitation and its organization's name. Raises LaunchRefused."""
    found = session.execute(
        select(Invitation, Organization.name)
        .join(Organization, Organization.id == Invitation.organization_id)
        .where(
            Invitation.token_hash == hash_token(token),
            Invitation.used_at.is_(None),
            Invitation.expires_at > now,
        )
    ).one_or_none()
    if found is None:
        raise LaunchRefused(Reason.INVITATION_INVALID)
    return found[0], found[1]


def claim_invitation(session: Session, *, invitation: Invitation, now: datetime) -> None:
    """Use the invitation up. Of two confirmations at once, one wins. Raises LaunchRefused."""
    won = session.execute(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
        .values(used_at=now)
        .returning(Invitation.id)
    ).one_or_none()
    if won is None:
        raise LaunchRefused(Reason.INVITATION_INVALID)


def release_invitation(session: Session, *, invitation: Invitation) -> None:
    """Give the invitation back after a registration that failed."""
    session.execute(update(Invitation).where(Invitation.id == invitation.id).values(used_at=None))


def fetch_configuration(http: Outbound, *, url: str, registration_token: str | None) -> Configuration:
    """Read a platform's OpenID configuration. Raises LaunchRefused naming what is wrong with it."""
    headers = {"Accept": "application/json", **_bearer(registration_token)}
    body = _ask(http, "GET", url, headers=headers)
    platform = body.get(spec.PLATFORM_CONFIGURATION)
    platform = platform if isinstance(platform, dict) else {}
    return Configuration(
        issuer=_required(body, "issuer"),
        auth_url=_required(body, "authorization_endpoint"),
        token_url=_required(body, "token_endpoint"),
        token_audience=text_of(body.get("authorization_server")) or None,
        jwks_url=_required(body, "jwks_uri"),
        registration_endpoint=_required(body, "registration_endpoint"),
        product=_product(platform),
        name=_platform_name(platform),
        scopes=_scopes(body.get("scopes_supported")),
    )


def _scopes(offered: Any) -> list[str]:
    """Ask for what the platform offers: Canvas refuses a registration with a scope it does not know."""
    ours: list[str] = manifest()["scopes"]
    return [scope for scope in ours if scope in offered] if isinstance(offered, list) else ours


def _product(platform: dict[str, Any]) -> str:
    family = text_of(platform.get("product_family_code")).lower()
    return family if family in PRODUCTS else "other"


def _platform_name(platform: dict[str, Any]) -> str:
    account = text_of(platform.get("https://canvas.instructure.com/lti/account_name"))
    return account or text_of(platform.get("product_family_code")).capitalize()


def register(
    http: Outbound, *, configuration: Configuration, tool: Tool, registration_token: str | None
) -> Granted:
    """Ask the platform to register us. Raises LaunchRefused with the platform's own words."""
    body = _ask(
        http,
        "POST",
        configuration.registration_endpoint,
        json=registration_request(tool, scopes=configuration.scopes),
        headers={"Accept": "application/json", **_bearer(registration_token)},
    )
    tool_configuration = body.get(spec.TOOL_CONFIGURATION)
    answered = tool_configuration if isinstance(tool_configuration, dict) else {}
    deployment = answered.get("deployment_id") or body.get("deployment_id")
    return Granted(_required_text(body, "client_id"), _identifier(deployment))


def keep(
    session: Session,
    *,
    organization_id: uuid.UUID,
    configuration: Configuration,
    granted: Granted,
    product: str | None,
    now: datetime,
) -> Registration:
    """Write the registration and its first deployment. Raises Conflict if another customer has it."""
    registration = _find_or_make(session, organization_id, configuration.issuer, granted.client_id, now)
    registration.auth_url = configuration.auth_url
    registration.token_url = configuration.token_url
    registration.token_audience = configuration.token_audience
    registration.jwks_url = configuration.jwks_url
    registration.registration_endpoint = configuration.registration_endpoint
    registration.product = product or configuration.product
    session.flush()
    if granted.deployment_id:
        accept(session, registration=registration, deployment_id=granted.deployment_id, now=now)
    record_audit(session, organization_id, "platform.registered", registration.id, now=now)
    return registration


def _find_or_make(
    session: Session, organization_id: uuid.UUID, issuer: str, client_id: str, now: datetime
) -> Registration:
    found = session.scalar(
        select(Registration).where(Registration.issuer == issuer, Registration.client_id == client_id)
    )
    if found is None:
        found = Registration(
            id=uuid.uuid4(),
            organization_id=organization_id,
            issuer=issuer,
            client_id=client_id,
            created_at=now,
        )
        session.add(found)
    if found.organization_id != organization_id:
        raise Conflict("This platform and client id belong to another organization here.")
    return found


def accept(session: Session, *, registration: Registration, deployment_id: str, now: datetime) -> Deployment:
    """Accept a deployment, known or new."""
    found = session.scalar(
        select(Deployment).where(
            Deployment.registration_id == registration.id, Deployment.deployment_id == deployment_id
        )
    )
    if found is None:
        found = Deployment(
            id=uuid.uuid4(),
            organization_id=registration.organization_id,
            registration_id=registration.id,
            deployment_id=deployment_id,
            created_at=now,
        )
        session.add(found)
    found.accepted = True
    return found


def _bearer(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def _ask(http: Outbound, method: str, url: str, **options: Any) -> dict[str, Any]:
    try:
        answer = http.request(method, url, **options)
    except requests.RequestException as error:
        raise _failed(f"no answer from {url} ({error})") from error
    if not answer.ok:
        raise _failed(f"{url} answered {answer.status_code}: {answer.text[:200]}")
    try:
        body = answer.json()
    except ValueError as error:
        raise _failed(f"{url} did not answer with JSON") from error
    if not isinstance(body, dict):
        raise _failed(f"{url} did not answer with a JSON object")
    return body


def _required(body: dict[str, Any], name: str) -> str:
    url = web_url(body.get(name))
    if url is None:
        raise _failed(f"the platform's configuration lacks {name}")
    return url


def _required_text(body: dict[str, Any], name: str) -> str:
    text = _identifier(body.get(name))
    if text is None:
        raise _failed(f"the platform's answer lacks {name}")
    return text


def _identifier(value: Any) -> str | None:
    """Read an id that may be text or a number, as Moodle's deployment ids are."""
    known = isinstance(value, str | int) and not isinstance(value, bool)
    return text_of(str(value)) or None if known else None


def _failed(detail: str) -> LaunchRefused:
    return LaunchRefused(Reason.REGISTRATION_FAILED, detail)
