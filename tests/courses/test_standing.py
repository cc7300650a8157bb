"""Where somebody stands, told to a column that is new to them, while they go on working."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from courses.modules.actions import Place, hand_in
from courses.modules.entries import read_entries
from courses.modules.sheets import sheet
from courses.modules.standing import Step, find_step, record_standing
from courses.ports import ModuleState
from plugin.db import Database
from tests.builders import Builder
from tests.fakes.databases import committing
from tests.fakes.gradebook import RememberingGradebook
from tests.web import module_one

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def own_database(migrated: Database, tmp_path: Path) -> Iterator[Database]:
    with committing(migrated, tmp_path) as database:
        yield database


@pytest.mark.parametrize(
    "text", [None, "", "nonsense", "t:step-up:m99", "t:other:m1", "x:step-up:m1", "t:a:b:c"]
)
def test_text_that_names_no_module_is_no_step(text: str | None) -> None:
    assert find_step(text) is None


def test_a_resource_id_names_a_step() -> None:
    assert find_step("t:step-up:m1") == Step("step-up", "m1")


def test_a_hand_in_at_the_same_moment_comes_out_newer(own_database: Database) -> None:
    """One transaction hands in and stays open; the other tells a column what was earned so far."""
    person = Builder(own_database).visitor().person
    place = Place(person.organization_id, person.id, "step-up", "m1")
    gradebook = RememberingGradebook()

    def work(activity: str, typed: dict[str, str]) -> None:
        found = sheet(place.pack, activity, "main")
        assert found is not None
        values = read_entries(found.form, {name: [text] for name, text in typed.items()})
        with own_database.transaction() as session:
            hand_in(
                session, place=place, sheet=found, values=values, revision=0, now=NOW, gradebook=gradebook
            )
            if activity == "artefact":
                begun.set()
                threading.Event().wait(0.3)

    def tell() -> None:
        begun.wait(5)
        with own_database.transaction() as session:
            record_standing(
                session,
                organization_id=person.organization_id,
                person_id=person.id,
                step=Step("step-up", "m1"),
                gradebook=gradebook,
                now=NOW,
            )

    begun = threading.Event()
    work("brief", module_one.BRIEF)
    teller = threading.Thread(target=tell)
    teller.start()
    work("artefact", module_one.charter())
    teller.join()
    assert gradebook.points == [5, 17, 17]
    assert {score.state for _person, _resource, score in gradebook.recorded} == {ModuleState.WORKING}
