"""OpenID configuration and dynamic registration, as Moodle 4.5 offers them.

https://www.imsglobal.org/spec/lti-dr/v1p0
"""

import secrets
import time
from typing import Any
from urllib.parse import urlsplit

import jwt
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from plugin.sandbox import moodle
from plugin.sandbox.access import school
from plugin.sandbox.records import Tool
from plugin.sandbox.school import School
from plugin.sandbox.substitution import VARIABLES

CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
TOKEN_SECONDS = 3600
NAME_CLAIMS = {"name", "given_name", "family_name"}

ECHOED = (
    "application_type",
    "client_name",
    "grant_types",
    "initiate_login_uri",
    "jwks_uri",
    "logo_uri",
    "redirect_uris",
    "response_types",
    "token_endpoint_auth_method",
)

bp = Blueprint("registration", __name__)


class RegistrationError(Exception):
    """A registration Moodle refuses; the text is the bare word it answers."""


@bp.get("/.well-known/openid-configuration")
def configuration() -> Response:
    """Describe the platform."""
    issuer = school().issuer
    return jsonify(
        {
            "issuer": issuer,
            "token_endpoint": f"{issuer}/token",
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "jwks_uri": f"{issuer}/jwks",
            "authorization_endpoint": f"{issuer}/auth",
            "registration_endpoint": f"{issuer}/register",
            "scopes_supported": [*moodle.AGS_SCOPES, moodle.NRPS, "openid"],
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public", "pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
            CONFIGURATION: {
                "product_family_code": "moodle",
                "version": "4.5.6 (Build: 20250811)",
                "messages_supported": [
                    {"type": "LtiResourceLinkRequest"},
                    {"type": "LtiDeepLinkingRequest", "placements": ["ContentArea"]},
                ],
                "variables": list(VARIABLES),
            },
        }
    )


@bp.get("/jwks")
def key_set() -> Response:
    """Publish the platform's key."""
    return jsonify(school().key.key_set())


def issue_token(here: School) -> str:
    """Make a registration token: single use, one hour; its subject is the client id to be."""
    now = int(time.time())
    claims = {"sub": secrets.token_hex(8), "scope": "reg", "iat": now, "exp": now + TOKEN_SECONDS}
    return here.key.sign(claims)


@bp.post("/register")
def register() -> ResponseReturnValue:
    """Register a tool once per token; a bad token or body is a 404 page, a missing token a 401."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        return _word("missing_registration_token", 401)
    try:
        token = school().key.read(text)
    except jwt.InvalidTokenError:
        return _word("Not found", 404)
    asked = request.get_json(force=True, silent=True)
    if not isinstance(asked, dict) or token.get("scope") != "reg":
        return _word("Not found", 404)
    try:
        checked = _checked(asked)
    except RegistrationError as exc:
        return _word(str(exc), 400)
    if not school().first_time("registration", token["sub"]):
        return _word("token_already_used", 401)
    return jsonify(_answer(_keep(school(), token["sub"], checked), asked))


def _word(text: str, status: int) -> ResponseReturnValue:
    return Response(text, status, mimetype="text/html")


def _checked(asked: dict[str, Any]) -> dict[str, Any]:
    for name in ("initiate_login_uri", "redirect_uris", "client_name", "jwks_uri"):
        if not asked.get(name):
            raise RegistrationError(f"missing_{name}")
    if "id_token" not in asked.get("response_types", []):
        raise RegistrationError("invalid_response_types")
    if asked.get("token_endpoint_auth_method") != "private_key_jwt":
        raise RegistrationError("invalid_token_endpoint_auth_method")
    tool = asked.get(TOOL_CONFIGURATION)
    if not isinstance(tool, dict) or not tool.get("domain"):
        raise RegistrationError("missing_domain")
    if urlsplit(tool.get("target_link_uri", "")).netloc != tool["domain"]:
        raise RegistrationError("domain_targetlinkuri_mismatch")
    return asked


def _keep(here: School, client_id: str, asked: dict[str, Any]) -> Tool:
    configured = asked[TOOL_CONFIGURATION]
    claims = set(configured.get("claims", []))
    target = configured["target_link_uri"]
    with here.lock:
        tool = Tool(
            type_id=here.next_id("tool"),
            client_id=client_id,
            name=asked["client_name"],
            domain=configured["domain"],
            description=configured.get("description", ""),
            target_link_uri=target,
            deep_linking_uri=_deep_linking_uri(configured) or target,
            initiate_login_uri=asked["initiate_login_uri"],
            redirect_uris=tuple(asked["redirect_uris"]),
            jwks_uri=asked["jwks_uri"],
            custom={name: str(value) for name, value in configured.get("custom_parameters", {}).items()},
            scopes=moodle.granted(asked.get("scope", "").split()),
            shares_name=bool(claims & NAME_CLAIMS),
            shares_email="email" in claims,
        )
        here.tools[tool.type_id] = tool
        return tool


def _deep_linking_uri(configured: dict[str, Any]) -> str:
    messages = configured.get("messages", [])
    uris = (m.get("target_link_uri", "") for m in messages if m.get("type") == "LtiDeepLinkingRequest")
    return next(uris, "")


def _answer(tool: Tool, asked: dict[str, Any]) -> dict[str, Any]:
    message = {"type": "LtiDeepLinkingRequest", "target_link_uri": tool.deep_linking_uri}
    return {
        "client_id": tool.client_id,
        **{name: asked[name] for name in ECHOED if name in asked},
        "scope": moodle.echoed(asked.get("scope", "").split()),
        TOOL_CONFIGURATION: {
            "version": "1.3.0",
            "deployment_id": str(tool.type_id),
            "target_link_uri": tool.target_link_uri,
            "domain": tool.domain,
            "description": tool.description,
            "messages": [message] if _deep_linking_uri(asked[TOOL_CONFIGURATION]) else [],
            # Moodle echoes a value only up to its first "=" and stores it whole.
            "custom_parameters": {name: value.split("=")[0] for name, value in tool.custom.items()},
            "claims": ["sub", "iss", *asked[TOOL_CONFIGURATION].get("claims", [])],
        },
    }
