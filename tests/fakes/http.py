"""The network as a table."""

import json
from typing import Any

import requests

from lti.outbound import Outbound


class CannedHttp(Outbound):
    """Answers from a table instead of the network, and notes the calls. Unknown URLs do not answer.

    An answer is a JSON value, or a (status, JSON value) pair; `raw` holds bodies that are no JSON.
    """

    def __init__(self) -> None:
        super().__init__(allow_private=True)
        self.answers: dict[str, Any] = {}
        self.raw: dict[str, bytes] = {}
        self.calls: list[tuple[str, str]] = []
        self.sent: list[dict[str, Any]] = []

    def request(self, method: str, url: str, *_args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        self.calls.append((method, url))
        self.sent.append(kwargs)
        if url not in self.answers and url not in self.raw:
            raise requests.ConnectionError(f"no canned answer for {url}")
        canned = self.answers.get(url)
        status, body = canned if isinstance(canned, tuple) else (200, canned)
        answer = requests.Response()
        answer.status_code = status
        answer._content = self.raw.get(url) or json.dumps(body).encode()
        return answer
