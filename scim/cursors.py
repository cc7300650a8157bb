"""Cursors of RFC 9865: signed places in one list, good for an hour.

A cursor says where the page before it ended, and for whose list it was made: organization, type, filter and
sorting. Any other list refuses it, so nothing can be learnt from it or done with it elsewhere.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scim.errors import ScimError

TIMEOUT = 3600  # seconds; announced as cursorTimeout
_SIGNATURE = 16  # bytes


@dataclass(frozen=True, slots=True)
class Cursors:
    """Writes and reads cursors of one list. `scope` is everything that must not change between pages."""

    secret_key: str
    scope: Sequence[str | None]

    def write(self, place: list[Any], now: datetime) -> str:
        """Write a cursor to the row after `place`, a list of plain JSON values."""
        payload = json.dumps([int(now.timestamp()), place], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._sign(payload) + payload).decode().rstrip("=")

    def read(self, cursor: str, now: datetime) -> list[Any]:
        """Read a place. Raises ScimError 400 invalidCursor or expiredCursor (RFC 9865 2.1)."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise _invalid() from error
        signature, payload = raw[:_SIGNATURE], raw[_SIGNATURE:]
        if not hmac.compare_digest(signature, self._sign(payload)):
            raise _invalid()
        written, place = json.loads(payload)
        if now.timestamp() - written > TIMEOUT:
            raise ScimError(400, "The cursor has expired. Begin again with cursor=", "expiredCursor")
        found: list[Any] = place
        return found

    def _sign(self, payload: bytes) -> bytes:
        scope = json.dumps(["scim cursor", *self.scope]).encode()
        return hmac.digest(self.secret_key.encode(), scope + b"\0" + payload, hashlib.sha256)[:_SIGNATURE]


def _invalid() -> ScimError:
    return ScimError(400, "The cursor belongs to no list with this filter and sorting.", "invalidCursor")
