"""Who may show our pages in a frame: the platform a launch came from, and nobody else.

Hosted Canvas frames us from the school's host, which is neither the issuer's nor the token endpoint's, so
the origins come from the return URL and the service URLs of verified launches too.
"""

from urllib.parse import urlsplit

from lti.claims import LaunchClaims


def origin(url: str | None) -> str | None:
    """Return `scheme://host[:port]` of an http(s) URL, None for anything else."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return f"{parts.scheme}://{parts.netloc.rsplit('@', maxsplit=1)[-1].lower()}"


def frame_origins(issuer: str, registration_endpoint: str | None, claims: LaunchClaims) -> list[str]:
    """List the origins that may frame the pages of this launch."""
    urls = (issuer, registration_endpoint, claims.return_url, *claims.service_urls)
    return sorted({found for found in map(origin, urls) if found})
