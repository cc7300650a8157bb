"""Versions as weak entity tags: If-Match and If-None-Match (RFC 7644 3.14, RFC 9110 13.1)."""

from werkzeug.datastructures import ETags
from werkzeug.http import parse_etags

from scim.errors import ScimError


def etag(version: int) -> str:
    """Write a version as `meta.version` and the ETag header show it."""
    return f'W/"{version}"'


def expected(version: str | None) -> ETags | None:
    """Read an If-Match header, or the `version` of an operation in a bulk. None: anything goes."""
    return parse_etags(version) if version else None


def check_match(if_match: ETags | None, version: int) -> None:
    """Raise ScimError 412 unless `if_match` names the version.

    Compared weakly, against RFC 9110 13.1.1: SCIM's own examples send weak tags in If-Match (RFC 7644 3.14).
    """
    if if_match is not None and not names(if_match, version):
        raise ScimError(
            412, f"It has changed: it is {etag(version)} now. Read it again, then repeat the change."
        )


def names(tags: ETags, version: int) -> bool:
    """Say whether entity tags name a version; `*` names every one."""
    return tags.contains_weak(str(version))
