"""Engine, sessions, and the metadata with every table imported."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.engine import URL, Engine
from sqlalchemy.orm import Session, sessionmaker

import courses.audit
import courses.modules.models
import courses.people.models
import lti.cells
import lti.models
import scim.models
from courses.base import Base

metadata = Base.metadata
TABLE_MODULES = (
    courses.audit,
    courses.modules.models,
    courses.people.models,
    lti.cells,
    lti.models,
    scim.models,
)


def database_url(text: str) -> URL:
    """Read a database URL; plain `postgresql://` means psycopg 3. Raises ValueError for other databases."""
    url = make_url(text)
    if url.drivername in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise ValueError(f"{url.drivername} is not supported")
    if not url.database or url.database == ":memory:":
        raise ValueError("a database in memory is gone at once")
    return url


class Database:
    """One engine and its two kinds of session.

    On SQLite a writing transaction begins IMMEDIATE (it queues for the lock instead of failing when it
    upgrades) and a reading one stays deferred (readers would queue behind writers otherwise).
    """

    def __init__(self, url: str) -> None:
        self.url = database_url(url)
        self.engine = make_engine(self.url)
        writing = self.engine.execution_options(leadline_begin="BEGIN IMMEDIATE")
        self.writers: sessionmaker[Session] = sessionmaker(writing, expire_on_commit=False)
        self.readers: sessionmaker[Session] = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One unit of writing: commits at the end, rolls back on any error."""
        with self.writers.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent look; nothing is written."""
        with self.readers.begin() as session:
            yield session


def make_engine(url: URL) -> Engine:
    """Make an engine. SQLite gets WAL, a busy timeout, foreign keys, and explicit BEGINs.

    Errors never show parameters: they hold names and learners' words, and errors are logged.
    """
    if url.drivername != "sqlite":
        timeout = {"connect_timeout": 10}
        return create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=timeout)
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


PRAGMAS = (
    "journal_mode=WAL",
    "busy_timeout=15000",  # milliseconds
    "foreign_keys=ON",
    "synchronous=NORMAL",
    "cache_size=-32000",  # KiB: the indexes of 20,000 users, which the default of 2 MB reads again every time
)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves; sqlite3 would say it too late
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("leadline_begin", "BEGIN"))
