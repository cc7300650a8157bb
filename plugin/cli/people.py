"""`leadline people`: who the directory knows, who manages whom, and who is still to be linked."""

import uuid

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.people.actions import find_organization
from courses.people.issues import Issue, find_issues
from courses.people.linking import link as link_people
from courses.people.linking import unlink as unlink_people
from courses.people.models import PersonLink
from courses.people.outline import outline
from lti.moving import MOVERS
from lti.unlinked import list_unlinked
from plugin.app import utc_now
from plugin.cli.console import (
    Commands,
    json_option,
    open_database,
    organization_option,
    read_config,
    show,
    show_rows,
)


@click.group(cls=Commands)
def people() -> None:
    """Look after people and reporting lines."""


@people.command()
@organization_option
@click.option("--only", type=click.Choice([kind.value for kind in Issue]), help="Only one kind.")
@json_option
def issues(organization: str, only: str | None, *, as_json: bool) -> None:
    """List what is doubtful: managers awaited, ambiguous or in circles, and people not linked."""
    with open_database(read_config()).reading() as session:
        owner = _owner(session, organization)
        found = find_issues(session, organization_id=owner, only=Issue(only) if only else None)
    show_rows("issues", found, as_json=as_json)


@people.command()
@organization_option
@json_option
def unlinked(organization: str, *, as_json: bool) -> None:
    """List people who came from a platform and are not linked to the directory, with suggestions."""
    with open_database(read_config()).reading() as session:
        found = list_unlinked(session, organization_id=_owner(session, organization))
    show_rows("people", found, as_json=as_json)


@people.command()
@organization_option
@json_option
def links(organization: str, *, as_json: bool) -> None:
    """List who was linked to whom, the newest first."""
    with open_database(read_config()).reading() as session:
        query = select(PersonLink).where(PersonLink.organization_id == _owner(session, organization))
        found = [_link(row) for row in session.scalars(query.order_by(PersonLink.linked_at.desc()))]
    text = "\n".join("  ".join(map(str, row.values())) for row in found) or "There are no links."
    show({"links": found}, text, as_json=as_json)


@people.command()
@organization_option
@click.argument("source", metavar="UNLINKED", type=click.UUID)
@click.argument("target", metavar="PERSON", type=click.UUID)
@json_option
def link(organization: str, source: uuid.UUID, target: uuid.UUID, *, as_json: bool) -> None:
    """Say that UNLINKED, who came from a platform, is PERSON of the directory: their work moves over."""
    with open_database(read_config()).transaction() as session:
        made = link_people(
            session,
            organization_id=_owner(session, organization),
            from_person_id=source,
            person_id=target,
            how="admin",
            movers=MOVERS,
            now=utc_now(),
        )
    text = f"Linked. Undo it with: leadline people unlink --organization {organization!r} {made.id}"
    show(_link(made), text, as_json=as_json)


@people.command()
@organization_option
@click.argument("link_id", metavar="LINK", type=click.UUID)
@json_option
def unlink(organization: str, link_id: uuid.UUID, *, as_json: bool) -> None:
    """Undo a link: what moved moves back. LINK is its id, or that of the person who was linked."""
    with open_database(read_config()).transaction() as session:
        undone = unlink_people(
            session,
            organization_id=_owner(session, organization),
            link_id=link_id,
            movers=MOVERS,
            now=utc_now(),
        )
    show(_link(undone), "Undone. Only an admin can link them again.", as_json=as_json)


@people.command()
@organization_option
@json_option
def tree(organization: str, *, as_json: bool) -> None:
    """Show who manages whom: active people under the nearest active manager."""
    with open_database(read_config()).reading() as session:
        found = outline(session, organization_id=_owner(session, organization))
    rows = [{"depth": b.depth, "id": b.person_id, "name": b.name, "title": b.title} for b in found]
    lines = ["  " * b.depth + b.name + (f", {b.title}" if b.title else "") for b in found]
    text = "\n".join(lines) or "The directory has told of nobody yet."
    show({"people": rows}, text, as_json=as_json)


def _owner(session: Session, organization: str) -> uuid.UUID:
    return find_organization(session, id_or_name=organization).id


def _link(row: PersonLink) -> dict[str, object]:
    names = ("id", "from_person_id", "person_id", "how", "linked_at", "unlinked_at")
    return {name: getattr(row, name) for name in names}
