"""Tokens without a platform."""

from collections.abc import Sequence

from lti.tokens import ServiceRegistration


class FakeTokens:
    """Gives out `token-1`, `token-2`, …; a new one after `forget`. `refusal` is raised instead, if set."""

    def __init__(self) -> None:
        self.number = 1
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.refusal: Exception | None = None

    def token_for(self, registration: ServiceRegistration, scopes: Sequence[str]) -> str:
        self.asked.append((registration.client_id, tuple(scopes)))
        if self.refusal:
            raise self.refusal
        return f"token-{self.number}"

    def forget(self, registration: ServiceRegistration, scopes: Sequence[str]) -> None:
        del registration, scopes
        self.number += 1
