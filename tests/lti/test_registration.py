"""Dynamic registration: shown, asked, done, closed; and what happens when the platform balks."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from lti import spec
from lti.models import Deployment, Invitation, Registration
from lti.registration import hash_token
from plugin.db import Database
from tests.builders import Builder
from tests.conftest import SetClock
from tests.fakes.http import CannedHttp

RECORDINGS = Path(__file__).parents[1] / "data" / "moodle"
SITE = "http://127.0.0.1:8100"
CONFIGURATION_URL = f"{SITE}/mod/lti/openid-configuration.php"
QUERY = {"openid_configuration": CONFIGURATION_URL, "registration_token": "one-time-token"}


def recorded(name: str) -> Any:
    return json.loads((RECORDINGS / f"{name}.json").read_text())


@pytest.fixture
def moodle(http: CannedHttp) -> CannedHttp:
    """The recorded registration of a real Moodle."""
    http.answers[CONFIGURATION_URL] = recorded("openid-configuration")["body"]
    endpoint = http.answers[CONFIGURATION_URL]["registration_endpoint"]
    http.answers[endpoint] = recorded("dynamic-registration")["response"]["body"]
    http.calls.clear()
    http.sent.clear()
    return http


@pytest.fixture
def link(build: Builder, clock: SetClock) -> str:
    """A fresh registration link."""
    build.add(
        Invitation(
            organization_id=build.organization().id,
            token_hash=hash_token("secret"),
            expires_at=clock.now + timedelta(days=7),
            created_at=clock.now,
        )
    )
    return "/lti/register/secret"


def confirm(client: FlaskClient, page: TestResponse) -> TestResponse:
    """Press the button of the page's first form, as an administrator would."""
    form = BeautifulSoup(page.text, "html.parser").find("form")
    assert form is not None
    fields = {str(field["name"]): str(field["value"]) for field in form.find_all("input")}
    return client.post(str(form.get("action") or page.request.path), data=fields)


def test_the_page_shows_what_is_about_to_be_connected_and_changes_nothing(
    moodle: CannedHttp, link: str, client: FlaskClient, database: Database
) -> None:
    page = client.get(link, query_string=QUERY)
    assert page.status_code == 200
    assert "Northgate Logistics" in page.text
    assert SITE in page.text
    assert moodle.calls == [("GET", CONFIGURATION_URL)]
    assert page.headers["Content-Security-Policy"].endswith(f"frame-ancestors 'self' {SITE}")
    with database.reading() as session:
        assert session.scalars(select(Registration)).all() == []


def test_the_first_form_needs_no_choice_and_no_cookie(
    moodle: CannedHttp, link: str, client: FlaskClient
) -> None:
    soup = BeautifulSoup(client.get(link, query_string=QUERY).text, "html.parser")
    form = soup.find("form")
    assert form is not None
    assert {field["type"] for field in form.find_all("input")} == {"hidden"}
    assert len(form.find_all("button")) == 1
    assert form.find("a") is not None


def test_confirming_registers_the_platform_with_its_deployment(
    moodle: CannedHttp, link: str, client: FlaskClient, database: Database
) -> None:
    page = confirm(client, client.get(link, query_string=QUERY))
    assert page.status_code == 200, page.text
    assert "close.js" in page.text
    with database.reading() as session:
        registration = session.scalars(select(Registration)).one()
        deployment = session.scalars(select(Deployment)).one()
    assert (registration.issuer, registration.client_id) == (SITE, "4s4tnpoSV8pweXc")
    assert registration.product == "moodle"
    assert (deployment.deployment_id, deployment.accepted) == ("1", True)


def test_what_we_send_is_what_moodle_demands(moodle: CannedHttp, link: str, client: FlaskClient) -> None:
    confirm(client, client.get(link, query_string=QUERY))
    sent = moodle.sent[-1]
    body = sent["json"]
    assert sent["headers"]["Authorization"] == "Bearer one-time-token"
    assert body["redirect_uris"] == ["http://127.0.0.1:8000/lti/launch"]
    assert body["token_endpoint_auth_method"] == "private_key_jwt"
    assert body[spec.TOOL_CONFIGURATION]["domain"] == "127.0.0.1:8000"
    assert spec.SCORE_SCOPE in body["scope"].split()
    offered = recorded("openid-configuration")["body"]["scopes_supported"]
    assert set(body["scope"].split()) <= set(offered)


def test_an_invitation_works_once(moodle: CannedHttp, link: str, client: FlaskClient) -> None:
    page = client.get(link, query_string=QUERY)
    assert confirm(client, page).status_code == 200
    again = confirm(client, page)
    assert again.status_code == 400
    assert "does not work any more" in again.text


@pytest.mark.parametrize("address", ["/lti/register/made-up", "/lti/register/secret"])
def test_a_made_up_or_old_invitation_is_refused(
    moodle: CannedHttp, link: str, client: FlaskClient, clock: SetClock, address: str
) -> None:
    clock.now += timedelta(days=7, seconds=1)
    assert client.get(address, query_string=QUERY).status_code == 400


BAD_ANSWERS: dict[str, Any] = {
    "bare word": (400, "missing_domain"),
    "server error": (500, {}),
    "a list": [1],
    "no client id": {"scope": ""},
}


@pytest.mark.parametrize("answer", BAD_ANSWERS.values(), ids=BAD_ANSWERS.keys())
def test_a_platform_that_refuses_is_quoted_and_the_link_still_works(
    moodle: CannedHttp, link: str, client: FlaskClient, answer: Any
) -> None:
    endpoint = f"{SITE}/mod/lti/openid-registration.php"
    good, moodle.answers[endpoint] = moodle.answers[endpoint], answer
    page = client.get(link, query_string=QUERY)
    refused = confirm(client, page)
    assert refused.status_code == 400
    assert "What the platform said" in refused.text
    moodle.answers[endpoint] = good
    assert confirm(client, page).status_code == 200


@pytest.mark.parametrize(
    "name", ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint"]
)
@pytest.mark.parametrize("value", [None, "", "javascript:alert(1)", 7, "/relative"])
def test_a_configuration_that_lacks_something_is_named(
    moodle: CannedHttp, link: str, client: FlaskClient, name: str, value: Any
) -> None:
    moodle.answers[CONFIGURATION_URL] = {**moodle.answers[CONFIGURATION_URL], name: value}
    page = client.get(link, query_string=QUERY)
    assert page.status_code == 400
    assert name in page.text


@pytest.mark.parametrize("url", ["https://nobody.example/config", "not a url", "file:///etc/passwd"])
def test_a_configuration_that_cannot_be_read_is_refused(
    moodle: CannedHttp, link: str, client: FlaskClient, url: str
) -> None:
    assert client.get(link, query_string={"openid_configuration": url}).status_code == 400


def test_the_issuer_may_live_on_another_host_than_its_configuration(
    moodle: CannedHttp, link: str, client: FlaskClient, database: Database
) -> None:
    changed = {**moodle.answers[CONFIGURATION_URL], "issuer": "https://canvas.instructure.com"}
    moodle.answers[CONFIGURATION_URL] = changed
    assert confirm(client, client.get(link, query_string=QUERY)).status_code == 200
    with database.reading() as session:
        assert session.scalars(select(Registration.issuer)).one() == "https://canvas.instructure.com"


def test_a_platform_of_another_organization_is_not_taken_over(
    moodle: CannedHttp, link: str, client: FlaskClient, build: Builder
) -> None:
    other = build.organization("Another")
    build.registration(issuer=SITE, client_id="4s4tnpoSV8pweXc", organization_id=other.id)
    refused = confirm(client, client.get(link, query_string=QUERY))
    assert refused.status_code == 400
    assert "another organization" in refused.text


def test_registering_again_refreshes_the_same_registration(
    moodle: CannedHttp, link: str, client: FlaskClient, build: Builder, database: Database
) -> None:
    build.registration(issuer=SITE, client_id="4s4tnpoSV8pweXc", jwks_url="https://old.example/jwks")
    assert confirm(client, client.get(link, query_string=QUERY)).status_code == 200
    with database.reading() as session:
        assert session.scalars(select(Registration.jwks_url)).one() == f"{SITE}/mod/lti/certs.php"


def test_opened_without_a_platform_the_link_says_where_to_paste_it(link: str, client: FlaskClient) -> None:
    page = client.get(link)
    assert page.status_code == 200
    assert "http://127.0.0.1:8000/lti/register/secret" in page.text
    assert "Moodle" in page.text


def test_cancelling_closes_the_frame_and_keeps_the_link(
    moodle: CannedHttp, link: str, client: FlaskClient
) -> None:
    soup = BeautifulSoup(client.get(link, query_string=QUERY).text, "html.parser")
    way_out = soup.select_one("form a")
    assert way_out is not None
    assert "close.js" in client.get(str(way_out["href"])).text
    assert client.get(link, query_string=QUERY).status_code == 200
