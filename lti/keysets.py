"""The platforms' public keys, cached in this process.

A key set is fetched once, kept, and fetched again when a token names a key we have not seen: that is how
platforms rotate. A cool-down keeps made-up key ids from turning us into a hammer.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt
import requests
from jwt.algorithms import AllowedPublicKeys

from lti.outbound import Outbound

COOL_DOWN = 30.0  # seconds between two fetches of the same set
MAX_AGE = 24 * 3600.0  # seconds; a key withdrawn by the platform is gone after a day at the latest


class KeySetUnavailable(Exception):  # noqa: N818 - named for the state
    """The key set could not be fetched or read. The message says why."""


@dataclass
class _KeySet:
    keys: dict[str, AllowedPublicKeys] = field(default_factory=dict)
    fetched: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)


class KeySets:
    """Finds a platform's key by URL and key id. Safe to share among threads."""

    def __init__(self, http: Outbound, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._http = http
        self._monotonic = monotonic
        self._sets: dict[str, _KeySet] = {}

    def find(self, url: str, kid: str) -> AllowedPublicKeys | None:
        """Return the key, None if the platform does not publish it. Raises KeySetUnavailable."""
        known = self._sets.setdefault(url, _KeySet())
        with known.lock:  # one fetch at a time for each platform
            age = self._monotonic() - known.fetched
            if age > MAX_AGE or (kid not in known.keys and age > COOL_DOWN):
                self._refresh(known, url, kid)
            return known.keys.get(kid)

    def _refresh(self, known: _KeySet, url: str, kid: str) -> None:
        try:
            known.keys = fetch(self._http, url)
        except KeySetUnavailable:
            if kid not in known.keys:  # an old key still beats a platform that is down
                raise
        known.fetched = self._monotonic()


def fetch(http: Outbound, url: str) -> dict[str, AllowedPublicKeys]:
    """Fetch a key set (RFC 7517). Keys that are not usable RSA keys are left out, not fatal."""
    try:
        answer = http.get(url, headers={"Accept": "application/json"})
        answer.raise_for_status()
        listed = answer.json()["keys"]
        return {str(key["kid"]): parsed for key in listed if (parsed := _parse(key)) is not None}
    except requests.RequestException as error:
        raise KeySetUnavailable(f"{type(error).__name__} while fetching {url}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise KeySetUnavailable(f"{url} did not answer with a JSON Web Key Set") from error


def _parse(key: Any) -> AllowedPublicKeys | None:
    if not isinstance(key, dict) or key.get("kty") != "RSA" or key.get("alg", "RS256") != "RS256":
        return None
    if not key.get("kid"):
        return None
    try:
        parsed: AllowedPublicKeys = jwt.PyJWK(key, algorithm="RS256").key
    except jwt.PyJWTError:
        return None
    return parsed
