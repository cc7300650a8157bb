"""A filter, asked of one element in memory: what a PATCH path selects (RFC 7644 section 3.5.2)."""

import operator
from collections.abc import Callable
from typing import Any

from scim.attributes import Attribute
from scim.terms import And, Compare, Filter, Not, Or, Present

Element = dict[str, Any]


def matches(element: Element, found: Filter) -> bool:
    """Tell whether an element (in canonical spelling) satisfies a filter over its sub-attributes."""
    if isinstance(found, And):
        return all(matches(element, term) for term in found.terms)
    if isinstance(found, Or):
        return any(matches(element, term) for term in found.terms)
    if isinstance(found, Not):
        return not matches(element, found.filter)
    if isinstance(found, Present):
        return element.get(found.target.leaf.name) not in (None, "")
    assert isinstance(found, Compare)  # noqa: S101 - the parser refuses brackets in brackets
    return _compare(element.get(found.target.leaf.name), found)


def _compare(actual: Any, term: Compare) -> bool:
    """Compare as the WHERE clause does: nothing differs from every value, and equals none."""
    if actual is None:
        return term.op == "ne"
    left, right = _key(actual, term.target.leaf), _key(term.value, term.target.leaf)
    return bool(_ANSWERS[term.op](left, right))


_ANSWERS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "co": operator.contains,
    "sw": str.startswith,
    "ew": str.endswith,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


def _key(value: Any, attribute: Attribute) -> Any:
    return value.casefold() if isinstance(value, str) and not attribute.case_exact else value


def described(found: Filter) -> Element | None:
    """Give the element that a filter of `eq` terms joined by `and` describes; None for any other filter.

    Entra adds `emails[type eq "home"].value` where there is no such element yet, and means that one be made.
    """
    if isinstance(found, Compare) and found.op == "eq":
        return {found.target.leaf.name: found.value}
    if not isinstance(found, And):
        return None
    parts = [described(term) for term in found.terms]
    if not parts or None in parts:
        return None
    return {name: value for part in parts if part for name, value in part.items()}
