from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from plugin.db import Database
from tests.builders import Builder
from tests.fakes.gradebook import RememberingGradebook

Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def gradebook(app: Flask) -> Iterator[RememberingGradebook]:
    """A gradebook in place of the real one."""
    real = app.extensions["leadline.gradebook"]
    app.extensions["leadline.gradebook"] = fake = RememberingGradebook()
    yield fake
    app.extensions["leadline.gradebook"] = real


@pytest.fixture
def learner(client: FlaskClient, build: Builder, gradebook: RememberingGradebook) -> FlaskClient:
    """A client in which Amara has launched module 1."""
    return build.visitor().sign_in(client)


@pytest.fixture
def statements(database: Database) -> Counting:
    """Collect the SQL of a block, without savepoints."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if "SAVEPOINT" not in statement:
                seen.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(database.engine, "before_cursor_execute", note)

    return counting
