"""The picker: from a deep-linking request to the signed answer."""

from typing import Any

import jwt
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from lti import spec
from lti.keys import ensure_key
from plugin.db import Database
from tests.conftest import NOW
from tests.lti.lms import ABSENT, TOOL, Lms

ITEMS = spec.DEEP_LINKING + "content_items"


@pytest.fixture(autouse=True)
def _tool_key(app: Flask, database: Database) -> None:
    with database.transaction() as session:
        ensure_key(session, secret_key=app.config["SECRET_KEY"], now=NOW)


def open_picker(lms: Lms, client: FlaskClient, **settings: Any) -> str:
    lms.begin(client)
    given = lms.deep_linking_claims()[spec.DEEP_LINKING_SETTINGS]
    merged = {name: value for name, value in {**given, **settings}.items() if value is not ABSENT}
    answer = lms.post(client, lms.sign(lms.deep_linking_claims(deep_linking_settings=merged)))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def carried(lms: Lms, client: FlaskClient, page: str) -> dict[str, Any]:
    """Read the answer as the platform does: with our published key."""
    field = BeautifulSoup(page, "html.parser").select_one("form[data-autosubmit] input[name=JWT]")
    assert field is not None
    token = str(field["value"])
    keys = {key["kid"]: key for key in client.get("/lti/jwks.json").get_json()["keys"]}
    key = jwt.PyJWK(keys[jwt.get_unverified_header(token)["kid"]]).key
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=["RS256"],
        audience=lms.registration.issuer,
        options={"verify_exp": False, "verify_iat": False},
    )
    return claims


def test_several_steps_become_items_with_columns_of_their_own(lms: Lms, client: FlaskClient) -> None:
    picker = open_picker(lms, client)
    claims = carried(lms, client, client.post(picker, data={"module": ["m1", "m2"]}).text)
    assert claims["iss"] == lms.registration.client_id
    assert claims[spec.DEPLOYMENT_ID] == "1"
    assert claims[spec.MESSAGE_TYPE] == "LtiDeepLinkingResponse"
    first, second = claims[ITEMS]
    assert first == {
        "type": "ltiResourceLink",
        "url": f"{TOOL}/lti/launch",
        "title": "1 Line of sight",
        "text": first["text"],
        "custom": {"resource_id": "t:step-up:m1"},
        "lineItem": {
            "label": "1 Line of sight",
            "scoreMaximum": 100,
            "resourceId": "t:step-up:m1",
            "tag": "module",
        },
    }
    assert second["custom"] == {"resource_id": "t:step-up:m2"}


def test_state_goes_back_as_it_came(lms: Lms, client: FlaskClient) -> None:
    """Moodle sends no data, other platforms do; Canvas keeps its state in the return URL."""
    without = carried(lms, client, client.post(open_picker(lms, client), data={"module": "m1"}).text)
    assert spec.DEEP_LINKING + "data" not in without
    picker = open_picker(
        lms, client, data="opaque", deep_link_return_url="https://lms.example/r?data=a.b&c=d"
    )
    page = client.post(picker, data={"module": "m1"})
    assert carried(lms, client, page.text)[spec.DEEP_LINKING + "data"] == "opaque"
    form = BeautifulSoup(page.text, "html.parser").select_one("form[data-autosubmit]")
    assert form is not None
    assert form["action"] == "https://lms.example/r?data=a.b&c=d"
    assert "form-action 'self' https://lms.example;" in page.headers["Content-Security-Policy"]


def test_nothing_chosen_is_said_on_our_own_page(lms: Lms, client: FlaskClient) -> None:
    page = client.post(open_picker(lms, client))
    assert page.status_code == 422
    assert "Choose at least one step" in page.text


def test_a_platform_that_takes_one_gets_one(lms: Lms, client: FlaskClient) -> None:
    picker = open_picker(lms, client, accept_multiple=False)
    assert 'type="radio"' in client.get(picker).text
    assert client.post(picker, data={"module": ["m1", "m2"]}).status_code == 422
    assert client.post(picker, data={"module": ["m2"]}).status_code == 200


@pytest.mark.parametrize("types", [["html"], [], None, ABSENT])
def test_a_platform_that_takes_no_activities_is_told_so(lms: Lms, client: FlaskClient, types: Any) -> None:
    page = client.get(open_picker(lms, client, accept_types=types))
    assert page.status_code == 422
    assert "did not ask for activities" in page.text


def test_answering_twice_works_because_moodle_posts_twice(lms: Lms, client: FlaskClient) -> None:
    picker = open_picker(lms, client)
    for _time in range(2):
        assert client.post(picker, data={"module": "m1"}).status_code == 200


def test_the_picker_needs_a_deep_linking_launch(lms: Lms, client: FlaskClient) -> None:
    picker = open_picker(lms, client)
    client.delete_cookie("leadline_session")
    assert client.get(picker).status_code == 401
    lms.launch(client, sub="somebody else")
    assert client.get(picker).status_code == 404


def test_the_picker_stays_good_while_another_activity_is_opened_in_a_second_tab(
    lms: Lms, client: FlaskClient
) -> None:
    picker = open_picker(lms, client)
    assert lms.launch(client, roles=[spec.MEMBERSHIP + "#Instructor"]).status_code == 303
    assert client.post(picker, data={"module": "m1"}).status_code == 200
