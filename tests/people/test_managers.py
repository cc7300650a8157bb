"""Managers as directories name them: now, later, twice, in circles, and gone again."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from courses.people.models import ManagerHistory, Person
from courses.people.provisioning import ManagerView, manager_views
from courses.people.tree import managers_on
from plugin.db import Database
from tests.builders import Builder
from tests.conftest import NOW
from tests.people.conftest import Directory

LATER, MUCH_LATER = NOW + timedelta(days=30), NOW + timedelta(days=60)
BOSS: dict[str, Any] = {
    "external_id": "X-1",
    "employee_number": "4711",
    "work_email": "Boss@Northgate.example",
}


@pytest.mark.parametrize("raw", ["X-1", "4711", "BOSS", "boss@northgate.EXAMPLE", " boss "])
@pytest.mark.parametrize("first", ["boss", "report"])
def test_a_manager_is_found_by_any_key_whoever_comes_first(
    directory: Directory, raw: str, first: str
) -> None:
    if first == "boss":
        directory.says("boss", **BOSS)
    directory.says("report", manager=raw)
    if first == "report":
        assert directory.line("report") == ("pending", None)
        directory.says("boss", **BOSS)
    assert directory.line("report") == ("resolved", "boss")


@pytest.mark.parametrize("shape", ["{}", "https://leadline.example/scim/v2/Users/{}", "https://x/Users/{}/"])
@pytest.mark.parametrize("late", [False, True])
def test_a_manager_is_found_by_id_and_by_ref(directory: Directory, shape: str, late: bool) -> None:  # noqa: FBT001
    key = directory.ids["boss"] = uuid.uuid4()
    if not late:
        directory.says("boss")
    directory.says("report", manager=shape.format(key))
    directory.says("boss")
    assert directory.line("report") == ("resolved", "boss")


def test_several_people_with_one_key_are_ambiguous_until_one_is_left(directory: Directory) -> None:
    directory.says("one", employee_number="7")
    directory.says("report", manager="7")
    directory.says("two", employee_number="7")
    assert directory.line("report") == ("ambiguous", None)
    directory.says("one", employee_number="8")
    assert directory.line("report") == ("resolved", "two")


def test_an_earlier_step_decides_before_a_later_one(directory: Directory) -> None:
    directory.says("by-number", employee_number="E5")
    directory.says("report", manager="E5")
    assert directory.line("report") == ("resolved", "by-number")
    directory.says("by-external", external_id="E5")
    assert directory.line("report") == ("resolved", "by-external")


def test_an_external_id_of_the_same_connection_comes_first(directory: Directory) -> None:
    directory.says("okta-boss", external_id="1", connection="okta")
    directory.says("entra-boss", external_id="1", connection="entra")
    directory.says("report", manager="1", connection="entra")
    directory.says("stranger", manager="1", connection="workday")
    assert directory.line("report") == ("resolved", "entra-boss")
    assert directory.line("stranger") == ("ambiguous", None)


def test_nobody_is_found_by_name(directory: Directory) -> None:
    directory.says("boss", name="Bess Oss")
    directory.says("report", manager="Bess Oss")
    assert directory.line("report") == ("pending", None)


def test_nobody_is_found_in_another_organization(
    directory: Directory, build: Builder, database: Database
) -> None:
    other = Directory(database, build.organization("Westgate").id)
    key = other.says("boss", **BOSS)
    for raw in ("X-1", "boss", str(key)):
        directory.says("report", manager=raw)
        assert directory.line("report") == ("pending", None)
    directory.says("waiting", manager="late")
    other.says("late")
    assert directory.line("waiting") == ("pending", None)


def test_an_unknown_new_manager_does_not_leave_the_old_one(directory: Directory) -> None:
    directory.says("boss")
    directory.says("report", manager="boss")
    directory.says("report", manager="nobody-yet")
    assert directory.line("report") == ("pending", None)


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_no_manager_is_no_line(directory: Directory, empty: str | None) -> None:
    directory.says("boss")
    directory.says("report", manager="boss")
    directory.says("report", manager=empty)
    assert directory.line("report") is None


def test_a_renamed_manager_keeps_their_reports(directory: Directory) -> None:
    directory.says("boss")
    directory.says("report", manager="boss")
    directory.says("boss", user_name="boss-married")
    assert directory.line("report") == ("resolved", "boss")


def test_hundreds_of_waiting_reports_are_joined_when_the_manager_comes(directory: Directory) -> None:
    names = [f"r{number}" for number in range(300)]
    for name in names:
        directory.says(name, manager="boss")
    directory.says("boss")
    assert {directory.line(name) for name in names} == {("resolved", "boss")}


def test_managing_oneself_is_marked(directory: Directory) -> None:
    directory.says("odd", manager="odd")
    assert directory.line("odd") == ("self", "odd")


def test_the_line_that_closes_a_circle_is_marked_and_mended_when_it_breaks(directory: Directory) -> None:
    directory.says("c")
    directory.says("b", manager="c")
    directory.says("a", manager="b")
    directory.says("c", manager="a")
    assert [directory.line(name) for name in "abc"] == [("resolved", "b"), ("resolved", "c"), ("cycle", "a")]
    directory.says("b", manager=None)
    assert directory.line("c") == ("resolved", "a")


def test_a_late_manager_does_not_close_a_circle(directory: Directory) -> None:
    directory.says("b", manager="top")
    directory.says("a", manager="b")
    directory.says("x", manager="top")
    directory.says("top", manager="a")
    states = {name: directory.line(name) for name in ("a", "b", "x", "top")}
    assert states["x"] == ("resolved", "top")
    assert [state for state, _ in filter(None, states.values())].count("cycle") == 1


def test_a_deleted_managers_reports_wait_and_are_joined_to_their_successor(directory: Directory) -> None:
    directory.says("boss", external_id="9")
    directory.says("report", manager="9")
    directory.forgets("boss")
    assert directory.line("report") == ("pending", None)
    directory.says("successor", external_id="9")
    assert directory.line("report") == ("resolved", "successor")


def test_deleting_somebody_in_a_circle_breaks_it(directory: Directory) -> None:
    for name, manager in ("ab", "bc", "ca"):
        directory.says(name, manager=manager)
    directory.forgets("b")
    assert directory.line("c") == ("resolved", "a")
    assert directory.line("a") == ("pending", None)


def test_a_deleted_person_stays_without_keys(directory: Directory, database: Database) -> None:
    key = directory.says("boss", **BOSS)
    directory.forgets("boss")
    with database.reading() as session:
        person = session.scalars(select(Person).where(Person.id == key)).one()
    assert (person.active, person.provisioned, person.user_name, person.external_id) == (
        False,
        False,
        None,
        None,
    )


def test_history_says_who_managed_whom_when(directory: Directory, database: Database) -> None:
    one, two = directory.says("one"), directory.says("two")
    report = directory.says("report", manager="one")
    directory.says("report", manager="two", now=LATER)
    directory.says("report", manager=None, now=MUCH_LATER)

    def on(at: Any) -> uuid.UUID | None:
        with database.reading() as session:
            found = managers_on(
                session, organization_id=directory.organization_id, person_ids=[report], at=at
            )
        return found.get(report)

    assert [on(at) for at in (NOW - timedelta(days=1), NOW, LATER, MUCH_LATER)] == [None, one, two, None]


def test_history_has_one_open_entry_per_resolved_line(directory: Directory, database: Database) -> None:
    for name in "abcd":
        directory.says(name, manager="a")
    for name, manager in ("ab", "bc", "cd", "da", "bd", "ac"):
        directory.says(name, manager=manager)
    directory.forgets("d")
    with database.reading() as session:
        open_ones = session.scalars(
            select(ManagerHistory.person_id).where(ManagerHistory.ended_at.is_(None))
        ).all()
    resolved = [
        directory.ids[name] for name, line in directory.lines().items() if line and line[0] == "resolved"
    ]
    assert sorted(open_ones) == sorted(resolved)


def test_managers_are_shown_as_given_with_whom_we_know(directory: Directory, database: Database) -> None:
    boss = directory.says("boss", external_id="HRIS-1", name="Bess Oss")
    report = directory.says("report", manager="HRIS-1")
    waits = directory.says("waits", manager="HRIS-2")
    with database.reading() as session:
        shown = manager_views(
            session, organization_id=directory.organization_id, person_ids=[report, waits, boss]
        )
    assert shown == {
        report: ManagerView("HRIS-1", boss, "Bess Oss"),
        waits: ManagerView("HRIS-2", None, None),
    }
