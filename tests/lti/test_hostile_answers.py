"""Answers that no honest platform gives, and platforms that are slow: no cell is lost over them."""

import json
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from werkzeug.wrappers import Request, Response

from courses.errors import Refused
from lti.backoff import wait
from lti.outbound import DEADLINE
from lti.products.answers import Answer, words_of
from lti.tokens import ServiceRegistration
from lti.turns import LASTS, ONE_CALL
from plugin.db import Database
from tests.conftest import NOW
from tests.fakes.grade_service import GradeService
from tests.fakes.tokens import FakeTokens
from tests.lti.delivery_road import Road, road_of

DEEP = "[" * 100_000
NESTED = '{"errors":' * 300 + '"no"' + "}" * 300


@pytest.fixture
def road(database: Database) -> Iterator[Road]:
    with road_of(database) as road:
        yield road


@pytest.mark.parametrize("year", ["99999", "99999999999999999999"])
def test_a_platform_that_asks_for_ages_is_not_believed(year: str) -> None:
    header = f"Mon, 23 Nov {year} 09:02:00 GMT"
    assert wait(1, retry_after=header, now=NOW, spread=lambda: 0.0) == timedelta(seconds=5)


BODIES = {
    "deep": DEEP,
    "nested": NESTED,
    "brackets": "<" * 900_000,
    "titles": "<title>" * 120_000,
    "tags": "<a" * 400_000,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_words_are_found_soon_in_any_body(body: str) -> None:
    begun = time.monotonic()
    assert words_of(Answer(503, "", body, {})).startswith("503 ")
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_an_odd_refusal_is_a_refusal(road: Road, body: str) -> None:
    road.record(46)
    road.platform.fail(404, body)
    cell = road.deliver()
    assert (cell.delivery, cell.platform_status) == ("refused", 404)


def test_an_answer_too_long_to_read_is_tried_later(road: Road) -> None:
    road.record(46)
    road.platform.fail(200, "x" * 1_000_001)
    cell = road.deliver()
    assert cell.delivery == "due"
    assert cell.platform_words == "The platform's answer is longer than 1000000 bytes"


def test_a_date_beyond_the_calendar_waits_as_if_there_were_none(road: Road) -> None:
    road.record(46)
    road.platform.fail(503, **{"Retry-After": "Mon, 23 Nov 99999999999999999999 09:02:00 GMT"})
    assert road.deliver().due_at == NOW + timedelta(seconds=5)


def test_words_hold_nothing_that_a_database_refuses(road: Road) -> None:
    road.record(46)
    road.platform.fail(404, json.dumps({"message": "no\x00 such \ud800user"}))
    assert road.deliver().platform_words == "404 no� such �user"


def test_posted_words_are_not_shown_however_often_they_come_back(road: Road) -> None:
    road.record(46)
    road.product("other")

    def echo(_service: GradeService, request: Request) -> Response:
        return Response(request.get_data(as_text=True) * 120, 400)  # more than we keep

    road.platform.faults.append(echo)
    assert set(road.deliver().platform_words or "") == set("400 …")


@pytest.mark.parametrize(
    "result", [{"resultScore": 1, "resultMaximum": "0"}, {"resultScore": 10**400}, {"resultScore": []}]
)
def test_a_result_that_makes_no_sense_is_unreadable(road: Road, result: dict[str, object]) -> None:
    road.record(46)
    road.platform.fail(409)
    road.platform.odd_results = [json.dumps([{"userId": road.cell.user_id, **result}])]
    cell = road.deliver()
    assert cell.delivery == "due"
    assert (cell.platform_words or "").endswith("it is not a list of results")


def test_a_result_is_found_among_those_of_a_large_course(road: Road) -> None:
    road.record(46)
    road.platform.fail(409)
    others = [{"userId": f"other-{number}", "resultScore": 0} for number in range(2000)]
    ours = {"userId": road.cell.user_id, "resultScore": 0.46, "resultMaximum": 1}
    road.platform.odd_results = [json.dumps([*others, ours])]
    assert road.deliver().delivery == "delivered"


def test_our_own_failure_is_noted_and_tried_later(road: Road) -> None:
    road.record(46)
    road.tokens.refusal = Refused("LEADLINE_SECRET_KEY is not the one the tool's keys were sealed with.")
    cell = road.deliver()
    assert (cell.delivery, cell.platform_words) == ("due", "Something broke on our side")
    assert (cell.claimed_until, cell.due_at) == (None, NOW + timedelta(seconds=5))


def test_a_slow_post_is_not_repeated_by_another_worker(road: Road) -> None:
    road.record(46)

    def slow() -> None:
        road.now += timedelta(minutes=5)
        road.send(road.cell.id)

    road.platform.on_next(slow)
    assert road.deliver().delivery == "delivered"
    assert len(road.platform.posts) == 1


class SlowTokens(FakeTokens):
    """Waits for a long time before each token."""

    def __init__(self, road: Road, takes: timedelta) -> None:
        super().__init__()
        self.road = road
        self.takes = takes

    def token_for(self, registration: ServiceRegistration, scopes: Sequence[str]) -> str:
        self.road.now += self.takes
        return super().token_for(registration, scopes)


def test_no_post_begins_that_could_outlast_its_turn(road: Road) -> None:
    road.record(46)
    road.tokens = SlowTokens(road, LASTS - ONE_CALL + timedelta(seconds=1))
    cell = road.deliver()
    assert (cell.delivery, cell.platform_words) == ("due", "The platform answers too slowly")
    assert road.platform.posts == []
    assert timedelta(seconds=DEADLINE) < ONE_CALL


def test_a_post_that_still_fits_its_turn_is_made(road: Road) -> None:
    road.record(46)
    road.tokens = SlowTokens(road, LASTS - ONE_CALL)
    assert road.deliver().delivery == "delivered"
