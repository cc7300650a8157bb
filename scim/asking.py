"""What a reader asks for: filter, sorting, page and attributes (RFC 7644 3.4.2, 3.4.3), by URL or .search."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scim.errors import ScimError, invalid_value

PAGE = 100  # resources when `count` is not given
MOST = 200  # resources in a page; announced as maxResults and maxPageSize
_WHOLE = ("user", "group")  # how the URN of a whole schema ends
LARGEST = 2**31  # a place in a list; beyond it every list has ended


@dataclass(frozen=True, slots=True)
class Selection:
    """The attributes an answer should have (RFC 7644 3.9). Both empty: the default set."""

    attributes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.attributes or self.excluded)

    def wants(self, name: str) -> bool:
        """Say whether an attribute has to be looked up at all. May say yes to what is left out later."""
        name = name.lower()
        if self.attributes:
            return any(_bare(text).partition(".")[0] in {name, *_WHOLE} for text in self.attributes)
        return all(_bare(text) != name for text in self.excluded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One list. `start` counts from 1; `cursor` is empty for the first page and None for paging by index."""

    filter: str | None
    sort_by: str | None
    descending: bool
    start: int
    count: int
    cursor: str | None
    selection: Selection


def selection(asked: Mapping[str, Any]) -> Selection:
    """Read `attributes` and `excludedAttributes`: names separated by commas, or a list of names."""
    members = {name.lower(): value for name, value in asked.items()}
    return Selection(_names(members.get("attributes")), _names(members.get("excludedattributes")))


def query(asked: Mapping[str, Any]) -> Query:
    """Read the parameters of a list or of a SearchRequest. Raises ScimError 400.

    A start before 1 is 1 and a negative count is 0 (RFC 7644 3.4.2.4); with a cursor, a count that cannot be
    served is refused (RFC 9865 2.1).
    """
    members = {name.lower(): value for name, value in asked.items()}
    cursor = _text(members, "cursor")
    count = _number(members, "count", PAGE)
    if cursor is not None and not 1 <= count <= MOST:
        raise ScimError(400, f"With a cursor, count must be between 1 and {MOST}.", "invalidCount")
    return Query(
        filter=_text(members, "filter") or None,
        sort_by=_text(members, "sortBy") or None,
        descending=_descending(_text(members, "sortOrder")),
        start=min(max(_number(members, "startIndex", 1), 1), LARGEST),
        count=min(max(count, 0), MOST),
        cursor=cursor,
        selection=selection(members),
    )


def _bare(name: str) -> str:
    """Cut the URN off an attribute's name and fold it."""
    return name.lower().rpartition(":")[2]


def _names(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise invalid_value("attributes and excludedAttributes are lists of attribute names.")
    return tuple(part.strip() for part in parts if part.strip())


def _text(members: Mapping[str, Any], name: str) -> str | None:
    value = members.get(name.lower())
    if value is not None and not isinstance(value, str):
        raise invalid_value(f"{name} must be a string.")
    return value


def _number(members: Mapping[str, Any], name: str, default: int) -> int:
    value = members.get(name.lower())
    if value is None or value == "":
        return default
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError as error:
            raise invalid_value(f"{name} must be a whole number.") from error
    if not isinstance(value, int) or isinstance(value, bool):
        raise invalid_value(f"{name} must be a whole number.")
    return value


def _descending(order: str | None) -> bool:
    folded = (order or "ascending").lower()
    if folded not in {"ascending", "descending"}:
        raise invalid_value("sortOrder is ascending or descending.")
    return folded == "descending"
