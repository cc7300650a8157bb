"""What is still missing or wrong in a filled-in form: field by field, then the named rules of each part.

A rule looks at a path in which `*` stands for every item (`goals.*.target`), and never at a field that
is empty or already has a problem: one sentence at a time.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from courses.content.fields import Form, Part, Rule
from courses.modules.forms import Problem, Values, day, field_problems, is_blank, number

SEVERAL_PEOPLE = re.compile(r"\s(and|und)\s|[;/&+]", re.IGNORECASE)
# What people write before they say what they will do.
NO_VERBS = re.compile(
    r"\W*(an?|be|better|every|good|i|in|it|less|many|maybe|more|my|no|not|our|some|that|the|there|they|this|to"
    r"|we|will|you)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Spot:
    """One value that a rule looks at, and the values beside it."""

    path: str
    where: str
    value: str
    beside: Values


def problems(form: Form, values: Values, today: date) -> list[Problem]:
    """List what keeps this form from being handed in, in the order of the form."""
    return [problem for part in form.parts for problem in part_problems(part, form, values, today)]


def part_problems(part: Part, form: Form, values: Values, today: date) -> list[Problem]:
    """List the problems of one part."""
    found = [
        problem
        for field in part.fields
        for problem in field_problems(field, values, field.key, field.item or field.label, values)
    ]
    taken = {problem.path for problem in found}
    for rule in part.rules:
        spots = [spot for spot in _spots(rule, form, values) if spot.path not in taken]
        for problem in CHECKS[rule.name](rule, spots, today):
            if problem.path not in taken:
                taken.add(problem.path)
                found.append(problem)
    return sorted(found, key=lambda problem: _place(part, problem.path))


def _place(part: Part, path: str) -> tuple[int, ...]:
    """Say where on the page a path is, to sort by."""
    fields, places = part.fields, []
    for step in path.split("."):
        place = int(step) if step.isdecimal() else [field.key for field in fields].index(step)
        fields = fields if step.isdecimal() else fields[place].fields
        places.append(place)
    return tuple(places)


def _spots(rule: Rule, form: Form, values: Values) -> Iterator[Spot]:
    """List the filled-in values that a rule's path stands for."""
    top, _star, inner = rule.field.partition(".*.")
    field = form.field(top)
    if not inner:
        if not is_blank(values.get(top)):
            yield Spot(top, field.label if field else top, values[top], values)
        return
    for place, item in enumerate(values.get(top) or []):
        if not is_blank(item.get(inner)):
            where = f"{field.item if field else top} {place + 1}"
            yield Spot(f"{top}.{place}.{inner}", where, item[inner], item)


def _each(bad: Callable[[Rule, Spot, date], bool]) -> Callable[[Rule, list[Spot], date], Iterator[Problem]]:
    def check(rule: Rule, spots: list[Spot], today: date) -> Iterator[Problem]:
        return (Problem(spot.path, rule.say, spot.where) for spot in spots if bad(rule, spot, today))

    return check


def _same_as_other(rule: Rule, spot: Spot, _today: date) -> bool:
    other = spot.beside.get(rule.parameters["other"], "")
    mine, theirs = number(spot.value), number(other)
    return (mine == theirs) if mine is not None and theirs is not None else spot.value == other


def _not_in_future(_rule: Rule, spot: Spot, today: date) -> bool:
    found = day(spot.value)
    return found is not None and found <= today


def _outside_days(rule: Rule, spot: Spot, today: date) -> bool:
    found = day(spot.value)
    first, last = (today + timedelta(days=rule.parameters[end]) for end in ("from", "to"))
    return found is not None and not first <= found <= last


def _several_people(_rule: Rule, spot: Spot, _today: date) -> bool:
    return SEVERAL_PEOPLE.search(spot.value) is not None


def _no_verb_first(_rule: Rule, spot: Spot, _today: date) -> bool:
    return NO_VERBS.match(spot.value) is not None


def _too_few(rule: Rule, spots: list[Spot], _today: date) -> Iterator[Problem]:
    if sum(spot.value == rule.parameters["value"] for spot in spots) < rule.parameters["count"]:
        path = rule.field.partition(".*.")[0]
        yield Problem(path, rule.say)


CHECKS: dict[str, Callable[[Rule, list[Spot], date], Iterator[Problem]]] = {
    "differs": _each(_same_as_other),
    "future": _each(_not_in_future),
    "days_ahead": _each(_outside_days),
    "one_person": _each(_several_people),
    "verb_first": _each(_no_verb_first),
    "at_least": _too_few,
}
