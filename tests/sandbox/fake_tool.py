"""The least a tool must be, for the sandbox to talk to."""

import html
import json
import secrets
import time
from typing import Any

import jwt
import requests
from flask import Flask, jsonify, redirect, request
from jwcrypto.jwk import JWK

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
ALL_SCOPES = " ".join([AGS + "lineitem", AGS + "result.readonly", AGS + "score", NRPS])
COLUMN = "application/vnd.ims.lis.v2.lineitem+json"
COLUMNS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ITEMS = [
    {
        "type": "ltiResourceLink",
        "title": "Line of sight",
        "text": "Know what your team is <b>for</b>",
        "url": "",
        "custom": {"resource": "t:step-up:m1", "plain": "item"},
        "lineItem": {"label": "Other", "scoreMaximum": 40, "resourceId": "t:step-up:m1", "tag": "module"},
    },
    {"type": "ltiResourceLink", "title": "Reading", "custom": {"resource": "reading"}},
]
FIRST_KEY = JWK.generate(kty="RSA", size=2048)


class FakeTool:
    """The least a tool must be: key set, login, launch, registration page; it keeps what it was sent."""

    def __init__(self, url: str, sandbox_url: str) -> None:
        self.url, self.sandbox_url = url, sandbox_url
        self.client_id = ""
        self.registered: dict[str, Any] = {}
        self.launches: list[dict[str, str]] = []
        self.auth_changes: dict[str, str | None] = {}
        self.key_fetches = 0
        self.response_changes: dict[str, Any] = {}
        self.items: list[Any] = ITEMS
        self.key, self.kid = FIRST_KEY, "first"
        self.app = self._app()

    def new_key(self) -> None:
        self.key = JWK.generate(kty="RSA", size=2048)
        self.kid = secrets.token_hex(4)

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.key.get_op_key("sign"), "RS256", {"kid": self.kid})

    def assertion(self, **changes: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": f"{self.sandbox_url}/token",
            "iat": now - 5,
            "exp": now + 60,
            "jti": secrets.token_hex(8),
        }
        return self.sign({key: value for key, value in (claims | changes).items() if value is not None})

    def deep_linking_response(self, items: list[Any], **changes: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": self.client_id,
            "aud": self.sandbox_url,
            "iat": now,
            "exp": now + 60,
            "nonce": secrets.token_hex(8),
            LTI + "deployment_id": self.deployment_id,
            LTI + "message_type": "LtiDeepLinkingResponse",
            LTI + "version": "1.3.0",
            DL + "content_items": items,
        }
        return self.sign({key: value for key, value in (claims | changes).items() if value is not None})

    @property
    def deployment_id(self) -> str:
        configured = self.registered["https://purl.imsglobal.org/spec/lti-tool-configuration"]
        return str(configured["deployment_id"])

    def registration(self, **changes: Any) -> dict[str, Any]:
        claims = ["iss", "sub", "name", "given_name", "family_name", "email"]
        asked = {
            "application_type": "web",
            "response_types": ["id_token"],
            "grant_types": ["implicit", "client_credentials"],
            "initiate_login_uri": f"{self.url}/login?from=lms",
            "redirect_uris": [f"{self.url}/launch"],
            "client_name": "Probe Tool",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_method": "private_key_jwt",
            "scope": ALL_SCOPES,
            "https://purl.imsglobal.org/spec/lti-tool-configuration": {
                "domain": self.url.removeprefix("http://"),
                "target_link_uri": f"{self.url}/launch",
                "custom_parameters": {"plain": "tool", "Who": "$Person.sourcedId", "with_eq": "a=b"},
                "claims": claims,
                "messages": [{"type": "LtiDeepLinkingRequest", "target_link_uri": f"{self.url}/dl"}],
            },
        }
        return {key: value for key, value in (asked | changes).items() if value is not None}

    def token(self, scope: str = ALL_SCOPES, **changes: Any) -> requests.Response:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": self.assertion(),
            "scope": scope,
        }
        return requests.post(f"{self.sandbox_url}/token", data=form | changes, timeout=10)

    def call(
        self, method: str, url: str, body: Any = None, media: str = SCORE, **headers: str
    ) -> requests.Response:
        bearer = {"Authorization": f"Bearer {self.token().json()['access_token']}"}
        bearer |= {"Content-Type": media} if body is not None else {"Accept": media}
        data = json.dumps(body) if isinstance(body, dict | list) else body
        return requests.request(method, url, data=data, headers=bearer | headers, timeout=10)

    def claims(self, index: int = -1) -> dict[str, Any]:
        return jwt.decode(self.launches[index]["id_token"], options={"verify_signature": False})

    def _app(self) -> Flask:
        app = Flask("fake_tool")
        app.add_url_rule("/jwks", view_func=self._jwks)
        app.add_url_rule("/login", view_func=self._login, methods=["GET", "POST"])
        app.add_url_rule("/launch", view_func=self._launch, methods=["POST"])
        app.add_url_rule("/register", view_func=self._register)
        return app

    def _jwks(self) -> Any:
        self.key_fetches += 1
        public = json.loads(self.key.export_public())
        return jsonify(keys=[public | {"kid": self.kid, "alg": "RS256", "use": "sig"}])

    def _login(self) -> Any:
        asked = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": request.values["client_id"],
            "redirect_uri": f"{self.url}/launch",
            "login_hint": request.values["login_hint"],
            "lti_message_hint": request.values["lti_message_hint"],
            "state": "some-state",
            "nonce": secrets.token_hex(8),
        } | self.auth_changes
        query = {key: value for key, value in asked.items() if value is not None}
        return redirect(requests.Request("GET", f"{self.sandbox_url}/auth", params=query).prepare().url or "")

    def _launch(self) -> str:
        self.launches.append(request.form.to_dict())
        if "error" in request.form:
            return f"<h1>Refused: {request.form['error']}</h1>"
        settings = self.claims().get(DL + "deep_linking_settings")
        if settings is None:
            return "<h1>Launched</h1>"
        token = self.deep_linking_response(self.items, **self.response_changes)
        action = html.escape(settings["deep_link_return_url"])
        return (
            f'<h1>Choose</h1><form data-autosubmit method="post" action="{action}">'
            f'<input type="hidden" name="JWT" value="{token}"></form>'
        )

    def _register(self) -> str:
        answer = requests.post(
            f"{self.sandbox_url}/register",
            json=self.registration(),
            headers={"Authorization": f"Bearer {request.args['registration_token']}"},
            timeout=10,
        )
        self.registered = answer.json()
        self.client_id = self.registered["client_id"]
        return "<h1>Registered</h1>"
