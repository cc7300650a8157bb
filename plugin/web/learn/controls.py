"""A form as a page shows it: each field with its value, its state and what is still to do.

Three states of a field (pages.md): untouched (help only), right, and stop (a sentence that says how to
mend it). An empty field only stops somebody who has tried to hand in.
"""

import dataclasses
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from courses.content.fields import Field, Form, Kind, Part
from courses.modules.checks import part_problems
from courses.modules.forms import Problem, Values, count_words, is_blank


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to answer. `names` is the path of the field that its label repeats."""

    value: str
    label: str
    chosen: bool
    names: str = ""


@dataclass(slots=True)
class Control:
    """One field on the page. `path` is its name and id."""

    path: str
    field: Field
    value: Any
    sentence: str = ""  # what is wrong, if it is to be said now
    right: bool = False
    count: int = 0
    choices: list[Choice] = dataclasses.field(default_factory=list)
    suggestions: list[str] = dataclasses.field(default_factory=list)
    items: list["ItemView"] = dataclasses.field(default_factory=list)
    earliest: date | None = None
    latest: date | None = None

    @property
    def can_add(self) -> bool:
        """Say whether a list takes one item more."""
        return len(self.items) < self.field.most

    @property
    def can_remove(self) -> bool:
        """Say whether a list can do with one item less."""
        return len(self.items) > max(1, self.field.least)


@dataclass(slots=True)
class ItemView:
    """One item of a list."""

    path: str
    title: str
    controls: list[Control]

    @property
    def rows(self) -> list[tuple[int, list[Control]]]:
        """Group fields into rows: short ones stand two or three abreast."""
        return [(abreast, list(group)) for abreast, group in groupby(self.controls, _abreast)]

    @property
    def stopped(self) -> bool:
        """Say whether something in it is wrong."""
        return any(control.sentence for control in self.controls)


def _abreast(control: Control) -> int:
    if control.field.kind in (Kind.NUMBER, Kind.DATE):
        return 3
    return 2 if control.field.kind is Kind.REFERENCE or control.field.suggest else 1


@dataclass(slots=True)
class PartView:
    """One section of the form."""

    part: Part
    controls: list[Control]
    state: str
    words: str
    untouched: bool
    open: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """One line of “Before you hand in”."""

    path: str
    words: str
    stop: bool


@dataclass(slots=True)
class FormView:
    """A whole form."""

    parts: list[PartView]
    left: list[Left]

    @property
    def controls(self) -> list[Control]:
        """All top-level controls."""
        return [control for part in self.parts for control in part.controls]


def form_view(form: Form, values: Values, *, today: date, tried: bool = False, opened: str = "") -> FormView:
    """Lay a form out. `tried` says that it was to be handed in; `opened` names the part to show open."""
    parts: list[PartView] = []
    left: list[Left] = []
    for part in form.parts:
        found = part_problems(part, form, values, today)
        said = [problem for problem in found if tried or not is_blank(_at(values, problem.path))]
        layout = _Layout(form, values, today, {problem.path: problem.sentence for problem in said})
        controls = [layout.control(one, values, one.key) for one in part.fields]
        untouched = all(is_blank(values.get(one.key)) for one in part.fields)
        parts.append(PartView(part, controls, *_part_state(found, said, untouched=untouched), untouched))
        parts[-1].open = part.key == opened or (tried and bool(said))
        left += _left(part, found, said)
    if not any(part.open for part in parts):
        next((part for part in parts if part.state != "done"), parts[0]).open = True
    return FormView(parts, left)


def _at(values: Values, path: str) -> Any:
    """Find the value at a path; a list itself counts as empty, because what it lacks is not there."""
    found: Any = values
    for step in path.split("."):
        found = found[int(step)] if isinstance(found, list) else found.get(step)
    return None if isinstance(found, list) and "." not in path else found


def _part_state(found: list[Problem], said: list[Problem], *, untouched: bool) -> tuple[str, str]:
    if not found:
        return "done", _("Ready")
    if said:
        return "stop", ngettext("One thing to mend", "%(num)s things to mend", len(said))
    if untouched:
        return "idle", _("Not yet")
    return "idle", ngettext("One thing to go", "%(num)s things to go", len(found))


def _left(part: Part, found: list[Problem], said: list[Problem]) -> list[Left]:
    lines = [Left(problem.path, _problem_words(problem), stop=True) for problem in said]
    rest = [problem for problem in found if problem not in said]
    if len(rest) == 1:
        lines.append(Left(rest[0].path, _problem_words(rest[0]), stop=False))
    elif rest:
        words = ngettext(
            "%(part)s: one thing to go", "%(part)s: %(num)s things to go", len(rest), part=part.title
        )
        lines.append(Left(rest[0].path, words, stop=False))
    return lines


def _problem_words(problem: Problem) -> str:
    if not problem.where:
        return problem.sentence
    words: str = _("%(where)s: %(sentence)s", where=problem.where, sentence=problem.sentence)
    return words


@dataclass(frozen=True, slots=True)
class _Layout:
    """Knows the whole form while one field of it is laid out."""

    form: Form
    values: Values
    today: date
    sentences: dict[str, str]

    def control(self, one: Field, inside: Values, path: str) -> Control:
        value = inside.get(one.key)
        made = Control(path, one, "" if value is None else value, self.sentences.get(path, ""))
        made.right = bool(one.least or one.most) and not is_blank(value) and not made.sentence
        if one.kind in (Kind.LIST, Kind.LINES):
            made.items = self._items(one, value or [])
        elif one.kind is Kind.WORDS:
            made.count = count_words(str(made.value))
        elif one.kind is Kind.DATE:
            made.earliest, made.latest = self._limits(path)
        made.choices = self._choices(one, value)
        made.suggestions = self._suggestions(one)
        return made

    def _items(self, one: Field, items: list[Any]) -> list[ItemView]:
        blanks = max(one.least, 1) - len(items)
        inner = one.fields or (Field("", "", Kind.TEXT),)
        found = []
        for place, item in enumerate([*items, *[{}] * blanks]):
            path, title = f"{one.key}.{place}", f"{one.item} {place + 1}"
            values = item if isinstance(item, dict) else {"": item}
            controls = [self.control(each, values, f"{path}.{each.key}".rstrip(".")) for each in inner]
            found.append(ItemView(path, title, controls))
        return found

    def _choices(self, one: Field, value: Any) -> list[Choice]:
        if not one.of:
            return [Choice(key, label, key == value) for key, label in one.options]
        target = self.form.field(one.of)
        items = self.values.get(one.of) or []
        count = max(len(items), target.least if target else 0, 1)
        chosen = value if isinstance(value, list) else [value]
        return [self._choice(one, target, place, chosen) for place in range(count)]

    def _choice(self, one: Field, target: Field | None, place: int, chosen: list[Any]) -> Choice:
        items = self.values.get(one.of) or []
        item = items[place] if place < len(items) else ""
        text = item.get(one.shows, "") if isinstance(item, dict) else item
        title = f"{target.item if target else ''} {place + 1}"
        number = str(place + 1)
        names = f"{one.of}.{place}" + (f".{one.shows}" if one.shows else "")
        return Choice(number, text or title, number in chosen, names)

    def _suggestions(self, one: Field) -> list[str]:
        top, _dot, inner = one.suggest.partition(".")
        found = [item.get(inner, "") for item in self.values.get(top) or [] if isinstance(item, dict)]
        return sorted({name for name in found if name})

    def _limits(self, path: str) -> tuple[date | None, date | None]:
        steps = path.split(".")
        pattern = path if len(steps) == 1 else f"{steps[0]}.*.{steps[-1]}"
        rules = [rule for part in self.form.parts for rule in part.rules if rule.field == pattern]
        for rule in rules:
            if rule.name == "future":
                return self.today + timedelta(days=1), None
            if rule.name == "days_ahead":
                first, last = (timedelta(days=rule.parameters[end]) for end in ("from", "to"))
                return self.today + first, self.today + last
        return None, None
