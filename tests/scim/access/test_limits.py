"""Rate limits: per token, in memory or in Redis, and never in the way when Redis is gone."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import limits.storage
import pytest
from flask.testing import FlaskClient
from limits.strategies import MovingWindowRateLimiter

from plugin.app import create_app
from plugin.config import Config
from plugin.db import Database
from scim.errors import ScimError
from scim.limits import MOST_KEYS, REST, Rate, Windows, checked_rate, storage_url
from tests.conftest import SetClock
from tests.fakes.http import CannedHttp
from tests.scim.access.conftest import Directory

Limited = Callable[[str], FlaskClient]


@pytest.fixture
def limited(config: Config, database: Database, clock: SetClock, http: CannedHttp) -> Limited:
    """Make applications with a rate of their own."""

    def make(rate: str) -> FlaskClient:
        chosen = replace(config, scim_rate_limit=rate)
        return create_app(chosen, database=database, clock=clock, http=http).test_client()

    return make


def statuses(directory: Directory, token: str, client: FlaskClient, count: int) -> list[int]:
    return [directory.users(f"Bearer {token}", client).status_code for _ in range(count)]


def test_a_token_that_asks_too_fast_is_told_when_to_come_back(directory: Directory, limited: Limited) -> None:
    client, token = limited("3 per hour"), directory.token().token
    assert statuses(directory, token, client, 3) == [200] * 3
    answer = directory.users(f"Bearer {token}", client)
    assert answer.status_code == 429
    assert answer.json
    assert answer.json["status"] == "429"
    assert answer.mimetype == "application/scim+json"
    assert 3590 <= int(answer.headers["Retry-After"]) <= 3600


def test_tokens_are_counted_apart_and_routes_together(directory: Directory, limited: Limited) -> None:
    client = limited("2 per hour")
    first, second = directory.token().token, directory.token().token
    headers = {"Authorization": f"Bearer {first}"}
    assert client.get("/scim/v2/Groups", headers=headers).status_code == 200
    assert statuses(directory, first, client, 2) == [200, 429]
    assert statuses(directory, second, client, 2) == [200, 200]


def test_discovery_and_refused_tokens_count_nothing(directory: Directory, limited: Limited) -> None:
    client, token = limited("1 per hour"), directory.token().token
    for _ in range(3):
        assert client.get("/scim/v2/Schemas").status_code == 200
        assert directory.users("Bearer wrong", client).status_code == 401
    assert statuses(directory, token, client, 2) == [200, 429]


def test_the_limit_can_be_switched_off(directory: Directory, limited: Limited) -> None:
    assert set(statuses(directory, directory.token().token, limited("off"), 30)) == {200}


def test_two_hundred_requests_in_four_seconds_are_the_default(directory: Directory) -> None:
    token = directory.token().token
    answers = statuses(directory, token, directory.client, 30)  # a burst well over 25 a second
    assert set(answers) == {200}


def test_requests_for_tokens_are_limited_too(limited: Limited) -> None:
    client = limited("2 per hour")
    answers = [client.post("/oauth/token", data={"grant_type": "client_credentials"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[-1].headers["Retry-After"]
    assert answers[-1].json


@pytest.mark.parametrize("text", ["", "fast", "0 per second", "1 per second; 2 per minute", "-1/second"])
def test_a_rate_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - settings turn any into their own words
        checked_rate(text)


def test_rates_and_storage_are_read() -> None:
    assert [checked_rate(text) for text in ("200 per 4 seconds", "OFF")] == ["200 per 4 seconds", "off"]
    assert storage_url("") == storage_url("amqp://rabbit") == "windows://"
    assert storage_url("redis://127.0.0.1:6379/15") == "redis://127.0.0.1:6379/15"


def refused(rate: Rate, key: str) -> bool:
    try:
        rate.admit(key)
    except ScimError:
        return True
    return False


def test_when_redis_is_gone_each_process_counts_by_itself_until_it_is_back() -> None:
    now = 0.0
    gone = limits.storage.storage_from_string("redis://127.0.0.1:1/0", socket_connect_timeout=1)
    rate = Rate(MovingWindowRateLimiter(gone), "2 per hour", monotonic=lambda: now)  # type: ignore[arg-type]
    assert [refused(rate, "a") for _ in range(3)] == [False, False, True]
    now = REST + 1
    assert [refused(rate, "b") for _ in range(3)] == [False, False, True]


def test_a_window_moves() -> None:
    """Each request is free again when its own time is over, not at the end of a period."""
    windows, moments = Windows(), iter((0.0, 3.0, 3.5, 4.1, 4.2, 7.2))
    windows.time = lambda: next(moments)
    assert [windows.acquire_entry("a", 2, 4) for _ in range(6)] == [True, True, False, True, False, True]


def test_threads_together_are_let_through_as_often_as_allowed() -> None:
    rate = Rate(MovingWindowRateLimiter(Windows()), "500 per hour", monotonic=lambda: 0.0)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _number: refused(rate, "a"), range(800)))
    assert answers.count(False) == 500


def test_memory_forgets_callers_that_are_gone() -> None:
    windows, now = Windows(), 0.0
    windows.time = lambda: now
    for number in range(MOST_KEYS):
        windows.acquire_entry(f"address {number}", 2, 4)
    now = 5.0
    windows.acquire_entry("new", 2, 4)
    assert windows.get_moving_window("new", 2, 4) == (5.0, 1)
    assert len(windows.windows) == 1


@pytest.mark.redis
def test_processes_share_one_count_in_redis() -> None:
    storage = limits.storage.storage_from_string("redis://127.0.0.1:6379/15")
    first, second = (
        Rate(MovingWindowRateLimiter(storage), "3 per minute", monotonic=lambda: 0.0)  # type: ignore[arg-type]
        for _ in range(2)
    )
    key = uuid.uuid4().hex
    assert [refused(rate, key) for rate in (first, second, first, second)] == [False, False, False, True]
