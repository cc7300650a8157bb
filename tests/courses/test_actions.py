"""Handing in, one sheet after the other: what is kept, what it is worth, what the gradebook hears."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses.content.packs import packs
from courses.errors import Refused
from courses.modules.actions import Edited, Place, hand_in, save_draft
from courses.modules.entries import read_entries
from courses.modules.forms import Problem
from courses.modules.models import ActivityWork, Attempt
from courses.modules.queries import module_progress
from courses.modules.sheets import Sheet, sheet
from courses.ports import ModuleState
from plugin.db import Database
from tests.builders import Builder
from tests.fakes.gradebook import RememberingGradebook
from tests.web import module_one

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Desk:
    """One person at one module, with a gradebook that remembers."""

    def __init__(self, session: Session, place: Place) -> None:
        self.session, self.place, self.now = session, place, NOW
        self.gradebook = RememberingGradebook()

    def sheet(self, activity: str, occasion: str) -> Sheet:
        found = sheet(packs()["m1"], activity, occasion)
        assert found is not None
        return found

    def hand_in(self, activity: str, typed: dict[str, str], revision: int = 0) -> list[Problem]:
        one = self.sheet(activity, typed["occasion"])
        return hand_in(
            self.session,
            place=self.place,
            sheet=one,
            values=read_entries(one.form, {name: [text] for name, text in typed.items()}),
            revision=revision,
            now=self.now,
            gradebook=self.gradebook,
        )

    def save(self, activity: str, typed: dict[str, str], revision: int = 0) -> ActivityWork:
        one = self.sheet(activity, typed["occasion"])
        values = read_entries(one.form, {name: [text] for name, text in typed.items()})
        return save_draft(
            self.session, place=self.place, sheet=one, values=values, revision=revision, now=self.now
        )

    @property
    def attempt(self) -> Attempt:
        return self.session.scalars(select(Attempt)).one()


@pytest.fixture
def desk(database: Database, build: Builder) -> Iterator[Desk]:
    person = build.person()
    with database.transaction() as session:
        yield Desk(session, Place(person.organization_id, person.id, "step-up", "m1"))


def test_a_draft_earns_nothing_and_tells_nobody(desk: Desk) -> None:
    work = desk.save("brief", module_one.BRIEF)
    assert (work.revision, work.submitted_at) == (1, None)
    assert (desk.attempt.points, desk.attempt.state) == (0, ModuleState.NOT_STARTED)
    assert desk.gradebook.recorded == []


def test_module_one_adds_up_sheet_by_sheet(desk: Desk) -> None:
    assert desk.hand_in("brief", module_one.BRIEF) == []
    assert desk.hand_in("snapshot", module_one.SNAPSHOT) == []
    assert desk.hand_in("artefact", module_one.charter()) == []
    assert desk.hand_in("commitment", module_one.PROMISE) == []
    assert desk.hand_in("commitment", module_one.CLOSING) == []
    desk.now += timedelta(days=21)
    assert desk.hand_in("snapshot", {**module_one.SNAPSHOT, "occasion": "t2"}) == []
    assert desk.gradebook.points == [5, 10, 22, 27, 37, 42]
    person, resource, score = desk.gradebook.recorded[-1]
    assert (person, resource) == (desk.place.person_id, "t:step-up:m1")
    assert (score.state, score.handed_in_at) == (ModuleState.WORKING, NOW)
    assert desk.attempt.points == 42


def test_handing_in_twice_does_no_harm(desk: Desk) -> None:
    for _press in range(2):
        desk.hand_in("brief", module_one.BRIEF)
        desk.hand_in("artefact", module_one.charter())
        desk.hand_in("commitment", module_one.PROMISE)
    assert desk.gradebook.points == [5, 17, 22]
    assert desk.session.scalar(select(func.count()).select_from(ActivityWork)) == 3


def test_what_is_incomplete_is_kept_as_a_draft_and_named(desk: Desk) -> None:
    found = desk.hand_in("snapshot", {"occasion": "t1", "item_1": "4"})
    assert [problem.path for problem in found] == [f"item_{place}" for place in range(2, 9)]
    progress = module_progress(desk.session, place=desk.place)
    assert progress.works["snapshot", "t1"].values["item_1"] == "4"
    assert progress.handed_in("snapshot", "t1") is None
    assert desk.gradebook.recorded == []


def test_an_answer_that_is_not_on_the_scale_is_no_answer(desk: Desk) -> None:
    found = desk.hand_in("snapshot", {**module_one.SNAPSHOT, "item_3": "9"})
    assert [problem.path for problem in found] == ["item_3"]


def test_answers_and_promises_stay_as_they_were_handed_in(desk: Desk) -> None:
    desk.hand_in("snapshot", module_one.SNAPSHOT)
    desk.hand_in("commitment", module_one.PROMISE)
    desk.hand_in("snapshot", {**module_one.SNAPSHOT, "item_1": "1"}, revision=1)
    desk.save("commitment", {**module_one.PROMISE, "promise": "Ask nobody"}, revision=1)
    progress = module_progress(desk.session, place=desk.place)
    assert progress.answers("snapshot", "t1")["item_1"] == "4"
    assert progress.works["commitment", "made"].values["promise"] == module_one.PROMISE["promise"]


def test_a_charter_can_be_changed_and_handed_in_again_for_the_same_points(desk: Desk) -> None:
    desk.hand_in("artefact", module_one.charter())
    work = desk.save("artefact", {**module_one.charter(), "team": "Days"}, revision=1)
    assert work.submitted is not None
    assert (work.submitted["team"], work.values["team"]) == ("Night cold-chain crew", "Days")
    desk.hand_in("artefact", {**module_one.charter(), "team": "Days"}, revision=work.revision)
    assert work.submitted["team"] == "Days"
    assert desk.gradebook.points == [12, 12]
    first, second = (score.handed_in_at for _person, _resource, score in desk.gradebook.recorded)
    assert first is not None
    assert second is not None
    assert second >= first


def test_emptying_a_charter_after_handing_in_costs_nothing(desk: Desk) -> None:
    desk.hand_in("artefact", module_one.charter())
    assert desk.hand_in("artefact", {"occasion": "main"}, revision=1) != []
    desk.hand_in("brief", module_one.BRIEF)
    assert desk.attempt.points == 17


def test_a_second_window_does_not_overwrite_the_first(desk: Desk) -> None:
    desk.save("artefact", {**module_one.charter(), "team": "Days"})
    with pytest.raises(Edited) as edited:
        desk.save("artefact", {**module_one.charter(), "team": "Nights"}, revision=0)
    assert (edited.value.theirs["team"], edited.value.revision) == ("Days", 1)
    with pytest.raises(Edited):
        desk.hand_in("artefact", module_one.charter(), revision=0)


def test_the_snapshot_opens_again_after_three_weeks_and_not_before(desk: Desk) -> None:
    again = {**module_one.SNAPSHOT, "occasion": "t2"}
    with pytest.raises(Refused, match="three weeks"):
        desk.hand_in("snapshot", again)
    desk.hand_in("snapshot", module_one.SNAPSHOT)
    desk.now += timedelta(days=20, hours=23)
    with pytest.raises(Refused, match="three weeks"):
        desk.hand_in("snapshot", again)
    desk.now += timedelta(hours=1)
    assert desk.hand_in("snapshot", again) == []
    assert desk.hand_in("snapshot", again) == []


def test_only_a_promise_that_was_made_can_be_closed(desk: Desk) -> None:
    with pytest.raises(Refused, match="Make one first"):
        desk.hand_in("commitment", module_one.CLOSING)


@pytest.mark.parametrize(("days_late", "points"), [(0, 15), (1, 12), (14, 12), (15, 8)])
def test_closing_a_promise_late_earns_less(desk: Desk, days_late: int, points: int) -> None:
    desk.hand_in("commitment", module_one.PROMISE)
    due = datetime.fromisoformat(module_one.PROMISE["due"]).replace(tzinfo=UTC)
    desk.now = due + timedelta(days=days_late, hours=23)
    desk.hand_in("commitment", module_one.CLOSING)
    assert desk.gradebook.points == [5, points]


def test_a_day_is_over_when_it_is_over_everywhere(desk: Desk) -> None:
    desk.hand_in("commitment", module_one.PROMISE)
    desk.now = datetime.fromisoformat(module_one.PROMISE["due"]).replace(tzinfo=UTC) + timedelta(hours=35)
    desk.hand_in("commitment", module_one.CLOSING)
    assert desk.gradebook.points == [5, 15]


def test_a_promise_not_kept_earns_the_same(desk: Desk) -> None:
    desk.hand_in("commitment", module_one.PROMISE)
    desk.hand_in("commitment", {**module_one.CLOSING, "outcome": "not_kept"})
    assert desk.gradebook.points == [5, 15]


def test_a_completed_module_stays_completed(desk: Desk) -> None:
    desk.hand_in("brief", module_one.BRIEF)
    desk.attempt.points, desk.attempt.state = 96, ModuleState.COMPLETED
    desk.hand_in("commitment", module_one.PROMISE)
    assert (desk.attempt.points, desk.attempt.state) == (96, ModuleState.COMPLETED)
    assert desk.gradebook.points == [5]


def test_an_attempt_that_the_database_refuses_is_an_error_and_not_an_endless_loop(desk: Desk) -> None:
    desk.place = replace(desk.place, person_id=uuid.uuid4())
    with pytest.raises(IntegrityError):
        desk.save("brief", module_one.BRIEF)


def test_a_second_snapshot_of_other_questions_stays_closed(desk: Desk) -> None:
    desk.hand_in("snapshot", module_one.SNAPSHOT)
    work = module_progress(desk.session, place=desk.place).works["snapshot", "t1"]
    work.submitted = {**(work.submitted or {}), "version": "0"}
    desk.now += timedelta(days=30)
    with pytest.raises(Refused):
        desk.hand_in("snapshot", {**module_one.SNAPSHOT, "occasion": "t2"})


def test_another_organization_sees_nothing_of_it(desk: Desk, build: Builder) -> None:
    desk.hand_in("brief", module_one.BRIEF)
    other = build.organization("Southgate")
    place = Place(other.id, desk.place.person_id, "step-up", "m1")
    assert module_progress(desk.session, place=place).attempt is None
