"""Where we call, where we do not, and what we read of an answer."""

import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from lti.outbound import (
    LONGEST,
    TIMEOUT,
    AddressRefused,
    AnswerTooLong,
    Outbound,
    authorities,
    checked_addresses,
    first_to_answer,
)
from plugin.config import Config
from plugin.wsgi import make_http


class _Platform(BaseHTTPRequestHandler):
    """Answers by path: /redirect, /long, /drip-body, /drip-head, anything else with what it was sent."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.startswith("/drip"):
            self.drip(b"HTTP/1.1 200 OK\r\n\r\n" if self.path == "/drip-body" else b"HTTP/1.1 200 ")
            return
        heard = f"{self.headers.get('Authorization')} {self.headers.get('Cookie')} {self.client_address[1]}"
        body = b"x" * (LONGEST + 1) if self.path == "/long" else heard.encode()
        self.send_response(302 if self.path == "/redirect" else 200)
        self.send_header("Location", "http://127.0.0.1:1/inside")
        self.send_header("Set-Cookie", "who=first")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self, beginning: bytes) -> None:
        """Send a byte now and then, each well within the time to wait for the next one."""
        self.close_connection = True
        until = time.monotonic() + 3
        try:
            self.wfile.write(beginning)
            while time.monotonic() < until:
                self.wfile.write(b"x")
                time.sleep(0.05)
        except OSError:
            """The client had enough."""

    def log_message(self, *_args: object) -> None:
        """Keep quiet."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_args: object) -> None:
        """Keep quiet about clients that hang up."""


@pytest.fixture
def server() -> Iterator[str]:
    with _Server(("127.0.0.1", 0), _Platform) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def certificate(tmp_path: Path, platform_key: RSAPrivateKey) -> Path:
    """A file with the key and the certificate of 127.0.0.1, signed by itself."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, platform_key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(platform_key, SHA256())
    )
    key = platform_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = tmp_path / "platform.pem"
    file.write_bytes(key + made.public_bytes(Encoding.PEM))
    return file


@pytest.fixture
def secure_server(certificate: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with _Server(("127.0.0.1", 0), _Platform) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def http() -> Iterator[Outbound]:
    with Outbound(allow_private=True, deadline=0.5) as http:
        yield http


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
        checked_addresses(address, 443, frozenset())


def test_an_allowed_host_may_be_private_and_plain(server: str) -> None:
    with Outbound(allow_private=False, allowed_hosts=frozenset({"127.0.0.1"})) as http:
        assert http.get(f"{server}redirect").status_code == 302


def test_production_refuses_plain_http_and_other_schemes() -> None:
    for url in ("http://example.com/", "file:///etc/passwd", "nonsense"):
        with pytest.raises(requests.RequestException):
            Outbound(allow_private=False).get(url)


def test_development_may_call_loopback_over_http_but_redirects_are_not_followed(
    server: str, http: Outbound
) -> None:
    assert http.get(f"{server}redirect").status_code == 302


def test_a_host_is_reached_at_another_address_when_the_first_is_dead(server: str) -> None:
    port = int(server.rstrip("/").rsplit(":", maxsplit=1)[1])
    with first_to_answer(["::1", "127.0.0.1"], port, 1) as reached:
        assert reached.getpeername() == ("127.0.0.1", port)


class _Notes(HTTPAdapter):
    """Notes with which time limit a request would have been sent."""

    timeout: object = None

    def send(self, *_args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        self.timeout = kwargs["timeout"]
        answer = requests.Response()
        answer.status_code = 200
        answer.raw = HTTPResponse(BytesIO(), preload_content=False)
        return answer


def test_every_call_has_a_time_limit() -> None:
    http, notes = Outbound(allow_private=True), _Notes()
    http.mount("http://", notes)
    http.post("http://lms.example/scores", data="x")
    assert notes.timeout == TIMEOUT == (5, 15)


@pytest.mark.parametrize("path", ["drip-body", "drip-head"])
def test_an_answer_that_drips_is_given_up(server: str, http: Outbound, path: str) -> None:
    begun = time.monotonic()
    with pytest.raises(requests.Timeout):
        http.get(server + path)
    assert time.monotonic() - begun < 2


def test_the_limits_hold_over_tls(secure_server: str, certificate: Path) -> None:
    with Outbound(
        allow_private=False,
        allowed_hosts=frozenset({"127.0.0.1"}),
        authorities=str(certificate),
        deadline=0.5,
    ) as http:
        assert http.get(secure_server).text == http.get(secure_server).text
        with pytest.raises(requests.Timeout):
            http.get(f"{secure_server}drip-body")
        with pytest.raises(AnswerTooLong):
            http.get(f"{secure_server}long")


def test_a_certificate_that_nobody_vouches_for_is_refused(secure_server: str, http: Outbound) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        http.get(secure_server)


def test_an_answer_without_end_is_given_up(server: str, http: Outbound) -> None:
    with pytest.raises(AnswerTooLong):
        http.get(f"{server}long")


def test_one_connection_serves_many_calls(server: str, http: Outbound) -> None:
    assert http.get(server).text == http.get(server).text


def test_no_platform_gets_a_cookie(server: str, http: Outbound) -> None:
    http.get(server)
    assert http.get(server).text.startswith("None None ")


def test_the_environment_does_not_lead_calls_elsewhere(
    server: str, http: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert http.get(server).status_code == 200


def test_the_environment_does_not_replace_a_token(
    server: str, http: Outbound, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret")
    monkeypatch.setenv("NETRC", str(netrc))
    heard = http.get(server, headers={"Authorization": "Bearer token-1"}).text
    assert heard.startswith("Bearer token-1 ")


def test_the_environment_may_name_certificate_authorities(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert authorities({}) is None
    assert authorities({"REQUESTS_CA_BUNDLE": "/r.pem", "SSL_CERT_FILE": "/s.pem"}) == "/r.pem"
    assert Outbound(allow_private=True).verify is True
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", "/company.pem")
    assert make_http(config).verify == "/company.pem"
