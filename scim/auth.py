"""OAuth 2 client credentials for directories, and the only door to Authlib (RFC 6749 4.4, RFC 7523).

Clients prove themselves with a secret (Basic or form) or with a signed assertion, and get a token for one
hour. Every failed proof is answered in the same words: they do not tell which client ids exist.

Repaired here, in Authlib 1.9.9: a Basic header or an assertion that is no text raised ValueError (HTTP 500);
an assertion could live for ever; the algorithm was left to the token; the clock was not ours.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, InvalidClientError, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749.authenticate_client import (
    authenticate_client_secret_basic,
    authenticate_client_secret_post,
)
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from flask import Flask, Response, current_app
from joserfc import jwt
from joserfc.errors import JoseError

from scim.client_keys import ClientKeys
from scim.clients import KnownClient, find_client, keep_access_token, use_assertion
from scim.edge import ScimEdge
from scim.tokens import ACCESS, hashed, new_secret

TOKEN_PATH = "/oauth/token"
LIFE = timedelta(hours=1)
LEEWAY = timedelta(seconds=60)  # for clocks that differ
LONGEST_ASSERTION = timedelta(hours=1)
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384"]
GRANT_TYPE = "client_credentials"
SECRET_METHODS = ["client_secret_basic", "client_secret_post"]
ASSERTION_METHOD = "private_key_jwt"
_KEY = "leadline.scim.oauth"


@dataclass(frozen=True)
class Client(ClientMixin):
    """A client as Authlib asks about it."""

    known: KnownClient

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(self.known.secret_hash or "", hashed(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Take the secret of a client that has one, and the signature of one with keys."""
        del endpoint
        return method in (SECRET_METHODS if self.known.secret_hash else [ASSERTION_METHOD])

    def check_grant_type(self, grant_type: str) -> bool:
        """Allow the only grant there is."""
        return grant_type == GRANT_TYPE

    def get_allowed_scope(self, scope: str | None) -> str:
        """Give the only scope there is, whatever a directory asks for."""
        del scope
        return "scim"


class Grant(ClientCredentialsGrant):
    """Client credentials with each of the three proofs."""

    TOKEN_ENDPOINT_AUTH_METHODS = [ASSERTION_METHOD, *SECRET_METHODS]  # noqa: RUF012 - Authlib's declaration


class Assertion(JWTBearerClientAssertion):
    """private_key_jwt: RFC 7523 with our keys, our clock and each assertion used once."""

    CLIENT_AUTH_METHOD = ASSERTION_METHOD

    def __init__(self, edge: ScimEdge, keys: ClientKeys) -> None:
        super().__init__()
        self._edge = edge
        self._keys = keys

    def __call__(self, query_client: Any, request: OAuth2Request) -> Client | None:
        """Return the client whose key signed the request's assertion; None if it has none."""
        if request.form.get("client_assertion_type") != self.CLIENT_ASSERTION_TYPE:
            return None
        headers, claims = self.extract_assertion(request.form.get("client_assertion", ""))
        kid = headers.get("kid")
        if "crit" in headers or not isinstance(
            kid, str | None
        ):  # RFC 7515 4.1.11: we understand no extension
            raise InvalidClientError
        client: Client | None = query_client(str(claims.get("sub")))
        keys = client and self._keys.find(client.known, kid)
        if client is None or keys is None:
            raise InvalidClientError
        token = jwt.decode(request.form["client_assertion"], keys, algorithms=ALGORITHMS)
        self.verify_claims(token.claims)
        return client

    def verify_claims(self, claims: jwt.Claims) -> None:
        """Check what RFC 7523 3 wants: iss and sub are the client, we are the audience, soon over, unused."""
        now = self._edge.clock()
        leeway = int(LEEWAY.total_seconds())
        jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=leeway,
            iss={"essential": True, "value": claims["sub"]},
            sub={"essential": True},
            aud={"essential": True, "values": self.get_audiences()},
            exp={"essential": True},
            jti={"essential": True},
        ).validate(claims)
        if claims["exp"] > (now + LONGEST_ASSERTION + LEEWAY).timestamp():
            raise InvalidClientError
        if not self.validate_jti(claims, claims["jti"]):
            raise InvalidClientError

    def get_audiences(self) -> list[str]:
        """Name us: the token endpoint, or the issuer as FAPI 2 and IPSIE prefer."""
        return [self._edge.base_url + TOKEN_PATH, self._edge.base_url, self._edge.base_url + "/"]

    def validate_jti(self, claims: jwt.Claims, jti: str) -> bool:
        """Burn the assertion."""
        expires_at = datetime.fromtimestamp(claims["exp"], UTC) + LEEWAY
        with self._edge.transaction() as session:
            return use_assertion(
                session, client_id=claims["sub"], jti=jti, now=self._edge.clock(), expires_at=expires_at
            )


class Server(AuthorizationServer):
    """The token endpoint's engine. Each step has a transaction of its own; keys are fetched between them."""

    def __init__(self, app: Flask, edge: ScimEdge, keys: ClientKeys) -> None:
        super().__init__(app)
        self._edge = edge
        self.register_token_generator("default", _token)
        self.register_grant(Grant)
        self.register_client_auth_method(ASSERTION_METHOD, _careful(Assertion(edge, keys)))
        self.register_client_auth_method("client_secret_basic", _careful(authenticate_client_secret_basic))
        self.register_client_auth_method("client_secret_post", _careful(authenticate_client_secret_post))

    def query_client(self, client_id: str) -> Client | None:
        """Find a live client."""
        with self._edge.reading() as session:
            known = find_client(session, client_id=client_id)
        return Client(known) if known else None

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        """Keep the hash of a token before it is given out."""
        now = self._edge.clock()
        with self._edge.transaction() as session:
            keep_access_token(
                session,
                client=request.client.known,
                token=token["access_token"],
                now=now,
                expires_at=now + LIFE,
            )

    def handle_error_response(self, request: OAuth2Request, error: OAuth2Error) -> Response:
        """Answer RFC 6749 5.2 errors."""
        if isinstance(error, InvalidClientError):
            error = InvalidClientError("The client could not be authenticated.", status_code=401)
        answer: Response = super().handle_error_response(request, error)
        return answer


def _token(client: Client, scope: str | None, **_rest: Any) -> dict[str, Any]:
    return {
        "access_token": new_secret(ACCESS),
        "token_type": "Bearer",
        "expires_in": int(LIFE.total_seconds()),
        "scope": client.get_allowed_scope(scope),
    }


def _careful(method: Any) -> Any:
    """Take whatever cannot be read as a failed proof."""

    def authenticate(query_client: Any, request: OAuth2Request) -> Client | None:
        try:
            client: Client | None = method(query_client, request)
        except (JoseError, ValueError, OverflowError, RecursionError) as error:
            raise InvalidClientError from error
        return client

    return authenticate


def init_app(app: Flask, edge: ScimEdge) -> None:
    """Prepare the token endpoint."""
    app.extensions[_KEY] = Server(app, edge, ClientKeys(edge.fetch_json))


def issue_token() -> Response:
    """Answer the current token request."""
    answer: Response = current_app.extensions[_KEY].create_token_response()
    return answer
