"""The one reader of manifest.json: what we ask of a platform, as Canvas JSON and as a registration."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lti import spec

PATH = Path(__file__).resolve().parent.parent / "manifest.json"
CANVAS = "canvas.instructure.com"
CANVAS_PLACEMENTS = frozenset({"course_navigation", "assignment_selection", "link_selection"})


@dataclass(frozen=True, slots=True)
class Tool:
    """Where this installation is found. `base_url` has no trailing slash."""

    base_url: str

    def url(self, name: str) -> str:
        """Return the absolute URL of a path named in the manifest, such as `launch`."""
        return self.base_url + str(manifest()[name])

    @property
    def domain(self) -> str:
        """Host and port: Moodle wants it to equal that of the launch URL."""
        return urlsplit(self.base_url).netloc


@cache
def manifest() -> dict[str, Any]:
    """Read manifest.json."""
    found: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return found


def canvas_configuration(tool: Tool) -> dict[str, Any]:
    """Make /lti/config.json for a Canvas developer key.

    https://canvas.instructure.com/doc/api/file.lti_dev_key_config.html
    """
    parts = manifest()
    return {
        "title": parts["name"],
        "description": parts["description"],
        "oidc_initiation_url": tool.url("login"),
        "target_link_uri": tool.url("launch"),
        "public_jwk_url": tool.url("jwks"),
        "scopes": parts["scopes"],
        "custom_fields": parts["custom_parameters"],
        "extensions": [
            {
                "platform": CANVAS,
                "domain": tool.domain,
                "tool_id": "leadline",
                "privacy_level": "public",
                "settings": {
                    "text": parts["name"],
                    "icon_url": tool.url("icon"),
                    "placements": _canvas_placements(tool),
                },
            }
        ],
    }


def _canvas_placements(tool: Tool) -> list[dict[str, Any]]:
    return [
        {
            "placement": placement,
            "message_type": message["type"],
            "target_link_uri": tool.url("launch"),
            "text": message["label"],
            **_selection_size(message),
        }
        for message in manifest()["messages"]
        for placement in message["placements"]
        if placement in CANVAS_PLACEMENTS
    ]


def _selection_size(message: dict[str, Any]) -> dict[str, int]:
    if "width" not in message:
        return {}
    return {"selection_width": message["width"], "selection_height": message["height"]}


def registration_request(tool: Tool, *, scopes: list[str]) -> dict[str, Any]:
    """Make the body of a dynamic registration, asking for those of our scopes that the platform offers."""
    parts = manifest()
    return {
        "application_type": "web",
        "grant_types": ["client_credentials", "implicit"],
        "response_types": ["id_token"],
        "redirect_uris": [tool.url("launch")],
        "initiate_login_uri": tool.url("login"),
        "client_name": parts["name"],
        "logo_uri": tool.url("icon"),
        "jwks_uri": tool.url("jwks"),
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(scopes),
        spec.TOOL_CONFIGURATION: {
            "domain": tool.domain,
            "target_link_uri": tool.url("launch"),
            "description": parts["description"],
            "claims": parts["claims"],
            "custom_parameters": parts["custom_parameters"],
            "messages": [
                {
                    "type": message["type"],
                    "target_link_uri": tool.url("launch"),
                    "label": message["label"],
                    "placements": message["placements"],
                }
                for message in parts["messages"]
            ],
        },
    }
