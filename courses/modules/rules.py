"""The arithmetic of a module: credit, state, and what an instrument's answers come to. Pure.

Domain design 3.1 and 3.2; worked numbers [I1], [MO1], [MO2], [MO3] are in tests/courses/test_rules.py.
Credit is exact (fractions) until it is floored to points once, at the end.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from courses.ports import ModuleState

PASSING_POINTS = 60
BEST_CHECK = 2


class Promise(StrEnum):
    """How far a commitment is. Kept or not makes no difference; when it was closed does."""

    NONE = "none"
    MADE = "made"
    CLOSED_ON_TIME = "closed_on_time"
    CLOSED_SOON_AFTER = "closed_soon_after"  # up to 14 days late
    CLOSED_LATER = "closed_later"


PROMISE_SHARE = {
    Promise.NONE: Fraction(0),
    Promise.MADE: Fraction(5, 15),
    Promise.CLOSED_ON_TIME: Fraction(15, 15),
    Promise.CLOSED_SOON_AFTER: Fraction(12, 15),
    Promise.CLOSED_LATER: Fraction(8, 15),
}
GRACE_DAYS = 14


@dataclass(frozen=True, slots=True)
class Work:
    """What has been done in one attempt. `rubric` is the mean of the criteria, 0 to 4; `check` 0, 1 or 2."""

    brief: bool = False
    first_snapshot: bool = False
    second_snapshot: bool = False
    problem: bool = False
    session: bool = False
    reframing: bool = False
    artefact: bool = False
    returned: bool = False
    rubric: Decimal | None = None
    promise: Promise = Promise.NONE
    entries: int = 0
    entries_needed: int = 1
    reflection: bool = False
    check: int | None = None


def credit(work: Work, weights: Mapping[str, int]) -> Fraction:
    """Add up what the work is worth, 0 to 100, not yet floored. `weights` are the pack's."""
    return sum((weights[activity] * share for activity, share in shares(work).items()), Fraction(0))


def shares(work: Work) -> dict[str, Fraction]:
    """Say how much of each activity is done, 0 to 1."""
    rubric = Fraction(work.rubric or 0) / 4
    return {
        "brief": Fraction(work.brief),
        "snapshot": Fraction(work.first_snapshot + work.second_snapshot, 2),
        "problem": Fraction(4 * work.problem + 4 * work.session + 2 * work.reframing, 10),
        "artefact": (12 * work.artefact + 18 * rubric) / 30,
        "commitment": PROMISE_SHARE[work.promise],
        "log": min(Fraction(1), Fraction(work.entries, work.entries_needed)),
        "reflection": Fraction(work.reflection),
        "check": Fraction(work.check or 0, BEST_CHECK),
    }


def points(work: Work, weights: Mapping[str, int]) -> int:
    """Say what to post: credit, floored."""
    return math.floor(credit(work, weights))


def state(work: Work, weights: Mapping[str, int]) -> ModuleState:
    """Say where the module stands (domain design 6.2)."""
    if work.returned:
        return ModuleState.RETURNED
    if _learner_is_done(work):
        judged = work.rubric is not None and (work.check or 0) >= 1
        done = judged and points(work, weights) >= PASSING_POINTS
        return ModuleState.COMPLETED if done else ModuleState.SUBMITTED
    return ModuleState.WORKING if credit(work, weights) > 0 else ModuleState.NOT_STARTED


def _learner_is_done(work: Work) -> bool:
    closed = work.promise not in (Promise.NONE, Promise.MADE)
    given = (work.brief, work.first_snapshot, work.second_snapshot, work.artefact, work.reflection, closed)
    talked = (work.problem, work.session, work.reframing)
    return all((*given, *talked, work.entries >= work.entries_needed))


def closing(due: date, closed: date) -> Promise:
    """Say what closing a promise on a day is worth."""
    if closed <= due:
        return Promise.CLOSED_ON_TIME
    return Promise.CLOSED_SOON_AFTER if (closed - due).days <= GRACE_DAYS else Promise.CLOSED_LATER


def instrument_score(answers: Mapping[str, int], reversed_items: frozenset[str] = frozenset()) -> Decimal:
    """Turn answers 1 to 5 into 0 to 100 with one decimal: (mean - 1) / 4 x 100, reversed items as 6 - x."""
    turned = [6 - answer if key in reversed_items else answer for key, answer in answers.items()]
    return ((Decimal(sum(turned)) / len(turned) - 1) / 4 * 100).quantize(Decimal("0.1"))
