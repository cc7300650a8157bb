"""/oauth/token: client credentials with a secret or a signed assertion (RFC 6749, RFC 7523)."""

import base64
import hmac
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey
from sqlalchemy import func, select

from scim.client_keys import COOL_DOWN, MAX_AGE, ClientKeys
from scim.clients import KnownClient, revoke_client
from scim.models import ScimAccessToken
from scim.tokens import hashed
from tests.conftest import NOW
from tests.fakes.http import CannedHttp
from tests.scim.access.conftest import AUDIENCE, Directory

URL = "https://directory.example/keys"


def test_a_secret_in_the_header_or_the_form_gets_a_token_for_one_hour(directory: Directory) -> None:
    client = directory.oauth()
    assert client.client_secret
    for answer in (
        directory.ask_basic(client.client_id, client.client_secret),
        directory.ask(client_id=client.client_id, client_secret=client.client_secret, scope="anything"),
    ):
        assert answer.status_code == 200
        assert answer.json
        assert answer.json["token_type"] == "Bearer"
        assert answer.json["expires_in"] == 3600
        assert answer.headers["Cache-Control"] == "no-store"
        assert directory.users(f"Bearer {answer.json['access_token']}").status_code == 200


def given_token(directory: Directory) -> str:
    client = directory.oauth()
    answer = directory.ask(client_id=client.client_id, client_secret=client.client_secret or "")
    return str((answer.json or {})["access_token"])


def test_only_the_hash_of_an_access_token_is_kept(directory: Directory) -> None:
    token = given_token(directory)
    with directory.build.database.reading() as session:
        assert session.scalars(select(ScimAccessToken.token_hash)).one() == hashed(token)


def test_an_access_token_ends_after_an_hour_and_is_forgotten_at_the_next(directory: Directory) -> None:
    token = given_token(directory)
    directory.clock.now = NOW + timedelta(minutes=59)
    assert directory.users(f"Bearer {token}").status_code == 200
    directory.clock.now = NOW + timedelta(minutes=60)
    assert directory.users(f"Bearer {token}").status_code == 401
    given_token(directory)
    with directory.build.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ScimAccessToken)) == 1


def test_a_revoked_client_is_out_at_once(directory: Directory) -> None:
    client = directory.oauth()
    assert client.client_secret
    token = (directory.ask_basic(client.client_id, client.client_secret).json or {})["access_token"]
    with directory.build.database.transaction() as session:
        revoke_client(session, row_id=client.id, now=directory.clock.now)
    assert directory.users(f"Bearer {token}").status_code == 401
    assert directory.ask_basic(client.client_id, client.client_secret).status_code == 401


def test_every_failed_proof_is_answered_in_the_same_words(directory: Directory, jwks: dict[str, Any]) -> None:
    client, signing = directory.oauth(), directory.oauth(jwks=jwks)
    answers = [
        directory.ask(),
        directory.ask_basic(client.client_id, "wrong"),
        directory.ask_basic("nobody", "wrong"),
        directory.ask_basic("a\0b", "wrong"),
        directory.ask(client_id=client.client_id, client_secret="wrong"),
        directory.ask(client_id=client.client_id),
        directory.ask(client_id=signing.client_id, client_secret="None"),
        directory.ask_basic(signing.client_id, ""),
        directory.assert_with("nonsense"),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json) == (
            401,
            {"error": "invalid_client", "error_description": "The client could not be authenticated."},
        )
        assert "Basic" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    "header", ["Basic \xff", "Basic !!!", "Basic /////w==", "Basic ", "Bearer x", "Basic OmE=", "Basic YTo="]
)
def test_a_header_that_cannot_be_read_is_a_failed_proof(directory: Directory, header: str) -> None:
    answer = directory.client.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, headers={"Authorization": header}
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": 'é"\n'}, "unsupported_grant_type"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, "invalid_request"),
    ],
)
def test_other_requests_are_refused_by_name(directory: Directory, form: Any, error: str) -> None:
    answer = directory.client.post("/oauth/token", data=form)
    assert (answer.status_code, (answer.json or {}).get("error")) == (400, error)


def test_json_is_no_token_request(directory: Directory) -> None:
    answer = directory.client.post("/oauth/token", json={"grant_type": "client_credentials"})
    assert (answer.status_code, (answer.json or {})["error"]) == (400, "invalid_request")


def test_a_signed_assertion_gets_a_token(directory: Directory, key: RSAKey, jwks: dict[str, Any]) -> None:
    client = directory.oauth(jwks=jwks)
    for audience in (AUDIENCE, "http://127.0.0.1:8000", [AUDIENCE, "https://other.example"]):
        answer = directory.assert_with(directory.signed(client, key, aud=audience))
        assert answer.status_code == 200
        assert directory.users(f"Bearer {(answer.json or {})['access_token']}").status_code == 200


def test_an_assertion_signed_with_an_elliptic_curve_gets_a_token(directory: Directory) -> None:
    key = ECKey.generate_key("P-256", {"kid": "k1"})
    client = directory.oauth(jwks={"keys": [key.as_dict(private=False)]})
    assert directory.assert_with(directory.signed(client, key)).status_code == 200


def test_an_assertion_works_once(directory: Directory, key: RSAKey, jwks: dict[str, Any]) -> None:
    assertion = directory.signed(directory.oauth(jwks=jwks), key)
    assert [directory.assert_with(assertion).status_code for _ in range(2)] == [200, 401]


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "https://other.example/oauth/token"},
        {"aud": None},
        {"iss": "somebody else"},
        {"iss": None},
        {"exp": None},
        {"exp": int(NOW.timestamp()) - 61},
        {"exp": int(NOW.timestamp()) + 3700},
        {"exp": 10**400},
        {"exp": "soon"},
        {"exp": True},
        {"nbf": int(NOW.timestamp()) + 600},
        {"iat": int(NOW.timestamp()) + 600},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"sub": None},
        {"sub": ["a"]},
        {"sub": "nobody"},
    ],
    ids=str,
)
def test_an_assertion_that_claims_wrong_is_refused(
    directory: Directory, key: RSAKey, jwks: dict[str, Any], changes: dict[str, Any]
) -> None:
    client = directory.oauth(jwks=jwks)
    assert directory.assert_with(directory.signed(client, key, **changes)).status_code == 401


def test_an_assertion_signed_by_another_is_refused(directory: Directory, jwks: dict[str, Any]) -> None:
    client = directory.oauth(jwks=jwks)
    stranger = RSAKey.generate_key(2048, {"kid": "k1"})
    assert directory.assert_with(directory.signed(client, stranger)).status_code == 401


def test_an_assertion_may_not_choose_a_weaker_algorithm(directory: Directory, jwks: dict[str, Any]) -> None:
    """A public key is no shared secret, and an unsigned token is none at all."""
    client = directory.oauth(jwks=jwks)
    public = RSAKey.import_key(jwks["keys"][0]).as_pem(private=False)
    claims = {
        "iss": client.client_id,
        "sub": client.client_id,
        "aud": AUDIENCE,
        "exp": int(NOW.timestamp()) + 60,
        "jti": "1",
    }
    head, payload = (encoded(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "k1"}, claims))
    signature = hmac.digest(public, f"{head}.{payload}".encode(), "sha256")
    confused = f"{head}.{payload}.{encoded(signature)}"
    unsigned = f"{encoded(json.dumps({'alg': 'none'}).encode())}.{payload}."
    for assertion in (confused, unsigned):
        assert directory.assert_with(assertion).status_code == 401


def test_a_client_with_a_secret_cannot_sign_and_its_secret_is_no_key(directory: Directory) -> None:
    client = directory.oauth()
    secret = OctKey.import_key((client.client_secret or "").encode())
    header = {"alg": "HS256"}
    assert directory.assert_with(directory.signed(client, secret, header=header)).status_code == 401  # type: ignore[arg-type]


def encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


@pytest.mark.parametrize(
    "assertion",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "é.b.c",
        "\x7f",
        ".".join(map(encoded, (b'{"alg":"RS256"}', b"[]", b"x"))),
        ".".join(map(encoded, (b'{"alg":"RS256"}', b'{"sub":"\\ud800"}', b"x"))),
        ".".join(map(encoded, (b'{"alg":"RS256"}', b"\xff", b"x"))),
        ".".join(map(encoded, (b'{"alg":"RS256"}', b'{"a":' * 50_000, b"x"))),
        ".".join(map(encoded, (b'{"a":' * 50_000, b"{}", b"x"))),
        ".".join(map(encoded, (b"[]", b"{}", b"x"))),
        ".".join(map(encoded, (b'{"alg":7,"kid":[]}', b'{"sub":"x"}', b"x"))),
        ".".join(map(encoded, (b'{"alg":"RS256","crit":7}', b'{"sub":"x"}', b"x"))),
    ],
    ids=lambda text: text[:20],
)
def test_an_assertion_that_cannot_be_read_is_refused(directory: Directory, assertion: str) -> None:
    assert directory.assert_with(assertion).status_code == 401


@pytest.mark.parametrize(
    "header",
    [{"alg": 7}, {"alg": ["RS256"]}, {"kid": 7}, {"kid": {}}, {"crit": 7}, {"crit": ["x"]}, {"b64": False}],
    ids=str,
)
def test_a_header_of_the_wrong_shape_is_refused(
    directory: Directory, key: RSAKey, jwks: dict[str, Any], header: dict[str, Any]
) -> None:
    _head, payload, signature = directory.signed(directory.oauth(jwks=jwks), key).split(".")
    head = encoded(json.dumps({"alg": "RS256", "kid": "k1", **header}).encode())
    assert directory.assert_with(f"{head}.{payload}.{signature}").status_code == 401


def test_keys_are_fetched_where_the_client_publishes_them(
    directory: Directory, key: RSAKey, jwks: dict[str, Any], http: CannedHttp
) -> None:
    client = directory.oauth(jwks_url=URL)
    http.answers[URL] = jwks
    assert directory.assert_with(directory.signed(client, key)).status_code == 200


def known(**more: Any) -> KnownClient:
    values: dict[str, Any] = {"secret_hash": None, "jwks": None, "jwks_url": URL}
    return KnownClient(uuid.uuid4(), uuid.uuid4(), "c", **{**values, **more})


class Published:
    """A key set that changes, behind a server that may be down."""

    def __init__(self, *kids: str) -> None:
        self.kids, self.fetches, self.now, self.down = list(kids), 0, 0.0, False
        self.keys = ClientKeys(self.fetch, monotonic=lambda: self.now)

    def fetch(self, url: str) -> Any:
        assert url == URL
        self.fetches += 1
        if self.down:
            raise OSError("down")
        listed = [ECKey.generate_key("P-256", {"kid": kid}).as_dict(private=False) for kid in self.kids]
        return {"keys": [*listed, {"kty": "oct", "k": "c2VjcmV0"}, {"kty": "new"}, 7]}

    def finds(self, kid: str | None) -> bool:
        found = self.keys.find(known(), kid)
        return found is not None and kid in [None, *(key.kid for key in found.keys)]


def test_fetched_keys_are_kept_for_an_hour() -> None:
    published = Published("a")
    assert all(published.finds(kid) for kid in ("a", None, "a"))
    assert published.fetches == 1
    published.now = MAX_AGE + 1
    assert published.finds("a")
    assert published.fetches == 2


def test_a_new_key_is_fetched_but_not_more_often_than_the_cool_down_allows() -> None:
    published = Published("a")
    assert published.finds("a")
    published.kids.append("b")
    assert not any(published.finds(kid) for kid in ("b", "c", "d"))
    assert published.fetches == 1
    published.now = COOL_DOWN + 1
    assert published.finds("b")
    assert published.fetches == 2


def test_a_server_that_is_down_takes_no_good_keys_away() -> None:
    published = Published("a")
    assert published.finds("a")
    published.down, published.now = True, MAX_AGE + 1
    assert published.finds("a")
    assert not published.finds("b")


def test_an_answer_that_is_no_key_set_gives_no_keys() -> None:
    for answer in ([], {}, {"keys": 7}, "text", None):
        assert ClientKeys(lambda _url, answer=answer: answer).find(known(), None) is None  # type: ignore[misc]
