"""What the SCIM edge is given by `plugin`: ports and settings."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

Opens = Callable[[], AbstractContextManager[Session]]
PREFIX = "/scim/v2"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScimEdge:
    """Ports of the edge. `base_url` has no path; `storage_url` says where rate limits are counted.

    `fetch_json` gets the keys of an OAuth client; it raises OSError or ValueError.
    """

    transaction: Opens
    reading: Opens
    clock: Callable[[], datetime]
    base_url: str
    secret_key: str
    rate_limit: str
    storage_url: str
    fetch_json: Callable[[str], Any]

    @property
    def root(self) -> str:
        """The address that locations and references start with."""
        return self.base_url + PREFIX


def edge() -> ScimEdge:
    """Return the edge of the current application."""
    found: ScimEdge = current_app.extensions["leadline.scim"]
    return found
