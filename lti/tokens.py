"""Access tokens for platform services: one for each (issuer, client id, scopes), kept until it nears expiry.

https://www.imsglobal.org/spec/security/v1p0/#using-json-web-tokens-with-oauth-2-0-client-credentials-grant
PyLTI1p3 asks for a new token per service object; Moodle stores each for an hour.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import requests

from lti.keys import SigningKey
from lti.outbound import Outbound
from lti.platform import client_assertion

EARLY = 60.0  # seconds before expiry at which a token is renewed
COOL_DOWN = 30.0  # seconds in which a refusal is not asked for again
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Key = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ServiceRegistration:
    """What a service call needs to know of a registration."""

    issuer: str
    client_id: str
    token_url: str
    token_audience: str | None
    product: str


class TokenRefused(Exception):
    """The platform gave no token. `status` is None when there was no answer at all."""

    def __init__(self, status: int | None, words: str, retry_after: str | None = None) -> None:
        super().__init__(f"{status}: {words}" if status else words)
        self.status = status
        self.words = words
        self.retry_after = retry_after


@dataclass
class _Slot:
    token: str = ""
    until: float = float("-inf")
    refusal: tuple[int | None, str, str | None] | None = None  # of the last request
    refused: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)


class TokenSource:
    """Gives out tokens. Safe to share among threads; one per process."""

    def __init__(
        self,
        http: Outbound,
        signing_key: Callable[[], SigningKey],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._signing_key = signing_key
        self._monotonic = monotonic
        self._slots: dict[Key, _Slot] = {}

    def token_for(self, registration: ServiceRegistration, scopes: Sequence[str]) -> str:
        """Return a token for these scopes. Raises TokenRefused."""
        slot = self._slot(registration, scopes)
        if self._due(slot):
            self._renew(slot, registration, sorted(scopes))
        if slot.refusal:
            raise TokenRefused(*slot.refusal)
        return slot.token

    def forget(self, registration: ServiceRegistration, scopes: Sequence[str]) -> None:
        """Drop a token that the platform no longer takes."""
        self._slot(registration, scopes).until = float("-inf")

    def _due(self, slot: "_Slot") -> bool:
        now = self._monotonic()
        return now >= slot.until and now - slot.refused > COOL_DOWN

    def _renew(self, slot: "_Slot", registration: ServiceRegistration, scopes: list[str]) -> None:
        """Ask, one at a time for each token. Nobody waits for a platform that refused last."""
        if not slot.lock.acquire(blocking=slot.refusal is None):
            return
        try:
            if self._due(slot):  # nobody else asked meanwhile
                slot.token, lifetime = self._ask(registration, scopes)
                slot.until, slot.refusal = self._monotonic() + lifetime - EARLY, None
        except TokenRefused as error:
            slot.refusal, slot.refused = (error.status, error.words, error.retry_after), self._monotonic()
        finally:
            slot.lock.release()

    def _slot(self, registration: ServiceRegistration, scopes: Sequence[str]) -> "_Slot":
        key = (registration.issuer, registration.client_id, tuple(sorted(scopes)))
        return self._slots.setdefault(key, _Slot())

    def _ask(self, registration: ServiceRegistration, scopes: Sequence[str]) -> tuple[str, float]:
        assertion = client_assertion(
            client_id=registration.client_id,
            audience=registration.token_audience or registration.token_url,
            key=self._signing_key(),
        )
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
            "scope": " ".join(scopes),
        }
        try:
            answer = self._http.post(registration.token_url, data=form)
        except requests.RequestException as error:
            raise TokenRefused(None, f"no answer from the token endpoint ({type(error).__name__})") from error
        return _read_token(answer)


def _read_token(answer: requests.Response) -> tuple[str, float]:
    """Read a token answer. Moodle labels it text/html, and its 404 means that it cannot reach our keys."""
    try:
        body = answer.json()
        if answer.ok:
            return str(body["access_token"]), float(body.get("expires_in") or EARLY)
        words = str(body.get("error_description") or body.get("error") or "")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        words = "the answer is no token"
        if answer.status_code == requests.codes.not_found:
            words = "the platform probably cannot fetch Leadline's keys; check its outgoing-request settings"
    raise TokenRefused(answer.status_code, words[:300], answer.headers.get("Retry-After"))
