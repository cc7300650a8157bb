"""Responses of a tool to a deep linking request, good and bad."""

import time
from typing import Any

import pytest

from plugin.sandbox.visitor import VisitError
from tests.sandbox.fake_tool import DL, LTI

LINK = {"type": "ltiResourceLink", "title": "One"}


def choose(registered: Any, visit: Any, items: list[Any], **changes: Any) -> Any:
    registered.items = items
    registered.response_changes = changes
    return visit("tomas", "/courses/2/add/1").iframe()


def test_no_items_close_the_dialog(registered: Any, visit: Any, school: Any) -> None:
    assert choose(registered, visit, []).heading == "Nothing was added"
    assert not school.activities


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "somebody"}, "not the client id"),
        ({"aud": "http://other.example"}, "audience"),
        ({"exp": int(time.time()) - 10}, "expired"),
        ({"exp": None}, "exp"),
        ({"nonce": None}, "nonce"),
        ({LTI + "deployment_id": "7"}, "deployment_id"),
        ({LTI + "message_type": "LtiResourceLinkRequest"}, "Deep Linking Response"),
        ({DL + "content_items": [{"type": "html"}]}, "not supported"),
        ({DL + "content_items": [{"title": "no type"}]}, "not objects with a type"),
    ],
)
def test_a_bad_response_gets_a_page_that_says_why(
    registered: Any, visit: Any, school: Any, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(VisitError, match=r"400: The answer of Probe Tool was not accepted"):
        choose(registered, visit, [LINK], **changes)
    page = visit("tomas", "/courses/2/add/1")
    src = page.soup.select_one("iframe")["src"]
    shown = page.visitor.get(f"{registered.sandbox_url}{src}", expect=[400])
    assert reason in shown.text
    assert not school.activities


def test_a_response_is_taken_once(registered: Any, visit: Any, school: Any) -> None:
    choose(registered, visit, [LINK], nonce="the-same")
    with pytest.raises(VisitError, match="400"):
        choose(registered, visit, [LINK], nonce="the-same")
    assert len(school.activities) == 1


def test_a_signature_of_another_key_is_refused(registered: Any, visit: Any) -> None:
    visit("tomas", "/courses/2/add/1").iframe()
    old_kid = registered.kid
    registered.new_key()
    registered.kid = old_kid
    with pytest.raises(VisitError, match="400"):
        choose(registered, visit, [LINK])


def test_a_rotated_key_is_fetched_again(registered: Any, visit: Any) -> None:
    visit("tomas", "/courses/2/add/1").iframe()
    registered.new_key()
    assert choose(registered, visit, [LINK]).heading == "1 activity added"
    assert registered.key_fetches == 2


@pytest.mark.parametrize("maximum", [0, 7.5, 1000, "40", None])
def test_one_item_with_a_bad_maximum_is_refused(
    registered: Any, visit: Any, school: Any, maximum: Any
) -> None:
    with pytest.raises(VisitError, match="400"):
        choose(registered, visit, [LINK | {"lineItem": {"scoreMaximum": maximum}}])
    assert not school.activities


def test_several_items_with_a_bad_maximum_get_columns_that_take_no_grades(
    registered: Any, visit: Any, school: Any
) -> None:
    choose(registered, visit, [LINK, LINK | {"lineItem": {"scoreMaximum": 1000}}])
    assert [(column.maximum, column.counts) for column in school.columns.values()] == [(100, False)]


def test_the_form_of_another_session_is_refused(registered: Any, visit: Any) -> None:
    page = visit("tomas", "/")
    fields = {"JWT": registered.deep_linking_response([LINK])}
    with pytest.raises(VisitError, match="403"):
        page.visitor.post(f"{registered.sandbox_url}/deep-linking-return?course=2&id=1&sesskey=x", fields)
