"""Forms as data: what a person is asked for, and what is still missing or wrong. No HTML, no database.

Values are what people typed, kept as text so that a draft never loses a word:
`{"team": "Night crew", "goals": [{"due": "2027-01-29", ...}], "expectations": ["..."]}`.
A reference holds the place of an item in another list, counted from 1: `"2"`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

Values = dict[str, Any]


class Kind(StrEnum):
    """What sort of answer a field takes."""

    TEXT = "text"  # `least` and `most` count characters
    WORDS = "words"  # `least` and `most` count words
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    SCALE = "scale"  # 1 to 5, in words
    REFERENCE = "reference"  # one item of another list
    REFERENCES = "references"  # several
    LIST = "list"  # `least` to `most` items that have fields of their own
    LINES = "lines"  # `least` to `most` lines of text


@dataclass(frozen=True, slots=True)
class Field:
    """One thing asked for. `missing` is said when it is empty; the schema of packs describes the rest."""

    key: str
    label: str
    kind: Kind
    help: str = ""
    missing: str = "Please answer this."
    optional: bool = False
    rows: int = 1
    least: int = 0
    most: int = 140
    item: str = ""
    of: str = ""
    shows: str = ""
    suggest: str = ""
    options: tuple[tuple[str, str], ...] = ()
    fields: tuple["Field", ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A named check over several fields; see courses/modules/checks.py."""

    name: str
    field: str
    say: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One section of a form."""

    key: str
    title: str
    fields: tuple[Field, ...]
    help: str = ""
    rules: tuple[Rule, ...] = ()
    example: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """Everything that one page asks for."""

    parts: tuple[Part, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """All top-level fields, in order."""
        return tuple(field for part in self.parts for field in part.fields)

    def field(self, key: str) -> Field | None:
        """Find a top-level field."""
        return next((field for field in self.fields if field.key == key), None)


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
    """Read a number as people type it: `14`, `2.5`, `2,5`. None if it is not one."""
    try:
        found = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


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


def _points_somewhere(field: Field, place: Any, root: Values) -> bool:
    items = root.get(field.of) or []
    return str(place).isdecimal() and 0 < int(place) <= len(items) and not is_blank(items[int(place) - 1])


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
