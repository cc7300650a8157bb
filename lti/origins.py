"""Who may show our pages in a frame: the platform a launch came from, and nobody else.

Hosted Canvas frames us from the school's host, which is neither the issuer's nor the token endpoint's, so
the origins come from the return URL and the service URLs of verified launches too.
"""

import re
from urllib.parse import urlsplit

from lti.claims import LaunchClaims

HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]")


def origin(url: str | None) -> str | None:
    """Return `scheme://host[:port]` of an http(s) URL, None for anything that is no plain host.

    The answer stands in a response header, so nothing but a host's own characters may be in it.
    """
    try:
        parts = urlsplit(url or "")
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:  # UnicodeError among them
        return None
    host = f"[{host}]" if ":" in host else host
    if parts.scheme not in {"http", "https"} or not HOST.fullmatch(host):
        return None
    return f"{parts.scheme}://{host}{port}"


def frame_origins(issuer: str, registration_endpoint: str | None, claims: LaunchClaims) -> list[str]:
    """List the origins that may frame the pages of this launch."""
    urls = (issuer, registration_endpoint, claims.return_url, *claims.service_urls)
    return sorted({found for found in map(origin, urls) if found})
