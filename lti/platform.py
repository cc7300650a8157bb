"""The one door to PyLTI1p3 2.0.0, with its defects mended here.

Each method below that overrides one of PyLTI1p3's says which defect it mends; the numbers are those of the
table in docs/pylti1p3.md. Steps run in the library's order: state, format, nonce, registration, signature,
deployment, message.

OpenID Connect login: https://www.imsglobal.org/spec/security/v1p0/#openid_connect_launch_flow
"""

import math
import secrets
import time
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import jwt
from pylti1p3.cookie import CookieService
from pylti1p3.deployment import Deployment as LibraryDeployment
from pylti1p3.exception import LtiException
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.oidc_login import OIDCLogin
from pylti1p3.registration import Registration as LibraryRegistration
from pylti1p3.request import Request
from pylti1p3.service_connector import ServiceConnector
from pylti1p3.session import SessionService
from pylti1p3.tool_config.abstract import ToolConfAbstract

from lti import spec
from lti.claims import VerifiedClaims, read_sub, web_url
from lti.errors import LaunchRefused, Reason
from lti.keys import SigningKey
from lti.keysets import KeySets, KeySetUnavailable
from lti.logins import BurntLogin
from lti.models import Registration

LEEWAY = 60  # seconds that two clocks may differ
MAX_AGE = 600  # seconds; an id_token issued longer ago is refused whatever its `exp` says
MESSAGE_TYPES = frozenset({spec.RESOURCE_LAUNCH, spec.DEEP_LINKING_LAUNCH})


class _Parameters(Request):
    """The request's parameters, without Flask's session behind them (defects 12 and 14)."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def get_param(self, key: str) -> str:
        return self._values.get(key, "")

    def is_secure(self) -> bool:
        return True


class _Cookies(CookieService):
    """Notes the state; the view sets and reads the real cookie, Secure and Partitioned (defect 13)."""

    def __init__(self) -> None:
        self.state = ""

    def get_cookie(self, name: str) -> None:
        del name

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        del name, exp
        self.state = str(value)


class _Nonces(SessionService):
    """Notes the nonce; the database keeps it, bound to its state (defect 1)."""

    def __init__(self) -> None:
        self.nonce = ""

    def save_nonce(self, nonce: str) -> None:
        self.nonce = nonce


class _Registered(ToolConfAbstract[Request]):
    """The one registration this login or launch is about (defects 10 and 11)."""

    def __init__(self, registration: Registration | BurntLogin) -> None:
        self.registration = registration

    def check_iss_has_one_client(self, iss: str) -> bool:
        del iss
        return False

    def check_iss_has_many_clients(self, iss: str) -> bool:
        del iss
        return True

    def find_registration_by_issuer(self, iss: str, *_args: Any, **_context: Any) -> LibraryRegistration:
        raise LtiException(f"an issuer alone does not name a registration: {iss}")

    def find_deployment(self, iss: str, deployment_id: str) -> None:
        raise LtiException(f"an issuer alone does not name a deployment: {iss} {deployment_id}")

    def find_registration_by_params(
        self, iss: str, client_id: str, *_args: Any, **_context: Any
    ) -> LibraryRegistration:
        known = self.registration
        if (iss, client_id) != (known.issuer, known.client_id):
            raise LtiException("iss or client id is not the login's")
        found = LibraryRegistration().set_issuer(iss).set_client_id(client_id)
        if isinstance(known, Registration):
            found.set_auth_login_url(known.auth_url)
        return found

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *_args: Any, **_context: Any
    ) -> LibraryDeployment:
        """Accept it here: lti.launches decides, because it may have to be learnt in its transaction."""
        del iss, client_id
        return LibraryDeployment().set_deployment_id(deployment_id)


class _Login(OIDCLogin[Any, Any, Any, Any, Any]):
    def get_redirect(self, url: str) -> Any:
        raise LtiException(f"the view redirects, not the library: {url}")

    def _get_uuid(self) -> str:
        return secrets.token_urlsafe(32)

    def _generate_nonce(self) -> str:
        return secrets.token_urlsafe(32)

    def authorization_url(self, launch_url: str) -> str:
        return self._prepare_redirect_url(launch_url)


def begin_login(
    parameters: Mapping[str, str], *, registration: Registration, launch_url: str
) -> tuple[str, str, str]:
    """Answer a login initiation. Returns where to send the browser, the state and the nonce.

    The browser always comes back to the one launch URL (defect 9), whatever the target.
    """
    cookies, nonces = _Cookies(), _Nonces()
    named = {**parameters, "client_id": registration.client_id}
    login = _Login(_Parameters(named), _Registered(registration), nonces, cookies)
    try:
        url = login.authorization_url(launch_url)
    except LtiException as error:
        raise LaunchRefused(Reason.LOGIN_INCOMPLETE, str(error)) from error
    # Some platforms have a query in their authorization URL already.
    return _join_query(url, registration.auth_url), cookies.state, nonces.nonce


def _join_query(url: str, auth_url: str) -> str:
    return f"{auth_url}&{url[len(auth_url) + 1 :]}" if "?" in auth_url else url


class _Launch(MessageLaunch[Any, Any, Any, Any]):
    """One launch under scrutiny. `login` is the row that was burnt for it."""

    def __init__(self, id_token: str, login: BurntLogin, keysets: KeySets, now: datetime) -> None:
        super().__init__(_Parameters({"id_token": id_token}), _Registered(login), _Nonces(), _Cookies())
        self._login = login
        self._keysets = keysets
        self._now = now.timestamp()
        self.signed = False

    def _get_request_param(self, key: str) -> str:
        return str(self._request.get_param(key))

    def validate_state(self) -> "_Launch":
        """Nothing left to do: burning the login proved it, and there is no way around it (defect 1)."""
        return self

    def validate_jwt_format(self) -> "_Launch":
        """Header and body must be JSON objects; the library crashes on lists and numbers."""
        super().validate_jwt_format()
        if not all(isinstance(part, dict) for part in self._jwt.values()):
            raise LtiException("header or body is no JSON object")
        return self

    def validate_nonce(self) -> "_Launch":
        """Refuse any nonce but the one sent with this very state (defect 1)."""
        nonce = self._jwt["body"].get("nonce")
        if not isinstance(nonce, str) or not secrets.compare_digest(
            nonce.encode("utf-8", "replace"), self._login.nonce.encode()
        ):
            raise LtiException("nonce is missing or not ours")
        return self

    def get_client_id(self) -> str:
        """Several audiences need `azp`, and it decides (defect 8)."""
        body = self._jwt["body"]
        audience = body.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        party = body.get("azp")
        if party is None and len(audiences) == 1:
            party = audiences[0]
        if not isinstance(party, str) or party not in audiences:
            raise LtiException("aud and azp do not name one client")
        return party

    def validate_jwt_signature(self) -> "_Launch":
        """RS256 only, with the platform's key (defects 5 and 6). Times have a leeway and a maximum age."""
        header = self._jwt["header"]
        if header.get("alg") != "RS256" or not isinstance(header.get("kid"), str):
            raise LtiException("alg is not RS256, or kid is missing")
        key = self._keysets.find(self._login.jwks_url, header["kid"])
        if key is None:
            raise LtiException("the platform publishes no such key")
        try:
            jwt.decode(
                self._get_id_token(),
                key,
                algorithms=["RS256"],
                audience=self._login.client_id,
                options={
                    "verify_exp": False,  # validate_times() checks these, with our clock and a leeway
                    "verify_iat": False,
                    "verify_nbf": False,
                    "verify_sub": False,  # some platforms send a number; lti.claims reads it
                    "require": ["exp", "iat", "iss", "aud", "nonce"],
                },
            )
        except jwt.InvalidTokenError as error:
            raise LtiException(str(error)) from error
        self.signed = True
        return self

    def validate_times(self) -> None:
        """Check against the application's clock, not the library's."""
        body: dict[str, Any] = dict(self._jwt["body"])
        times: dict[str, Any] = {name: body.get(name) for name in ("exp", "iat", "nbf")}
        times["nbf"] = times["nbf"] or 0
        if not all(isinstance(value, int | float) and math.isfinite(value) for value in times.values()):
            raise LtiException("exp, iat or nbf is no number")
        early = max(times["iat"], times["nbf"]) > self._now + LEEWAY
        late = times["exp"] < self._now - LEEWAY or times["iat"] < self._now - MAX_AGE - LEEWAY
        if early or late:
            raise LaunchRefused(Reason.TOKEN_EXPIRED, "from the future" if early else "too old")

    def validate_message(self) -> "_Launch":
        """Check what we accept and where it is meant to go (defect 9); lti.claims reads the rest."""
        body: dict[str, Any] = dict(self._jwt["body"])
        self.validate_times()
        if body.get(spec.TARGET_LINK_URI) != self._login.target_link_uri:
            raise LaunchRefused(Reason.FOREIGN_TARGET, "target_link_uri is not the login's")
        if str(body.get(spec.MESSAGE_TYPE)) not in MESSAGE_TYPES:
            raise LaunchRefused(Reason.MESSAGE_INVALID, "message_type is missing or unknown")
        read_sub(body)
        return self

    def verified_return_url(self) -> str | None:
        """Return where to go back to, once the signature shows that the platform said so."""
        presentation = self._jwt["body"].get(spec.LAUNCH_PRESENTATION) if self.signed else None
        return web_url(presentation.get("return_url")) if isinstance(presentation, dict) else None

    def save_launch_data(self) -> "_Launch":
        """Nothing: a launch is kept in our tables, not in a cookie (defect 12)."""
        return self


def verify(id_token: str, *, login: BurntLogin, keysets: KeySets, now: datetime) -> VerifiedClaims:
    """Verify the id_token of a launch whose login was just burnt.

    Raises LaunchRefused; its `return_url` is set only if the signature held.
    """
    launch = _Launch(id_token, login, keysets, now)
    try:
        launch.validate()
    except LaunchRefused as refused:
        refused.return_url = launch.verified_return_url()
        raise
    except KeySetUnavailable as error:
        raise LaunchRefused(Reason.KEYS_UNREACHABLE, str(error)) from error
    except LtiException as error:
        raise LaunchRefused(Reason.TOKEN_INVALID, str(error)) from error
    return VerifiedClaims(dict(launch.get_launch_data()))


def sign(claims: dict[str, Any], *, key: SigningKey) -> str:
    """Sign a JWT for a platform: a deep-linking response or a client assertion."""
    connector = ServiceConnector(LibraryRegistration())
    return connector.encode_jwt(claims, key.private_pem, {"kid": key.kid})


def client_assertion(*, client_id: str, audience: str, key: SigningKey) -> str:
    """Sign the assertion that asks a platform for an access token (RFC 7523).

    `iat` lies five seconds back: Moodle refuses one that is a second ahead of its own clock.
    """
    now = int(time.time())
    claims = {"iss": client_id, "sub": client_id, "aud": audience, "iat": now - 5, "exp": now + 60}
    return sign({**claims, "jti": uuid.uuid4().hex}, key=key)
