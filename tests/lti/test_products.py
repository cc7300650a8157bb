import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from courses.ports import ModuleState
from lti.backoff import wait
from lti.products.answers import (
    Answer,
    Delivered,
    Later,
    LookFirst,
    NoMoreAttempts,
    RefusedForGood,
    TokenExpired,
    Verdict,
    words_of,
)
from lti.products.canvas import SUBMISSION
from lti.products.catalogue import PRODUCTS, manners_of
from lti.products.standard import CellState

HANDED_IN = datetime(2026, 11, 23, 8, 59, 58, 120_000, tzinfo=UTC)
CELL = CellState("learner-1", 46, ModuleState.WORKING, datetime(2026, 11, 23, 9, tzinfo=UTC))
NAMES = sorted(PRODUCTS)


def answer(status: int, body: str = "", reason: str = "", **headers: str) -> Answer:
    return Answer(status, reason, body, {name.replace("_", "-"): text for name, text in headers.items()})


@pytest.mark.parametrize(("name", "state"), list(product(NAMES, ModuleState)))
def test_no_post_is_without_a_score_or_with_a_progress_that_erases(name: str, state: ModuleState) -> None:
    score = manners_of(name).score(replace(CELL, state=state, handed_in_at=HANDED_IN))
    assert (score["scoreGiven"], score["scoreMaximum"]) == (46, 100)
    assert score["gradingProgress"] in (
        {"FullyGraded", "PendingManual"} if name == "canvas" else {"FullyGraded"}
    )
    assert score["timestamp"] == "2026-11-23T09:00:00.000+00:00"


@pytest.mark.parametrize(
    ("state", "activity", "grading"),
    [
        (ModuleState.WORKING, "InProgress", "FullyGraded"),
        (ModuleState.SUBMITTED, "Submitted", "PendingManual"),
        (ModuleState.RETURNED, "InProgress", "FullyGraded"),
        (ModuleState.COMPLETED, "Completed", "FullyGraded"),
    ],
)
def test_canvas_is_told_where_the_module_stands(state: ModuleState, activity: str, grading: str) -> None:
    score = manners_of("canvas").score(replace(CELL, state=state))
    assert (score["activityProgress"], score["gradingProgress"]) == (activity, grading)


def test_canvas_gets_no_new_attempt_for_a_changed_score() -> None:
    cell = replace(CELL, handed_in_at=HANDED_IN, delivered_handed_in_at=HANDED_IN, delivered_version=1)
    score = manners_of("canvas").score(cell)
    assert score[SUBMISSION] == {"new_submission": False}
    assert "submission" not in score


def test_canvas_gets_a_new_attempt_when_something_was_handed_in() -> None:
    score = manners_of("canvas").score(replace(CELL, handed_in_at=HANDED_IN))
    assert score[SUBMISSION] == {"new_submission": True}
    assert score["submission"] == {"submittedAt": "2026-11-23T08:59:58.120+00:00"}


def test_only_canvas_gets_what_only_canvas_knows() -> None:
    assert SUBMISSION not in manners_of("moodle").score(CELL)
    assert manners_of("moodle").score(CELL) == manners_of("brightspace").score(CELL)


CANVAS_401 = '{"errors":{"type":"unauthorized","message":"%s"}}'
VERDICTS: list[tuple[str, Answer, type[Verdict]]] = [
    ("other", answer(200, '{"resultUrl":"https://lms.example/r"}'), Delivered),
    ("other", answer(204), Delivered),
    ("other", answer(302), Later),
    ("other", answer(400), RefusedForGood),
    ("other", answer(401), TokenExpired),
    ("other", answer(403, "no"), RefusedForGood),
    ("other", answer(404), RefusedForGood),
    ("other", answer(408), Later),
    ("other", answer(409), LookFirst),
    ("other", answer(422), RefusedForGood),
    ("other", answer(429), Later),
    ("other", answer(500), Later),
    ("other", answer(503), Later),
    ("moodle", answer(200), Delivered),
    ("moodle", answer(200, "[]"), RefusedForGood),
    ("canvas", answer(200, '{"resultUrl":"https://lms.example/r"}'), Delivered),
    ("canvas", answer(403, "403 Forbidden (Rate Limit Exceeded)"), Later),
    ("canvas", answer(403, "Forbidden"), RefusedForGood),
    ("canvas", answer(401, CANVAS_401 % "Access token expired"), TokenExpired),
    ("canvas", answer(401, CANVAS_401 % "Insufficient permissions"), RefusedForGood),
    ("canvas", answer(401, CANVAS_401 % "Unknown or inactive Developer Key"), RefusedForGood),
    ("canvas", answer(422, CANVAS_401 % "User not found in course or is not a student"), RefusedForGood),
    (
        "canvas",
        answer(422, CANVAS_401 % "The maximum number of allowed attempts has been reached"),
        NoMoreAttempts,
    ),
    ("canvas", answer(404), RefusedForGood),
    ("canvas", answer(400, CANVAS_401 % "Provided timestamp before last updated timestamp"), LookFirst),
    ("canvas", answer(400, CANVAS_401 % "Provided submitted_at timestamp is in the future"), RefusedForGood),
]


@pytest.mark.parametrize(("name", "given", "expected"), VERDICTS)
def test_each_answer_has_its_meaning(name: str, given: Answer, expected: type[Verdict]) -> None:
    assert type(manners_of(name).verdict(given)) is expected


def test_the_time_a_platform_asks_for_is_handed_on() -> None:
    assert manners_of("other").verdict(answer(503, Retry_After="90")) == Later(
        "503 Service Unavailable", 503, "90"
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (answer(400, "[]", 'Incorrect score received{"userId": "3"}'), "400 Incorrect score received"),
        (answer(404, '{"status":404,"reason":"Not Found: Grade item 9"}'), "404 Not Found: Grade item 9"),
        (answer(422, CANVAS_401 % "User not found"), "422 User not found"),
        (
            answer(422, '{"errors":[{"field":"grade","message":"cannot be changed at this time"}]}'),
            "422 grade cannot be changed at this time",
        ),
        (answer(502, "<html><title>502 Bad Gateway</title><body>nginx</body></html>"), "502 Bad Gateway"),
        (answer(500), "500 Internal Server Error"),
        (answer(799), "799 "),
    ],
)
def test_the_platforms_own_words_are_kept(given: Answer, words: str) -> None:
    assert words_of(given) == words


def test_long_words_are_cut() -> None:
    assert len(words_of(answer(400, "no " * 1000))) == 500


RECORDED = Path(__file__).parent.parent / "data" / "moodle" / "ags-scores-results.json"


def test_no_words_of_a_recorded_moodle_hold_what_was_posted() -> None:
    for case in json.loads(RECORDED.read_text()):
        response = case["response"]
        body = response["body"] if isinstance(response["body"], str) else json.dumps(response["body"])
        words = words_of(Answer(response["status"], response["reason"], body, response["headers"]))
        assert "userId" not in words
        assert "scoreGiven" not in words


NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_waiting_grows_from_five_seconds_to_an_hour() -> None:
    waits = [wait(tries, retry_after=None, now=NOW, spread=lambda: 1.0) for tries in range(1, 40)]
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (5, 10, 20, 40)]
    assert waits[-1] == timedelta(hours=1)
    assert wait(1, retry_after=None, now=NOW, spread=lambda: 0.0) == timedelta(seconds=5)
    assert wait(99, retry_after=None, now=NOW, spread=lambda: 0.0) == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("Mon, 23 Nov 2026 09:02:00 GMT", 120),
        ("Mon, 23 Nov 2026 08:00:00 GMT", 1),
        ("999999999999", 86_400),
        ("soon", 5),
        ("", 5),
        ("-3", 5),
    ],
)
def test_what_a_platform_asks_for_is_kept(header: str, seconds: int) -> None:
    assert wait(1, retry_after=header, now=NOW, spread=lambda: 0.0) == timedelta(seconds=seconds)
