"""Where we call, and where we do not."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from lti.outbound import TIMEOUT, AddressRefused, Outbound, checked_address


class _Redirects(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("Location", "http://127.0.0.1:1/inside")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Redirects) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_production_refuses_private_addresses() -> None:
    for url in ("https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.1.2.3/"):
        with pytest.raises(AddressRefused, match="LEADLINE_ALLOWED_HOSTS"):
            Outbound(allow_private=False).get(url)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254", "::1", "fd00::1", "0.0.0.0"],
)
def test_every_private_range_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        checked_address(address, 443, frozenset())


def test_an_allowed_host_may_be_private_and_plain(server: str) -> None:
    http = Outbound(allow_private=False, allowed_hosts=frozenset({"127.0.0.1"}))
    assert http.get(server).status_code == 302


def test_production_refuses_plain_http_and_other_schemes() -> None:
    for url in ("http://example.com/", "file:///etc/passwd", "nonsense"):
        with pytest.raises(requests.RequestException):
            Outbound(allow_private=False).get(url)


def test_development_may_call_loopback_over_http_but_redirects_are_not_followed(server: str) -> None:
    assert Outbound(allow_private=True).get(server).status_code == 302


class _Notes(HTTPAdapter):
    """Notes with which time limit a request would have been sent."""

    timeout: object = None

    def send(self, *_args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        self.timeout = kwargs["timeout"]
        answer = requests.Response()
        answer.status_code = 200
        return answer


def test_every_call_has_a_time_limit() -> None:
    http, notes = Outbound(allow_private=True), _Notes()
    http.mount("http://", notes)
    http.post("http://lms.example/scores", data="x")
    assert notes.timeout == TIMEOUT == (5, 15)
