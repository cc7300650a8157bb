"""A filter as a small tree that knows our attributes and types (RFC 7644 section 3.4.2.2).

https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.2. Names are resolved and values typed when a term is
made, so that whoever walks the tree (scim.where, scim.matching) meets nothing unknown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from scim.attributes import Kind
from scim.errors import invalid_filter
from scim.schema import Target

GREATEST = 2**63 - 1  # what SQLite can compare
Value = str | int | float | bool | datetime

EQUALITY = frozenset({"eq", "ne"})
ORDERING = frozenset({"gt", "ge", "lt", "le"})
SUBSTRING = frozenset({"co", "sw", "ew"})


@dataclass(frozen=True, slots=True)
class Compare:
    """`target op value`; the value has the target's type. Folding is left to whoever compares."""

    target: Target
    op: str
    value: Value


@dataclass(frozen=True, slots=True)
class Present:
    """`target pr`: not null and not empty."""

    target: Target


@dataclass(frozen=True, slots=True)
class ValuePath:
    """`target[filter]`: one element satisfies the filter, whose targets are the element's sub-attributes."""

    target: Target
    filter: "Filter"


@dataclass(frozen=True, slots=True)
class Not:
    """Everything that does not satisfy the filter."""

    filter: "Filter"


@dataclass(frozen=True, slots=True)
class And:
    """Every term holds; without terms always."""

    terms: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of the terms holds; without terms never."""

    terms: tuple["Filter", ...]


Filter = Compare | Present | ValuePath | Not | And | Or

ALWAYS = And(())
NEVER = Or(())


def compare(target: Target, op: str, value: object) -> Filter:
    """Make a typed comparison. What the attribute's type cannot be compared with is a 400 invalidFilter."""
    if target.leaf.kind is Kind.COMPLEX:
        raise invalid_filter(f"{target.label} has parts: name one of them, such as {_a_part_of(target)}.")
    if value is None:
        return _compare_null(target, op)
    allowed, read = _RULES[target.leaf.kind]
    if op not in allowed:
        raise invalid_filter(f"{target.label} cannot be compared with {op}.")
    return Compare(target, op, read(target, value))


def _a_part_of(target: Target) -> str:
    return f"{target.attribute.name}.{target.attribute.subs[0].name}"


def _compare_null(target: Target, op: str) -> Filter:
    """Read `eq null` as absent and `ne null` as present; nothing else can be said of nothing."""
    if op not in EQUALITY:
        raise invalid_filter(f"{target.label} cannot be compared with null by {op}.")
    return Not(Present(target)) if op == "eq" else Present(target)


def _wrong(target: Target, wanted: str) -> Exception:
    return invalid_filter(f"{target.label} is compared with {wanted}.")


def _text(target: Target, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(target, 'a text in quotes, such as "x"')
    return value


def _boolean(target: Target, value: object) -> bool:
    """Read true and false, and the texts that Entra sends for them."""
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise _wrong(target, "true or false")
    return value


def _number(target: Target, value: object) -> int | float:
    if isinstance(value, str):  # Entra quotes every value
        try:
            value = int(value)
        except ValueError as exc:
            raise _wrong(target, "a number") from exc
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > GREATEST:
        raise _wrong(target, "a number of at most 64 bits")
    return value


def _instant(target: Target, value: object) -> datetime:
    """Read a dateTime; without an offset it is UTC."""
    try:
        instant = datetime.fromisoformat(_text(target, value))
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise _wrong(target, 'an instant such as "2026-11-23T09:00:00Z"') from exc


_Rule = tuple[frozenset[str], Callable[[Target, object], Value]]
_ALL = EQUALITY | ORDERING | SUBSTRING
_RULES: dict[Kind, _Rule] = {
    Kind.STRING: (_ALL, _text),
    Kind.REFERENCE: (_ALL, _text),
    Kind.DATE: (_ALL, _text),  # ISO dates sort as text
    Kind.BOOLEAN: (EQUALITY, _boolean),
    Kind.INTEGER: (EQUALITY | ORDERING, _number),
    Kind.DATETIME: (EQUALITY | ORDERING, _instant),
}
