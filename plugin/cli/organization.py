"""`leadline organization`: customers."""

import click

from courses.people.actions import add_organization
from plugin.app import utc_now
from plugin.cli.console import Commands, json_option, open_database, read_config, show


@click.group(cls=Commands)
def organization() -> None:
    """Keep the customers of this installation."""


@organization.command()
@click.argument("name")
@json_option
def add(name: str, *, as_json: bool) -> None:
    """Add a customer."""
    database = open_database(read_config())
    with database.transaction() as session:
        added = add_organization(session, name=name, now=utc_now())
    text = f"Added {added.name} ({added.id}). Connect its platform with: leadline platform invite"
    show({"id": added.id, "name": added.name}, text, as_json=as_json)
