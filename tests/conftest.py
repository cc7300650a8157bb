"""Fixtures that every test can use: one application, and a database that is fresh for each test."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from plugin import migrate
from plugin.app import create_app
from plugin.config import Config
from plugin.db import Database
from tests import services
from tests.builders import Builder
from tests.fakes.http import CannedHttp


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    services.leave_out_what_is_missing(items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in services.lines():
        terminalreporter.write_line(line)


NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class SetClock:
    """A clock that stands where a test puts it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """PostgreSQL when TEST_DATABASE_URL says so, an SQLite file otherwise."""
    default = f"sqlite:///{tmp_path_factory.mktemp('db') / 'test.db'}"
    return os.environ.get("TEST_DATABASE_URL", default)


@pytest.fixture(scope="session")
def migrated(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate.downgrade(database, "base")
    migrate.upgrade(database)
    yield database
    database.engine.dispose()


@pytest.fixture(scope="session")
def clock() -> SetClock:
    return SetClock()


@pytest.fixture(scope="session")
def config(database_url: str) -> Config:
    return Config.from_env(
        {
            "LEADLINE_ENV": "development",
            "LEADLINE_BASE_URL": "http://127.0.0.1:8000",
            "LEADLINE_DATABASE_URL": database_url,
            "LEADLINE_SECRET_KEY": "a secret for tests that is long enough",
        }
    )


@pytest.fixture(scope="session")
def http() -> CannedHttp:
    """The platforms as far as in-process tests see them."""
    return CannedHttp()


@pytest.fixture(scope="session")
def app(config: Config, migrated: Database, clock: SetClock, http: CannedHttp) -> Flask:
    app = create_app(config, database=migrated, clock=clock, http=http)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False  # tests/plugin/test_security.py turns it on
    return app


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Replace pytest-flask's: its outer context would share `flask.g` among the requests of a test."""


@pytest.fixture
def connection(migrated: Database) -> Iterator[Connection]:
    """One connection whose transaction is rolled back after the test."""
    with migrated.engine.execution_options(leadline_begin="BEGIN IMMEDIATE").connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@pytest.fixture
def database(migrated: Database, connection: Connection, clock: SetClock) -> Iterator[Database]:
    """The app's database, each of whose transactions is a savepoint of one that is rolled back."""
    makers = (migrated.writers, migrated.readers)
    before = [dict(maker.kw) for maker in makers]
    for maker in makers:
        maker.configure(bind=connection, join_transaction_mode="create_savepoint")
    clock.now = NOW
    yield migrated
    for maker, kw in zip(makers, before, strict=True):
        maker.kw.clear()
        maker.kw.update(kw)


@pytest.fixture
def client(app: Flask, database: Database) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def build(database: Database) -> Builder:
    return Builder(database)


@pytest.fixture
def shared_data() -> Path:
    """Files that tests read."""
    return Path(__file__).parent / "data"
