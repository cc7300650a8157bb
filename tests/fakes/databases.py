"""A database that commits for real: threads and processes do not share a test's savepoint."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import delete

from plugin import migrate
from plugin.db import Database, metadata


@contextmanager
def committing(migrated: Database, folder: Path) -> Iterator[Database]:
    """Give an SQLite file of its own, or the PostgreSQL database of the tests, emptied afterwards."""
    if migrated.url.drivername != "sqlite":
        yield migrated
        with migrated.transaction() as session:
            for table in reversed(metadata.sorted_tables):
                session.execute(delete(table))
        return
    database = Database(f"sqlite:///{folder / 'own.db'}")
    migrate.upgrade(database)
    yield database
    database.engine.dispose()
