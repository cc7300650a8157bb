"""Every call we make to a platform: with limits of time and size, no redirects, no private addresses.

URLs come from registrations and launches, so they are checked where the connection is made: the address
that was checked is the one that is used, and a name whose answer changes gains nothing. Nothing else decides
where a call goes or what it carries: no proxy, no .netrc and no cookie.
"""

import io
import ipaddress
import socket
import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)
from urllib3.util.connection import create_connection

TIMEOUT = (5, 15)  # seconds to connect to an address, to wait for the next bytes
DEADLINE = 30.0  # seconds for a whole call, however often some bytes arrive; only looking up a name may add
LONGEST = 1_000_000  # bytes of an answer, unpacked
CHUNK = 16_384
USER_AGENT = "Leadline"

_until: ContextVar[float] = ContextVar("until", default=float("inf"))  # the end of the call under way


class AddressRefused(requests.exceptions.ConnectionError):
    """The URL leads where we do not call. The message says which setting would allow it."""


class AnswerTooLong(requests.RequestException):
    """The answer does not end within what we read."""


class AnswerTooSlow(requests.Timeout):
    """The answer was not complete in time."""


def authorities(environ: Mapping[str, str]) -> str | None:
    """Return the file of certificate authorities that the environment names, as requests and OpenSSL do."""
    names = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
    return next((environ[name] for name in names if environ.get(name)), None)


class Outbound(requests.Session):
    """An HTTP client for platforms. One per process; it is safe to share among threads.

    `allow_private` (development) permits http and every address; `allowed_hosts` permits single hosts.
    `authorities` is a file or folder of certificate authorities instead of certifi's.
    """

    def __init__(
        self,
        *,
        allow_private: bool,
        allowed_hosts: frozenset[str] = frozenset(),
        authorities: str | None = None,
        deadline: float = DEADLINE,
    ) -> None:
        super().__init__()
        self.headers["User-Agent"] = USER_AGENT
        self.trust_env = False  # a proxy would not be guarded, and .netrc replaces the bearer token
        self.verify = authorities or True
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # platforms share this client
        self.allow_private = allow_private
        self.allowed_hosts = allowed_hosts
        self.deadline = deadline
        self.mount("http://", _Adapter(None if allow_private else allowed_hosts))
        self.mount("https://", _Adapter(None if allow_private else allowed_hosts))

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """Send one request. Raises requests.RequestException; redirects are answers, not followed."""
        kwargs.setdefault("timeout", TIMEOUT)
        kwargs.update(allow_redirects=False, stream=True)
        mark = _until.set(time.monotonic() + self.deadline)
        try:
            self._check_scheme(str(url))
            return _read_whole(super().request(method, url, *args, **kwargs))
        except requests.exceptions.ConnectionError as error:
            raise _refusal_within(error) or error from error
        except requests.RequestException:
            raise
        except (LocationValueError, ValueError) as error:  # neither requests nor urllib3 catches them all
            raise requests.exceptions.InvalidURL("The address is malformed") from error
        finally:
            _until.reset(mark)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Answer that no redirect leads anywhere: requests would read the body whole to follow it."""

    def _check_scheme(self, url: str) -> None:
        parts = urlsplit(url)
        plain = parts.scheme == "http" and (self.allow_private or parts.hostname in self.allowed_hosts)
        if parts.scheme != "https" and not plain:
            raise AddressRefused(f"{parts.scheme or 'no'} address refused: use https.")


def _refusal_within(error: BaseException | None) -> AddressRefused | None:
    """Find our own refusal under the layers that requests and urllib3 wrap around it."""
    while error is not None and not isinstance(error, AddressRefused):
        error = error.__context__
    return error


def _read_whole(answer: requests.Response) -> requests.Response:
    """Read the body into memory, as far as it is bounded."""
    body = bytearray()
    try:
        for chunk in answer.raw.stream(CHUNK, decode_content=True):
            body += chunk
            if len(body) > LONGEST:
                raise AnswerTooLong(f"The platform's answer is longer than {LONGEST} bytes")
    except ReadTimeoutError as error:
        raise AnswerTooSlow("The platform's answer was not complete in time") from error
    except HTTPError as error:
        raise requests.ConnectionError(error) from error
    finally:
        answer.close()
    answer.raw = io.BytesIO(body)
    return answer


def _left(limit: float) -> float:
    """Return for how many seconds a step of the call may take, at most `limit`. Raises TimeoutError."""
    left = min(limit, _until.get() - time.monotonic())
    if left <= 0:
        raise TimeoutError("the time for the whole call is over")
    return left


def checked_addresses(host: str, port: int, allowed_hosts: frozenset[str] | None) -> list[str]:
    """Resolve a host to the addresses that may be called. Raises AddressRefused if one is private.

    `allowed_hosts` may be private; None allows every host.
    """
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(answer[4][0]) for answer in answers]
    if allowed_hosts is None or host.lower() in allowed_hosts:
        return addresses
    if all(ipaddress.ip_address(address.split("%", maxsplit=1)[0]).is_global for address in addresses):
        return addresses
    raise AddressRefused(
        f"{host} leads to a private address. If it is your learning platform, "
        "add it to LEADLINE_ALLOWED_HOSTS."
    )


def first_to_answer(addresses: Sequence[str], port: int, timeout: float) -> socket.socket:
    """Connect to the first of the addresses that takes the connection. Raises OSError as the last one did."""
    for address in addresses[:-1]:
        try:
            return _connected(address, port, timeout)
        except OSError:
            continue
    return _connected(addresses[-1], port, timeout)


def _connected(address: str, port: int, timeout: float) -> socket.socket:
    options = HTTPConnection.default_socket_options
    return create_connection((address, port), _left(timeout), socket_options=options)


class _InTime(io.RawIOBase):
    """Reads a socket until the call is over: the socket's own timeout begins anew with every byte."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self._sock = sock
        self._patience = sock.gettimeout() or TIMEOUT[1]
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_left(self._patience))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        plain, self.fp = self.fp, io.BufferedReader(_InTime(sock))
        plain.close()


class _Adapter(HTTPAdapter):
    def __init__(self, allowed_hosts: frozenset[str] | None) -> None:
        self.allowed_hosts = allowed_hosts
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = _pools(self.allowed_hosts)


def _connect(connection: HTTPConnection, allowed_hosts: frozenset[str] | None) -> socket.socket:
    timeout = connection.timeout if isinstance(connection.timeout, int | float) else TIMEOUT[0]
    try:
        addresses = checked_addresses(connection.host, connection.port, allowed_hosts)
        return first_to_answer(addresses, connection.port, timeout)
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, f"no answer from {connection.host}") from error
    except AddressRefused:
        raise
    except OSError as error:
        raise NewConnectionError(connection, str(error)) from error


def _pools(allowed_hosts: frozenset[str] | None) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        response_class = _Response

        def _new_conn(self) -> socket.socket:
            return _connect(self, allowed_hosts)

    class Secure(HTTPSConnection):
        response_class = _Response

        def _new_conn(self) -> socket.socket:
            return _connect(self, allowed_hosts)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
