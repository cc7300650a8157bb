"""How long to wait before a score is posted again."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

SHORTEST = timedelta(seconds=5)
LONGEST = timedelta(hours=1)
LONGEST_ASKED = timedelta(days=1)  # a platform may ask for more than our longest, but not for for ever
DOUBLINGS = 12

Spread = Callable[[], float]  # between 0 and 1


def wait(tries: int, *, retry_after: str | None, now: datetime, spread: Spread = random.random) -> timedelta:
    """Answer how long to wait after `tries` attempts: 5 s doubling to 1 h, spread over the upper half.

    `retry_after` is the header, in seconds or as an HTTP date (RFC 9110, 10.2.3); what it asks for is kept.
    """
    step = min(SHORTEST * 2 ** min(max(tries - 1, 0), DOUBLINGS), LONGEST)
    own = max(SHORTEST, step * (0.5 + spread() / 2))
    asked = _asked(retry_after, now)
    return own if asked is None else min(asked, LONGEST_ASKED) + SHORTEST * spread() / 5


def _asked(header: str | None, now: datetime) -> timedelta | None:
    text = (header or "").strip()
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=min(int(text[:9]), LONGEST_ASKED.total_seconds()))
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year may have any number of digits
        return None
    return max(until.replace(tzinfo=until.tzinfo or UTC) - now, timedelta(seconds=1))
