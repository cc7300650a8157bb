"""The whole road over real HTTP: install, register, launch, work, grade."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from plugin.sandbox.keys import PlatformKey
from plugin.sandbox.records import Fault
from plugin.sandbox.tour import first_column
from tests.flows.road import Road, free_pair, open_road

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def key() -> PlatformKey:
    return PlatformKey()


@pytest.fixture
def road(tmp_path: Path, key: PlatformKey) -> Iterator[Road]:
    with open_road(tmp_path, key) as opened:
        yield opened


def test_a_learner_launches_step_1_does_real_work_and_the_grade_arrives(road: Road) -> None:
    road.connect("m1", "m2")
    road.tour.learn("amara", "1 Line of sight")
    book = road.tour.wait_for_grades({"amara": 27})
    assert [column["label"] for column in book["columns"]] == ["1 Line of sight", "2 Own it, see it"]
    assert {column["resource_id"] for column in book["columns"]} == {"t:step-up:m1", "t:step-up:m2"}
    assert {column["maximum"] for column in book["columns"]} == {100}


def test_every_post_carries_a_score_in_compact_json_with_a_later_timestamp(road: Road) -> None:
    road.connect("m1")
    road.tour.learn("amara", "1 Line of sight")
    road.tour.wait_for_grades({"amara": 27})
    bodies = [json.loads(posted.body) for posted in road.school.posted]
    stamps = [body["timestamp"][:19] for body in bodies]
    assert all("scoreGiven" in body and body["gradingProgress"] == "FullyGraded" for body in bodies)
    assert stamps == sorted(set(stamps))
    assert not any("\n" in posted.body or ": " in posted.body for posted in road.school.posted)


def test_a_grade_survives_an_lms_that_is_down_for_a_while(road: Road) -> None:
    road.connect("m1")
    road.school.faults += [
        Fault(path_part="/scores", status=503, headers={"Retry-After": "1"}),
        Fault(path_part="/scores", status=500),
    ]
    road.tour.learn("amara", "1 Line of sight", activities=1)
    road.tour.wait_for_grades({"amara": 5})
    assert not road.school.faults


def test_a_token_the_lms_forgot_is_asked_for_again(road: Road) -> None:
    road.connect("m1")
    road.tour.learn("amara", "1 Line of sight", activities=1)
    road.tour.wait_for_grades({"amara": 5})
    road.school.forget_tokens()
    road.tour.learn("luis", "1 Line of sight", activities=1)
    book = road.tour.wait_for_grades({"amara": 5, "luis": 5})
    assert first_column(book)["luis"] == 5


def test_course_staff_may_try_a_step_and_no_grade_is_sent_for_them(road: Road) -> None:
    road.connect("m1")
    road.tour.learn("tomas", "1 Line of sight", activities=2)
    road.tour.learn("priya", "1 Line of sight", activities=1)
    road.tour.learn("amara", "1 Line of sight", activities=1)
    road.tour.wait_for_grades({"amara": 5})
    assert {json.loads(posted.body)["userId"] for posted in road.school.posted} == {"3"}


def test_work_done_before_shows_in_a_column_that_comes_later(road: Road) -> None:
    road.connect("m1")
    road.tour.learn("amara", "1 Line of sight", activities=2)
    road.tour.wait_for_grades({"amara": 10})
    road.tour.add_steps("m1")
    tour = road.tour
    course = tour.open("amara", "/courses/2")
    second = [link for link in course.soup.select("a[href]") if "1 Line of sight" in link.get_text()][-1]
    tour.open("amara", str(second["href"])).iframe()
    for _attempt in range(200):
        book = tour.gradebook()
        column = str(book["columns"][1]["id"])
        scores = [person["grades"].get(column, {}).get("score") for person in book["people"]]
        if 10 in scores:
            break
        time.sleep(0.1)
    assert first_column(book)["amara"] == 10
    assert scores.count(10) == 1


def run_demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    misleading = {
        "LEADLINE_DATABASE_URL": "postgresql://nobody@nowhere/x",
        "LEADLINE_BROKER_URL": "redis://x",
    }
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "plugin.cli", "demo", "--once", *arguments],
        cwd=folder,
        env={**os.environ, **misleading, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_demo_shows_the_gradebook_twice_in_a_row_whatever_the_environment_says(tmp_path: Path) -> None:
    port = str(free_pair())
    for _run in range(2):
        done = run_demo(tmp_path, "--port", port)
        assert done.returncode == 0, done.stderr
        book = done.stdout.partition("\nGradebook\n")[2]
        assert "Amara Osei   27" in book
        assert "\n  Ruth Adeyemi, Managing director\n    Carmen Ruiz" in done.stdout
        assert "The directory knows all 8 who came from the LMS" in done.stdout
        assert f"http://localhost:{int(port) + 1}/as/hana" in book


def test_the_demo_names_a_busy_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        done = run_demo(tmp_path, "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} is in use" in done.stderr
