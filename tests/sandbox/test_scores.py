"""Scores and results over HTTP, as recorded from Moodle."""

import json
from typing import Any

import pytest

from tests.sandbox.fake_tool import COLUMN, SCORE

AT = "2026-11-20T10:00:00Z"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"


def score(**changes: Any) -> dict[str, Any]:
    full = {
        "userId": "3",
        "scoreGiven": 20,
        "scoreMaximum": 40,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": AT,
        "comment": "c1",
    }
    return {key: value for key, value in (full | changes).items() if value is not None}


def test_a_score_is_200_with_an_empty_body_and_is_kept(course: Any, column: str, school: Any) -> None:
    answer = course.call("POST", column, score())
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Type"] == f"{SCORE}; charset=utf-8"
    assert school.grade(1, "amara").score == 20
    assert [(posted.status, json.loads(posted.body)["userId"]) for posted in school.posted] == [(200, "3")]


@pytest.mark.parametrize(
    ("of", "shown"),
    [
        ((0.5, 1), 20),
        ((150, 100), 40),
        ((-5, 40), 0),
        ((0, 40), 0),
        ((10, 0), 10),
        (("13", 40), 13),
        ((1, 3), 13.33333),
    ],
)
def test_values_are_rescaled_and_cut(
    course: Any, column: str, school: Any, of: tuple[Any, float], shown: float
) -> None:
    assert course.call("POST", column, score(scoreGiven=of[0], scoreMaximum=of[1])).status_code == 200
    assert school.grade(1, "amara").score == shown


@pytest.mark.parametrize(
    "changes",
    [
        {"scoreGiven": "abc"},
        {"scoreMaximum": None},
        {"activityProgress": None},
        {"gradingProgress": None},
        {"timestamp": None},
        {"timestamp": "yesterday"},
        {"timestamp": 1795000000},
        {"userId": None},
        {"userId": "10"},
        {"userId": "9"},
        {"userId": "2"},
        {"userId": "9999"},
    ],
)
def test_incorrect_scores_and_people_who_are_not_learners_are_400(
    course: Any, column: str, school: Any, changes: dict[str, Any]
) -> None:
    answer = course.call("POST", column, score(**changes))
    assert (answer.status_code, answer.text) == (400, "[]")
    assert answer.reason.startswith("Incorrect score received{")
    assert not school.columns[1].grades


@pytest.mark.parametrize("body", ["{no", "[]", '"text"', ""])
def test_what_is_not_an_object_is_400(course: Any, column: str, body: str) -> None:
    assert course.call("POST", column, body).status_code == 400


def test_a_user_id_that_is_no_number_kills_the_database_call(course: Any, column: str) -> None:
    assert course.call("POST", column, score(userId="E1001")).status_code == 502


def test_a_refused_score_with_line_breaks_is_answered_200(course: Any, column: str, school: Any) -> None:
    answer = course.call("POST", column, json.dumps(score(userId="10"), indent=1))
    assert (answer.status_code, answer.text) == (200, "[]")
    assert not school.columns[1].grades


def test_a_good_score_with_line_breaks_is_fine(course: Any, column: str) -> None:
    answer = course.call("POST", column, json.dumps(score(), indent=1))
    assert (answer.status_code, answer.text) == (200, "")


@pytest.mark.parametrize(
    "later", [AT, "2026-11-20T10:00:00.900Z", "2026-11-20T12:00:00+02:00", "2026-11-20T09:00:00Z"]
)
def test_the_same_second_or_an_older_one_is_409(course: Any, column: str, school: Any, later: str) -> None:
    course.call("POST", column, score())
    answer = course.call("POST", column, score(timestamp=later, scoreGiven=40))
    assert (answer.status_code, answer.text) == (409, "[]")
    assert school.grade(1, "amara").score == 20


def test_a_second_later_is_taken(course: Any, column: str, school: Any) -> None:
    course.call("POST", column, score())
    assert (
        course.call("POST", column, score(timestamp="2026-11-20T10:00:01Z", scoreGiven=40)).status_code == 200
    )
    assert school.grade(1, "amara").score == 40


@pytest.mark.parametrize(
    "changes",
    [{"gradingProgress": progress} for progress in ("Pending", "PendingManual", "Failed", "NotReady", "Bar")]
    + [{"scoreGiven": None, "scoreMaximum": None}],
)
def test_anything_but_fully_graded_with_a_score_erases(
    course: Any, column: str, school: Any, changes: dict[str, Any]
) -> None:
    course.call("POST", column, score())
    answer = course.call("POST", column, score(timestamp="2026-11-20T10:00:01Z", **changes))
    assert answer.status_code == 200
    assert school.grade(1, "amara").shown is None
    older = course.call("POST", column, score())
    assert older.status_code == 200  # a column of an activity forgets its time


def test_a_stand_alone_column_keeps_now_as_its_time(course: Any) -> None:
    items = f"{course.sandbox_url}/services/2/lineitems?type_id=1"
    course.call("POST", items, {"label": "Alone", "scoreMaximum": 80}, COLUMN)
    url = f"{course.sandbox_url}/services/2/lineitems/2/lineitem/scores?type_id=1"
    assert course.call("POST", url, score(gradingProgress="Pending")).status_code == 200
    assert course.call("POST", url, score(timestamp="2026-11-20T10:00:01Z")).status_code == 409


def test_a_comment_is_replaced_and_an_omitted_one_deleted(course: Any, column: str, school: Any) -> None:
    course.call("POST", column, score(comment="first\nline ✓"))
    assert school.grade(1, "amara").comment == "first\nline ✓"
    course.call("POST", column, score(timestamp="2026-11-20T10:00:01Z", comment=None))
    assert school.grade(1, "amara").comment == ""


def test_the_content_type_is_exact(course: Any, column: str) -> None:
    assert course.call("POST", column, score(), "application/json").status_code == 400
    assert course.call("POST", column, score(), SCORE.capitalize()).status_code == 400
    assert course.call("POST", column, score(), f"{SCORE}; charset=utf-8").status_code == 200


def test_scores_behind_the_query_are_400(course: Any) -> None:
    url = f"{course.sandbox_url}/services/2/lineitems/1/lineitem?type_id=1/scores"
    assert course.call("POST", url, score()).status_code == 400


def test_results_are_read_for_one_or_all(course: Any, column: str) -> None:
    course.call("POST", column, score())
    course.call("POST", column, score(userId="4", gradingProgress="NotReady"))
    url = column.replace("/scores", "/results")
    answer = course.call("GET", url, media=RESULTS)
    assert answer.headers["Content-Type"] == f"{RESULTS}; charset=utf-8"
    assert answer.json() == [
        {
            "id": f"{url}&user_id=3",
            "userId": "3",
            "resultScore": 20,
            "resultMaximum": 40,
            "scoreOf": column.replace("/scores", ""),
            "timestamp": "2026-11-20T10:00:00+00:00",
            "comment": "c1",
        },
        {"id": f"{url}&user_id=4", "userId": "4"},
    ]
    assert len(course.call("GET", f"{url}&user_id=3", media=RESULTS).json()) == 1
    assert course.call("GET", f"{url}&user_id=9999", media=RESULTS).json() == []
    assert course.call("GET", f"{url}&limit=2", media=RESULTS).status_code == 404


def test_a_teachers_value_wins_over_later_scores(course: Any, column: str, school: Any) -> None:
    course.call("POST", column, score())
    school.override_grade(1, "amara", 35)
    assert course.call("POST", column, score(timestamp="2026-11-20T10:00:01Z")).status_code == 409
    assert course.call("POST", column, score(timestamp="2126-11-20T10:00:01Z")).status_code == 200
    result = course.call("GET", column.replace("/scores", "/results"), media=RESULTS).json()[0]
    assert result["resultScore"] == 35


def test_a_new_maximum_rescales_the_grades(course: Any, column: str, school: Any) -> None:
    course.call("POST", column, score())
    url = column.replace("/scores", "")
    course.call("PUT", url, {"label": "Line of sight", "scoreMaximum": 80}, COLUMN)
    assert school.grade(1, "amara").score == 40


def test_a_column_that_takes_no_grades_answers_200(course: Any, column: str, school: Any) -> None:
    school.columns[1].counts = False
    assert course.call("POST", column, score()).status_code == 200
    assert school.grade(1, "amara") is None
