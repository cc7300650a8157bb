"""A customer, its directory's credentials, and applications with limits of their own."""

import base64
import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from werkzeug.test import TestResponse

from scim.clients import IssuedClient, new_client
from scim.tokens import Issued, new_token
from tests.builders import Builder
from tests.conftest import SetClock

AUDIENCE = "http://127.0.0.1:8000/oauth/token"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
GRANT = {"grant_type": "client_credentials"}
Keys = RSAKey | ECKey


class Directory:
    """A directory of one customer that calls us."""

    def __init__(self, client: FlaskClient, build: Builder, clock: SetClock) -> None:
        self.client, self.build, self.clock = client, build, clock

    def token(self, *, organization: str = "Northgate Logistics", name: str = "Okta", **more: Any) -> Issued:
        found = self.build.organization(organization)
        with self.build.database.transaction() as session:
            return new_token(
                session,
                organization_id=found.id,
                name=name,
                **{"days": None, "now": self.clock.now, **more},
            )

    def oauth(self, **more: Any) -> IssuedClient:
        found = self.build.organization()
        with self.build.database.transaction() as session:
            return new_client(
                session,
                organization_id=found.id,
                name="Entra",
                https_only=True,
                now=self.clock.now,
                **more,
            )

    def users(self, authorization: str | None, client: FlaskClient | None = None) -> TestResponse:
        headers = {} if authorization is None else {"Authorization": authorization}
        return (client or self.client).get("/scim/v2/Users", headers=headers)

    def ask(self, **form: str) -> TestResponse:
        return self.client.post("/oauth/token", data={**GRANT, **form})

    def ask_basic(self, client_id: str, secret: str) -> TestResponse:
        pair = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        return self.client.post("/oauth/token", data=GRANT, headers={"Authorization": f"Basic {pair}"})

    def signed(self, client: IssuedClient, key: Keys, *, header: Any = None, **changes: Any) -> str:
        now = int(self.clock.now.timestamp())
        claims = {
            "iss": client.client_id,
            "sub": client.client_id,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + 300,
            "jti": uuid.uuid4().hex,
            **changes,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        head = header or {"alg": "RS256" if isinstance(key, RSAKey) else "ES256", "kid": "k1"}
        return jwt.encode(head, kept, key, algorithms=[head["alg"]])

    def assert_with(self, assertion: str) -> TestResponse:
        return self.ask(client_assertion_type=ASSERTION_TYPE, client_assertion=assertion)


@pytest.fixture
def directory(client: FlaskClient, build: Builder, clock: SetClock) -> Directory:
    return Directory(client, build, clock)


@pytest.fixture(scope="session")
def key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "k1"})


@pytest.fixture
def jwks(key: RSAKey) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=False)]}
