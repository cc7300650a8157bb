"""`leadline grades`: what became of scores, and sending them again."""

import uuid

import click

from lti.gradebook import report_cells, retry_all, retry_cell
from plugin.app import utc_now
from plugin.cli.console import (
    Commands,
    json_option,
    open_database,
    organization_filter,
    organization_id,
    read_config,
    show,
    show_rows,
)


@click.group(cls=Commands)
def grades() -> None:
    """Scores on their way to the platforms."""


@grades.command()
@organization_filter
@json_option
def status(organization: str | None, *, as_json: bool) -> None:
    """List gradebook cells, those that were not delivered first."""
    with open_database(read_config()).reading() as session:
        cells = report_cells(session, organization_id=organization_id(session, organization))
    show_rows("cells", cells, as_json=as_json)


@grades.command()
@click.option("--cell", type=click.UUID, help="The id that `status` shows.")
@click.option("--all", "everything", is_flag=True, help="Whatever was not delivered.")
@json_option
def retry(cell: uuid.UUID | None, *, everything: bool, as_json: bool) -> None:
    """Send scores again, at once. A cell in conflict overwrites what somebody gave in the platform."""
    if (cell is None) is not everything:
        raise click.UsageError("Say either --cell ID or --all.")
    with open_database(read_config()).transaction() as session:
        if cell is None:
            retried = retry_all(session, now=utc_now())
        else:
            retried = [retry_cell(session, cell_id=cell, now=utc_now())]
    found = {"cells": [str(cell_id) for cell_id in retried]}
    show(found, f"{len(retried)} due again; a running server sends them within seconds.", as_json=as_json)
