"""Login initiations: who may begin one, and what the browser is asked to keep."""

from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests.builders import Builder
from tests.lti.lms import TOOL, Lms


def test_a_login_sends_the_browser_to_the_platform_with_state_and_nonce(
    lms: Lms, client: FlaskClient
) -> None:
    answer = lms.begin(client)
    url = urlsplit(answer.location)
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert answer.status_code == 302
    assert answer.location.startswith(lms.registration.auth_url + "?")
    assert asked == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": lms.registration.client_id,
        "redirect_uri": f"{TOOL}/lti/launch",
        "login_hint": "3",
        "lti_message_hint": '{"cmid":2}',
        "state": lms.state,
        "nonce": lms.nonce,
    }


def test_a_login_by_get_works_too(lms: Lms, client: FlaskClient) -> None:
    assert client.get("/lti/login", query_string=lms.initiation()).status_code == 302


def test_the_state_cookie_reaches_us_in_a_frame_of_another_site(lms: Lms, client: FlaskClient) -> None:
    cookie = lms.begin(client).headers["Set-Cookie"]
    for attribute in ("SameSite=None", "Secure", "Partitioned", "HttpOnly", "Max-Age=600"):
        assert attribute in cookie


def test_an_authorization_url_keeps_its_own_query(build: Builder, client: FlaskClient, lms: Lms) -> None:
    lms.registration = build.registration(auth_url="https://lms.example/auth?tenant=7")
    asked = parse_qs(urlsplit(lms.begin(client).location).query)
    assert asked["tenant"] == ["7"]
    assert asked["scope"] == ["openid"]


@pytest.mark.parametrize("missing", ["iss", "login_hint", "target_link_uri"])
def test_an_incomplete_initiation_gets_a_page(lms: Lms, client: FlaskClient, missing: str) -> None:
    answer = lms.begin(client, **{missing: None})
    assert answer.status_code == 400
    assert "Reference" in answer.text


@pytest.mark.parametrize("changes", [{"iss": "https://nobody.example"}, {"client_id": "nobody"}])
def test_an_unknown_platform_gets_a_page(lms: Lms, client: FlaskClient, changes: dict[str, str]) -> None:
    answer = lms.begin(client, **changes)
    assert answer.status_code == 400
    assert "not connected yet" in answer.text


def test_a_nul_character_gets_a_page(lms: Lms, client: FlaskClient) -> None:
    assert lms.begin(client, iss="\x00").status_code == 400


def test_without_a_client_id_the_issuer_must_have_just_one(
    lms: Lms, client: FlaskClient, build: Builder
) -> None:
    assert lms.begin(client, client_id=None).status_code == 302
    build.registration(issuer=lms.registration.issuer)
    assert lms.begin(client, client_id=None).status_code == 400


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/lti/launch",
        "http://127.0.0.1:8001/lti/launch",
        "http://127.0.0.1:8000@evil.example/",
        "javascript:alert(1)",
        "//127.0.0.1:8000/lti/launch",
        "http://[",
        "http://127.0.0.1:8000/" + "x" * 2000,
    ],
)
def test_a_foreign_target_is_refused_at_login(lms: Lms, client: FlaskClient, target: str) -> None:
    assert lms.begin(client, target_link_uri=target).status_code == 400


class InFrame:
    """A browser that says that it loads a frame."""

    HEADERS = {"Sec-Fetch-Dest": "iframe"}  # noqa: RUF012 - constant of a test


def test_a_frame_first_tries_whether_cookies_come_back(lms: Lms, client: FlaskClient) -> None:
    first = client.post("/lti/login", data=lms.initiation(), headers=InFrame.HEADERS)
    assert first.status_code == 303
    assert first.location.startswith("/lti/login?")
    second = client.get(first.location, headers=InFrame.HEADERS)
    assert second.location.startswith(lms.registration.auth_url)


def test_a_frame_that_drops_cookies_is_offered_a_window_of_its_own(lms: Lms, client: FlaskClient) -> None:
    first = client.post("/lti/login", data=lms.initiation(), headers=InFrame.HEADERS)
    client.delete_cookie("leadline_probe", path="/lti")
    page = client.get(first.location, headers=InFrame.HEADERS)
    assert page.status_code == 200
    way_on = BeautifulSoup(page.text, "html.parser").select_one("a[target=_blank]")
    assert way_on is not None
    again = urlsplit(str(way_on["href"]))
    assert (again.path, dict(parse_qsl(again.query))) == ("/lti/login", lms.initiation())
