"""The body of a PATCH, in any dialect, as operations with paths (RFC 7644 section 3.5.2).

https://www.rfc-editor.org/rfc/rfc7644#section-3.5.2. An operation without a path becomes one per attribute:
its keys may be names, dotted names, names with a URN or whole paths, as Entra sends them.
"""

import json
from collections.abc import Iterator
from typing import Any

from scim.attributes import COMMON, MANAGER, MEMBERS, ResourceType
from scim.errors import (
    ScimError,
    invalid_path,
    invalid_syntax,
    invalid_value,
    mutability,
    no_target,
    too_large,
)
from scim.paths import Operation, Path, parse_path
from scim.schema import core
from scim.shapes import element, elements, manager_value, parts, shape

# A group's is what bulk announces, for authentik chunks members by it; nobody has as many attributes.
MAX_OPERATIONS = {ResourceType.USER: 250, ResourceType.GROUP: 1000}
_OPS = frozenset({"add", "replace", "remove"})
_DERIVED = frozenset({"schemas", "meta", "groups"})
_MISSING = object()


def normalise_operations(kind: ResourceType, body: Any) -> list[Operation]:
    """Read the body of a PATCH; raises ScimError 400, or 413 for too many operations."""
    given = _members(body).get("operations") if isinstance(body, dict) else None
    if not isinstance(given, list) or not given:
        raise invalid_syntax("A PATCH needs Operations: a list of at least one operation.")
    if len(given) > MAX_OPERATIONS[kind]:
        raise too_large(f"A PATCH of a {kind.value} has at most {MAX_OPERATIONS[kind]} operations.")
    return [operation for entry in given for operation in _read(kind, entry)]


def _members(entry: dict[str, Any]) -> dict[str, Any]:
    """Find members by their names in any case."""
    return {name.lower(): value for name, value in entry.items()}


def _read(kind: ResourceType, entry: Any) -> Iterator[Operation]:
    """Read one operation, which may become several."""
    if not isinstance(entry, dict):
        raise invalid_syntax("Each operation must be an object.")
    given = _members(entry)
    op, path, value = given.get("op"), given.get("path"), given.get("value", _MISSING)
    op = op.lower() if isinstance(op, str) else op
    if not isinstance(op, str) or op not in _OPS:
        raise invalid_syntax("op must be add, replace or remove.")
    if path is not None and not isinstance(path, str):
        raise invalid_path("path must be a text.")
    if op != "remove" and value is _MISSING:
        raise invalid_value(f"{op} needs a value.")
    if path and path.strip():
        yield from _at(kind, op, parse_path(kind, path), None if value is _MISSING else value)
    elif op == "remove":
        raise no_target("remove needs a path.")
    else:
        yield from _everywhere(kind, op, value, core(kind).urn)


def _everywhere(kind: ResourceType, op: str, value: Any, urn: str) -> Iterator[Operation]:
    """Read an object whose keys are paths below a schema. Keys that lead nowhere are dropped, as by POST."""
    for name, part in _object(value).items():
        path = _path_of_key(kind, name, urn)
        if path is None or (path.attribute and path.attribute.name in _DERIVED):
            continue
        # Okta renames a group with members null, and means nothing by it.
        if part is not None or (op == "replace" and path.attribute is not MEMBERS):
            yield from _at(kind, op, path, part)


def _object(value: Any) -> dict[str, Any]:
    """Read the value of an operation without a path; Keycloak's plugin sends it as JSON in a text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as exc:
            raise invalid_value("Without a path, the value must be an object.") from exc
    if not isinstance(value, dict):
        raise invalid_value("Without a path, the value must be an object.")
    return value


def _path_of_key(kind: ResourceType, name: str, urn: str) -> Path | None:
    """Read a key as a path: below its schema, or else from the root."""
    for text in (f"{urn}:{name}", name) if name.strip() else ():
        try:
            return parse_path(kind, text)
        except ScimError:
            continue
    return None


def _at(kind: ResourceType, op: str, path: Path, value: Any) -> Iterator[Operation]:
    """Give the operation at a path, its value in the shape of what is there."""
    attribute = path.attribute
    if attribute is None:
        yield from _whole(kind, op, path, value)
    elif attribute.mutability == "writeOnly" or attribute.name == "schemas":
        return  # a password is thrown away, and the schemas follow from the data
    elif attribute.name != "id" and attribute.mutability == "readOnly":
        raise mutability(f"{attribute.name} is set by Leadline, not by clients.")
    elif attribute is MANAGER and path.sub and path.sub.name != "value":
        return  # only we name the manager, and a manager must not stand in the way of the person
    elif path.sub and path.sub.mutability == "readOnly":
        raise mutability(f"{path.label} is set by Leadline, not by clients.")
    else:
        shaped = _shaped(path, value)
        removes = op == "remove" or (op == "replace" and shaped is None)
        if removes or shaped is not None:
            yield Operation("remove" if removes else op, path, shaped)


def _whole(kind: ResourceType, op: str, path: Path, value: Any) -> Iterator[Operation]:
    """Read an operation on a bare URN: an extension as a whole, or the resource itself."""
    if op != "remove" and value is not None:
        yield from _everywhere(kind, op, value, path.urn or core(kind).urn)
    elif path.urn is None:
        raise no_target("A resource is removed by DELETE, not by PATCH.")
    else:
        yield Operation("remove", path)


def _shaped(path: Path, value: Any) -> Any:
    """Bring the value to the shape of what the path leads to."""
    attribute = path.attribute or COMMON.attributes[0]
    if attribute is MEMBERS:
        return shape(attribute, value)
    if attribute is MANAGER and path.sub:
        return manager_value(value)
    if path.sub:
        return shape(path.sub, value)
    if path.filter is None:
        return elements(attribute, value) if attribute.multi else shape(attribute, value)
    return element(attribute, value) if isinstance(value, str | list) else parts(attribute, value)
