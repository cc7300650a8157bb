"""The roster over HTTP, as recorded from Moodle."""

from typing import Any

import pytest
import requests

from tests.sandbox.fake_tool import AGS

MEMBERS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


@pytest.fixture
def roster(course: Any) -> str:
    return f"{course.sandbox_url}/services/CourseSection/2/bindings/1/memberships"


def test_members_have_short_roles_and_the_keys_to_join_on(course: Any, roster: str) -> None:
    answer = course.call("GET", roster, media=MEMBERS)
    assert answer.headers["Content-Type"] == f"{MEMBERS}; charset=utf-8"
    body = answer.json()
    assert body["id"] == roster
    assert body["context"] == {"id": "2", "label": "STEP1", "title": "Step up to first-line"}
    assert len(body["members"]) == 7
    amara = next(member for member in body["members"] if member["user_id"] == "3")
    assert amara == {
        "status": "Active",
        "roles": ["Learner"],
        "user_id": "3",
        "lis_person_sourcedid": "E1001",
        "name": "Amara Osei",
        "given_name": "Amara",
        "family_name": "Osei",
        "ext_user_username": "amara",
        "email": "amara.osei@corp.example",
    }


def test_a_non_editing_teacher_is_a_learner_here_and_the_admin_is_absent(course: Any, roster: str) -> None:
    members = course.call("GET", roster, media=MEMBERS).json()["members"]
    roles = {member["ext_user_username"]: member["roles"] for member in members}
    assert roles["tomas"] == ["Instructor"]
    assert roles["priya"] == ["Learner"]
    assert "ines" not in roles


def test_pages_follow_each_other_and_lose_the_role(course: Any, roster: str) -> None:
    found, url, pages = [], f"{roster}?limit=3&role=Learner", 0
    while url:
        answer = course.call("GET", url, media=MEMBERS)
        found += [member["user_id"] for member in answer.json()["members"]]
        url, pages = answer.links.get("next", {}).get("url", ""), pages + 1
        assert "role" not in url
    assert (len(found), pages) == (7, 3)


@pytest.mark.parametrize(
    ("role", "count"),
    [
        ("Learner", 6),
        ("Instructor", 1),
        ("http://purl.imsglobal.org/vocab/lis/v2/membership%23Learner", 6),
        ("Mentor", 7),
    ],
)
def test_two_roles_filter_and_others_are_ignored(course: Any, roster: str, role: str, count: int) -> None:
    assert len(course.call("GET", f"{roster}?role={role}", media=MEMBERS).json()["members"]) == count


def test_refusals(course: Any, roster: str) -> None:
    assert requests.get(roster, headers={"Accept": MEMBERS}, timeout=5).status_code == 401
    token = course.token(f"{AGS}score").json()["access_token"]
    headers = {"Accept": MEMBERS, "Authorization": f"Bearer {token}"}
    assert requests.get(roster, headers=headers, timeout=5).status_code == 401
    assert course.call("GET", roster, media="application/json").status_code == 400
    assert course.call("GET", roster, media="*/*").status_code == 200
    assert course.call("GET", f"{roster}?rlid=999", media=MEMBERS).status_code == 404
    assert course.call("GET", f"{roster}?rlid=1", media=MEMBERS).status_code == 200
    assert course.call("GET", roster.replace("/2/", "/9/"), media=MEMBERS).status_code == 404
    assert course.call("GET", roster.replace("bindings/1", "bindings/7"), media=MEMBERS).status_code == 401
