"""What this machine offers beside SQLite: tests that need what is missing are left out, and it is said.

In CI (TEST_SERVICES_REQUIRED=1) a missing service is an error instead.
"""

import os
import shutil
import socket
from dataclasses import dataclass

import pytest


@dataclass(frozen=True, slots=True)
class Service:
    """A service, whether it is here, and what is not run without it."""

    name: str
    marker: str
    here: bool
    left_out: str


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


SERVICES = (
    Service(
        "Chromium",
        "browser",
        shutil.which("chromium") is not None,
        "Not run: tests in a real browser. Install Debian's package chromium to run them.",
    ),
    Service(
        "Redis",
        "redis",
        _listens(6379),
        "Not run: background work through Redis. Start Redis on 127.0.0.1:6379 to run it.",
    ),
)
NO_POSTGRESQL = (
    "Not run: the suite on PostgreSQL. Set TEST_DATABASE_URL=postgresql://user@host/empty_database to run it."
)


def leave_out_what_is_missing(items: list[pytest.Item]) -> None:
    """Skip tests marked for a service that is not here; in CI that is an error."""
    for service in SERVICES:
        wanted = [item for item in items if item.get_closest_marker(service.marker)]
        if wanted and not service.here and os.environ.get("TEST_SERVICES_REQUIRED"):
            raise pytest.UsageError(f"{service.name} is required here (TEST_SERVICES_REQUIRED) and missing.")
        for item in wanted if not service.here else ():
            item.add_marker(pytest.mark.skip(reason=service.left_out))


def lines() -> list[str]:
    """Say in one line each what was not run."""
    missing = [service.left_out for service in SERVICES if not service.here]
    return missing if os.environ.get("TEST_DATABASE_URL") else [*missing, NO_POSTGRESQL]
