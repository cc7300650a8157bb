"""`leadline organization`: customers."""

import click

from courses.people.actions import add_organization, find_organization, set_email_domains
from lti.matching import look_again
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


@organization.command()
@click.argument("organization", metavar="NAME")
@click.option(
    "--link-by-email", "domains", multiple=True, help="A domain of theirs; may be given several times."
)
@json_option
def domains(organization: str, domains: tuple[str, ...], *, as_json: bool) -> None:
    """Let people with an address of these domains be linked to the directory; none switches it off."""
    with open_database(read_config()).transaction() as session:
        found = find_organization(session, id_or_name=organization)
        set_email_domains(session, organization=found, domains=domains, now=utc_now())
        look_again(session, organization_id=found.id)
    text = f"People are linked by addresses of: {', '.join(found.email_domains) or 'no domain'}"
    show({"id": found.id, "domains": found.email_domains}, text, as_json=as_json)
