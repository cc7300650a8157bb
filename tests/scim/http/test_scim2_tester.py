"""scim2-tester against the application over real HTTP: every check must succeed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from scim2_client import BaseSyncSCIMClient
from scim2_tester import Status, check_server

from plugin.app import create_app, utc_now
from plugin.config import Config
from plugin.db import Database
from tests.builders import Builder
from tests.fakes.databases import committing
from tests.flows.road import free_pair, served
from tests.scim.http.directory import make_token


class HttpClient(BaseSyncSCIMClient):
    """scim2-client over requests: its own HTTP engine needs a library that is not installed."""

    def __init__(self, base_url: str, token: str) -> None:
        super().__init__()
        self.base_url = base_url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def _stays_under_base_url(self, endpoint: str) -> bool:
        return endpoint.startswith("/")

    def _parse_json(self, response: Any) -> Any:
        return response.json()

    def request(self, method: str, url: str, *, params: Any = None, **kwargs: Any) -> requests.Response:
        address = url if url.startswith(self.base_url) else self.base_url + "/" + url.lstrip("/")
        if params:
            address += "?" + urlencode(params, doseq=True)
        if "content" in kwargs:
            kwargs["data"] = kwargs.pop("content")
        return self.session.request(method, address, timeout=10, **kwargs)


@pytest.fixture
def address(migrated: Database, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of a running application, and a token."""
    port = free_pair()
    with committing(migrated, tmp_path) as database:
        config = Config.from_env(
            {
                "LEADLINE_ENV": "development",
                "LEADLINE_BASE_URL": f"http://127.0.0.1:{port}",
                "LEADLINE_DATABASE_URL": database.url.render_as_string(hide_password=False),
                "LEADLINE_SECRET_KEY": "a secret for flow tests that is long enough",
                "LEADLINE_SCIM_RATE_LIMIT": "off",
            }
        )
        token = make_token(database, Builder(database).organization().id, utc_now())
        with served(create_app(config, database=database), port):
            yield config.base_url, token


def _read_numbers_as_numbers(client: HttpClient) -> None:
    """Let it send 3 for a level, not "3": canonicalValues are strings even for integers (RFC 7643 8.7.2)."""
    level = next(model for model in client.provider.models if "leadership_level" in model.model_fields)
    level.model_fields["leadership_level"].examples = [1, 2, 3, 4, 5]


def test_every_check_of_scim2_tester_succeeds(address: tuple[str, str]) -> None:
    base_url, token = address
    client = HttpClient(f"{base_url}/scim/v2", token)
    client.discover()
    _read_numbers_as_numbers(client)
    results = check_server(client)
    client.session.close()
    wrong = [
        f"{one.title}: {one.status.name}: {one.reason}" for one in results if one.status is not Status.SUCCESS
    ]
    assert "\n".join(wrong) == ""
    assert len(results) > 100
