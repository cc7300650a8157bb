"""Every call we make to a platform: with a time limit, without redirects, and not to private addresses.

URLs come from registrations and launches, so they are checked where the connection is made: the address
that was checked is the one that is used, and a name whose answer changes gains nothing.
"""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

TIMEOUT = (5, 15)  # seconds to connect, to answer
USER_AGENT = "Leadline"


class AddressRefused(requests.exceptions.ConnectionError):
    """The URL leads where we do not call. The message says which setting would allow it."""


class Outbound(requests.Session):
    """An HTTP client for platforms. One per process; it is safe to share among threads.

    `allow_private` (development) permits http and every address; `allowed_hosts` permits single hosts.
    """

    def __init__(self, *, allow_private: bool, allowed_hosts: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.headers["User-Agent"] = USER_AGENT
        self.allow_private = allow_private
        self.allowed_hosts = allowed_hosts
        self.mount("http://", HTTPAdapter() if allow_private else _GuardedAdapter(allowed_hosts))
        self.mount("https://", HTTPAdapter() if allow_private else _GuardedAdapter(allowed_hosts))

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        """Send one request. Raises requests.RequestException; redirects are answers, not followed."""
        self._check_scheme(url)
        kwargs.setdefault("timeout", TIMEOUT)
        kwargs["allow_redirects"] = False
        try:
            return super().request(method, url, *args, **kwargs)
        except requests.exceptions.ConnectionError as error:
            raise _refusal_within(error) or error from error

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


def checked_address(host: str, port: int, allowed_hosts: frozenset[str]) -> str:
    """Resolve a host to an address that may be called. Raises AddressRefused for private ones."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(answer[4][0]) for answer in answers]
    if host.lower() in allowed_hosts:
        return addresses[0]
    for address in addresses:
        if not ipaddress.ip_address(address.split("%", maxsplit=1)[0]).is_global:
            raise AddressRefused(
                f"{host} leads to a private address. If it is your learning platform, "
                "add it to LEADLINE_ALLOWED_HOSTS."
            )
    return addresses[0]


class _GuardedAdapter(HTTPAdapter):
    def __init__(self, allowed_hosts: frozenset[str]) -> None:
        self.allowed_hosts = allowed_hosts
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = _guarded_pools(self.allowed_hosts)


def _guarded_pools(allowed_hosts: frozenset[str]) -> dict[str, type[HTTPConnectionPool]]:
    def connect(connection: HTTPConnection) -> socket.socket:
        try:
            address = checked_address(connection.host, connection.port, allowed_hosts)
            return create_connection((address, connection.port), connection.timeout)
        except socket.gaierror as error:
            raise NameResolutionError(connection.host, connection, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(connection, f"no answer from {connection.host}") from error
        except AddressRefused:
            raise
        except OSError as error:
            raise NewConnectionError(connection, str(error)) from error

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return connect(self)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
