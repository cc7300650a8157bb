"""Migrations from code: bring a database up to date, and say whether it is."""

from pathlib import Path

import alembic.command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from plugin.db import Database, metadata

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """Run the migrations up to `revision`, all in one transaction."""
    with database.engine.begin() as connection:
        alembic.command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Walk back to `revision`, `base` for the very beginning."""
    with database.engine.begin() as connection:
        alembic.command.downgrade(_config(connection), revision)


def is_current(database: Database) -> bool:
    """Say whether every migration has run."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_heads() == tuple(heads())


def heads() -> list[str]:
    """List the newest revisions; one, unless two branches were merged carelessly."""
    return list(ScriptDirectory(str(MIGRATIONS)).get_heads())


def differences(database: Database) -> list[str]:
    """List where the tables in a migrated database differ from the models, as `alembic check` does."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [repr(difference) for difference in compare_metadata(context, metadata)]


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
