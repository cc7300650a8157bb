"""The shapes in which directories send a value, brought to the one that the schema has.

Nothing is refused here: what fits no shape goes on as it is, and scim.values says what is wrong with it.
"""

import re
from typing import Any

from scim.attributes import MANAGER, MEMBERS, Attribute, Kind

Element = dict[str, Any]
_BOOLEANS = {"true": True, "false": False}
_UNQUOTED = re.compile(r'\s*([^\s"()\[\]]+)\s+([eE][qQ])\s+([^\s"\x27()\[\]][^\s"()\[\]]*)\s*')
_LITERALS = frozenset({"true", "false", "null"})


def normalise_filter(text: str) -> str:
    """Quote the value of `externalId eq jyoung`, as Entra sends it, when that is the whole filter."""
    found = _UNQUOTED.fullmatch(text)
    if not found or found[3].lower() in _LITERALS:
        return text
    value = found[3].replace("\\", "\\\\")
    return f'{found[1]} eq "{value}"'


def shape(attribute: Attribute, value: Any) -> Any:
    """Bring a value to the attribute's shape. None means: no value.

    A complex value keeps the parts that are None, because a PATCH takes them away.
    """
    if attribute is MANAGER:
        return _manager(value)
    if attribute is MEMBERS:
        return members(value)
    if attribute.multi:
        return elements(attribute, value)
    if attribute.kind is Kind.COMPLEX:
        return parts(attribute, value)
    return _SIMPLE.get(attribute.kind, _same)(attribute, value)


def parts(attribute: Attribute, value: Any) -> Any:
    """Spell the keys of an object as the schema does, dropping unknown ones and what only we set."""
    if not isinstance(value, dict):
        return value
    shaped: Element = {}
    for name, part in value.items():
        sub = attribute.sub(name)
        if sub and sub.mutability != "readOnly":
            shaped[sub.name] = shape(sub, part)
    return shaped


def elements(attribute: Attribute, value: Any) -> Any:
    """Make a list of objects: OneLogin sends one object, others bare texts; empty ones are dropped."""
    if value is None:
        return None
    given = value if isinstance(value, list) else [value]
    shaped = [element(attribute, entry) for entry in given if entry not in (None, "", {})]
    return _with_one_primary(shaped)


def element(attribute: Attribute, value: Any) -> Any:
    """Make one element's object, without the parts that are None."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str) and attribute.sub("value"):
        return {"value": value}
    shaped = parts(attribute, value)
    if not isinstance(shaped, dict):
        return shaped
    return {name: part for name, part in shaped.items() if part is not None}


def _with_one_primary(given: list[Any]) -> list[Any]:
    """Leave the first primary element alone and demote others: PingOne may mark two."""
    primary = [entry for entry in given if isinstance(entry, dict) and entry.get("primary") is True]
    return [entry | {"primary": False} if _is_one_of(entry, primary[1:]) else entry for entry in given]


def _is_one_of(entry: Any, others: list[Any]) -> bool:
    return any(entry is other for other in others)


def _manager(value: Any) -> Element | None:
    """Read a manager from any of its seven shapes as {"value": as given}; None for an empty one.

    A text, {value}, [{value, $ref}], "", OneLogin's {managerId}, a number, a $ref alone. It never refuses: a
    manager must not stand in the way of the person (docs: Entra links managers in a second round).
    """
    if isinstance(value, list):
        return _manager(value[0]) if value else None
    if isinstance(value, dict):
        given = {name.lower(): part for name, part in value.items()}
        found = given.get("value") or given.get("managerid") or _tail(given.get("$ref"))
        return None if isinstance(found, dict) else _manager(found)
    if isinstance(value, int) and not isinstance(value, bool):
        return {"value": str(value)}
    return {"value": value} if isinstance(value, str) and value.strip() else None


def manager_value(value: Any) -> str | None:
    """Read what is put to `manager.value`."""
    found = _manager(value)
    return found["value"] if found else None


def members(value: Any) -> Any:
    """Read members as a list of their ids: objects (Entra's with a null $ref), bare ids, one or many."""
    if value is None:
        return None
    given = value if isinstance(value, list) else [value]
    found = [_member(entry) for entry in given if entry is not None]
    try:
        return list(dict.fromkeys(found))
    except TypeError:  # something that is no id; scim.patch and scim.resources say so
        return found


def _member(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    given = {name.lower(): part for name, part in entry.items()}
    return given.get("value") or _tail(given.get("$ref"))


def _tail(reference: Any) -> Any:
    """Give the id at the end of `https://.../Users/2819c223`."""
    return reference.rstrip("/").rpartition("/")[2] if isinstance(reference, str) else None


def _boolean(_attribute: Attribute, value: Any) -> Any:
    """Read Entra's "True" and "False", which are texts; an empty text is no value (OneLogin's templates)."""
    if not isinstance(value, str):
        return value
    return None if not value.strip() else _BOOLEANS.get(value.strip().lower(), value)


def _integer(_attribute: Attribute, value: Any) -> Any:
    """Read a whole number that came as a text or with a point."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, str):
        return value
    text = value.strip()
    is_number = text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004 - longer ones fit nothing
    return None if not text else int(text) if is_number else value


def _canonical(attribute: Attribute, value: Any) -> Any:
    """Spell a canonical value as the schema does."""
    if not isinstance(value, str) or not attribute.canonical:
        return value
    return next((known for known in attribute.canonical if known == value.strip().lower()), value or None)


def _same(_attribute: Attribute, value: Any) -> Any:
    return value


_SIMPLE = {Kind.BOOLEAN: _boolean, Kind.INTEGER: _integer, Kind.STRING: _canonical}
