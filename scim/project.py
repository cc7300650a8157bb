"""Which attributes an answer has: `attributes` and `excludedAttributes` (RFC 7644 section 3.9).

https://www.rfc-editor.org/rfc/rfc7644#section-3.9. What is always returned stays whatever is asked; unknown
names are ignored, for directories ask every server for the same.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from scim.attributes import ResourceType
from scim.errors import invalid_value
from scim.schema import core, extension_urn, resolve, split_urn

Resource = dict[str, Any]
# A name, and what is meant below it; without anything below, all of it.
Choice = dict[str, "Choice"]

MAX_NAMES = 200
_LONGEST = 200  # characters of a name; the longest of ours has 80
_ALWAYS = frozenset({"schemas", "id"})


def project(
    kind: ResourceType, resource: Resource, attributes: Iterable[str], excluded: Iterable[str]
) -> Resource:
    """Give the part of a resource that was asked for; without names, all that is returned by default.

    With both lists, what is excluded is taken from what is asked for. Raises 400 for too many names.
    """
    wanted, unwanted = _names(attributes), _names(excluded)
    if wanted:
        resource = _only(resource, _choice(kind, wanted), _ALWAYS)
    return _without(resource, _choice(kind, unwanted)) if unwanted else resource


def _names(given: Iterable[str]) -> tuple[str, ...]:
    """Bound what is looked up and remembered."""
    names = tuple(name[:_LONGEST] for name in given)
    if len(names) > MAX_NAMES:
        raise invalid_value(f"attributes and excludedAttributes name at most {MAX_NAMES} attributes.")
    return names


@lru_cache(maxsize=256)
def _choice(kind: ResourceType, names: tuple[str, ...]) -> Choice:
    """Read names into a tree of keys."""
    chosen: Choice = {}
    for name in names:
        for keys in _keys(kind, name):
            _mark(chosen, keys)
    return chosen


def _keys(kind: ResourceType, name: str) -> list[list[str]]:
    """Give the ways down to what a name means: none when it is unknown, many for the URN of a core schema."""
    schema, rest = split_urn(kind, name.strip())
    if schema and not rest:
        urn = extension_urn(kind, schema)
        return [[urn]] if urn else [[attribute.name] for attribute in core(kind).attributes]
    target = resolve(kind, name.strip())
    if not target:
        return []
    keys = [target.urn, target.attribute.name, target.sub.name if target.sub else None]
    return [[key for key in keys if key]]


def _mark(chosen: Choice, keys: list[str]) -> None:
    """Mark a way down, unless something above it is meant as a whole already."""
    for depth, key in enumerate(keys, start=1):
        if depth == len(keys):
            chosen[key] = {}
        elif key in chosen and not chosen[key]:
            return
        else:
            chosen = chosen.setdefault(key, {})


def _only(value: Any, chosen: Choice, always: frozenset[str] = frozenset()) -> Any:
    """Keep what is chosen; what then is empty goes."""
    if isinstance(value, list):
        return [part for element in value if (part := _only(element, chosen))]
    if not chosen and not always:
        return value
    if not isinstance(value, dict):
        return value
    kept = {
        key: part if key in always else _only(part, chosen[key])
        for key, part in value.items()
        if key in chosen or key in always
    }
    return {key: part for key, part in kept.items() if part not in ({}, [])}


def _without(resource: Resource, left_out: Choice) -> Resource:
    """Leave out what is named, except what is always returned."""
    return {
        key: _less(part, left_out[key]) if key in left_out else part
        for key, part in resource.items()
        if key in _ALWAYS or left_out.get(key, True)
    }


def _less(value: Any, left_out: Choice) -> Any:
    if isinstance(value, list):
        return [_less(element, left_out) for element in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _less(part, left_out[key]) if key in left_out else part
        for key, part in value.items()
        if left_out.get(key, True)
    }
