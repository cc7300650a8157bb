"""What all commands share: settings, database, output, and refusals as exit codes.

A command prints text, or with --json one JSON object and nothing else. Reasons go to standard error.
Exit codes: 0 done, 1 refused, 2 wrong usage (click's own).
"""

import json
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

import click
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from courses.errors import DomainError, Refused
from courses.people.actions import find_organization
from plugin import migrate
from plugin.config import Config, ConfigError, unknown_settings
from plugin.db import Database

Command = TypeVar("Command", bound=Callable[..., Any])

NOT_MIGRATED = "The database is not up to date. Bring it up to date with: leadline db upgrade"


class Commands(click.Group):
    """A group whose commands may refuse: the reason goes to standard error, the exit code is 1."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command."""
        try:
            return super().invoke(context)
        except (ConfigError, DomainError) as error:
            raise click.ClickException(str(error)) from error
        except UnicodeError as error:
            raise click.ClickException("An argument is not UTF-8 text.") from error
        except DBAPIError as error:
            words = str(error.orig).strip().splitlines()
            raise click.ClickException(f"The database did not do it: {words[0] if words else ''}") from error


json_option: Callable[[Command], Command] = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object, for scripts."
)
organization_option: Callable[[Command], Command] = click.option(
    "--organization", required=True, help="Id or name of the customer."
)
organization_filter: Callable[[Command], Command] = click.option(
    "--organization", help="Only this customer: id or name."
)


def show(found: Mapping[str, Any], text: str, *, as_json: bool) -> None:
    """Print what a command found."""
    print(json.dumps(found, default=_plain) if as_json else text)


def show_rows(name: str, rows: Sequence[Any], *, as_json: bool) -> None:
    """Print dataclasses as {name: […]} or as a table."""
    found = [asdict(row) for row in rows]
    show({name: found}, _table(found) if found else f"There are no {name}.", as_json=as_json)


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = [[name.replace("_", " ") for name in rows[0]]]
    lines += [["" if value is None else str(_plain(value)) for value in row.values()] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return str(value) if isinstance(value, uuid.UUID) else value


def read_config() -> Config:
    """Read the settings. Raises ConfigError; a setting nobody knows only warns."""
    for name in unknown_settings(os.environ):
        click.echo(f"Warning: {name} is no setting of Leadline. See: leadline settings", err=True)
    return Config.from_env(os.environ)


def open_database(config: Config) -> Database:
    """Open the database. Raises Refused when migrations are missing."""
    database = Database(config.database_url)
    if not migrate.is_current(database):
        raise Refused(NOT_MIGRATED)
    return database


def organization_id(session: Session, id_or_name: str | None) -> uuid.UUID | None:
    """Find the customer that a filter names, if it names one. Raises NotFound."""
    return find_organization(session, id_or_name=id_or_name).id if id_or_name else None
