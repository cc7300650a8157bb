"""What directories really send, brought into the one form that the strict engine reads.

No branch asks who the client is: every dialect is accepted at once, and vendors are named where they hurt.
scim.shapes does the same for values and filters, scim.operations for the body of a PATCH.
"""

from collections.abc import Iterator
from typing import Any

from scim.attributes import Attribute, ResourceType
from scim.errors import invalid_value
from scim.operations import normalise_operations
from scim.schema import core, extension_urn, extensions, resolve, split_urn
from scim.shapes import normalise_filter, shape

__all__ = ["normalise_filter", "normalise_operations", "normalise_resource"]

Document = dict[str, Any]


def normalise_resource(kind: ResourceType, body: Document) -> Document:
    """Bring the body of a POST or PUT into canonical spelling and shape; raises ScimError 400.

    Unknown attributes, those only we set, passwords and nulls are gone; extensions stand under their URN;
    `members` is a list of ids. Names at the root may be dotted, carry a URN, or belong to an extension.
    """
    document: Document = {}
    for name, value in _entries(body):
        schema, rest = split_urn(kind, name)
        if value is None:
            continue
        if schema and not rest:
            _put_all(kind, document, extension_urn(kind, schema), value, schema.urn)
        else:
            _put(kind, document, rest, value, schema.urn if schema else None)
    for extension in extensions(kind):
        if not document.get(extension.urn, True):
            del document[extension.urn]
    return document


def _entries(body: Document) -> Iterator[tuple[str, Any]]:
    """Give the members of an object; bare URNs last, because what stands under them is said more exactly."""
    seen: dict[str, Any] = {}
    for name, value in body.items():
        if value is not None and seen.get(name.lower(), value) != value:
            raise invalid_value(f"{name[:80]} is given twice, with different values.")
        seen[name.lower()] = value
    yield from sorted(body.items(), key=lambda entry: isinstance(entry[1], dict) and ":" in entry[0])


def _put_all(kind: ResourceType, document: Document, urn: str | None, value: Any, label: str) -> None:
    """Put what stands under a bare URN."""
    if not isinstance(value, dict):
        raise invalid_value(f"{label} must be an object.")
    for name, part in _entries(value):
        if part is not None:
            _put(kind, document, name, part, urn or core(kind).urn)


def _put(kind: ResourceType, document: Document, name: str, value: Any, urn: str | None) -> None:
    """Put one attribute, or a sub-attribute by its dotted name, where it belongs."""
    found = resolve(kind, f"{urn}:{name}" if urn else name)
    if found is None or not _is_writable(found.attribute):
        return
    attribute = found.attribute
    shaped = shape(attribute, {found.sub.name: value} if found.sub else value)
    holder = document.setdefault(found.urn, {}) if found.urn else document
    if isinstance(shaped, dict):
        before = holder.get(attribute.name)
        given = {part: part_value for part, part_value in shaped.items() if part_value is not None}
        shaped = {**before, **given} if isinstance(before, dict) else given
    if shaped not in (None, {}):
        holder[attribute.name] = shaped


def _is_writable(attribute: Attribute) -> bool:
    """Tell whether clients set it. A password is taken and thrown away: people sign in elsewhere."""
    return attribute.mutability not in {"readOnly", "writeOnly"}
