"""Deep linking: what a platform asks for, and the signed answer that names the chosen activities.

https://www.imsglobal.org/spec/lti-dl/v2p0. Moodle takes a maximum of 1 to 100 only and hides error messages,
so errors are shown on our own pages. Canvas keeps its state in the return URL, which is posted to unchanged.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti import spec
from lti.keys import SigningKey
from lti.platform import sign
from lti.products.standard import SCORE_MAXIMUM

LIFETIME = 300  # seconds for the browser to carry the answer back


@dataclass(frozen=True, slots=True)
class Choice:
    """One activity to add. `resource_id` stays the same in every course and copy."""

    resource_id: str
    title: str
    text: str
    tag: str = "module"


@dataclass(frozen=True, slots=True)
class Request:
    """What the platform's deep-linking settings allow."""

    return_url: str
    accepts_links: bool
    multiple: bool
    data: str | None

    @classmethod
    def read(cls, settings: dict[str, Any]) -> "Request":
        """Read the settings that lti.claims took from a verified launch."""
        return cls(
            return_url=settings["deep_link_return_url"],
            accepts_links="ltiResourceLink" in settings["accept_types"],
            multiple=settings["accept_multiple"],
            data=json.loads(settings["data"]) if settings["data"] else None,
        )


def content_item(choice: Choice, *, launch_url: str) -> dict[str, Any]:
    """Make one `ltiResourceLink` item with a gradebook column of its own."""
    return {
        "type": "ltiResourceLink",
        "url": launch_url,
        "title": choice.title,
        "text": choice.text,
        "custom": {"resource_id": choice.resource_id},
        "lineItem": {
            "label": choice.title,
            "scoreMaximum": SCORE_MAXIMUM,
            "resourceId": choice.resource_id,
            "tag": choice.tag,
        },
    }


def response(
    request: Request,
    items: list[dict[str, Any]],
    *,
    issuer: str,
    client_id: str,
    deployment_id: str,
    key: SigningKey,
    now: datetime,
) -> str:
    """Sign the answer. Its `iss` is our client id and its `aud` the platform's issuer."""
    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": client_id,
        "aud": issuer,
        "iat": issued - 5,  # Moodle refuses one that is a second ahead of its own clock
        "exp": issued + LIFETIME,
        "nonce": secrets.token_urlsafe(16),
        spec.DEPLOYMENT_ID: deployment_id,
        spec.MESSAGE_TYPE: "LtiDeepLinkingResponse",
        spec.VERSION: "1.3.0",
        spec.DEEP_LINKING + "content_items": items,
    }
    if request.data is not None:
        claims[spec.DEEP_LINKING + "data"] = request.data
    return sign(claims, key=key)
