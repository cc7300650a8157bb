"""Forms as data: what a person is asked for. The words are the pack's, or the spine's for what all share."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


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
