"""`leadline scim`: bearer tokens and OAuth clients of directories."""

import json
import uuid
from typing import Any, TextIO

import click

from courses.errors import Refused
from courses.people.actions import find_organization
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
from scim.auth import TOKEN_PATH
from scim.client_keys import checked_keys
from scim.clients import list_clients, new_client, revoke_client
from scim.edge import PREFIX
from scim.tokens import list_tokens, new_token, revoke_token

name_option = click.option("--name", required=True, help="Which directory it is for, such as Okta.")


@click.group(cls=Commands)
def scim() -> None:
    """Directories that may provision people: Entra ID, Okta and others."""


@scim.group(cls=Commands)
def token() -> None:
    """Bearer tokens. Several may live at once, so that one can replace another."""


@token.command("new")
@organization_option
@name_option
@click.option("--days", type=int, help="How long it lives. Left out: until it is revoked.")
@json_option
def new(organization: str, name: str, days: int | None, *, as_json: bool) -> None:
    """Make a token. It is shown this once."""
    config = read_config()
    with open_database(config).transaction() as session:
        found = find_organization(session, id_or_name=organization)
        made = new_token(session, organization_id=found.id, name=name, days=days, now=utc_now())
    url = config.base_url + PREFIX
    until = (
        f"It lives until {made.expires_at:%Y-%m-%d %H:%M} UTC." if made.expires_at else "It does not expire."
    )
    text = f"Give these to the directory. The token is not shown again. {until}\n{url}\n{made.token}"
    show(
        {"id": made.id, "token": made.token, "url": url, "expires_at": made.expires_at}, text, as_json=as_json
    )


@token.command("list")
@organization_filter
@json_option
def list_(organization: str | None, *, as_json: bool) -> None:
    """List tokens, with their last use."""
    with open_database(read_config()).reading() as session:
        found = list_tokens(session, organization_id=organization_id(session, organization))
    show_rows("tokens", found, as_json=as_json)


@token.command()
@click.argument("token", type=click.UUID)
@json_option
def revoke(token: uuid.UUID, *, as_json: bool) -> None:
    """End a token at once. TOKEN is the id that `list` shows."""
    with open_database(read_config()).transaction() as session:
        found = revoke_token(session, token_id=token, now=utc_now())
    text = f"Revoked the token {found.name}."
    show({"id": found.id, "revoked_at": found.revoked_at}, text, as_json=as_json)


@scim.group(cls=Commands)
def client() -> None:
    """OAuth 2 clients: directories that fetch one-hour tokens themselves."""


@client.command("new")
@organization_option
@name_option
@click.option("--jwks", type=click.File(), help="File with its public keys, for private_key_jwt.")
@click.option("--jwks-url", help="Where it publishes its public keys, for private_key_jwt.")
@json_option
def new_(organization: str, name: str, jwks: TextIO | None, jwks_url: str | None, *, as_json: bool) -> None:
    """Make a client. Without keys it gets a secret, which is shown this once."""
    config = read_config()
    keys = _keys(jwks) if jwks else None
    with open_database(config).transaction() as session:
        made = new_client(
            session,
            organization_id=find_organization(session, id_or_name=organization).id,
            name=name,
            jwks=keys,
            jwks_url=jwks_url,
            https_only=not config.development,
            now=utc_now(),
        )
    shown = {
        "id": made.id,
        "client_id": made.client_id,
        "client_secret": made.client_secret,
        "token_url": config.base_url + TOKEN_PATH,
        "url": config.base_url + PREFIX,
    }
    lines = [f"{label.replace('_', ' ')}: {value}" for label, value in shown.items() if value]
    show(
        shown,
        "\n".join(["Give these to the directory. A secret is not shown again.", *lines]),
        as_json=as_json,
    )


def _keys(jwks: TextIO) -> dict[str, Any]:
    try:
        return checked_keys(json.load(jwks))
    except (ValueError, RecursionError) as error:
        raise Refused(f"{jwks.name} is no JSON.") from error


@client.command("list")
@organization_filter
@json_option
def list_all(organization: str | None, *, as_json: bool) -> None:
    """List clients."""
    with open_database(read_config()).reading() as session:
        found = list_clients(session, organization_id=organization_id(session, organization))
    show_rows("clients", found, as_json=as_json)


@client.command("revoke")
@click.argument("client", type=click.UUID)
@json_option
def revoke_(client: uuid.UUID, *, as_json: bool) -> None:
    """End a client and its tokens at once. CLIENT is the id that `list` shows."""
    with open_database(read_config()).transaction() as session:
        found = revoke_client(session, row_id=client, now=utc_now())
    text = f"Revoked the client {found.name} and its tokens."
    show({"id": found.id, "revoked_at": found.revoked_at}, text, as_json=as_json)
