"""Messages and tokens of lti1p3platform 0.1.8, and the glue for what it lacks.

It checks neither audience nor replay, has no error form, sends `azp`, and lets any scope of a service do
everything; fixed claims of its own (deep linking, launch presentation) are not those of a real product.
"""
# The library has no type information, so that its classes are Any.
# mypy: allow-subclassing-any

import json
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import parse_qsl

import flask
import jwt
from lti1p3platform.exceptions import LtiDeepLinkingResponseException, LtiException
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request as LibraryRequest
from requests import RequestException, Response

from plugin.sandbox.records import Hint, Tool
from plugin.sandbox.school import School

TIMEOUT = (3, 8)
ID_TOKEN_SECONDS = 60
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
UNKNOWN_KEY = "Unable to find public key"


class Fetch(Protocol):
    """What the sandbox needs of `requests.Session`."""

    def get(self, url: str, *, timeout: tuple[float, float]) -> Response:
        """Fetch a URL."""


class BadTokenError(Exception):
    """A JWT of the tool that we do not accept; the text says why."""


class KeySetError(LtiException):
    """The tool's key set could not be read."""


class LoadedRegistration(Registration):
    """A registration whose platform key is loaded already, so that it knows its `kid`."""

    def __init__(self, kid: str) -> None:
        self._kid = kid

    def get_kid(self) -> str:
        """Give the thumbprint; the library would read it from PEM text."""
        return self._kid


class Peer(LTI1P3PlatformConfAbstract):
    """The sandbox as the platform of one registered tool."""

    def init_platform_config(self, *, school: School, tool: Tool, fetch: Fetch) -> None:
        """Take over a registration; called by the library's constructor."""
        self.school, self.tool, self._fetch = school, tool, fetch
        self._jwt_verify_options = {"verify_aud": False, "require": ["exp", "iat", "iss"]}
        self._registration = (
            LoadedRegistration(school.key.kid)
            .set_iss(school.issuer)
            .set_client_id(tool.client_id)
            .set_deployment_id(str(tool.type_id))
            .set_oidc_login_url("")  # the library spoils a URL that has a query; see Login
            .set_tool_key_set_url(tool.jwks_uri)
            .set_tool_key_set(tool.key_set)
            .set_platform_private_key(school.key.private)
            .set_platform_public_key(school.key.public)
        )

    def get_registration_by_params(self, **_: Any) -> Registration:
        """Give the registration this peer was made for."""
        return self._registration

    def fetch_public_key(self, key_set_url: str) -> dict[str, Any]:
        """Fetch the tool's key set with a timeout and keep it with the tool."""
        try:
            answer = self._fetch.get(key_set_url, timeout=TIMEOUT)
            key_set = answer.json()
        except (RequestException, ValueError) as exc:
            raise KeySetError(f"The key set of the tool could not be read: {exc}") from exc
        if answer.status_code != HTTPStatus.OK or not isinstance(key_set, dict) or "keys" not in key_set:
            raise KeySetError(f"{key_set_url} answered {answer.status_code} and no key set")
        self.tool.key_set = key_set
        return key_set

    def get_tool_public_key(self) -> bytes:
        """Find the key of the JWT at hand; an unknown kid makes us fetch the key set again, once."""
        fresh = self._registration.get_tool_key_set() is None
        try:
            return bytes(super().get_tool_public_key())
        except LtiException as exc:
            if fresh or str(exc) != UNKNOWN_KEY:
                raise
        self._registration.set_tool_key_set(None)
        return bytes(super().get_tool_public_key())

    def read(self, text: str, *, audience: str, once: str) -> dict[str, Any]:
        """Verify a JWT of the tool: signature, times, issuer, audience, and that its `once` claim is new."""
        try:
            claims: dict[str, Any] = self.tool_validate_and_decode(text)
        except (LtiException, jwt.PyJWTError) as exc:
            raise BadTokenError(str(exc)) from exc
        if claims["iss"] != self.tool.client_id:
            raise BadTokenError("Its issuer (iss) is not the client id")
        if audience not in _as_list(claims.get("aud")):
            raise BadTokenError(f"Its audience (aud) is not {audience}")
        if not claims.get(once) or not self.school.first_time(once, f"{self.tool.client_id} {claims[once]}"):
            raise BadTokenError(f"Its {once} is missing or was used before")
        return claims

    def content_items(self, text: str) -> list[dict[str, Any]]:
        """Verify a deep linking response and give its items."""
        claims = self.read(text, audience=self.school.issuer, once="nonce")
        if claims.get(LTI + "deployment_id") != str(self.tool.type_id):
            raise BadTokenError("Its deployment_id is not the one of this tool")
        self.set_accepted_deeplinking_types(["ltiResourceLink"])
        try:
            items: list[dict[str, Any]] = self.validate_deeplinking_resp({"JWT": text})
        except LtiDeepLinkingResponseException as exc:
            raise BadTokenError(str(exc)) from exc
        except (KeyError, TypeError) as exc:
            raise BadTokenError("Its content items are not objects with a type") from exc
        return items

    def validate_token(
        self, token: str, allowed_scopes: list[str] | None = None, audience: str | None = None
    ) -> bool:
        """Whether an access token is alive, this tool's, and good for one of the scopes."""
        live = self.school.live_token(token)
        if live is None or live.client_id != self.tool.client_id:
            return False
        return bool(super().validate_token(token, allowed_scopes, audience))


class PeerRequest(LibraryRequest):
    """A Flask request as the library wants it."""

    def build_metadata(self, request: flask.Request) -> dict[str, Any]:
        """Give what the library reads, without the query: it would become arguments of our methods."""
        return {
            "method": request.method,
            "form_data": request.form.to_dict(),
            "get_data": {},
            "headers": request.headers,
            "content_type": request.content_type,
            "path": request.path,
            "json": _json(request),
        }


class Login(OIDCLoginAbstract):
    """Third-party initiated login as Moodle does it: a POST form, where the library redirects."""

    def set_lti_message_hint(self, *, hint: Hint, name: str) -> None:
        """Name the server-side launch."""
        launch = (
            {"launchid": name} if hint.activity_id is None else {"cmid": hint.activity_id, "launchid": name}
        )
        self._lti_message_hint = json.dumps(launch, separators=(",", ":"))

    def get_redirect(self, url: str) -> dict[str, str]:
        """Turn the URL the library made into form fields."""
        return dict(parse_qsl(url.removeprefix("?")))


class Launch(LTIAdvantageMessageLaunchAbstract):
    """An id_token of 60 s with claims made by us; the authentication request was checked before."""

    def get_launch_message(self, *options: Any) -> dict[str, Any]:
        """Give the claims without `azp`, which Moodle does not send."""
        message: dict[str, Any] = super().get_launch_message(*options)
        message.pop("azp")
        return message

    def validate_preflight_response(self, preflight_response: dict[str, Any]) -> None:
        """Take the redirect URI; the library's own check would demand a state, which is optional."""
        self._redirect_url = preflight_response["redirect_uri"]

    def get_preflight_response(self) -> dict[str, Any]:
        """Give the parameters of the authentication request, GET or POST."""
        return flask.request.values.to_dict()

    def render_launch_form(self, launch_data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Give the form: its target and its fields."""
        return launch_data


def peer_of(tool: Tool) -> Peer:
    """Give the platform side of a tool, for the request at hand."""
    here = flask.current_app.extensions
    return Peer(school=here["sandbox"], tool=tool, fetch=here["sandbox_fetch"])


def login_fields(peer: Peer, *, hint: Hint, name: str, target: str) -> dict[str, str]:
    """Give the fields of an initiation."""
    login = Login(None, peer)
    login.set_launch_url(target)
    login.set_lti_message_hint(hint=hint, name=name)
    fields: dict[str, str] = login.initiate_login(hint.person_id)
    return fields


def launch_form(peer: Peer, *, target: str, claims: dict[str, Any]) -> dict[str, str]:
    """Give the answer to an authentication request: launch_url, id_token and state."""
    launch = Launch(None, peer)
    launch.set_launch_url(target)
    launch.set_id_token_expiration(ID_TOKEN_SECONDS)
    launch.set_extra_claims(claims)
    form: dict[str, str] = launch.lti_launch()
    return form


def _json(request: flask.Request) -> Any:
    try:
        return json.loads(request.get_data(as_text=True))
    except ValueError:
        return None


def _as_list(audience: Any) -> list[Any]:
    return audience if isinstance(audience, list) else [audience]
