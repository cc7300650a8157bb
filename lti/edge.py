"""What the LTI edge is given by `plugin`: ports, and what happens after a launch."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lti.keysets import KeySets
from lti.manifest import Tool
from lti.outbound import Outbound
from lti.receive import Received

Opens = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LtiEdge:
    """Ports of the edge. `on_launch` runs after the launch is committed and answers the browser."""

    transaction: Opens
    reading: Opens
    clock: Callable[[], datetime]
    http: Outbound
    keysets: KeySets
    tool: Tool
    secret_key: str
    on_launch: Callable[[Received], Response]


def edge() -> LtiEdge:
    """Return the edge of the current application."""
    found: LtiEdge = current_app.extensions["leadline.lti"]
    return found
