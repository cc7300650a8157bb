"""Two directories: one of Northgate Logistics, one of somebody else."""

import pytest
from flask.testing import FlaskClient

from tests.builders import Builder
from tests.conftest import NOW
from tests.scim.http.directory import Directory, make_token


@pytest.fixture
def directory(client: FlaskClient, build: Builder) -> Directory:
    return Directory(client, make_token(build.database, build.organization().id, NOW))


@pytest.fixture
def other(client: FlaskClient, build: Builder) -> Directory:
    """The directory of another customer."""
    return Directory(client, make_token(build.database, build.organization("Elsewhere").id, NOW))


@pytest.fixture
def another_connection(client: FlaskClient, build: Builder) -> Directory:
    """A second directory of the same customer."""
    return Directory(client, make_token(build.database, build.organization().id, NOW, name="okta"))
