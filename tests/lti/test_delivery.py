import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from werkzeug.wrappers import Response

from courses.ports import ModuleState
from lti.cells import GradeCell
from lti.delivery import sweep
from lti.gradebook import report_cells, retry_all, retry_cell
from lti.outbound import Outbound
from lti.products.canvas import SUBMISSION
from lti.tokens import TokenRefused
from lti.turns import LASTS
from plugin.db import Database
from tests.conftest import NOW
from tests.fakes.databases import committing
from tests.lti.delivery_road import Road, road_of


@pytest.fixture
def road(database: Database) -> Iterator[Road]:
    with road_of(database) as road:
        yield road


def test_a_score_arrives(road: Road) -> None:
    road.record(46)
    cell = road.deliver()
    assert road.shown == 46
    assert (cell.delivery, cell.delivered_points, cell.delivered_version) == ("delivered", 46, 1)
    assert (cell.delivered_at, cell.claimed_until, cell.platform_status) == (NOW, None, 200)


def test_the_post_is_what_moodle_wants(road: Road) -> None:
    road.record(46)
    cell = road.deliver()
    [request] = road.platform.requests
    assert request.full_path == "/lineitems/2/lineitem/scores?type_id=1"
    assert request.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    assert request.headers["Authorization"] == "Bearer token-1"
    assert request.get_data(as_text=True) == (
        f'{{"userId":"{cell.user_id}","scoreGiven":46,"scoreMaximum":100,"activityProgress":"InProgress",'
        '"gradingProgress":"FullyGraded","timestamp":"2026-11-23T09:00:00.000+00:00"}'
    )
    assert road.tokens.asked[0][1] == ("https://purl.imsglobal.org/spec/lti-ags/scope/score",)


def test_a_delivered_cell_is_not_posted_again(road: Road) -> None:
    road.record(46)
    road.deliver()
    road.deliver(after=3600)
    assert len(road.platform.posts) == 1


def test_a_failure_is_tried_again_later_with_the_same_timestamp(road: Road) -> None:
    road.record(46)
    road.platform.fail(500, "oh")
    cell = road.deliver()
    assert (cell.delivery, cell.tries, cell.platform_words) == ("due", 1, "500 oh")
    assert cell.due_at == NOW + timedelta(seconds=5)
    road.deliver(after=4)
    assert len(road.platform.posts) == 1
    assert road.deliver(after=1).delivery == "delivered"
    assert road.platform.posts[0] == road.platform.posts[1]


def test_a_platform_may_ask_for_time(road: Road) -> None:
    road.record(46)
    road.platform.fail(429, "slow down", **{"Retry-After": "100"})
    assert road.deliver().due_at == NOW + timedelta(seconds=101)  # and a little spread


def test_a_platform_that_is_away_for_days_still_gets_the_score(road: Road) -> None:
    road.record(46)
    line_item, road.platform.url = road.platform.url, ""
    for _hour in range(80):
        road.platform.fail(503)
        road.deliver(after=3600)
    assert (road.cell.delivery, road.cell.tries) == ("due", 80)
    road.platform.url = line_item
    assert road.deliver(after=3600).delivery == "delivered"


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_refusal_is_kept_in_the_platforms_words(road: Road, status: int) -> None:
    road.record(46)
    road.platform.fail(status, '{"errors":{"message":"User not found"}}')
    cell = road.deliver()
    assert (cell.delivery, cell.platform_status) == ("refused", status)
    assert cell.platform_words == f"{status} User not found"
    assert sweep(road.database, now=road.now + timedelta(days=9)) == []


def test_the_words_never_hold_what_was_posted(road: Road) -> None:
    road.record(46)

    road.product("other")
    road.platform.faults.append(
        lambda _service, request: Response(f"bad: {request.get_data(as_text=True)}", 400)
    )
    assert road.deliver().platform_words == "400 bad: …"


def test_a_refused_cell_is_due_again_with_its_next_value(road: Road) -> None:
    road.record(46)
    road.platform.fail(404)
    road.deliver()
    road.record(52)
    assert road.deliver().delivery == "delivered"
    assert road.shown == 52


def test_an_expired_token_is_renewed_once(road: Road) -> None:
    road.record(46)
    road.platform.fail(401)
    assert road.deliver().delivery == "delivered"
    assert road.platform.requests[-1].headers["Authorization"] == "Bearer token-2"


def test_a_platform_that_takes_no_token_is_tried_later(road: Road) -> None:
    road.record(46)
    for _try in range(2):
        road.platform.fail(401)
    assert road.deliver().delivery == "due"
    assert len(road.platform.posts) == 2


def test_no_token_no_post(road: Road) -> None:
    road.record(46)
    road.tokens.refusal = TokenRefused(400, "invalid_scope", "30")
    cell = road.deliver()
    assert (cell.delivery, cell.platform_words) == ("due", "No access token: invalid_scope")
    assert cell.due_at == NOW + timedelta(seconds=31)
    assert road.platform.posts == []


def test_a_platform_that_is_gone_is_tried_later(road: Road) -> None:
    road.record(46)
    road.http = Outbound(allow_private=True)
    road.http.mount("http://", Unreachable())
    cell = road.deliver()
    assert (cell.delivery, cell.platform_words) == ("due", "The platform did not answer in time")


class Unreachable(requests.adapters.HTTPAdapter):
    """A network on which nothing arrives."""

    def send(self, *_args: Any, **_options: Any) -> requests.Response:
        raise requests.ReadTimeout


def test_a_lost_answer_is_found_delivered(road: Road) -> None:
    road.record(46)
    road.platform.lose()
    assert road.deliver().delivery == "due"
    cell = road.deliver(after=5)
    assert (cell.delivery, cell.delivered_points, road.shown) == ("delivered", 46, 46)


def test_a_zero_whose_answer_was_lost_is_found_delivered(road: Road) -> None:
    road.record(0)
    road.platform.lose()
    road.deliver()
    assert road.deliver(after=5).delivery == "delivered"


def test_a_new_value_after_a_lost_answer_is_no_conflict(road: Road) -> None:
    road.record(46)
    road.platform.lose()
    road.deliver()
    road.record(52)
    road.platform.cells[road.cell.user_id].timestamp += timedelta(seconds=30)  # its clock is ahead
    assert road.deliver().delivery == "delivered"
    assert road.shown == 52


def test_a_teachers_later_grade_is_a_conflict_and_stays(road: Road) -> None:
    road.record(46)
    cell = road.deliver()
    road.platform.edit(cell.user_id, 70, later=timedelta(minutes=5))
    road.record(52)
    cell = road.deliver(after=1)
    assert (cell.delivery, road.shown) == ("conflict", 70)
    assert cell.platform_words == "The platform shows 70 of 100, which Leadline did not send"


@pytest.mark.parametrize("product", ["moodle", "canvas"])
def test_an_admin_may_send_over_a_conflict(road: Road, product: str) -> None:
    road.product(product)
    road.record(46)
    cell = road.deliver()
    road.platform.edit(cell.user_id, 70, later=timedelta(minutes=5))
    road.record(52)
    assert road.deliver(after=1).delivery == "conflict"
    road.now += timedelta(minutes=10)
    with road.database.transaction() as session:
        retry_cell(session, cell_id=cell.id, now=road.now)
    assert road.deliver().delivery == "delivered"
    assert road.shown == 52


def test_canvas_is_read_before_a_teachers_grade_is_replaced(road: Road) -> None:
    road.product("canvas")
    road.record(46)
    cell = road.deliver()
    road.platform.edit(cell.user_id, 70, later=timedelta(0))
    road.record(52)
    assert road.deliver(after=60).delivery == "conflict"
    assert len(road.platform.posts) == 1


def test_a_score_counts_in_canvas_when_its_attempts_are_used_up(road: Road) -> None:
    road.product("canvas")
    road.record(46, ModuleState.SUBMITTED, handed_in_at=NOW)
    road.platform.fail(
        422, '{"errors":{"message":"The maximum number of allowed attempts has been reached"}}'
    )
    assert road.deliver().delivery == "delivered"
    assert [post[SUBMISSION]["new_submission"] for post in road.platform.posts] == [True, False]


def test_canvas_is_posted_to_when_its_result_cannot_be_read(road: Road) -> None:
    road.product("canvas")
    road.record(46)
    road.deliver()
    road.record(52)
    road.platform.unreadable = True
    assert road.deliver(after=60).delivery == "delivered"


def test_a_value_that_changes_during_the_post_follows_at_once(road: Road) -> None:
    road.record(46)
    road.platform.on_next(lambda: road.record(52, ModuleState.SUBMITTED))
    cell = road.deliver()
    road.deliver(after=2)
    assert [post["scoreGiven"] for post in road.platform.posts] == [46, 52]
    assert (cell.delivered_version, road.cell.delivered_version) == (2, 2)


def test_one_of_two_workers_posts(road: Road) -> None:
    road.record(46)
    road.platform.on_next(lambda: road.send(road.cell.id))
    road.deliver()
    assert len(road.platform.posts) == 1


def test_the_cell_of_a_lost_worker_is_found_by_the_sweep(road: Road) -> None:
    road.record(46)
    with road.database.transaction() as session:
        session.execute(update(GradeCell).values(claimed_until=NOW + LASTS))
    assert sweep(road.database, now=NOW + LASTS - timedelta(seconds=1)) == []
    assert sweep(road.database, now=NOW + LASTS) == [road.cell.id]


def test_what_a_worker_learns_after_its_turn_is_dropped(road: Road) -> None:
    road.record(46)

    def late() -> None:
        road.now += LASTS
        road.send(road.cell.id)

    road.platform.on_next(late)
    cell = road.deliver()
    assert (cell.delivery, cell.tries) == ("delivered", 2)


def test_all_that_was_not_delivered_can_be_sent_again(road: Road) -> None:
    road.record(46)
    road.platform.fail(404)
    road.deliver()
    with road.database.transaction() as session:
        assert retry_all(session, now=road.now) == [road.cell.id]
    assert road.deliver().delivery == "delivered"
    with road.database.reading() as session:
        [report] = report_cells(session)
    assert (report.delivery, report.points, report.resource_id) == ("delivered", 46, "t:step-up:m1")


@pytest.fixture(scope="module")
def own_road(migrated: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    with (
        committing(migrated, Path(tmp_path_factory.mktemp("delivery"))) as database,
        road_of(database) as road,
    ):
        yield road


def test_of_many_workers_at_once_one_posts(own_road: Road) -> None:
    own_road.record(46)
    cell_id = own_road.cell.id
    threads = [threading.Thread(target=own_road.send, args=(cell_id,)) for _worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(own_road.platform.posts) == 1
    assert own_road.cell.delivery == "delivered"


FAULTS = st.sampled_from(["taken", "taken", "refused late", "broken", "lost"])


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(st.integers(0, 4), st.floats(0, 3), FAULTS), min_size=1, max_size=8))
def test_whatever_happens_timestamps_rise_and_the_newest_value_stands(
    own_road: Road, steps: list[tuple[int, float, str]]
) -> None:
    road, platform = own_road, own_road.platform
    platform.posts.clear()
    road.now += timedelta(days=1)
    for points, seconds, fault in steps:
        road.now += timedelta(seconds=seconds)
        road.record(points * 25, ModuleState.COMPLETED)
        if fault == "broken":
            platform.fail(500)
        elif fault == "lost":
            platform.lose()
        elif fault == "refused late" and road.cell.user_id in platform.cells:
            platform.cells[road.cell.user_id].timestamp += timedelta(seconds=2)
        road.deliver()
    platform.faults.clear()
    for _try in range(3):
        road.deliver(after=3600)
    assert road.cell.delivery == "delivered"
    assert road.shown == steps[-1][0] * 25
    assert rises([(post["scoreGiven"], datetime.fromisoformat(post["timestamp"])) for post in platform.posts])


def rises(posts: list[tuple[int, datetime]]) -> bool:
    """Say whether each new value is dated at least a second after the one before."""
    return all(new == old or new[1] - old[1] >= timedelta(seconds=1) for old, new in pairwise(posts))
