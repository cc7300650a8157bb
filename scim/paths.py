"""Where a PATCH operation points (RFC 7644 section 3.5.2), and the operation itself.

https://www.rfc-editor.org/rfc/rfc7644#section-3.5.2: `members`, `name.familyName`, `emails[type eq "work"]`,
`addresses[type eq "work"].locality`, each with a URN before it or not; and the bare URN of a schema.
"""

import re
from dataclasses import dataclass
from typing import Any

from scim.attributes import Attribute, ResourceType
from scim.errors import ScimError, invalid_path
from scim.filters import parse_value_filter
from scim.schema import Target, extension_urn, find, split_urn
from scim.terms import Filter

# The filter's text may hold brackets inside quotes: the last bracket that can end it does.
_FORM = re.compile(r"([^\[\]\"]+)(?:\[(.*)\])?(?:\.([A-Za-z$][\w$-]*))?", re.DOTALL)
_MAX_BYTES = 8 * 1024


@dataclass(frozen=True, slots=True)
class Path:
    """A place in a resource. Without an attribute: a whole schema, an extension or the resource."""

    urn: str | None
    attribute: Attribute | None = None
    filter: Filter | None = None
    sub: Attribute | None = None

    @property
    def label(self) -> str:
        """What to call it in a message."""
        if self.attribute is None:
            return self.urn or "the resource"
        return f"{self.attribute.name}.{self.sub.name}" if self.sub else self.attribute.name


@dataclass(frozen=True, slots=True)
class Operation:
    """One change: `op` is add, replace or remove; the value has the shape of what the path leads to."""

    op: str
    path: Path
    value: Any = None


def parse_path(kind: ResourceType, text: str) -> Path:
    """Read a path; raises 400 invalidPath when it names nothing, invalidFilter for its brackets."""
    schema, rest = split_urn(kind, text.strip())
    if schema and not rest:
        return Path(extension_urn(kind, schema))
    found = _FORM.fullmatch(rest)
    if not found or len(text) > _MAX_BYTES:
        raise _unknown(text)
    head, inside, tail = found.groups()
    name, _, sub_name = head.strip().partition(".")
    named = find(kind, name, urn=schema.urn if schema else None)
    if not named or (sub_name and (inside is not None or tail)):
        raise _unknown(text)
    owner, attribute = named
    target = Target(extension_urn(kind, owner), attribute)
    chosen = None if inside is None else _filter(kind, target, inside)
    return Path(target.urn, attribute, chosen, _sub(attribute, sub_name or tail, text))


def _filter(kind: ResourceType, target: Target, text: str) -> Filter:
    if not (target.attribute.multi and target.attribute.subs):
        raise invalid_path(f"{target.label} has one value, and brackets choose among several.")
    return parse_value_filter(kind, target, text)


def _sub(attribute: Attribute, name: str | None, text: str) -> Attribute | None:
    if not name:
        return None
    return attribute.sub(name) or _refuse(text)


def _refuse(text: str) -> Attribute:
    raise _unknown(text)


def _unknown(text: str) -> ScimError:
    return invalid_path(f"The path {text[:200]!r} leads to nothing that is kept here.")
