"""The token endpoint."""

import time
from typing import Any

import jwt
import pytest
import requests

from tests.sandbox.fake_tool import AGS


def test_a_token_lives_an_hour_and_has_the_scopes_in_common(registered: Any) -> None:
    answer = registered.token(f"{AGS}score https://unknown.example/scope")
    body = answer.json()
    assert answer.headers["Content-Type"].startswith("text/html")
    assert (body["expires_in"], body["token_type"], body["scope"]) == (3600, "Bearer", f"{AGS}score")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"scope": "https://unknown.example/scope"}, "invalid_scope"),
        ({"scope": ""}, "invalid_request"),
        ({"client_assertion": ""}, "invalid_request"),
        ({"client_assertion": "nonsense"}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": "other"}, "unsupported_grant_type"),
    ],
)
def test_a_wrong_request_is_400(registered: Any, changes: dict[str, str], error: str) -> None:
    answer = registered.token(**changes)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"aud": "http://other.example"}, "audience"),
        ({"iss": "somebody"}, "issuer"),
        ({"sub": "somebody"}, "invalid_client"),
        ({"sub": None}, "invalid_request"),
        ({"exp": int(time.time()) - 5}, "expired"),
        ({"exp": None}, "exp"),
        ({"iat": int(time.time()) + 3600}, "iat"),
        ({"jti": None}, "jti"),
    ],
)
def test_a_wrong_assertion_is_400(registered: Any, changes: dict[str, Any], error: str) -> None:
    answer = registered.token(client_assertion=registered.assertion(**changes))
    assert answer.status_code == 400
    assert error in answer.json()["error"]


def test_an_assertion_works_once(registered: Any) -> None:
    assertion = registered.assertion()
    assert registered.token(client_assertion=assertion).status_code == 200
    assert registered.token(client_assertion=assertion).status_code == 400


def test_only_rs256_and_the_key_of_the_tool_are_good(registered: Any) -> None:
    claims = jwt.decode(registered.assertion(), options={"verify_signature": False})
    secret = "a shared secret that is long enough for it"
    forged = jwt.encode(claims, secret, "HS256", {"kid": registered.kid})
    assert registered.token(client_assertion=forged).status_code == 400
    old_kid = registered.kid
    assert registered.token().status_code == 200
    registered.new_key()
    registered.kid = old_kid
    assert registered.token().status_code == 400


def test_an_unknown_key_makes_the_sandbox_fetch_the_set_again(registered: Any) -> None:
    assert registered.token().status_code == 200
    registered.new_key()
    assert registered.token().status_code == 200
    assert registered.key_fetches == 2


def test_an_unreachable_key_set_is_a_404_page(registered: Any, school: Any) -> None:
    school.tools[1].jwks_uri = "http://127.0.0.1:9/jwks"
    answer = registered.token()
    assert answer.status_code == 404
    assert "<html" in answer.text


def test_a_get_is_400(registered: Any) -> None:
    assert requests.get(f"{registered.sandbox_url}/token", timeout=5).status_code == 400
