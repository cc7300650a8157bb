"""The learner's way through module 1, by the pages alone."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from courses.modules.models import ActivityWork
from plugin.db import Database
from tests.builders import Builder
from tests.conftest import SetClock
from tests.fakes.gradebook import RememberingGradebook
from tests.web.conftest import Counting
from tests.web.module_one import BRIEF, CLOSING, MODULE, PROMISE, SNAPSHOT, charter, hand_in

ACTIVITIES = ("brief", "snapshot", "artefact", "commitment")


def soup(text: str) -> BeautifulSoup:
    return BeautifulSoup(text, "html.parser")


def heading(client: FlaskClient, address: str) -> str:
    return soup(client.get(address).text).select_one("h1").get_text(strip=True)  # type: ignore[union-attr]


def test_module_one_from_the_first_page_to_the_closed_promise(
    learner: FlaskClient, gradebook: RememberingGradebook
) -> None:
    assert learner.get(f"{MODULE}/").location == f"{MODULE}/brief"
    answers = [
        hand_in(learner, "brief", BRIEF),
        hand_in(learner, "snapshot", SNAPSHOT),
        hand_in(learner, "artefact", charter()),
        hand_in(learner, "commitment", PROMISE),
        hand_in(learner, "commitment", CLOSING),
    ]
    assert [answer.status_code for answer in answers] == [303] * 5
    assert [answer.location for answer in answers] == [
        f"{MODULE}/",
        f"{MODULE}/snapshot",
        f"{MODULE}/",
        f"{MODULE}/commitment",
        f"{MODULE}/commitment",
    ]
    assert gradebook.points == [5, 10, 22, 27, 37]
    assert heading(learner, "/learn/") == "Your first step is under way"
    assert heading(learner, f"{MODULE}/commitment") == "Your promise is closed"


def test_the_step_leads_to_the_first_activity_not_done(learner: FlaskClient) -> None:
    places = [learner.get(f"{MODULE}/").location]
    for activity, values in (("brief", BRIEF), ("snapshot", SNAPSHOT), ("artefact", charter())):
        hand_in(learner, activity, values)
        places.append(learner.get(f"{MODULE}/").location)
    assert places == [f"{MODULE}/{activity}" for activity in ACTIVITIES]


@pytest.mark.parametrize("address", ["/learn/", *(f"{MODULE}/{activity}" for activity in ACTIVITIES)])
def test_every_page_has_one_main_action_says_who_sees_it_and_carries_no_style(
    learner: FlaskClient, address: str
) -> None:
    page = soup(learner.get(address).text)
    assert len(page.select(".btn-primary")) == 1
    assert not page.select("[style], style, script:not([src])")
    assert all(form.select_one(".ll-seen, h2 ~ .ll-seen") for form in page.select("form"))
    assert all(form.select_one("[name=csrf_token]") for form in page.select("form"))


@pytest.mark.parametrize(
    "address",
    [
        "/learn/elsewhere/m1/",
        "/learn/step-up/m9/",
        "/learn/step-up/m9/brief",
        f"{MODULE}/problem",
        f"{MODULE}/nonsense",
        "/learn/step-up/m2/artefact",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(learner: FlaskClient, address: str) -> None:
    page = learner.get(address)
    assert page.status_code == 404
    assert "Reference" in page.text


@pytest.mark.parametrize(
    ("activity", "occasion"), [("brief", "t1"), ("problem", "main"), ("nonsense", "main"), ("snapshot", "t3")]
)
def test_a_sheet_that_does_not_exist_cannot_be_posted(
    learner: FlaskClient, activity: str, occasion: str
) -> None:
    assert hand_in(learner, activity, {"occasion": occasion}).status_code == 404


def test_a_button_that_does_not_exist_is_refused(learner: FlaskClient) -> None:
    assert learner.post(f"{MODULE}/brief", data={**BRIEF, "action": "explode"}).status_code == 422


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 30])
def test_a_revision_that_is_no_number_counts_as_none(learner: FlaskClient, revision: str) -> None:
    assert learner.post(f"{MODULE}/brief", data={**BRIEF, "revision": revision}).status_code == 303


def test_activities_that_come_later_stand_on_the_rail_without_a_link(learner: FlaskClient) -> None:
    rail = soup(learner.get(f"{MODULE}/brief").text).select(".ll-rail li")
    later = [knot.select_one("b").text for knot in rail if "Opens later" in knot.text]  # type: ignore[union-attr]
    assert later == ["Problem and questions", "Contribution talks", "Reflection", "Check"]
    assert not any(knot.select("a") for knot in rail if "Opens later" in knot.text)


def test_a_module_without_an_artefact_can_be_worked_on(learner: FlaskClient) -> None:
    for activity in ("brief", "snapshot", "commitment"):
        assert learner.get(f"/learn/step-up/m2/{activity}").status_code == 200


def test_an_incomplete_snapshot_keeps_its_answers_and_names_what_is_missing(learner: FlaskClient) -> None:
    answer = hand_in(learner, "snapshot", {"occasion": "t1", "item_1": "4", "item_2": "2"})
    page = soup(answer.text)
    assert answer.status_code == 422
    assert [link["href"] for link in page.select(".ll-left a")] == [f"#item_{n}" for n in range(3, 9)]
    assert len(page.select("input[type=radio][checked]")) == 2
    assert heading(learner, f"{MODULE}/snapshot") == "How do you see it today?"


def test_the_result_shows_a_shape_its_numbers_and_when_to_come_again(learner: FlaskClient) -> None:
    hand_in(learner, "snapshot", SNAPSHOT)
    page = soup(learner.get(f"{MODULE}/snapshot").text)
    assert page.select_one("polygon.v-line")["points"] == "0,-62.5 50,0 0,75 -75,0"  # type: ignore[index]
    assert not page.select("polygon.v-then")
    assert [cell.text for cell in page.select("tfoot td")] == ["65.6"]
    assert "reflection, not selection" in page.text
    assert "14 December 2026" in page.text


def test_a_second_snapshot_stands_beside_the_first(learner: FlaskClient, clock: SetClock) -> None:
    hand_in(learner, "snapshot", SNAPSHOT)
    assert hand_in(learner, "snapshot", {**SNAPSHOT, "occasion": "t2"}).status_code == 422
    clock.now += timedelta(days=21)
    assert soup(learner.get(f"{MODULE}/snapshot").text).select("a[href='?occasion=t2']")
    form = soup(learner.get(f"{MODULE}/snapshot?occasion=t2").text)
    assert form.select_one("[name=occasion]")["value"] == "t2"  # type: ignore[index]
    hand_in(learner, "snapshot", {**SNAPSHOT, "occasion": "t2", "item_8": "5"})
    page = soup(learner.get(f"{MODULE}/snapshot").text)
    assert page.select_one("polygon.v-then")["points"] == "0,-62.5 50,0 0,75 -75,0"  # type: ignore[index]
    assert page.h1 is not None
    assert page.h1.text == "Lower on Roles than before"


@pytest.mark.parametrize(
    "before", [{"version": "0"}, {"item_9": "4", "item_8": None}], ids=["another version", "other items"]
)
def test_answers_to_other_questions_are_kept_without_a_picture_and_do_not_open_again(
    learner: FlaskClient, clock: SetClock, database: Database, before: dict[str, str | None]
) -> None:
    hand_in(learner, "snapshot", SNAPSHOT)
    with database.transaction() as session:
        work = session.scalars(select(ActivityWork)).one()
        changed = {**(work.submitted or {}), **before}
        work.submitted = {name: text for name, text in changed.items() if text is not None}
    clock.now += timedelta(days=30)
    page = soup(learner.get(f"{MODULE}/snapshot?occasion=t2").text)
    assert page.h1 is not None
    assert page.h1.text == "The questions have changed since you answered"
    assert "does not open again" in page.text
    assert not page.select("svg.v, [name^=item_], a[href='?occasion=t2']")
    assert page.select_one("[name=note]")
    assert hand_in(learner, "snapshot", {**SNAPSHOT, "occasion": "t2"}).status_code == 422
    assert learner.get("/learn/").status_code == 200


def test_every_script_of_a_page_is_of_the_same_version(app: Flask, learner: FlaskClient) -> None:
    scripts = [str(script["src"]) for script in soup(learner.get(f"{MODULE}/brief").text).select("script")]
    assert len(scripts) > 1
    assert all("?v=" in address for address in scripts)
    for path in Path(app.static_folder or "").glob("*.js"):
        assert not re.search(r"^\s*import\b|\bimport\(", path.read_text(), re.MULTILINE), path.name


def test_a_note_to_oneself_is_kept(learner: FlaskClient) -> None:
    hand_in(learner, "snapshot", SNAPSHOT)
    assert hand_in(learner, "snapshot", {"occasion": "note", "note": "Ask Luis first"}).status_code == 303
    assert "Ask Luis first" in learner.get(f"{MODULE}/snapshot").text


def test_a_charter_with_gaps_comes_back_with_every_gap_linked_to_its_field(learner: FlaskClient) -> None:
    gaps = {**charter(), "goals.1.owner": "", "goals.0.target": "14"}
    answer = hand_in(learner, "artefact", gaps)
    page = soup(answer.text)
    assert answer.status_code == 422
    targets = [link["href"][1:] for link in page.select(".ll-left a")]  # type: ignore[index]
    assert targets == ["goals.0.target", "goals.1.owner"]
    for target in targets:
        field = page.find(id=target)
        assert field["aria-invalid"] == "true"  # type: ignore[index]
        assert page.find(id=field["aria-describedby"])  # type: ignore[index]
    assert page.select_one("#part-goals[open]")
    assert page.find(id="team")["value"] == "Night cold-chain crew"  # type: ignore[index]


def test_an_untouched_charter_accuses_nobody_and_shows_examples(learner: FlaskClient) -> None:
    page = soup(learner.get(f"{MODULE}/artefact").text)
    assert not page.select("[aria-invalid], .ll-state--stop")
    assert "Night cold-chain crew" in page.select_one("#part-purpose .ll-quote").text  # type: ignore[union-attr]


def test_items_are_added_and_removed_by_plain_buttons(learner: FlaskClient) -> None:
    added = learner.post(f"{MODULE}/artefact", data={**charter(), "action": "add:goals"})
    assert added.location == f"{MODULE}/artefact?open=goals#goals.2"
    page = soup(learner.get(added.location).text)
    assert page.find(id="goals.2.statement")
    assert page.select_one("#part-goals[open]")
    removed = learner.post(
        f"{MODULE}/artefact", data={**charter(), "action": "remove:priorities:0", "revision": 1}
    )
    assert removed.location == f"{MODULE}/artefact?open=priorities#priorities"
    page = soup(learner.get(removed.location).text)
    assert page.find(id="priorities.0")["value"] == "Safe nights"  # type: ignore[index]
    chosen = page.select_one("[id='goals.1.parent'] option[selected]")
    assert chosen is not None
    assert chosen.text == "Safe nights"


def test_enter_in_a_field_keeps_the_draft_instead_of_removing_something(learner: FlaskClient) -> None:
    first = soup(learner.get(f"{MODULE}/artefact").text).select_one("form [type=submit]")
    assert first is not None
    assert first["value"] == "save"


def test_what_a_learner_wrote_is_escaped(learner: FlaskClient) -> None:
    wild = "<script>alert(1)</script>"
    hand_in(learner, "artefact", {**charter(), "team": wild, "goals.0.statement": wild, "priorities.0": wild})
    hand_in(learner, "commitment", {**PROMISE, "promise": f"Ask {wild}"})
    for address in ("/learn/", f"{MODULE}/artefact", f"{MODULE}/commitment"):
        text = learner.get(address).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


def test_a_draft_saved_by_the_page_answers_with_time_and_revision(learner: FlaskClient) -> None:
    saved = learner.post(
        f"{MODULE}/brief", data={**BRIEF, "action": "save"}, headers={"Accept": "application/json"}
    )
    assert saved.json == {"saved_at": "2026-11-23T09:00:00+00:00", "revision": 1}
    assert BRIEF["answer"] in learner.get(f"{MODULE}/brief").text


def test_two_windows_are_asked_which_words_to_keep(learner: FlaskClient) -> None:
    address = f"{MODULE}/artefact"
    learner.post(address, data={**charter(), "team": "Days", "action": "save", "revision": 0})
    late = {**charter(), "team": "Nights", "revision": "0"}
    quiet = learner.post(address, data={**late, "action": "save"}, headers={"Accept": "application/json"})
    assert (quiet.status_code, quiet.json["revision"]) == (409, 1)  # type: ignore[index]
    asked = learner.post(address, data={**late, "action": "hand-in"})
    assert asked.status_code == 409
    page = soup(asked.text)
    row = [cell.text for cell in page.select("tbody tr > *")]
    assert row == ["Team name", "Nights", "Days"]
    assert page.select_one(f"a[href='{address}']")
    mine = {one["name"]: one["value"] for one in page.select("form [name]")}
    assert learner.post(address, data=mine).status_code == 303  # type: ignore[arg-type]
    assert "Nights" in learner.get(address).text


def test_course_staff_try_everything_and_are_told_that_it_is_not_graded(
    client: FlaskClient, build: Builder
) -> None:
    build.visitor("Raj Patel", staff=True).sign_in(client)
    assert "no grade is sent" in client.get("/learn/").text
    assert "no grade is sent" in client.get(f"{MODULE}/brief").text
    assert hand_in(client, "brief", BRIEF).status_code == 303


def test_nobody_sees_another_persons_words(learner: FlaskClient, build: Builder) -> None:
    hand_in(learner, "brief", BRIEF)
    build.visitor("Luis Ortega").sign_in(learner)
    assert BRIEF["answer"] not in learner.get(f"{MODULE}/brief").text
    assert heading(learner, "/learn/") == "Your first step takes ten minutes"


def test_strangers_are_sent_to_their_course(client: FlaskClient) -> None:
    for address in ("/learn/", f"{MODULE}/", f"{MODULE}/brief"):
        assert client.get(address).status_code == 401
    assert hand_in(client, "brief", BRIEF).status_code == 401


def test_the_home_page_says_what_is_next_and_what_is_coming(learner: FlaskClient) -> None:
    page = soup(learner.get("/learn/").text)
    assert page.select_one("#next").text == "Read the brief"  # type: ignore[union-attr]
    assert len(page.select("tbody tr")) == 7
    for activity, values in (("brief", BRIEF), ("snapshot", SNAPSHOT), ("artefact", charter())):
        hand_in(learner, activity, values)
    hand_in(learner, "commitment", PROMISE)
    page = soup(learner.get("/learn/").text)
    assert page.select_one("#next").text == "Keep your promise"  # type: ignore[union-attr]
    assert [date.a.text for date in page.select(".ll-dates li") if date.a] == [
        "Your promise",
        "Your second snapshot",
    ]
    assert page.select_one("tbody .is-n").text == "27"  # type: ignore[union-attr]
    assert page.select_one(".v-arc")["stroke-dasharray"] == "25.38 674.62"  # type: ignore[index]


def test_a_page_takes_two_queries(learner: FlaskClient, statements: Counting) -> None:
    hand_in(learner, "brief", BRIEF)
    for address in ("/learn/", f"{MODULE}/", *(f"{MODULE}/{activity}" for activity in ACTIVITIES)):
        with statements() as seen:
            learner.get(address)
        assert len(seen) == 2, address


def test_handing_in_takes_few_queries(learner: FlaskClient, statements: Counting) -> None:
    hand_in(learner, "brief", BRIEF)
    with statements() as seen:
        hand_in(learner, "artefact", charter())
    assert len(seen) <= 5
