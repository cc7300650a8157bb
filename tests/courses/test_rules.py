"""Worked numbers of the domain design by their ids, and what must hold for any work."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.modules.rules import Promise, Work, closing, credit, instrument_score, points, state
from courses.ports import ModuleState

WEIGHTS = {
    "brief": 5,
    "snapshot": 10,
    "problem": 10,
    "artefact": 30,
    "commitment": 15,
    "log": 15,
    "reflection": 5,
    "check": 10,
}
LEARNER_DONE = Work(
    brief=True,
    first_snapshot=True,
    second_snapshot=True,
    problem=True,
    session=True,
    reframing=True,
    artefact=True,
    promise=Promise.CLOSED_ON_TIME,
    entries=4,
    entries_needed=4,
    reflection=True,
)


def test_i1_eight_answers_with_the_last_reversed() -> None:
    answers = {str(place): answer for place, answer in enumerate((4, 3, 4, 2, 5, 3, 4, 2), start=1)}
    assert instrument_score(answers, frozenset({"8"})) == Decimal("65.6")


def test_mo1_half_way_through() -> None:
    work = replace(
        LEARNER_DONE,
        second_snapshot=False,
        rubric=Decimal("3.25"),
        promise=Promise.MADE,
        entries=3,
        reflection=False,
    )
    assert credit(work, WEIGHTS) == Fraction("62.875")
    assert points(work, WEIGHTS) == 62
    assert state(work, WEIGHTS) is ModuleState.WORKING


def test_mo2_everything_done() -> None:
    work = replace(LEARNER_DONE, rubric=Decimal("3.25"), check=2)
    assert credit(work, WEIGHTS) == Fraction("96.625")
    assert points(work, WEIGHTS) == 96
    assert state(work, WEIGHTS) is ModuleState.COMPLETED


def test_mo3_waiting_for_the_manager() -> None:
    work = replace(LEARNER_DONE, promise=closing(date(2026, 12, 1), date(2026, 12, 13)))
    assert points(work, WEIGHTS) == 69
    assert state(work, WEIGHTS) is ModuleState.SUBMITTED


def test_nothing_done_is_not_started() -> None:
    assert state(Work(), WEIGHTS) is ModuleState.NOT_STARTED
    assert points(Work(), WEIGHTS) == 0


def test_a_returned_artefact_keeps_its_points() -> None:
    work = Work(artefact=True, returned=True)
    assert points(work, WEIGHTS) == 12
    assert state(work, WEIGHTS) is ModuleState.RETURNED


def test_a_check_that_saw_nothing_yet_does_not_complete() -> None:
    assert state(replace(LEARNER_DONE, rubric=Decimal(4), check=0), WEIGHTS) is ModuleState.SUBMITTED


@pytest.mark.parametrize(
    ("days_late", "expected"),
    [
        (-3, Promise.CLOSED_ON_TIME),
        (0, Promise.CLOSED_ON_TIME),
        (1, Promise.CLOSED_SOON_AFTER),
        (14, Promise.CLOSED_SOON_AFTER),
        (15, Promise.CLOSED_LATER),
    ],
)
def test_a_promise_is_worth_less_the_later_it_is_closed(days_late: int, expected: Promise) -> None:
    due = date(2026, 12, 1)
    assert closing(due, due + timedelta(days=days_late)) is expected


flags = st.booleans()
works = st.builds(
    Work,
    brief=flags,
    first_snapshot=flags,
    second_snapshot=flags,
    problem=flags,
    session=flags,
    reframing=flags,
    artefact=flags,
    rubric=st.none() | st.decimals(0, 4, places=2),
    promise=st.sampled_from(Promise),
    entries=st.integers(0, 12),
    entries_needed=st.integers(1, 8),
    reflection=flags,
    check=st.none() | st.integers(0, 2),
)
MORE: dict[str, Any] = {
    "brief": True,
    "first_snapshot": True,
    "second_snapshot": True,
    "problem": True,
    "session": True,
    "reframing": True,
    "artefact": True,
    "rubric": Decimal(4),
    "promise": Promise.CLOSED_ON_TIME,
    "entries": 20,
    "reflection": True,
    "check": 2,
}


@given(works)
def test_points_are_credit_floored_and_between_0_and_100(work: Work) -> None:
    exact, posted = credit(work, WEIGHTS), points(work, WEIGHTS)
    assert 0 <= posted <= 100
    assert posted <= exact < posted + 1


@given(works, st.sampled_from(sorted(MORE)))
def test_doing_more_never_costs_points(work: Work, more: str) -> None:
    assert points(replace(work, **{more: MORE[more]}), WEIGHTS) >= points(work, WEIGHTS)


@given(works, st.permutations(sorted(MORE)))
def test_everything_done_comes_to_100_in_any_order(work: Work, order: list[str]) -> None:
    posted = [points(work, WEIGHTS)]
    for more in order:
        work = replace(work, **{more: MORE[more]})
        posted.append(points(work, WEIGHTS))
    assert posted == sorted(posted)
    assert posted[-1] == 100
    assert state(work, WEIGHTS) is ModuleState.COMPLETED


@given(st.dictionaries(st.text(min_size=1), st.integers(1, 5), min_size=1))
def test_reversing_every_item_mirrors_the_score(answers: dict[str, int]) -> None:
    plain, mirrored = instrument_score(answers), instrument_score(answers, frozenset(answers))
    assert 0 <= plain <= 100
    assert abs(plain + mirrored - 100) <= Decimal("0.1")
