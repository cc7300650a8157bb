"""The platforms' public keys, cached in this process.

A key set is fetched once, kept, and fetched again when a token names a key we have not seen: that is how
platforms rotate. A cool-down keeps made-up key ids from turning us into a hammer, and launches from waiting
one after another for a platform that is down.
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

COOL_DOWN = 30.0  # seconds between two fetches of the same set, whether or not the first succeeded
MAX_AGE = 24 * 3600.0  # seconds; a key withdrawn by the platform is gone after a day at the latest


class KeySetUnavailable(Exception):
    """The key set could not be fetched or read. The message says why."""


@dataclass
class _KeySet:
    keys: dict[str, AllowedPublicKeys] = field(default_factory=dict)
    fetched: float = float("-inf")
    tried: float = float("-inf")
    failure: str = ""  # of the last fetch
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
        if self._due(known, kid):
            self._refresh(known, url, kid)
        if known.failure and kid not in known.keys:
            raise KeySetUnavailable(known.failure)
        return known.keys.get(kid)

    def _due(self, known: _KeySet, kid: str) -> bool:
        now = self._monotonic()
        wanted = kid not in known.keys or now - known.fetched > MAX_AGE
        return wanted and now - known.tried > COOL_DOWN

    def _refresh(self, known: _KeySet, url: str, kid: str) -> None:
        """Fetch, one at a time for each platform. Nobody waits for one that failed last, or to renew."""
        if not known.lock.acquire(blocking=kid not in known.keys and not known.failure):
            return
        try:
            if self._due(known, kid):  # nobody else fetched it meanwhile
                self._fetch(known, url, kid)
        finally:
            known.lock.release()

    def _fetch(self, known: _KeySet, url: str, kid: str) -> None:
        try:
            known.keys, known.failure = fetch(self._http, url), ""
            known.fetched = self._monotonic()
        except KeySetUnavailable as error:
            known.failure = str(error)
            if kid not in known.keys:  # an old key still beats a platform that is down
                raise
        finally:
            known.tried = self._monotonic()


def fetch(http: Outbound, url: str) -> dict[str, AllowedPublicKeys]:
    """Fetch a key set (RFC 7517). Keys that are not usable RSA keys are left out, not fatal."""
    try:
        answer = http.get(url, headers={"Accept": "application/json"})
        answer.raise_for_status()
        listed = answer.json()["keys"]
        return {str(key["kid"]): parsed for key in listed if (parsed := _parse(key)) is not None}
    except requests.RequestException as error:
        raise KeySetUnavailable(f"{type(error).__name__} while fetching {url}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
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
