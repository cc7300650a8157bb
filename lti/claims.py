"""The claims of a launch, read into a shape the rest can rely on.

Required claims are strict: a wrong one refuses the launch. Optional ones are lenient: `null`, a wrong type
or an unresolved variable (`$Person.sourcedId`, as Canvas sends them) count as absent.
"""

import json
from dataclasses import dataclass
from typing import Any, NewType
from urllib.parse import urlsplit

from lti import spec
from lti.errors import LaunchRefused, Reason

LONGEST_ID = 500  # characters; the specification's own bound for `sub` is 255
LONGEST_TEXT = 1000
LONGEST_URL = 2000

VerifiedClaims = NewType("VerifiedClaims", dict[str, Any])
"""Claims whose signature, audience, times, state and nonce were checked. Only lti.platform makes them."""


@dataclass(frozen=True, slots=True)
class LaunchClaims:
    """One launch, resource or deep-linking, in our words. Empty text and None mean absent.

    `sourcedid` and the user names (folded) are for lti.matching. `acting_user` is set while somebody else
    acts as this person (Canvas: masquerading).
    """

    message_type: str
    deployment_id: str
    sub: str
    roles: list[str]
    name: str
    given_name: str
    email: str
    sourcedid: str
    username: str
    custom_username: str
    acting_user: str
    locale: str
    return_url: str | None
    resource_link_id: str | None
    resource_link_title: str
    context_id: str | None
    context_title: str
    resource_id: str | None
    line_item_url: str | None
    line_items_url: str | None
    service_urls: tuple[str, ...]
    deep_linking: dict[str, Any] | None


def read_claims(claims: VerifiedClaims) -> LaunchClaims:
    """Read a launch. Raises LaunchRefused naming the first required claim that is missing or malformed."""
    kind = _required_text(claims, spec.MESSAGE_TYPE)
    if claims.get(spec.VERSION) != "1.3.0":
        raise _invalid("version is not 1.3.0")
    link = _mapping(claims, spec.RESOURCE_LINK)
    context = _mapping(claims, spec.CONTEXT)
    presentation = _mapping(claims, spec.LAUNCH_PRESENTATION)
    endpoint = _mapping(claims, spec.AGS_ENDPOINT)
    roster = _mapping(claims, spec.NRPS_CLAIM)
    custom = _mapping(claims, spec.CUSTOM)
    given = text_of(claims.get("given_name"))
    services = (endpoint.get("lineitem"), endpoint.get("lineitems"), roster.get("context_memberships_url"))
    return LaunchClaims(
        message_type=kind,
        deployment_id=_required_text(claims, spec.DEPLOYMENT_ID),
        sub=read_sub(claims),
        roles=_roles(claims),
        name=text_of(claims.get("name")) or f"{given} {text_of(claims.get('family_name'))}".strip(),
        given_name=given,
        email=text_of(claims.get("email")),
        sourcedid=text_of(_mapping(claims, spec.LIS).get("person_sourcedid")),
        username=text_of(_mapping(claims, spec.EXT).get("user_username")).casefold(),
        custom_username=text_of(custom.get("username")).casefold(),
        acting_user=text_of(custom.get("masquerading_user_id")),
        locale=text_of(presentation.get("locale")) or text_of(claims.get("locale")),
        return_url=web_url(presentation.get("return_url")),
        resource_link_id=_link_id(link, kind),
        resource_link_title=text_of(link.get("title")),
        context_id=text_of(context.get("id")) or None,
        context_title=text_of(context.get("title")),
        resource_id=text_of(custom.get("resource_id")) or None,
        line_item_url=web_url(endpoint.get("lineitem")),
        line_items_url=web_url(endpoint.get("lineitems")),
        service_urls=tuple(url for url in map(web_url, services) if url),
        deep_linking=_deep_linking(claims, kind),
    )


def read_sub(claims: dict[str, Any]) -> str:
    """Return who the platform says this is. A public course has visitors without `sub`: refused."""
    sub = claims.get("sub")
    if isinstance(sub, int) and not isinstance(sub, bool):
        sub = str(sub)  # some platforms send their row number as a number
    if not isinstance(sub, str) or not sub.strip() or not _storable(sub):
        raise LaunchRefused(Reason.NOT_SIGNED_IN, "sub is missing")
    return sub


def text_of(value: Any) -> str:
    """Give the text, or nothing for null, other types and variables the platform left unresolved.

    NUL and halves of surrogate pairs (names cut in UTF-16) cannot be stored; they are taken out.
    """
    if not isinstance(value, str) or value.startswith("$"):
        return ""
    return value[:LONGEST_TEXT].replace("\x00", "").strip().encode("utf-8", "replace").decode()


def web_url(value: Any) -> str | None:
    """Give an absolute http(s) URL, or None for anything else."""
    if not isinstance(value, str) or len(value) > LONGEST_URL or not value.isprintable():
        return None
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return None
    return value.strip() if parts.scheme in {"http", "https"} and parts.hostname else None


def _storable(text: str) -> bool:
    """Say whether an id can be kept as it is; one that was changed would be somebody else's."""
    plain = "\x00" not in text and text.encode("utf-8", "replace").decode() == text
    return plain and len(text) <= LONGEST_ID


def _invalid(detail: str) -> LaunchRefused:
    return LaunchRefused(Reason.MESSAGE_INVALID, detail)


def _short(claim: str) -> str:
    return claim.rsplit("/", maxsplit=1)[-1]


def _mapping(claims: dict[str, Any], claim: str) -> dict[str, Any]:
    value = claims.get(claim)
    return value if isinstance(value, dict) else {}


def _required_text(claims: dict[str, Any], claim: str) -> str:
    value = claims.get(claim)
    if not isinstance(value, str) or not value or not _storable(value):
        raise _invalid(f"{_short(claim)} is missing")
    return value


def _roles(claims: dict[str, Any]) -> list[str]:
    roles = claims.get(spec.ROLES)
    if not isinstance(roles, list):
        raise _invalid("roles is missing")
    return [role for role in roles if isinstance(role, str) and _storable(role)]


def _link_id(link: dict[str, Any], kind: str) -> str | None:
    if kind != spec.RESOURCE_LAUNCH:
        return None
    return _required_text(link, "id") if link else _refuse("resource_link is missing")


def _deep_linking(claims: dict[str, Any], kind: str) -> dict[str, Any] | None:
    if kind != spec.DEEP_LINKING_LAUNCH:
        return None
    settings = _mapping(claims, spec.DEEP_LINKING_SETTINGS)
    return_url, types, data = (
        settings.get(name) for name in ("deep_link_return_url", "accept_types", "data")
    )
    if not web_url(return_url):
        raise _invalid("deep_link_return_url is missing")
    return {
        "deep_link_return_url": return_url,
        "accept_types": [kind for kind in types if isinstance(kind, str)] if isinstance(types, list) else [],
        "accept_multiple": settings.get("accept_multiple") is not False,
        # It goes back as it came, so it travels in ASCII.
        "data": json.dumps(data) if isinstance(data, str) else None,
    }


def _refuse(detail: str) -> Any:
    raise _invalid(detail)
