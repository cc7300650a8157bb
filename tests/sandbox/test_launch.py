"""Login initiation, authentication and the claims of a launch."""

from typing import Any

import jwt
import pytest
import requests

from plugin.sandbox.visitor import VisitError
from tests.sandbox.fake_tool import DL, LTI

ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
ACTIVITY = "/courses/2/activities/1"


def test_a_learner_launches_an_activity_with_a_signed_token_of_a_minute(course: Any, visit: Any) -> None:
    assert visit("amara", ACTIVITY).iframe().heading == "Launched"
    launch = course.launches[-1]
    assert launch["state"] == "some-state"
    keys = requests.get(f"{course.sandbox_url}/jwks", timeout=5).json()
    header = jwt.get_unverified_header(launch["id_token"])
    key = next(key for key in keys["keys"] if key["kid"] == header["kid"])
    claims = jwt.decode(launch["id_token"], jwt.PyJWK(key), ["RS256"], audience=course.client_id)
    assert claims["exp"] - claims["iat"] in {60, 61}
    assert claims["iss"] == course.sandbox_url
    assert "azp" not in claims


def test_the_claims_are_those_of_moodle(course: Any, visit: Any) -> None:
    visit("amara", ACTIVITY).iframe()
    claims = course.claims()
    assert claims["sub"] == "3"
    assert claims["name"] == "Amara Osei"
    assert claims["email"] == "amara.osei@corp.example"
    assert claims[LTI + "message_type"] == "LtiResourceLinkRequest"
    assert claims[LTI + "version"] == "1.3.0"
    assert claims[LTI + "deployment_id"] == "1"
    assert claims[LTI + "target_link_uri"] == f"{course.url}/launch"
    assert claims[LTI + "resource_link"]["id"] == "1"
    assert claims[LTI + "context"]["type"] == ["CourseSection"]
    assert claims[LTI + "lis"]["person_sourcedid"] == "E1001"
    assert claims[LTI + "ext"]["user_username"] == "amara"
    assert claims[LTI + "tool_platform"]["product_family_code"] == "moodle"
    assert claims[LTI + "launch_presentation"]["document_target"] == "iframe"
    assert claims[LTI + "launch_presentation"]["locale"] == "en"
    assert claims[LTI + "launch_presentation"]["return_url"].startswith(
        f"{course.sandbox_url}/return?course=2"
    )


def test_tool_parameters_win_and_odd_keys_come_twice(course: Any, visit: Any) -> None:
    visit("amara", ACTIVITY).iframe()
    custom = course.claims()[LTI + "custom"]
    assert custom["resource"] == "t:step-up:m1"
    assert custom["plain"] == "tool"
    assert custom["who"] == custom["Who"] == "E1001"
    assert custom["context_memberships_url"] == course.claims()[ROSTER]["context_memberships_url"]


def test_only_a_graded_activity_names_its_column(course: Any, visit: Any) -> None:
    visit("amara", ACTIVITY).iframe()
    graded = course.claims()[ENDPOINT]
    assert graded["lineitem"] == f"{course.sandbox_url}/services/2/lineitems/1/lineitem?type_id=1"
    assert len(graded["scope"]) == 4
    visit("amara", "/courses/2/activities/2").iframe()
    assert "lineitem" not in course.claims()[ENDPOINT]


@pytest.mark.parametrize(
    ("username", "roles"),
    [
        ("amara", ["membership#Learner"]),
        ("tomas", ["membership#Instructor"]),
        ("priya", ["membership#Instructor"]),
        (
            "ines",
            ["institution/person#Administrator", "membership#Instructor", "system/person#Administrator"],
        ),
    ],
)
def test_roles_are_those_of_moodle(course: Any, visit: Any, username: str, roles: list[str]) -> None:
    visit(username, ACTIVITY).iframe()
    sent = course.claims()[LTI + "roles"]
    assert [role.removeprefix("http://purl.imsglobal.org/vocab/lis/v2/") for role in sent] == roles


def test_the_first_deep_linking_request_has_no_roster_and_a_later_one_has(course: Any, visit: Any) -> None:
    first = course.claims()
    assert first[LTI + "message_type"] == "LtiDeepLinkingRequest"
    assert first[LTI + "target_link_uri"] == f"{course.url}/dl"
    assert first[LTI + "launch_presentation"] == {"locale": "en"}
    settings = first[DL + "deep_linking_settings"]
    assert settings["accept_types"] == ["ltiResourceLink"]
    assert settings["auto_create"] is False
    assert "data" not in settings
    assert ROSTER not in first
    visit("tomas", "/courses/2/add/1").iframe()
    assert ROSTER in course.claims()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "other"}, "unauthorized_client"),
        ({"login_hint": "4"}, "access_denied"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
    ],
)
def test_a_fault_of_the_tool_comes_back_as_a_form(
    course: Any, visit: Any, changes: dict[str, str], error: str
) -> None:
    course.auth_changes = changes
    assert visit("amara", ACTIVITY).iframe().heading == f"Refused: {error}"
    assert course.launches[-1]["state"] == "some-state"
    assert "id_token" not in course.launches[-1]


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": None},
        {"scope": "openid profile"},
        {"response_type": "code"},
        {"lti_message_hint": "{}"},
        {"lti_message_hint": "broken"},
        {"redirect_uri": "http://127.0.0.1:1/other"},
    ],
)
def test_what_cannot_be_tied_to_a_launch_gets_our_own_page(
    course: Any, visit: Any, changes: dict[str, str | None]
) -> None:
    course.auth_changes = changes
    before = len(course.launches)
    with pytest.raises(VisitError, match="404"):
        visit("amara", ACTIVITY).iframe()
    assert len(course.launches) == before


def test_the_redirect_uri_must_be_exactly_a_registered_one(course: Any, visit: Any) -> None:
    course.auth_changes = {"redirect_uri": f"{course.url}/launch?x=1"}
    with pytest.raises(VisitError, match="404"):
        visit("amara", ACTIVITY).iframe()


def test_a_hint_works_once_and_only_for_its_person(course: Any, visit: Any, school: Any) -> None:
    page = visit("amara", ACTIVITY)
    page.iframe()
    answered = page.visitor.session.get(f"{course.sandbox_url}/courses/2/activities/1/launch", timeout=5)
    hint = answered.text.partition("launchid&#34;:&#34;")[2].partition("&#34;")[0]
    assert school.take_hint(hint, "4") is None
    assert school.take_hint(hint, "3") is not None
    assert school.take_hint(hint, "3") is None


def test_a_state_is_optional(course: Any, visit: Any) -> None:
    course.auth_changes = {"state": None}
    assert visit("amara", ACTIVITY).iframe().heading == "Launched"
    assert "state" not in course.launches[-1]


def test_a_request_without_our_cookie_is_sent_to_ourselves_once(course: Any) -> None:
    form = {"JWT": "x"}
    first = requests.post(f"{course.sandbox_url}/deep-linking-return?course=2&id=1", data=form, timeout=5)
    assert "data-autosubmit" in first.text
    again = {**form, "sandbox_reposted": "1"}
    second = requests.post(f"{course.sandbox_url}/deep-linking-return", data=again, timeout=5)
    assert second.status_code == 403


def test_scopes_decide_which_services_are_named(tool: Any, visit: Any) -> None:
    ask = tool.registration
    tool.registration = lambda **changes: ask(**({"scope": ""} | changes))
    visit("ines", "/admin/tools").form("/register").fill(url=f"{tool.url}/register").submit().iframe()
    visit("tomas", "/courses/2/add/1").iframe()
    visit("amara", ACTIVITY).iframe()
    assert ENDPOINT not in tool.claims()
    assert ROSTER not in tool.claims()
