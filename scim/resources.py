"""What a POST or PUT says, as the document that is kept (RFC 7643 sections 3 and 4).

A document is canonical: names as in the schema, extensions under their URN, without id, meta, schemas, groups
and password, and without members, which are rows of their own.
"""

from dataclasses import dataclass
from typing import Any

from scim.attributes import MEMBERS, ResourceType
from scim.dialects import normalise_resource
from scim.errors import invalid_syntax, invalid_value
from scim.schema import attributes_of, core
from scim.values import check, check_text

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A document, and the ids of a group's members; None when the body does not speak of members."""

    document: Document
    members: list[str] | None


def accept(kind: ResourceType, body: Document, *, current: Document | None = None) -> Accepted:
    """Read a body, of any dialect; raises ScimError 400. `current` is the document that a PUT replaces.

    A new user is active unless said otherwise. A PUT without `active` keeps it: leaving it out must never let
    anybody back in, nor throw anybody out.
    """
    if not isinstance(body, dict):
        raise invalid_syntax("The body must be a JSON object.")
    given = normalise_resource(kind, body)
    members = given.pop(MEMBERS.name, None) if kind is ResourceType.GROUP else None
    document = _checked(kind, given)
    if kind is ResourceType.USER and "active" not in document:
        if current is None:
            document["active"] = True
        elif "active" in current:
            document["active"] = current["active"]
    require(kind, document)
    return Accepted(document, None if members is None else check_members(members))


def _checked(kind: ResourceType, given: Document) -> Document:
    """Check every value, in the schema's order; what is empty is left out (RFC 7643 section 2.5)."""
    document: Document = {}
    for urn, attribute in attributes_of(kind):
        source = given.get(urn, {}) if urn else given
        if attribute.name not in source:
            continue
        value = check(attribute, source[attribute.name])
        if value not in ([], {}):
            (document.setdefault(urn, {}) if urn else document)[attribute.name] = value
    return document


def require(kind: ResourceType, document: Document) -> None:
    """Refuse a document without its required attribute."""
    for attribute in core(kind).attributes:
        if attribute.required and attribute.name not in document:
            raise invalid_value(f"{attribute.name} is required.")


def check_members(values: Any) -> list[str]:
    """Check the ids of members."""
    if not isinstance(values, list):
        raise invalid_value("members must be a list.")
    for value in values:
        if not check_text(value, "members.value").strip():
            raise invalid_value("members.value must be an id, and one is empty.")
    return values
