"""Line items over HTTP, as recorded from Moodle."""

from typing import Any

import pytest
import requests

from plugin.sandbox.records import Fault
from tests.sandbox.fake_tool import AGS, COLUMN, COLUMNS

NEW = {"scoreMaximum": 60, "label": "Standalone", "resourceId": "asm-0099", "tag": "final"}


@pytest.fixture
def items(course: Any) -> str:
    return f"{course.sandbox_url}/services/2/lineitems?type_id=1"


@pytest.fixture
def item(course: Any) -> str:
    return f"{course.sandbox_url}/services/2/lineitems/1/lineitem?type_id=1"


def test_the_list_is_a_bare_array_of_whole_items(course: Any, items: str, item: str) -> None:
    answer = course.call("GET", items, media=COLUMNS)
    assert answer.headers["Content-Type"] == f"{COLUMNS}; charset=utf-8"
    assert answer.json() == [
        {
            "id": item,
            "label": "Line of sight",
            "scoreMaximum": 40,
            "resourceId": "t:step-up:m1",
            "tag": "module",
            "resourceLinkId": "1",
            "ltiLinkId": "1",
        }
    ]


@pytest.mark.parametrize(
    ("accept", "status"),
    [(COLUMNS, 200), ("", 200), ("*/*", 400), ("application/json", 400), (f"{COLUMNS};q=1", 400)],
)
def test_the_list_wants_exactly_its_type(course: Any, items: str, accept: str, status: int) -> None:
    assert course.call("GET", items, media=accept).status_code == status


@pytest.mark.parametrize(("accept", "status"), [(COLUMN, 200), ("*/*", 200), ("application/json", 400)])
def test_one_item_takes_any_type_but_json(course: Any, item: str, accept: str, status: int) -> None:
    assert course.call("GET", item, media=accept).status_code == status


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("resource_id=t:step-up:m1", 1),
        ("resource_id=other", 0),
        ("tag=module&resource_link_id=1", 1),
        ("lti_link_id=2", 0),
    ],
)
def test_filters_combine(course: Any, items: str, query: str, found: int) -> None:
    assert len(course.call("GET", f"{items}&{query}", media=COLUMNS).json()) == found


def test_pages_have_moodles_broken_link_header(course: Any, items: str) -> None:
    course.call("POST", items, NEW, COLUMN)
    answer = course.call("GET", f"{items}&limit=1", media=COLUMNS)
    assert len(answer.json()) == 1
    link = answer.headers["Link"].encode("latin-1").decode()
    assert f"<{items}&amp;limit=1&amp;from=1>; rel=“next”" in link
    last = course.call("GET", f"{items}&limit=1&from=1", media=COLUMNS)
    assert "next" not in last.headers["Link"]
    assert "Link" not in course.call("GET", f"{items}&limit=0", media=COLUMNS).headers


def test_a_column_is_created_read_replaced_and_deleted(course: Any, items: str) -> None:
    made = course.call("POST", items, NEW, COLUMN)
    assert (made.status_code, made.headers["Content-Type"]) == (201, f"{COLUMN}; charset=utf-8")
    url = made.json()["id"]
    assert course.call("GET", url, media=COLUMN).json() == NEW | {"id": url}
    assert course.call("PUT", url, {"label": "New", "scoreMaximum": 80}, COLUMN).status_code == 200
    shown = course.call("GET", url, media=COLUMN).json()
    assert shown == {"id": url, "label": "New", "scoreMaximum": 80, "resourceId": "", "tag": ""}
    gone = course.call("DELETE", url)
    assert (gone.status_code, gone.text) == (204, "")
    assert course.call("GET", url, media=COLUMN).status_code == 404


def test_replacing_without_the_link_uncouples_it(course: Any, item: str, school: Any) -> None:
    course.call("PUT", item, {"label": "Line of sight", "scoreMaximum": 40}, COLUMN)
    assert school.columns[1].activity_id is None
    assert school.columns[1].resource_id == ""


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"label": None}, 400),
        ({"scoreMaximum": None}, 400),
        ({"scoreMaximum": "abc"}, 400),
        ({"scoreMaximum": 7.5}, 201),
        ({"resourceLinkId": "2"}, 201),
        ({"resourceLinkId": "999"}, 403),
        ({"resourceLinkId": "abc"}, 502),
        ({"scoreMaximum": 100000}, 502),
        ({"label": "L" * 300}, 502),
    ],
)
def test_creating_answers_as_moodle_does(
    course: Any, items: str, changes: dict[str, Any], status: int
) -> None:
    body = {key: value for key, value in (NEW | changes).items() if value is not None}
    assert course.call("POST", items, body, COLUMN).status_code == status


def test_content_types_are_exact(course: Any, items: str, item: str) -> None:
    assert course.call("POST", items, NEW, "application/json").status_code == 400
    assert course.call("POST", items, NEW, f"{COLUMN}; charset=utf-8").status_code == 201
    assert course.call("PUT", item, NEW, "application/json").status_code == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/services/2/lineitems/9/lineitem?type_id=1", 404),
        ("/services/2/lineitems/abc/lineitem?type_id=1", 502),
        ("/services/9/lineitems/1/lineitem?type_id=1", 404),
        ("/services/2/lineitems/1/lineitem?type_id=77", 401),
        ("/services/2/lineitems/1/lineitem", 200),
    ],
)
def test_addresses_answer_as_moodle_does(course: Any, path: str, status: int) -> None:
    assert course.call("GET", course.sandbox_url + path, media=COLUMN).status_code == status


def test_other_methods_are_405(course: Any, item: str) -> None:
    assert course.call("PATCH", item, NEW, COLUMN).status_code == 405


def test_each_call_needs_its_own_scope(course: Any, item: str, items: str) -> None:
    token = course.token(f"{AGS}score").json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": COLUMN}
    assert requests.get(item, headers=headers, timeout=5).status_code == 401
    assert requests.delete(item, headers=headers, timeout=5).status_code == 401
    reading = course.token(f"{AGS}lineitem.readonly").json()["access_token"]
    headers["Authorization"] = f"Bearer {reading}"
    assert requests.get(item, headers=headers, timeout=5).status_code == 200
    assert requests.delete(item, headers=headers, timeout=5).status_code == 401


def test_missing_wrong_and_expired_tokens_are_401(course: Any, item: str, school: Any) -> None:
    assert requests.get(item, headers={"Accept": COLUMN}, timeout=5).status_code == 401
    assert course.call("GET", item, media=COLUMN, Authorization="Bearer nonsense").status_code == 401
    headers = {"Accept": COLUMN, "Authorization": f"Bearer {course.token().json()['access_token']}"}
    assert requests.get(item, headers=headers, timeout=5).status_code == 200
    school.forget_tokens()
    assert requests.get(item, headers=headers, timeout=5).status_code == 401


def test_a_planted_fault_is_served_once(course: Any, item: str, school: Any) -> None:
    school.faults.append(Fault(path_part="/lineitem", status=503, headers={"Retry-After": "1"}))
    first = course.call("GET", item, media=COLUMN)
    assert (first.status_code, first.headers["Retry-After"]) == (503, "1")
    assert course.call("GET", item, media=COLUMN).status_code == 200
