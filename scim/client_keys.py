"""Public keys of OAuth clients that sign assertions: given by an admin, or fetched (RFC 7517)."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, KeySet, RSAKey, import_key

from courses.errors import Refused
from scim.clients import KnownClient

Fetch = Callable[[str], Any]  # a URL's JSON; raises OSError or ValueError
COOL_DOWN = 30.0  # seconds between two fetches of the same set
MAX_AGE = 3600.0  # seconds; a key that the client withdraws is gone after an hour
SHORTEST_RSA = 2048  # bits


def checked_keys(jwks: Any) -> dict[str, Any]:
    """Check keys that an admin gives. Raises Refused unless all of them are public RSA or EC keys."""
    listed = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(listed, list) or not listed:
        raise Refused('That is no JSON Web Key Set: {"keys": [...]} with public RSA or EC keys.')
    if any(_usable(key) is None for key in listed):
        raise Refused("Give public RSA (2,048 bits or more) and EC keys only, and never a private key.")
    return {"keys": listed}


def usable_keys(jwks: Any) -> KeySet:
    """Read the keys that we can use; others are left out, not fatal. Raises ValueError for no key set."""
    listed = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(listed, list):
        raise ValueError("no JSON Web Key Set")  # noqa: TRY004 - what a Fetch raises for no JSON, too
    return KeySet([key for key in map(_usable, listed) if key is not None])


def _usable(listed: Any) -> RSAKey | ECKey | None:
    try:
        key = import_key(listed)
    except (JoseError, SecurityWarning, ValueError, TypeError, KeyError, AttributeError):
        return None
    if not isinstance(key, (RSAKey, ECKey)) or key.is_private:
        return None
    return None if isinstance(key, RSAKey) and key.raw_value.key_size < SHORTEST_RSA else key


@dataclass
class _Fetched:
    keys: KeySet | None = None
    at: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)


class ClientKeys:
    """Finds the keys of a client. One per process; safe to share among threads.

    A set is fetched once, kept, and fetched again when it is old or lacks the key that an assertion names;
    a cool-down keeps strangers from making us hammer the client's server. While that is down, old keys count.
    """

    def __init__(self, fetch: Fetch, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._sets: dict[str, _Fetched] = {}

    def find(self, client: KnownClient, kid: str | None) -> KeySet | None:
        """Return the client's keys; None when there are none to be had."""
        if client.jwks is not None:
            return usable_keys(client.jwks)
        if client.jwks_url is None:
            return None
        known = self._sets.setdefault(client.jwks_url, _Fetched())
        with known.lock:  # one fetch at a time for each client
            age = self._monotonic() - known.at
            if age > MAX_AGE or (age > COOL_DOWN and not _has(known.keys, kid)):
                known.at = self._monotonic()
                known.keys = self._fetched(client.jwks_url) or known.keys
            return known.keys

    def _fetched(self, url: str) -> KeySet | None:
        try:
            return usable_keys(self._fetch(url))
        except (OSError, ValueError):
            return None


def _has(keys: KeySet | None, kid: str | None) -> bool:
    return keys is not None and any(kid in (None, key.kid) for key in keys.keys)
