"""What people typed into a form, and what is still missing or wrong in it. No HTML, no database.

Values are what people typed, kept as text so that a draft never loses a word:
`{"team": "Night crew", "goals": [{"due": "2027-01-29", ...}], "expectations": ["..."]}`.
A reference holds the place of an item in another list, counted from 1: `"2"`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from courses.content.fields import Field, Kind

Values = dict[str, Any]

REFERENCE = re.compile(r"[1-9][0-9]{0,2}")
# A comma before three digits parts thousands, as in English. A point there is a thousand to others.
GROUPED = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[1-9]\d{0,2}(?P<mark>[ ',.])\d{3}(?:(?P=mark)\d{3})*)"
    r"(?:(?!(?P=mark))[.,](?P<rest>\d+))?"
)
TWO_WAYS = re.compile(r"(?P<whole>[+-]?[1-9]\d{0,2})\.(?P<rest>\d{3})")
UNGROUPED = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at `path` (`goals.1.owner`), and how to mend it. `where` names the place for people."""

    path: str
    sentence: str
    where: str = ""


def count_words(text: str) -> int:
    """Count words as people do: what stands between spaces and has a letter or digit in it."""
    return sum(1 for word in text.split() if re.search(r"\w", word))


def is_blank(value: Any) -> bool:
    """Say whether nobody has typed anything here, however deep it is."""
    if isinstance(value, dict):
        return all(is_blank(inner) for inner in value.values())
    if isinstance(value, list):
        return all(is_blank(inner) for inner in value)
    return not value


def number(text: str) -> Decimal | None:
    """Read a number as people type it: `14`, `2.5`, `2,5`, `1,000`, `1 000`, `1.000,5`.

    None if it is not one, or if it could be two (`two_readings`).
    """
    text = _plain(text)
    if TWO_WAYS.fullmatch(text):
        return None
    if found := GROUPED.fullmatch(text):
        whole = "".join(filter(str.isdecimal, found["whole"]))
        return Decimal(f"{found['sign']}{whole}.{found['rest'] or 0}")
    return Decimal(text.replace(",", ".")) if UNGROUPED.fullmatch(text) else None


def two_readings(text: str) -> tuple[str, str] | None:
    """Read `1.000` as both of what it is to people: 1000 and 1.0. None for text that reads one way."""
    if not (found := TWO_WAYS.fullmatch(_plain(text))):
        return None
    rest = found["rest"].rstrip("0") or "0"
    rest += "0" if len(rest) == len(found["rest"]) else ""
    return f"{found['whole']}{found['rest']}", f"{found['whole']}.{rest}"


def _plain(text: str) -> str:
    """Give every kind of space, apostrophe and minus sign one form."""
    return re.sub(r"\s", " ", text.strip()).replace("’", "'").replace("−", "-")


def day(text: str) -> date | None:
    """Read a day as browsers send it (2027-01-29). None if it is not one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def field_problems(field: Field, values: Values, path: str, where: str, root: Values) -> Iterator[Problem]:
    """List what is wrong with one field of `values`. `root` is the whole form, for references."""
    value = values.get(field.key)
    if field.kind in (Kind.LIST, Kind.LINES):
        yield from _item_problems(field, value or [], path, root)
    elif is_blank(value):
        if not field.optional:
            yield Problem(path, field.missing, where)
    elif field.kind in (Kind.REFERENCE, Kind.REFERENCES):
        chosen = value if isinstance(value, list) else [value]
        if not all(_points_somewhere(field, one, root) for one in chosen):
            yield Problem(path, field.missing, where)
    elif sentence := SAY[field.kind](field, str(value)):
        yield Problem(path, sentence, where)


def _item_problems(field: Field, items: list[Any], path: str, root: Values) -> Iterator[Problem]:
    written = [(place, item) for place, item in enumerate(items) if not is_blank(item)]
    if len(written) < field.least:
        yield Problem(path, field.missing, field.label)
    if len(written) > field.most:
        yield Problem(path, f"Keep it to {field.most} at most.", field.label)
    for place, item in written:
        where = f"{field.item} {place + 1}"
        if field.kind is Kind.LINES:
            if sentence := _say_text(Field("", "", Kind.TEXT), str(item)):
                yield Problem(f"{path}.{place}", sentence, where)
            continue
        for inner in field.fields:
            yield from field_problems(inner, item, f"{path}.{place}.{inner.key}", where, root)


def place_of(reference: str) -> int:
    """Read a reference as a place in a list, counted from 1. 0 if it cannot be one."""
    return int(reference) if REFERENCE.fullmatch(reference) else 0


def _points_somewhere(field: Field, reference: Any, root: Values) -> bool:
    items, place = root.get(field.of) or [], place_of(str(reference))
    return 0 < place <= len(items) and not is_blank(items[place - 1])


def _say_text(field: Field, text: str) -> str:
    if len(text) > field.most:
        return f"Shorten it to {field.most} characters; it has {len(text)} now."
    if len(text) < field.least:
        return f"Write a little more: at least {field.least} characters."
    return ""


def _say_words(field: Field, text: str) -> str:
    count = count_words(text)
    if count > field.most:
        return f"Shorten it to {field.most} words; it has {count} now."
    if count < field.least:
        return f"Write at least {field.least} words; it has {count} now."
    return ""


def _say_number(field: Field, text: str) -> str:
    del field
    if readings := two_readings(text):
        return f"Some read {text} as {readings[0]}, others as {readings[1]}. Write the one you mean."
    return "" if number(text) is not None else "Write a number, such as 14 or 2.5."


def _say_day(field: Field, text: str) -> str:
    del field
    return "" if day(text) else "Choose a day, such as 2027-01-29."


def _say_choice(field: Field, text: str) -> str:
    return "" if text in dict(field.options) else field.missing


SAY: dict[Kind, Callable[[Field, str], str]] = {
    Kind.TEXT: _say_text,
    Kind.WORDS: _say_words,
    Kind.NUMBER: _say_number,
    Kind.DATE: _say_day,
    Kind.CHOICE: _say_choice,
    Kind.SCALE: _say_choice,
}
