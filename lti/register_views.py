"""Dynamic registration as pages: show what is about to be connected, ask, connect, close.

The pages work in the platform's frame and without cookies: the single-use invitation in the address is the
proof that the person may do this.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, g, render_template, request
from sqlalchemy.exc import IntegrityError

from courses.errors import DomainError
from lti.edge import LtiEdge, edge
from lti.errors import LaunchRefused, Reason
from lti.models import Invitation
from lti.origins import origin
from lti.registration import (
    Configuration,
    claim_invitation,
    fetch_configuration,
    find_invitation,
    keep,
    register,
    release_invitation,
)

blueprint = Blueprint(
    "lti_register",
    __name__,
    url_prefix="/lti/register",
    template_folder="templates",
    static_folder="static",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the platform's administrator brings along."""

    configuration_url: str
    token: str | None


def _asked() -> Asked:
    url = request.values.get("openid_configuration", "")
    if url:
        g.frame_ancestors = f"'self' {origin(url) or ''}".strip()
    return Asked(url, request.values.get("registration_token") or None)


@blueprint.get("/<invitation_token>")
def ask(invitation_token: str) -> str:
    """Show what is about to be connected."""
    lti, asked = edge(), _asked()
    invitation, organization = _find(lti, invitation_token)
    if not asked.configuration_url:
        return render_template(
            "lti/register_how.html",
            link=lti.tool.base_url + request.path,
            organization=organization,
            invitation=invitation,
        )
    configuration = fetch_configuration(lti.http, url=asked.configuration_url, registration_token=asked.token)
    return render_template(
        "lti/register.html",
        asked=asked,
        configuration=configuration,
        host=urlsplit(configuration.registration_endpoint).netloc,
        organization=organization,
        product=invitation.product or configuration.product,
        tool=lti.tool,
    )


@blueprint.post("/<invitation_token>")
def confirm(invitation_token: str) -> str:
    """Connect: use the invitation up, ask the platform, keep what it answers."""
    lti, asked = edge(), _asked()
    with lti.transaction() as session:
        invitation, organization = find_invitation(session, token=invitation_token, now=lti.clock())
        claim_invitation(session, invitation=invitation, now=lti.clock())
    configuration = None
    try:
        configuration = _connect(lti, invitation, asked)
    except (DomainError, IntegrityError) as error:
        raise LaunchRefused(Reason.REGISTRATION_FAILED, str(error)) from error
    finally:
        if configuration is None:
            with lti.transaction() as session:
                release_invitation(session, invitation=invitation)
    return render_template(
        "lti/registered.html",
        organization=organization,
        host=urlsplit(configuration.registration_endpoint).netloc,
        product=invitation.product or configuration.product,
    )


@blueprint.get("/<invitation_token>/cancel")
def cancel(invitation_token: str) -> str:
    """Close the frame; nothing was connected and the link still works."""
    del invitation_token
    _asked()
    return render_template("lti/register_cancelled.html")


def _find(lti: LtiEdge, token: str) -> tuple[Invitation, str]:
    with lti.reading() as session:
        return find_invitation(session, token=token, now=lti.clock())


def _connect(lti: LtiEdge, invitation: Invitation, asked: Asked) -> Configuration:
    """Talk to the platform with no transaction open, then write the outcome."""
    configuration = fetch_configuration(lti.http, url=asked.configuration_url, registration_token=asked.token)
    granted = register(lti.http, configuration=configuration, tool=lti.tool, registration_token=asked.token)
    with lti.transaction() as session:
        keep(
            session,
            organization_id=invitation.organization_id,
            configuration=configuration,
            granted=granted,
            product=invitation.product,
            now=lti.clock(),
        )
    return configuration
