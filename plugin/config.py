"""Settings, from the environment only. Complains once, of everything that is wrong.

docs/settings.md is made from this file by `leadline settings`; a test keeps it current.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.exc import ArgumentError

from plugin.db import database_url
from scim.limits import checked_rate

PREFIX = "LEADLINE_"
DEVELOPMENT_SECRET = "for-development-only-not-a-secret"
SHORTEST_SECRET = 32
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


class ConfigError(Exception):
    """Settings are missing or malformed. `problems` holds a sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("Leadline cannot start:\n" + "\n".join(f"  - {problem}" for problem in problems))
        self.problems = problems


def _setting(read: Callable[[str], Any], default: str | None, doc: str) -> Any:
    return field(metadata={"read": read, "default": default, "doc": doc})


def _env(text: str) -> str:
    if text not in {"production", "development"}:
        raise ValueError("say production or development")
    return text


def _database_url(text: str) -> str:
    try:
        return database_url(text).render_as_string(hide_password=False)
    except (ArgumentError, ValueError) as error:
        raise ValueError("say sqlite:///path/to/file.db or postgresql://user@host/name") from error


def _broker_url(text: str) -> str:
    if text and urlsplit(text).scheme not in {"redis", "rediss", "amqp", "amqps"}:
        raise ValueError("say redis://host:6379/0 or amqp://user:password@host//")
    return text


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    plain = not (parts.query or parts.fragment or parts.username) and parts.path in {"", "/"}
    host = parts.hostname or ""
    named = HOST.fullmatch(host) or _is_address(host)
    if parts.scheme not in {"http", "https"} or not named or not plain:
        raise ValueError("say where browsers find Leadline, such as https://leadline.example.com")
    _ = parts.port  # raises ValueError when it is no number
    return text.rstrip("/")


def _hosts(text: str) -> frozenset[str]:
    hosts = frozenset(part.strip().lower() for part in text.split(",") if part.strip())
    for host in hosts:
        if not HOST.fullmatch(host) and not _is_address(host):
            raise ValueError(f"{host} is no host name: leave out scheme, port and path")
    return hosts


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("say a whole number, such as 1")
    return int(text)


def _rate(text: str) -> str:
    try:
        return checked_rate(text)
    except ValueError as error:
        raise ValueError("say 200 per 4 seconds, or off") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings of one process. Made by `from_env`, frozen afterwards."""

    env: str = _setting(
        _env,
        "production",
        "`production` or `development`. Development allows http, loopback addresses and a missing secret.",
    )
    base_url: str = _setting(
        _base_url,
        "http://127.0.0.1:8000",
        "Where browsers and learning platforms find Leadline, without a path. Production needs https.",
    )
    secret_key: str = _setting(
        str,
        DEVELOPMENT_SECRET,
        "Signs sessions and seals the tool's private keys. At least 32 characters; needed in production. "
        "Changing it ends all sessions and makes the sealed keys unreadable. "
        'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"',
    )
    database_url: str = _setting(
        _database_url,
        "sqlite:///leadline.db",
        "Where everything is kept: `sqlite:///file.db` or `postgresql://user:password@host/name`.",
    )
    broker_url: str = _setting(
        _broker_url,
        "",
        "Redis or RabbitMQ for background work on more than one process or machine. "
        "Empty: `leadline serve` runs it in its own single worker process.",
    )
    allowed_hosts: frozenset[str] = _setting(
        _hosts,
        "",
        "Private hosts that may be called in production, separated by commas: "
        "for a learning platform inside the company's network.",
    )
    trusted_proxies: int = _setting(
        _count,
        "0",
        "How many proxies in front of Leadline set X-Forwarded-For, -Proto and -Host.",
    )
    scim_rate_limit: str = _setting(
        _rate,
        "200 per 4 seconds",
        "How many requests one SCIM token may send in a moving window, such as `1000 per minute`, or `off`. "
        "Counted in the broker when that is Redis, else in each process.",
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Config":
        """Read LEADLINE_* settings. Raises ConfigError naming every problem at once."""
        problems: list[str] = []
        values = {item.name: _read(item, environ, problems) for item in fields(cls)}
        if values["env"] != "development":
            problems += _production_problems(environ, values)
        if problems:
            raise ConfigError(problems)
        return cls(**values)

    @property
    def development(self) -> bool:
        """Whether http, loopback and weak secrets are accepted."""
        return self.env == "development"


def _read(item: Any, environ: Mapping[str, str], problems: list[str]) -> Any:
    name = PREFIX + item.name.upper()
    text = environ.get(name, "").strip() or item.metadata["default"]
    try:
        return item.metadata["read"](text)
    except ValueError as error:
        problems.append(f"{name} is malformed: {error}.")
        return None


def _production_problems(environ: Mapping[str, str], values: Mapping[str, Any]) -> list[str]:
    problems = []
    if not environ.get("LEADLINE_BASE_URL", "").strip():
        problems.append("LEADLINE_BASE_URL is missing: say where browsers find Leadline, with https.")
    elif values["base_url"] and not values["base_url"].startswith("https://"):
        problems.append("LEADLINE_BASE_URL must start with https:// in production.")
    secret = environ.get("LEADLINE_SECRET_KEY", "").strip()
    if not secret:
        problems.append("LEADLINE_SECRET_KEY is missing: give it 32 random characters or more.")
    elif secret == DEVELOPMENT_SECRET:
        problems.append("LEADLINE_SECRET_KEY is the development one: give it 32 random characters or more.")
    elif len(secret) < SHORTEST_SECRET:
        problems.append("LEADLINE_SECRET_KEY is too short: give it 32 random characters or more.")
    return problems


def unknown_settings(environ: Mapping[str, str]) -> list[str]:
    """Name LEADLINE_* variables that mean nothing: probably misspelt ones. They only warn."""
    known = {PREFIX + item.name.upper() for item in fields(Config)}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def settings_page() -> str:
    """Make docs/settings.md."""
    lines = [
        "# Settings",
        "",
        "Made from `plugin/config.py` by `leadline settings`; do not edit by hand.",
        "",
        "All settings come from the environment. Whatever is missing or malformed is reported at once,",
        "before anything starts; an unknown `LEADLINE_*` only warns.",
        "",
        "Calls to learning platforms use no proxy of the environment and no `.netrc`: both would lead around",
        "the check of addresses. A certificate authority of your own is named by `REQUESTS_CA_BUNDLE`,",
        "`CURL_CA_BUNDLE` or `SSL_CERT_FILE`.",
        "",
    ]
    for item in fields(Config):
        default = f"`{item.metadata['default']}`" if item.metadata["default"] else "empty"
        lines += [
            f"## `{PREFIX}{item.name.upper()}`",
            "",
            item.metadata["doc"],
            "",
            f"Default: {default}",
            "",
        ]
    return "\n".join(lines)
