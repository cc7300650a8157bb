"""Fixtures of the engine's tests: a few rows to filter."""

import pytest
from sqlalchemy import Connection

from tests.scim.engine.rows import Rows


@pytest.fixture
def rows(connection: Connection) -> Rows:
    return Rows(connection)
