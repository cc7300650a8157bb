"""Our keys and the platforms' keys."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from jwcrypto.jwk import JWK
from sqlalchemy import select

from courses.errors import Refused
from lti.keys import STILL_SERVED, ensure_key, public_keys, signing_key
from lti.keysets import COOL_DOWN, MAX_AGE, KeySets, KeySetUnavailable
from lti.models import ToolKey
from plugin.db import Database
from tests.conftest import NOW
from tests.fakes.http import CannedHttp
from tests.lti.lms import public_jwk

SECRET = "a secret that is long enough for this"
URL = "https://lms.example/keys"


def test_the_first_start_makes_one_key_and_the_second_none(database: Database) -> None:
    for _start in range(2):
        with database.transaction() as session:
            ensure_key(session, secret_key=SECRET, now=NOW)
    with database.reading() as session:
        row = session.scalars(select(ToolKey)).one()
        key = signing_key(session, secret_key=SECRET)
    assert "PRIVATE" not in row.sealed_private_key
    assert key.kid == JWK.from_pem(key.public_pem.encode()).thumbprint()


def test_another_secret_is_named_as_the_reason(database: Database) -> None:
    with database.transaction() as session:
        ensure_key(session, secret_key=SECRET, now=NOW)
    with database.transaction() as session, pytest.raises(Refused, match="LEADLINE_SECRET_KEY"):
        ensure_key(session, secret_key="another one", now=NOW)


def test_a_retired_key_is_published_for_two_more_weeks(database: Database) -> None:
    with database.transaction() as session:
        ensure_key(session, secret_key=SECRET, now=NOW)
        session.flush()
        session.scalars(select(ToolKey)).one().retired_at = NOW
    with database.reading() as session:
        served = public_keys(session, now=NOW + STILL_SERVED / 2)["keys"]
        later = public_keys(session, now=NOW + STILL_SERVED)["keys"]
    assert [key["alg"] for key in served] == ["RS256"]
    assert not set(served[0]) & {"d", "p", "q"}
    assert later == []


class Elapsed:
    """A stopwatch that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def canned() -> CannedHttp:
    return CannedHttp()


def test_a_key_set_is_fetched_once(canned: CannedHttp, platform_key: RSAPrivateKey) -> None:
    canned.answers[URL] = {"keys": [public_jwk(platform_key, "a")]}
    keysets = KeySets(canned)
    assert keysets.find(URL, "a") == keysets.find(URL, "a") == platform_key.public_key()
    assert len(canned.calls) == 1


def test_an_unknown_key_id_refetches_once_and_then_cools_down(
    canned: CannedHttp, platform_key: RSAPrivateKey
) -> None:
    canned.answers[URL] = {"keys": [public_jwk(platform_key, "old")]}
    elapsed = Elapsed()
    keysets = KeySets(canned, monotonic=elapsed)
    assert keysets.find(URL, "old") is not None
    canned.answers[URL] = {"keys": [public_jwk(platform_key, "new")]}
    elapsed.seconds += COOL_DOWN + 1
    assert keysets.find(URL, "new") is not None
    assert [keysets.find(URL, kid) for kid in ("x", "y", "z")] == [None, None, None]
    assert len(canned.calls) == 2


def test_a_platform_that_is_down_does_not_lose_the_keys_we_have(
    canned: CannedHttp, platform_key: RSAPrivateKey
) -> None:
    canned.answers[URL] = {"keys": [public_jwk(platform_key, "a")]}
    elapsed = Elapsed()
    keysets = KeySets(canned, monotonic=elapsed)
    keysets.find(URL, "a")
    del canned.answers[URL]
    elapsed.seconds += 1_000_000
    assert keysets.find(URL, "a") is not None
    elapsed.seconds += 1_000_000
    with pytest.raises(KeySetUnavailable):
        keysets.find(URL, "b")


@pytest.mark.parametrize("answer", [[], {"keys": 7}, {}, (500, {}), "text"])
def test_a_broken_key_set_says_so(canned: CannedHttp, answer: Any) -> None:
    canned.answers[URL] = answer
    with pytest.raises(KeySetUnavailable):
        KeySets(canned).find(URL, "a")


def test_keys_we_cannot_use_are_left_out(canned: CannedHttp, platform_key: RSAPrivateKey) -> None:
    good = public_jwk(platform_key, "good")
    odd = [7, {"kty": "EC", "kid": "e"}, {**good, "kid": "n", "n": "!"}, {**good, "alg": "PS256", "kid": "p"}]
    canned.answers[URL] = {"keys": [*odd, {**good, "kid": None}, good]}
    keysets = KeySets(canned)
    assert keysets.find(URL, "good") is not None
    assert [keysets.find(URL, kid) for kid in ("e", "n", "p", "None")] == [None] * 4


def test_a_fetch_failure_is_a_key_set_problem_not_a_crash(canned: CannedHttp) -> None:
    with pytest.raises(KeySetUnavailable) as caught:
        KeySets(canned).find(URL, "a")
    assert isinstance(caught.value.__cause__, requests.RequestException)


class DeadHttp(CannedHttp):
    """A network on which each call waits until the test lets it fail."""

    def __init__(self) -> None:
        super().__init__()
        self.called = threading.Event()
        self.let_go = threading.Event()

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        self.called.set()
        assert self.let_go.wait(5)
        return super().request(method, url, *args, **kwargs)


def refused(keysets: KeySets, kid: str = "a") -> str:
    with pytest.raises(KeySetUnavailable) as caught:
        keysets.find(URL, kid)
    return str(caught.value)


def test_many_launches_wait_for_one_failure_only() -> None:
    http = DeadHttp()
    keysets = KeySets(http)
    with ThreadPoolExecutor(8) as launches:
        waiting = [launches.submit(refused, keysets) for _launch in range(8)]
        http.let_go.set()
        assert {launch.result() for launch in waiting} == {f"ConnectionError while fetching {URL}"}
    assert len(http.calls) == 1


def test_a_failure_is_remembered_for_a_while(canned: CannedHttp, platform_key: RSAPrivateKey) -> None:
    elapsed = Elapsed()
    keysets = KeySets(canned, monotonic=elapsed)
    refused(keysets)
    canned.answers[URL] = {"keys": [public_jwk(platform_key, "a")]}
    elapsed.seconds += COOL_DOWN
    refused(keysets)
    assert len(canned.calls) == 1
    elapsed.seconds += 1
    assert keysets.find(URL, "a") is not None


def test_only_one_launch_tries_a_dead_platform_again() -> None:
    http, elapsed = DeadHttp(), Elapsed()
    keysets = KeySets(http, monotonic=elapsed)
    http.let_go.set()
    refused(keysets)
    http.let_go.clear()
    http.called.clear()
    elapsed.seconds += COOL_DOWN + 1
    with ThreadPoolExecutor(1) as launches:
        trying = launches.submit(refused, keysets)
        assert http.called.wait(5)
        assert refused(keysets)  # at once, while the other one waits
        http.let_go.set()
        assert trying.result()
    assert len(http.calls) == 2


def test_known_keys_serve_while_they_are_renewed(platform_key: RSAPrivateKey) -> None:
    http, elapsed = DeadHttp(), Elapsed()
    http.answers[URL] = {"keys": [public_jwk(platform_key, "a")]}
    keysets = KeySets(http, monotonic=elapsed)
    http.let_go.set()
    keysets.find(URL, "a")
    http.let_go.clear()
    http.called.clear()
    elapsed.seconds += MAX_AGE + 1
    with ThreadPoolExecutor(1) as launches:
        renewing = launches.submit(keysets.find, URL, "a")
        assert http.called.wait(5)
        assert keysets.find(URL, "a") is not None
        http.let_go.set()
        assert renewing.result() is not None


def test_a_key_set_that_is_nested_too_deeply_says_so(canned: CannedHttp) -> None:
    canned.raw[URL] = b"[" * 100_000
    assert refused(KeySets(canned)) == f"{URL} did not answer with a JSON Web Key Set"
