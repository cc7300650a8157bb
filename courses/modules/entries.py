"""From what a browser posts to values and back: names are paths, such as `goals.0.statement`.

Adding and removing items happens here too, because references count places and must follow.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from courses.content.fields import Field, Form, Kind
from courses.modules.forms import Values, is_blank, place_of

LONGEST = 5000  # characters kept of one answer: far more than any field asks for
MOST_ITEMS = 60
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

Entries = Mapping[str, Sequence[str]]


def read_entries(form: Form, entries: Entries) -> Values:
    """Collect the values of a form from posted entries. Unknown names are ignored."""
    return {field.key: _read(field, entries, field.key) for field in form.fields}


def _read(field: Field, entries: Entries, name: str) -> Any:
    if field.kind is Kind.LIST:
        return [
            {inner.key: _read(inner, entries, f"{name}.{place}.{inner.key}") for inner in field.fields}
            for place in _places(name, entries)
        ]
    if field.kind is Kind.LINES:
        return [_clean(entries.get(f"{name}.{place}", ("",))[0]) for place in _places(name, entries)]
    given = [_clean(text) for text in entries.get(name, ())]
    if field.kind is Kind.REFERENCES:
        return given
    return given[0] if given else ""


def _places(name: str, entries: Entries) -> list[int]:
    """List the places of a list's items that were posted, in order. Gaps close by themselves."""
    pattern = re.compile(re.escape(name) + r"\.(0|[1-9][0-9]{0,2})(?:\.|\Z)")
    found = {int(match[1]) for key in entries if (match := pattern.match(key))}
    return sorted(found)[:MOST_ITEMS]


def _clean(text: str) -> str:
    return UNPRINTABLE.sub("", text.replace("\r\n", "\n")).strip()[:LONGEST]


def add_item(form: Form, values: Values, key: str) -> Values:
    """Return values with one empty item more in list `key`, unless it is full."""
    field = form.field(key)
    if field is None or field.kind not in (Kind.LIST, Kind.LINES):
        return values
    items = values.get(key) or []
    blank: Any = "" if field.kind is Kind.LINES else {}
    return {**values, key: [*items, blank][: field.most]}


def remove_item(form: Form, values: Values, key: str, place: int) -> Values:
    """Return values without one item of list `key`; references move along, those to it are emptied."""
    items = values.get(key) or []
    if not 0 <= place < len(items):
        return values
    kept = {**values, key: items[:place] + items[place + 1 :]}
    return _renumber(form, kept, key, lambda number: _after_removal(number, place + 1))


def tidy(form: Form, values: Values) -> Values:
    """Return values without the items nobody wrote anything into."""
    for field in form.fields:
        if field.kind in (Kind.LIST, Kind.LINES):
            blanks = [place for place, item in enumerate(values.get(field.key) or []) if is_blank(item)]
            for place in reversed(blanks):
                values = remove_item(form, values, field.key, place)
    return values


def _after_removal(number: str, removed: int) -> str:
    place = place_of(number)
    if place in (0, removed):
        return ""
    return str(place - 1) if place > removed else number


def _renumber(form: Form, values: Values, key: str, move: Callable[[str], str]) -> Values:
    def moved(fields: Sequence[Field], inside: Values) -> Values:
        return {
            **inside,
            **{field.key: again(field, inside[field.key]) for field in fields if field.key in inside},
        }

    def again(field: Field, value: Any) -> Any:
        if field.kind is Kind.LIST:
            return [moved(field.fields, item) for item in value]
        if field.of != key:
            return value
        return [one for one in map(move, value) if one] if isinstance(value, list) else move(value)

    return moved(form.fields, values)


def differences(form: Form, mine: Values, theirs: Values) -> list[tuple[str, str, str]]:
    """List where two versions of a form differ: the place in words, what mine says, what theirs says."""
    here, there = _flat(form, mine), _flat(form, theirs)
    return [
        (where, here.get(where, ""), there.get(where, ""))
        for where in {**here, **there}
        if here.get(where) != there.get(where)
    ]


def _flat(form: Form, values: Values) -> dict[str, str]:
    found: list[tuple[str, str]] = []
    for field in form.fields:
        value = values.get(field.key)
        if field.kind is Kind.LIST:
            found += [
                (f"{field.item} {place + 1}: {inner.label}", _as_text(inner, item.get(inner.key)))
                for place, item in enumerate(value or [])
                for inner in field.fields
            ]
        elif field.kind is Kind.LINES:
            found += [(f"{field.item} {place + 1}", line) for place, line in enumerate(value or [])]
        else:
            found.append((field.label, _as_text(field, value)))
    return {where: text for where, text in found if text}


def _as_text(field: Field, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value)
    return dict(field.options).get(value or "", value or "")
