"""How fast one token may ask: Flask-Limiter's moving window, in memory or in Redis (RFC 6585 4).

Every route shares one count per token, so we ask Flask-Limiter's limiter ourselves instead of decorating
views: its decorator reads the rate again for every request (measured: 150 µs instead of 10).
When Redis is gone, each process counts by itself until it is back: limits never stop the work they guard.
"""

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable

import limits
from flask import Flask, current_app
from flask_limiter import Limiter
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter, RateLimiter

from scim.errors import ScimError

log = logging.getLogger(__name__)

OFF = "off"
IN_MEMORY = "windows://"
PREFIX = "leadline-scim"
REST = 10.0  # seconds before a Redis that failed is asked again
TIMEOUT = 1  # seconds that Redis may take
MOST_KEYS = 10_000  # counted in memory
_KEY = "leadline.scim.admit"


def checked_rate(text: str) -> str:
    """Check a rate such as `200 per 4 seconds`, or `off`. Raises ValueError."""
    if text.lower() == OFF:
        return OFF
    rates = limits.parse_many(text)
    if len(rates) != 1 or rates[0].amount < 1:
        raise ValueError("one rate, please")
    return text


def storage_url(broker_url: str) -> str:
    """Return where to count: in the broker when it is Redis, else in this process."""
    return broker_url if broker_url.startswith(("redis://", "rediss://")) else IN_MEMORY


class Windows(MemoryStorage):
    """Counts in this process. The library's own storage starts a thread for nearly every request.

    That costs up to a sixth of a request; here old entries are dropped when somebody counts again.
    """

    STORAGE_SCHEME = ["windows"]  # noqa: RUF012 - how `limits` registers a storage

    def __init__(self, uri: str | None = None, **_options: str) -> None:
        super().__init__(uri)
        self.time = time.time  # what `limits` computes with
        self._lock = threading.Lock()
        self.windows: dict[str, deque[float]] = {}

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count, unless that would be more than `limit` within `expiry` seconds."""
        with self._lock:
            now = self.time()
            window = self._window(key, now - expiry)
            if len(window) + amount > limit:
                return False
            window.extend([now] * amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return when the window's oldest entry was counted, and how many there are."""
        del limit
        with self._lock:
            now = self.time()
            window = self._window(key, now - expiry)
            return (window[0] if window else now), len(window)

    def _window(self, key: str, oldest: float) -> deque[float]:
        if key not in self.windows and len(self.windows) >= MOST_KEYS:
            kept = {other: window for other, window in self.windows.items() if window and window[-1] > oldest}
            self.windows = kept
        window = self.windows.setdefault(key, deque())
        while window and window[0] <= oldest:
            window.popleft()
        return window


class Rate:
    """Counts the requests of each token. Safe to share among threads."""

    def __init__(self, shared: RateLimiter, rate: str, *, monotonic: Callable[[], float]) -> None:
        self._shared = shared
        self._alone = MovingWindowRateLimiter(Windows())
        self._item = limits.parse(rate)
        self._monotonic = monotonic
        self._rests_until = -math.inf

    def admit(self, key: str) -> None:
        """Count a request. Raises ScimError 429 with Retry-After in seconds."""
        if self._monotonic() >= self._rests_until:
            try:
                return self._count(self._shared, key)
            except self._shared.storage.base_exceptions as error:
                self._rests_until = self._monotonic() + REST
                log.warning("rate limits are counted in each process", extra={"kind": type(error).__name__})
        return self._count(self._alone, key)

    def _count(self, limiter: RateLimiter, key: str) -> None:
        if not limiter.hit(self._item, PREFIX, key):
            free_at = limiter.get_window_stats(self._item, PREFIX, key).reset_time
            wait = max(1, math.ceil(free_at - time.time()))  # the clock that `limits` looks at
            detail = f"Too many requests: {self._item} are allowed. Wait {wait} s."
            raise ScimError(429, detail, headers={"Retry-After": str(wait)})


def init_app(app: Flask, *, rate: str, storage: str, monotonic: Callable[[], float] = time.monotonic) -> None:
    """Prepare counting. `rate` as `checked_rate` returns it, `storage` as `storage_url` does."""
    if rate == OFF:
        return
    waits = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT}
    limiter = Limiter(
        lambda: "",  # the guard names the key
        strategy="moving-window",
        storage_uri=storage,
        storage_options={} if storage == IN_MEMORY else dict[str, str | int](waits),
    )
    # Finding itself registered, it leaves its hooks out: they look for decorated views at each request.
    app.extensions.setdefault("limiter", set()).add(limiter)
    limiter.init_app(app)
    app.extensions[_KEY] = Rate(limiter.limiter, rate, monotonic=monotonic)


def admit(key: str) -> None:
    """Count a request of the current application. Raises ScimError 429 with Retry-After in seconds."""
    rate: Rate | None = current_app.extensions.get(_KEY)
    if rate:
        rate.admit(key)
