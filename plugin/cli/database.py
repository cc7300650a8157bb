"""`leadline db`: migrations."""

import os
import tempfile
from pathlib import Path

import click

from courses.errors import Refused
from plugin import migrate
from plugin.cli.console import Commands, json_option, read_config, show
from plugin.config import Config, ConfigError
from plugin.db import Database


@click.group(cls=Commands)
def db() -> None:
    """Make and check the database's tables."""


@db.command()
@json_option
def upgrade(*, as_json: bool) -> None:
    """Bring the configured database up to date. Doing it twice does no harm."""
    database = Database(read_config().database_url)
    migrate.upgrade(database)
    where = database.url.render_as_string(hide_password=True)
    show({"database": where, "heads": migrate.heads()}, f"{where} is up to date.", as_json=as_json)


@db.command()
@json_option
def check(*, as_json: bool) -> None:
    """Try all migrations up, down and up on a file of its own, and compare with the models.

    Says also whether the configured database is up to date.
    """
    heads = migrate.heads()
    if len(heads) != 1:
        raise Refused(f"There are {len(heads)} newest migrations ({', '.join(heads)}); there must be one.")
    if differences := _differences():
        raise Refused("Models and migrations differ:\n" + "\n".join(differences))
    configured = _configured()
    words = {None: "not looked at", True: "up to date", False: "not up to date: leadline db upgrade"}
    text = f"Models and migrations agree. The configured database is {words[configured]}."
    show({"heads": heads, "differences": [], "current": configured}, text, as_json=as_json)


def _differences() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'check.db'}")
        try:
            migrate.upgrade(database)
            migrate.downgrade(database, "base")
            migrate.upgrade(database)
            return migrate.differences(database)
        finally:
            database.engine.dispose()


def _configured() -> bool | None:
    """Say whether the configured database is up to date; None without settings or without a file."""
    try:
        database = Database(Config.from_env(os.environ).database_url)
    except ConfigError:
        return None
    if database.url.drivername == "sqlite" and not Path(database.url.database or "").is_file():
        return None
    return migrate.is_current(database)
