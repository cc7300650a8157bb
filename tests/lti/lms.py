"""A learning platform on paper: it signs whatever a test wants it to say, right or wrong."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from flask.testing import FlaskClient
from jwt.algorithms import RSAAlgorithm
from werkzeug.test import TestResponse

from lti import spec
from lti.models import Registration

TOOL = "http://127.0.0.1:8000"
KID = "platform-key-1"


def make_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def public_jwk(key: RSAPrivateKey, kid: str) -> dict[str, Any]:
    return {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "alg": "RS256", "use": "sig"}


@dataclass
class Lms:
    """One registered platform. `key` signs; `now` is the tool's clock."""

    registration: Registration
    key: RSAPrivateKey
    now: datetime
    deployment_id: str = "1"
    target: str = f"{TOOL}/lti/launch"
    state: str = ""
    nonce: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def initiation(self, **changes: str | None) -> dict[str, str]:
        values = {
            "iss": self.registration.issuer,
            "client_id": self.registration.client_id,
            "login_hint": "3",
            "lti_message_hint": '{"cmid":2}',
            "target_link_uri": self.target,
            **changes,
        }
        return {name: value for name, value in values.items() if value is not None}

    def begin(self, client: FlaskClient, **changes: str | None) -> TestResponse:
        """Initiate a login; remember state and nonce if the tool went along."""
        answer = client.post("/lti/login", data=self.initiation(**changes))
        asked = dict(parse_qsl(urlsplit(answer.headers.get("Location", "")).query))
        self.state, self.nonce = asked.get("state", ""), asked.get("nonce", "")
        return answer

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Make valid resource-launch claims. Changes are by short name or full claim; None removes one."""
        issued = int(self.now.timestamp())
        claims = {
            "iss": self.registration.issuer,
            "aud": self.registration.client_id,
            "sub": "3",
            "iat": issued,
            "exp": issued + 60,
            "nonce": self.nonce,
            "name": "Amara Osei",
            "given_name": "Amara",
            "family_name": "Osei",
            "email": "amara@northgate.example",
            spec.VERSION: "1.3.0",
            spec.MESSAGE_TYPE: spec.RESOURCE_LAUNCH,
            spec.DEPLOYMENT_ID: self.deployment_id,
            spec.TARGET_LINK_URI: self.target,
            spec.RESOURCE_LINK: {"id": "link-1", "title": "1 Line of sight"},
            spec.CONTEXT: {"id": "course-1", "title": "Step up to first-line"},
            spec.ROLES: [spec.MEMBERSHIP + "#Learner"],
            spec.CUSTOM: {"resource_id": "t:step-up:m1"},
            spec.LAUNCH_PRESENTATION: {"locale": "en", "return_url": "https://lms.example/course/1"},
            **self.extra,
        }
        for name, value in changes.items():
            claim = name if name in claims or name in PLAIN else getattr(spec, name.upper())
            claims[claim] = value
        return {name: value for name, value in claims.items() if value is not ABSENT}

    def deep_linking_claims(self, **changes: Any) -> dict[str, Any]:
        settings = {
            "deep_link_return_url": "https://lms.example/return?course=1",
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["iframe"],
            "accept_multiple": True,
        }
        defaults = {
            "message_type": spec.DEEP_LINKING_LAUNCH,
            "deep_linking_settings": settings,
            "resource_link": ABSENT,
            "roles": [spec.MEMBERSHIP + "#Instructor"],
        }
        return self.claims(**{**defaults, **changes})

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": KID, **header})

    def post(self, client: FlaskClient, id_token: str, **form: str) -> TestResponse:
        return client.post("/lti/launch", data={"id_token": id_token, "state": self.state, **form})

    def launch(self, client: FlaskClient, **changes: Any) -> TestResponse:
        """Do a whole launch, valid but for the changes."""
        self.begin(client)
        return self.post(client, self.sign(self.claims(**changes)))


ABSENT = object()
PLAIN = {"azp", "nbf", "locale", "picture"}
