"""The first minutes: from the set-up address to the registration link."""

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from courses.people.models import Organization
from plugin.config import Config
from plugin.db import Database
from plugin.first_setup import setup_token, setup_url
from tests.builders import Builder


@pytest.fixture
def address(config: Config) -> str:
    return f"/setup/{setup_token(config)}"


def test_a_name_gives_an_organization_and_a_link(
    client: FlaskClient, address: str, database: Database
) -> None:
    page = client.post(address, data={"name": " Northgate Logistics "})
    field = BeautifulSoup(page.text, "html.parser").select_one("input[name=link]")
    assert field is not None
    assert client.get(str(field["value"]).removeprefix("http://127.0.0.1:8000")).status_code == 200
    with database.reading() as session:
        assert session.scalars(select(Organization.name)).all() == ["Northgate Logistics"]


def test_an_empty_name_is_named_as_the_problem(client: FlaskClient, address: str, database: Database) -> None:
    page = client.post(address, data={"name": "  "})
    assert page.status_code == 422
    assert "An organization needs a name" in page.text
    with database.reading() as session:
        assert session.scalars(select(Organization)).all() == []


def test_without_the_right_token_there_is_nothing(client: FlaskClient) -> None:
    for token in ("made-up", "ü"):
        assert client.get(f"/setup/{token}").status_code == 404


def test_once_set_up_the_page_is_gone(
    client: FlaskClient, address: str, build: Builder, config: Config, database: Database
) -> None:
    assert setup_url(config, database) == config.base_url + address
    build.organization()
    assert setup_url(config, database) is None
    assert client.get(address).status_code == 410
    assert client.post(address, data={"name": "Another"}).status_code == 410


def test_the_page_cannot_be_framed(client: FlaskClient, address: str) -> None:
    assert client.get(address).headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
