"""Access tokens: asked for once, kept, and not asked for again while the platform is down."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from lti.keys import SigningKey
from lti.tokens import COOL_DOWN, EARLY, ServiceRegistration, TokenRefused, TokenSource
from tests.fakes.http import CannedHttp

URL = "https://lms.example/token"
REGISTRATION = ServiceRegistration("https://lms.example", "leadline", URL, None, "moodle")
SCOPES = ["score"]


class SlowHttp(CannedHttp):
    """A network on which each call waits until the test lets it go on."""

    def __init__(self) -> None:
        super().__init__()
        self.called = threading.Event()
        self.let_go = threading.Event()
        self.let_go.set()

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        self.called.set()
        assert self.let_go.wait(5)
        return super().request(method, url, *args, **kwargs)

    def hold(self) -> None:
        self.called.clear()
        self.let_go.clear()


class Tokens:
    """A source of tokens with a clock to turn."""

    def __init__(self, key: SigningKey) -> None:
        self.seconds = 0.0
        self.http = SlowHttp()
        self.source = TokenSource(self.http, lambda: key, monotonic=lambda: self.seconds)

    def ask(self) -> str:
        return self.source.token_for(REGISTRATION, SCOPES)

    def refused(self) -> tuple[int | None, str, str | None]:
        with pytest.raises(TokenRefused) as caught:
            self.ask()
        return caught.value.status, caught.value.words, caught.value.retry_after


@pytest.fixture
def tokens(platform_key: RSAPrivateKey) -> Tokens:
    private = platform_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = platform_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return Tokens(SigningKey("kid", private, public))


def test_a_token_is_kept_until_it_nears_its_end(tokens: Tokens) -> None:
    tokens.http.answers[URL] = {"access_token": "one", "expires_in": 3600}
    assert [tokens.ask(), tokens.ask()] == ["one", "one"]
    tokens.http.answers[URL] = {"access_token": "two", "expires_in": 3600}
    tokens.seconds += 3600 - EARLY
    assert tokens.ask() == "two"
    assert len(tokens.http.calls) == 2


def test_a_forgotten_token_is_asked_for_anew(tokens: Tokens) -> None:
    tokens.http.answers[URL] = {"access_token": "one", "expires_in": 3600}
    tokens.ask()
    tokens.source.forget(REGISTRATION, SCOPES)
    tokens.ask()
    assert len(tokens.http.calls) == 2


def test_a_refusal_is_remembered_for_a_while(tokens: Tokens) -> None:
    tokens.http.answers[URL] = (400, {"error": "invalid_scope"})
    assert tokens.refused() == tokens.refused() == (400, "invalid_scope", None)
    tokens.http.answers[URL] = {"access_token": "one", "expires_in": 3600}
    tokens.seconds += COOL_DOWN
    tokens.refused()
    assert len(tokens.http.calls) == 1
    tokens.seconds += 1
    assert tokens.ask() == "one"


def test_many_posts_wait_for_one_failure_only(tokens: Tokens) -> None:
    tokens.http.hold()
    with ThreadPoolExecutor(8) as posts:
        waiting = [posts.submit(tokens.refused) for _post in range(8)]
        tokens.http.let_go.set()
        assert {post.result()[0] for post in waiting} == {None}
    assert len(tokens.http.calls) == 1


def test_only_one_post_tries_a_dead_platform_again(tokens: Tokens) -> None:
    tokens.refused()
    tokens.http.hold()
    tokens.seconds += COOL_DOWN + 1
    with ThreadPoolExecutor(1) as posts:
        trying = posts.submit(tokens.refused)
        assert tokens.http.called.wait(5)
        assert tokens.refused()  # at once, while the other one waits
        tokens.http.let_go.set()
        assert trying.result()
    assert len(tokens.http.calls) == 2


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b"<html>", b"[]", b'{"access_token":"one","expires_in":1' + b"0" * 400 + b"}"],
)
def test_what_is_no_token_is_a_refusal(tokens: Tokens, body: bytes) -> None:
    tokens.http.raw[URL] = body
    assert tokens.refused() == (200, "the answer is no token", None)
