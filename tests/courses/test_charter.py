"""The team charter of module 1, and with it every kind of field and every rule."""

from datetime import date
from decimal import Decimal

import pytest

from courses.content.fields import Form
from courses.content.packs import packs
from courses.modules.checks import problems
from courses.modules.entries import add_item, differences, read_entries, remove_item, tidy
from courses.modules.forms import Values, count_words, number
from courses.modules.sheets import PROMISE
from tests.web import module_one

TODAY = module_one.TODAY


@pytest.fixture
def form() -> Form:
    artefact = packs()["m1"].artefact
    assert artefact is not None
    return artefact.form


def read(form: Form, **changes: str) -> Values:
    named = {name.replace("__", "."): text for name, text in changes.items()}
    return read_entries(form, {name: [text] for name, text in {**module_one.charter(), **named}.items()})


def said(form: Form, values: Values) -> dict[str, str]:
    return {problem.path: problem.sentence for problem in problems(form, values, TODAY)}


def test_a_complete_charter_has_no_problems(form: Form) -> None:
    assert said(form, read(form)) == {}


def test_an_empty_charter_asks_for_every_part(form: Form) -> None:
    assert set(said(form, {})) == {
        "team",
        "purpose",
        "priorities",
        "goals",
        "roles",
        "expectations",
        "measures",
        "rhythm",
        "review",
        "members",
    }


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("team", "x" * 81, "Shorten it to 80 characters; it has 81 now."),
        ("purpose", "We move food.", "Write at least 20 words; it has 3 now."),
        ("purpose", "word " * 61, "Shorten it to 60 words; it has 61 now."),
        ("rhythm", "hourly", "Choose how often the team looks at this page."),
        ("priorities.0", "x" * 141, "Shorten it to 140 characters; it has 141 now."),
        ("goals.0.baseline", "many", "Write a number, such as 14 or 2.5."),
        ("goals.0.baseline", "NaN", "Write a number, such as 14 or 2.5."),
        ("goals.0.baseline", "1e3", "Write a number, such as 14 or 2.5."),
        ("goals.0.baseline", "1.000", "Some read 1.000 as 1000, others as 1.0. Write the one you mean."),
        ("goals.0.due", "tomorrow", "Choose a day, such as 2027-01-29."),
        ("goals.0.due", "2026-11-23", "Choose a day that is still to come."),
        (
            "goals.0.target",
            "14.0",
            "Choose a target that differs from today. Otherwise nothing has to change.",
        ),
        ("goals.1.owner", "", "Name one owner. Shared goals tend to have none."),
        ("goals.1.owner", "Mei and Luis", "Name one owner. Shared goals tend to have none."),
        ("goals.1.parent", "3", "Choose the priority it serves. A goal without one is an orphan."),
        ("goals.1.parent", "9" * 4500, "Choose the priority it serves. A goal without one is an orphan."),
        ("goals.1.parent", "", "Choose the priority it serves. A goal without one is an orphan."),
        ("roles.2.owns", "9", "Tick at least one goal, so that the role links to what the team wants."),
    ],
)
def test_what_is_wrong_is_said_where_it_is(form: Form, field: str, text: str, sentence: str) -> None:
    assert said(form, read(form, **{field.replace(".", "__"): text})) == {field: sentence}


def test_both_kinds_of_measure_are_asked_for(form: Form) -> None:
    assert said(form, read(form, measures__1__kind="business")) == {
        "measures": "Add one people measure: what changes for those who do the work."
    }


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14", "14"),
        ("+14", "14"),
        ("-2,5", "-2.5"),
        ("−2.5", "-2.5"),
        ("1.5", "1.5"),
        ("1,5", "1.5"),
        (",5", "0.5"),
        ("5.", "5"),
        ("0.125", "0.125"),
        ("0,125", "0.125"),
        ("1234.567", "1234.567"),
        ("2.1250", "2.125"),
        ("1,000", "1000"),
        ("1 000", "1000"),
        ("1\u00a0000", "1000"),
        ("1\u202f000,5", "1000.5"),
        ("1’000", "1000"),
        ("1,000,000", "1000000"),
        ("1.000.000", "1000000"),
        ("1,000.5", "1000.5"),
        ("1.000,5", "1000.5"),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, meant: str) -> None:
    assert number(typed) == Decimal(meant)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "many",
        "NaN",
        "Infinity",
        "1e3",
        "1_000",
        "1.000",
        "12,34,5",
        "1 00",
        "1,000,5",
        "1.000 000",
        "--1",
    ],
)
def test_what_is_no_number_or_two_is_not_read(typed: str) -> None:
    assert number(typed) is None


def test_a_thousand_differs_from_one(form: Form) -> None:
    assert said(form, read(form, goals__0__baseline="1", goals__0__target="1,000")) == {}
    same = said(form, read(form, goals__0__baseline="1000", goals__0__target="1,000"))
    assert list(same) == ["goals.0.target"]


@pytest.mark.parametrize(
    ("typed", "ways"), [("1.500", "1500, others as 1.5"), ("-2.125", "-2125, others as -2.1250")]
)
def test_a_number_that_reads_two_ways_is_asked_back_with_both(form: Form, typed: str, ways: str) -> None:
    assert said(form, read(form, goals__0__baseline=typed)) == {
        "goals.0.baseline": f"Some read {typed} as {ways}. Write the one you mean."
    }


def test_problems_stand_in_the_order_of_the_form(form: Form) -> None:
    values = read(form, goals__0__target="14", goals__1__owner="", goals__0__metric="")
    assert list(said(form, values)) == ["goals.0.metric", "goals.0.target", "goals.1.owner"]


def test_items_can_be_added_until_the_list_is_full(form: Form) -> None:
    values = read(form)
    for _once in range(9):
        values = add_item(form, values, "goals")
    assert len(values["goals"]) == 5
    assert add_item(form, values, "team") == values


def test_references_follow_when_an_item_is_removed(form: Form) -> None:
    values = remove_item(form, read(form), "priorities", 0)
    assert values["priorities"] == ["Safe nights"]
    assert [goal["parent"] for goal in values["goals"]] == ["", "1"]
    assert remove_item(form, values, "priorities", 7) == values


def test_items_without_a_word_are_left_out(form: Form) -> None:
    entries = {name: [text] for name, text in module_one.charter().items()}
    moved = {
        name.replace("priorities.1", "priorities.2").replace("priorities.0", "priorities.1"): text
        for name, text in entries.items()
    }
    moved |= {"priorities.0": [""], "goals.0.parent": ["2"], "goals.1.parent": ["3"]}
    values = tidy(form, read_entries(form, moved))
    assert values["priorities"] == ["Fewer warm pallets", "Safe nights"]
    assert [goal["parent"] for goal in values["goals"]] == ["1", "2"]


def test_references_too_long_to_be_places_are_emptied_and_not_counted(form: Form) -> None:
    values = remove_item(form, read(form, goals__1__parent="9" * 4500), "priorities", 0)
    assert [goal["parent"] for goal in values["goals"]] == ["", ""]


@pytest.mark.parametrize("name", ["priorities.01", "priorities.1.x", "priorities.٣", "priorities.1\n"])
def test_a_name_that_is_almost_a_line_is_ignored(form: Form, name: str) -> None:
    assert (
        read_entries(form, {"priorities.0": ["Safe nights"], name: ["x"]})["priorities"][0] == "Safe nights"
    )


def test_names_that_no_field_has_and_control_characters_are_ignored(form: Form) -> None:
    values = read_entries(form, {"team": ["Night\x00 crew "], "hacked": ["1"], "goals.x.due": ["1"]})
    assert values["team"] == "Night crew"
    assert "hacked" not in values
    assert values["goals"] == []


def test_differences_name_each_place_with_both_versions(form: Form) -> None:
    mine, theirs = read(form, team="Days"), read(form, goals__1__owner="Hana Novak")
    assert differences(form, mine, theirs) == [
        ("Team name", "Days", "Night cold-chain crew"),
        ("Goal 2: Owner", "Luis Ortega", "Hana Novak"),
    ]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("promise", "I will ask each crew lead"),
        ("promise", "To be better at asking"),
        ("due", "2026-11-25"),
        ("due", "2027-01-19"),
    ],
)
def test_a_promise_begins_with_a_verb_and_ends_within_eight_weeks(field: str, text: str) -> None:
    assert list(said(PROMISE, {**module_one.PROMISE, field: text})) == [field]


@pytest.mark.parametrize("due", [date(2026, 11, 26), date(2027, 1, 18)])
def test_the_first_and_the_last_day_of_a_promise_are_fine(due: date) -> None:
    assert said(PROMISE, {**module_one.PROMISE, "due": due.isoformat()}) == {}


def test_words_are_what_has_a_letter_in_it() -> None:
    assert count_words("We - all of us - count  3 words?") == 7
