"""`leadline platform`: learning platforms and their deployments."""

import secrets
import uuid
from typing import Any

import click

from courses.people.actions import find_organization
from lti.admin import (
    PlatformDetails,
    accept_deployment,
    add_platform,
    list_deployments,
    list_platforms,
)
from lti.admin import invite as invite_platform
from lti.manifest import Tool
from lti.matching import SOURCEDID, declare_pairs
from plugin.app import utc_now
from plugin.cli.console import (
    Commands,
    json_option,
    open_database,
    organization_filter,
    organization_id,
    organization_option,
    read_config,
    show,
    show_rows,
)

PRODUCTS = click.Choice(["canvas", "moodle", "other"])


@click.group(cls=Commands)
def platform() -> None:
    """Learning platforms that may launch Leadline."""


@platform.command()
@organization_option
@click.option("--product", type=PRODUCTS, help="Found out by itself if left out.")
@json_option
def invite(organization: str, product: str | None, *, as_json: bool) -> None:
    """Make a single-use registration link, valid for seven days."""
    config = read_config()
    with open_database(config).transaction() as session:
        invited = invite_platform(
            session,
            organization_id=find_organization(session, id_or_name=organization).id,
            product=product,
            base_url=config.base_url,
            token=secrets.token_urlsafe(32),
            now=utc_now(),
        )
    until = f"{invited.expires_at:%Y-%m-%d %H:%M} UTC"
    text = f"Give this link to the platform's admin. It works once, until {until}:\n{invited.url}"
    show({"url": invited.url, "expires_at": invited.expires_at}, text, as_json=as_json)


@platform.command()
@organization_option
@click.option("--issuer", required=True, help="`iss` of the platform.")
@click.option("--client-id", required=True, help="The id that the platform gave Leadline.")
@click.option("--auth-url", required=True, help="The platform's OpenID Connect authentication URL.")
@click.option("--token-url", required=True, help="The platform's access token URL.")
@click.option("--jwks-url", required=True, help="The platform's key set URL.")
@click.option("--deployment-id", "deployment_ids", multiple=True, help="May be given several times.")
@click.option("--product", type=PRODUCTS, default="other", show_default=True)
@json_option
def add(organization: str, *, as_json: bool, **details: Any) -> None:
    """Connect a platform that has no dynamic registration."""
    config = read_config()
    with open_database(config).transaction() as session:
        added = add_platform(
            session,
            organization_id=find_organization(session, id_or_name=organization).id,
            details=PlatformDetails(**details),
            https_only=not config.development,
            now=utc_now(),
        )
    tool = Tool(config.base_url)
    urls = {f"{name}_url": tool.url(name) for name in ("login", "launch", "jwks")}
    text = "\n".join([f"Connected ({added.id}). Tell the platform:", *urls.values()])
    show({"id": added.id, **urls}, text, as_json=as_json)


@platform.command("list")
@organization_filter
@json_option
def list_(organization: str | None, *, as_json: bool) -> None:
    """List connected platforms."""
    with open_database(read_config()).reading() as session:
        found = list_platforms(session, organization_id=organization_id(session, organization))
    show_rows("platforms", found, as_json=as_json)


@platform.command()
@click.argument("platform_id", metavar="PLATFORM", type=click.UUID)
@click.option("--sourcedid", type=click.Choice([*SOURCEDID, "off"]), help="What its person_sourcedid is.")
@click.option("--username", type=click.Choice(["userName", "off"]), help="What its user name is.")
@json_option
def match(platform_id: uuid.UUID, sourcedid: str | None, username: str | None, *, as_json: bool) -> None:
    """Say which of a platform's fields are which of the directory's. PLATFORM is the id that `list` shows."""
    with open_database(read_config()).transaction() as session:
        found = declare_pairs(
            session, registration_id=platform_id, sourcedid=sourcedid, username=username, now=utc_now()
        )
    pairs = {"sourcedid": found.match_sourcedid, "username": found.match_username}
    text = "\n".join(f"{name} of {found.issuer}: {pair}" for name, pair in pairs.items())
    show({"id": found.id, **pairs}, text, as_json=as_json)


@platform.group(cls=Commands)
def deployment() -> None:
    """Installations of a platform's registration."""


@deployment.command("list")
@organization_filter
@json_option
def list_all(organization: str | None, *, as_json: bool) -> None:
    """List deployments, those that wait to be accepted first."""
    with open_database(read_config()).reading() as session:
        found = list_deployments(session, organization_id=organization_id(session, organization))
    show_rows("deployments", found, as_json=as_json)


@deployment.command()
@click.argument("deployment", type=click.UUID)
@json_option
def accept(deployment: uuid.UUID, *, as_json: bool) -> None:
    """Let people launch from a deployment that waits. DEPLOYMENT is the id that `list` shows."""
    with open_database(read_config()).transaction() as session:
        found = accept_deployment(session, deployment_id=deployment, now=utc_now())
    accepted = {"id": found.id, "deployment_id": found.deployment_id, "accepted": found.accepted}
    show(accepted, f"Accepted deployment {found.deployment_id}.", as_json=as_json)
