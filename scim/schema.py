"""Which schemas a resource type has, and how a name is found in them.

https://www.rfc-editor.org/rfc/rfc7644#section-3.10 (attribute notation). Names and URNs are found
ignoring case (section 2.1); an attribute of an extension is found without its URN too, because Entra and
others say `manager` for the long name.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scim.attributes import COMMON, ENTERPRISE, GROUP, LEADERSHIP, USER, Attribute, Kind, ResourceType, Schema

__all__ = [
    "ENDPOINTS",
    "SCHEMAS",
    "Attribute",
    "Kind",
    "ResourceType",
    "Schema",
    "Target",
    "find",
    "split_urn",
]

# The first schema of each type is its core; the others are its extensions.
SCHEMAS: dict[ResourceType, tuple[Schema, ...]] = {
    ResourceType.USER: (USER, ENTERPRISE, LEADERSHIP),
    ResourceType.GROUP: (GROUP,),
}
ENDPOINTS = {ResourceType.USER: "/Users", ResourceType.GROUP: "/Groups"}
_BY_URN = {kind: {schema.urn.lower(): schema for schema in schemas} for kind, schemas in SCHEMAS.items()}


@dataclass(frozen=True, slots=True)
class Target:
    """An attribute or a sub-attribute, and the URN of the extension it lives under (None: at the root)."""

    urn: str | None
    attribute: Attribute
    sub: Attribute | None = None

    @property
    def leaf(self) -> Attribute:
        """The innermost attribute: the one whose type and case rule count."""
        return self.sub or self.attribute

    @property
    def label(self) -> str:
        """What to call it in a message."""
        return f"{self.attribute.name}.{self.sub.name}" if self.sub else self.attribute.name


def core(kind: ResourceType) -> Schema:
    """Give the type's own schema."""
    return SCHEMAS[kind][0]


def extensions(kind: ResourceType) -> tuple[Schema, ...]:
    """Give the schemas that extend the type."""
    return SCHEMAS[kind][1:]


def extension_urn(kind: ResourceType, schema: Schema) -> str | None:
    """Give the key under which a resource keeps this schema's attributes; None for the root."""
    return None if schema in (core(kind), COMMON) else schema.urn


def schema_named(kind: ResourceType, urn: str) -> Schema | None:
    """Find one of the type's schemas by its URN, ignoring case."""
    return _BY_URN[kind].get(urn.lower())


def split_urn(kind: ResourceType, text: str) -> tuple[Schema | None, str]:
    """Split `urn:...:User:name.givenName` into its schema and the rest; (None, text) without a known URN.

    For a bare URN the rest is empty.
    """
    lowered = text.lower()
    for urn, schema in _BY_URN[kind].items():
        if lowered == urn:
            return schema, ""
        if lowered.startswith(f"{urn}:"):
            return schema, text[len(urn) + 1 :]
    return None, text


def find(kind: ResourceType, name: str, *, urn: str | None = None) -> tuple[Schema, Attribute] | None:
    """Find an attribute by its name (no dots), ignoring case. Without a URN, extensions are searched last."""
    if urn is None:
        candidates: tuple[Schema, ...] = (core(kind), COMMON, *extensions(kind))
    else:
        schema = schema_named(kind, urn)
        candidates = () if schema is None else (schema, COMMON) if schema is core(kind) else (schema,)
    for schema in candidates:
        if attribute := schema.by_name.get(name.lower()):
            return schema, attribute
    return None


def resolve(kind: ResourceType, text: str) -> Target | None:
    """Find what `[URN:]attribute[.sub]` names, ignoring case; None when there is no such thing."""
    schema, rest = split_urn(kind, text)
    name, _, sub_name = rest.partition(".")
    found = find(kind, name, urn=schema.urn if schema else None)
    if not found:
        return None
    owner, attribute = found
    target = Target(extension_urn(kind, owner), attribute)
    if not sub_name:
        return None if rest.endswith(".") else target
    sub = attribute.sub(sub_name)
    return Target(target.urn, attribute, sub) if sub else None


def attributes_of(kind: ResourceType) -> Iterator[tuple[str | None, Attribute]]:
    """Give every attribute with the extension's URN that it lives under (None: at the root)."""
    for schema in (COMMON, *SCHEMAS[kind]):
        for attribute in schema.attributes:
            yield extension_urn(kind, schema), attribute


def schemas_in(kind: ResourceType, resource: dict[str, Any]) -> list[str]:
    """Give the value of `schemas` for a resource: the core, and each extension it has data in."""
    return [core(kind).urn, *(schema.urn for schema in extensions(kind) if resource.get(schema.urn))]
