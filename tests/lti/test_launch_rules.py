"""Launches to accept and to refuse, each by name (LTI Core 1.3, 1EdTech Security Framework, certification).

Every bad launch is sent with everything else valid, as a resource launch and as a deep-linking request. A
refusal is a page with a reference number, no session, and nothing stored about the person.
"""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from courses.people.models import Person
from lti import spec
from lti.errors import Reason
from lti.models import Launch
from plugin.db import Database
from tests.conftest import SetClock
from tests.lti.lms import ABSENT, KID, TOOL, Lms, make_key

Claims = Callable[..., dict[str, Any]]
KINDS = ["resource launch", "deep linking"]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def claims(lms: Lms, kind: str, client: FlaskClient) -> Claims:
    """Begin a login, then make claims of the asked kind."""
    assert lms.begin(client).status_code == 302
    return lms.claims if kind == "resource launch" else lms.deep_linking_claims


@pytest.fixture
def check_refused(
    database: Database, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> Callable[..., None]:
    def check(answer: TestResponse, reason: Reason, browser: FlaskClient = client) -> None:
        assert 400 <= answer.status_code < 500, answer.text
        logged = [record.reason for record in caplog.records if hasattr(record, "reason")]
        assert logged[-1] == reason
        assert caplog.records[-1].__dict__["reference"] in answer.text
        with browser.session_transaction() as session:
            assert "launch" not in session
        with database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Person)) == 0
            assert session.scalar(select(func.count()).select_from(Launch)) == 0

    return check


BAD_CLAIMS: dict[str, tuple[Reason, dict[str, Any]]] = {
    "version missing": (Reason.MESSAGE_INVALID, {"version": ABSENT}),
    "version not 1.3.0": (Reason.MESSAGE_INVALID, {"version": "1.1"}),
    "message type missing": (Reason.MESSAGE_INVALID, {"message_type": ABSENT}),
    "message type empty": (Reason.MESSAGE_INVALID, {"message_type": ""}),
    "message type a list": (Reason.MESSAGE_INVALID, {"message_type": ["LtiResourceLinkRequest"]}),
    "sub too long": (Reason.NOT_SIGNED_IN, {"sub": "x" * 501}),
    "deployment id too long": (Reason.MESSAGE_INVALID, {"deployment_id": "x" * 501}),
    "nonce cut within a character": (Reason.TOKEN_INVALID, {"nonce": "\ud83d"}),
    "iat not finite": (Reason.TOKEN_INVALID, {"iat": float("nan")}),
    "exp not finite": (Reason.TOKEN_INVALID, {"exp": float("inf")}),
    "message type unknown": (Reason.MESSAGE_INVALID, {"message_type": "LtiSomethingElse"}),
    "deployment id missing": (Reason.TOKEN_INVALID, {"deployment_id": ABSENT}),
    "deployment id unknown": (Reason.DEPLOYMENT_WAITING, {"deployment_id": "another"}),
    "deployment id a number": (Reason.MESSAGE_INVALID, {"deployment_id": 1}),
    "roles missing": (Reason.MESSAGE_INVALID, {"roles": ABSENT}),
    "roles null": (Reason.MESSAGE_INVALID, {"roles": None}),
    "sub missing": (Reason.NOT_SIGNED_IN, {"sub": ABSENT}),
    "sub empty": (Reason.NOT_SIGNED_IN, {"sub": ""}),
    "sub null": (Reason.NOT_SIGNED_IN, {"sub": None}),
    "nonce missing": (Reason.TOKEN_INVALID, {"nonce": ABSENT}),
    "nonce of another login": (Reason.TOKEN_INVALID, {"nonce": "not the one issued"}),
    "nonce not ascii": (Reason.TOKEN_INVALID, {"nonce": "ñ"}),
    "iat missing": (Reason.TOKEN_INVALID, {"iat": ABSENT}),
    "exp missing": (Reason.TOKEN_INVALID, {"exp": ABSENT}),
    "iat not a number": (Reason.TOKEN_INVALID, {"iat": "yesterday"}),
    "exp a list": (Reason.TOKEN_INVALID, {"exp": [1]}),
    "aud missing": (Reason.TOKEN_INVALID, {"aud": ABSENT}),
    "aud of another client": (Reason.TOKEN_INVALID, {"aud": "another"}),
    "aud empty list": (Reason.TOKEN_INVALID, {"aud": []}),
    "aud a number": (Reason.TOKEN_INVALID, {"aud": 7}),
    "iss missing": (Reason.TOKEN_INVALID, {"iss": ABSENT}),
    "iss of another platform": (Reason.TOKEN_INVALID, {"iss": "https://other.example"}),
    "target link uri missing": (Reason.FOREIGN_TARGET, {"target_link_uri": ABSENT}),
    "target link uri not the login's": (
        Reason.FOREIGN_TARGET,
        {"target_link_uri": f"{TOOL}/lti/launch?other"},
    ),
    "target link uri foreign": (
        Reason.FOREIGN_TARGET,
        {"target_link_uri": "https://evil.example/lti/launch"},
    ),
}


@pytest.mark.parametrize(("reason", "changes"), BAD_CLAIMS.values(), ids=BAD_CLAIMS.keys())
def test_a_launch_with_a_bad_claim_is_refused(
    lms: Lms,
    client: FlaskClient,
    claims: Claims,
    check_refused: Any,
    *,
    reason: Reason,
    changes: dict[str, Any],
) -> None:
    check_refused(lms.post(client, lms.sign(claims(**changes))), reason)


BAD_LINKS: dict[str, Any] = {
    "missing": ABSENT,
    "without id": {"title": "x"},
    "empty id": {"id": ""},
    "null": None,
    "text": "link-1",
}


@pytest.mark.parametrize("link", BAD_LINKS.values(), ids=BAD_LINKS.keys())
def test_a_resource_launch_with_a_bad_resource_link_is_refused(
    lms: Lms, client: FlaskClient, check_refused: Any, link: Any
) -> None:
    check_refused(lms.launch(client, resource_link=link), Reason.MESSAGE_INVALID)


@pytest.mark.parametrize("settings", [ABSENT, None, {}, {"deep_link_return_url": "javascript:alert(1)"}, 7])
def test_a_deep_linking_request_with_bad_settings_is_refused(
    lms: Lms, client: FlaskClient, check_refused: Any, settings: Any
) -> None:
    lms.begin(client)
    token = lms.sign(lms.deep_linking_claims(deep_linking_settings=settings))
    check_refused(lms.post(client, token), Reason.MESSAGE_INVALID)


TIMES: dict[str, dict[str, timedelta]] = {
    "expired": {"iat": timedelta(minutes=-3), "exp": timedelta(minutes=-2)},
    "issued in the future": {"iat": timedelta(minutes=2), "exp": timedelta(minutes=5)},
    "issued days ago with a far expiry": {"iat": timedelta(days=-2), "exp": timedelta(days=300)},
    "not valid yet": {"nbf": timedelta(minutes=2)},
}


@pytest.mark.parametrize("times", TIMES.values(), ids=TIMES.keys())
def test_a_launch_outside_its_time_is_refused(
    lms: Lms, client: FlaskClient, claims: Claims, check_refused: Any, times: dict[str, timedelta]
) -> None:
    changes = {name: int((lms.now + delta).timestamp()) for name, delta in times.items()}
    check_refused(lms.post(client, lms.sign(claims(**changes))), Reason.TOKEN_EXPIRED)


@pytest.mark.parametrize("seconds", [-59, 59])
def test_a_clock_that_is_a_minute_off_is_forgiven(
    lms: Lms, client: FlaskClient, claims: Claims, seconds: int
) -> None:
    at = int((lms.now + timedelta(seconds=seconds)).timestamp())
    expires = at if seconds < 0 else at + 60
    assert lms.post(client, lms.sign(claims(iat=at, exp=expires))).status_code == 303


def _unsigned(lms: Lms, claims: dict[str, Any]) -> str:
    del lms
    return jwt.encode(claims, "", algorithm="none", headers={"kid": KID})


def _hs256_with_the_public_key(lms: Lms, claims: dict[str, Any]) -> str:
    public = lms.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = _part({"alg": "HS256", "typ": "JWT", "kid": KID})
    signing = f"{header}.{_part(claims)}"
    mac = hmac.digest(public, signing.encode(), "sha256")
    return f"{signing}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


FORGERIES: dict[str, Callable[[Lms, dict[str, Any]], str]] = {
    "no kid": lambda lms, claims: jwt.encode(claims, lms.key, algorithm="RS256"),
    "unknown kid": lambda lms, claims: lms.sign(claims, kid="nobody"),
    "kid a number": lambda lms, claims: lms.sign(claims).replace(
        lms.sign(claims).split(".")[0], _part({"alg": "RS256", "kid": 7})
    ),
    "signed with another key": lambda _lms, claims: jwt.encode(
        claims, make_key(), algorithm="RS256", headers={"kid": KID}
    ),
    "signature cut": lambda lms, claims: lms.sign(claims)[:-8],
    "body exchanged": lambda lms, claims: ".".join(
        [lms.sign(claims).split(".")[0], _part({**claims, "sub": "9"}), lms.sign(claims).split(".")[2]]
    ),
    "alg none": _unsigned,
    "HS256 with the public key": _hs256_with_the_public_key,
    "RS512": lambda lms, claims: jwt.encode(claims, lms.key, algorithm="RS512", headers={"kid": KID}),
    "not a JWT": lambda _lms, _claims: "hello",
    "empty": lambda _lms, _claims: "",
    "body a list": lambda _lms, _claims: f"{_part({'alg': 'RS256', 'kid': KID})}.{_part([1])}.xxxx",
    "header a number": lambda _lms, claims: f"{_part(7)}.{_part(claims)}.xxxx",
    "not base64": lambda _lms, _claims: "ü.ü.ü",
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_token_is_refused(
    lms: Lms,
    client: FlaskClient,
    claims: Claims,
    check_refused: Any,
    forge: Callable[[Lms, dict[str, Any]], str],
) -> None:
    check_refused(lms.post(client, forge(lms, claims())), Reason.TOKEN_INVALID)


def test_the_same_token_again_is_refused(lms: Lms, client: FlaskClient, claims: Claims) -> None:
    token = lms.sign(claims())
    assert lms.post(client, token).status_code == 303
    again = lms.post(client, token)
    assert again.status_code == 400
    assert "used already" in again.text


def test_a_new_token_with_a_used_state_and_nonce_is_refused(
    lms: Lms, client: FlaskClient, claims: Claims
) -> None:
    made = claims()
    assert lms.post(client, lms.sign(made)).status_code == 303
    assert lms.post(client, lms.sign({**made, "sub": "4"})).status_code == 400


def test_a_refused_launch_burns_its_state(
    lms: Lms, client: FlaskClient, claims: Claims, check_refused: Any
) -> None:
    check_refused(lms.post(client, lms.sign(claims(version="1.1"))), Reason.MESSAGE_INVALID)
    check_refused(lms.post(client, lms.sign(claims())), Reason.STATE_USED)


def test_a_state_is_good_for_ten_minutes(
    lms: Lms, client: FlaskClient, clock: SetClock, claims: Claims, check_refused: Any
) -> None:
    clock.now += timedelta(minutes=10, seconds=1)
    lms.now = clock.now
    check_refused(lms.post(client, lms.sign(claims())), Reason.STATE_UNKNOWN)


def test_an_unknown_state_is_refused(
    lms: Lms, client: FlaskClient, claims: Claims, check_refused: Any
) -> None:
    made = claims()
    lms.state = "made-up"
    check_refused(lms.post(client, lms.sign(made)), Reason.STATE_UNKNOWN)
    lms.state = ""
    check_refused(lms.post(client, lms.sign(made)), Reason.STATE_UNKNOWN)


def test_a_state_from_another_browser_is_refused(
    lms: Lms, app: Flask, claims: Claims, check_refused: Any
) -> None:
    other = app.test_client()
    check_refused(lms.post(other, lms.sign(claims())), Reason.OTHER_BROWSER, other)


def test_state_and_nonce_of_two_logins_cannot_be_mixed(
    lms: Lms, client: FlaskClient, claims: Claims, check_refused: Any
) -> None:
    first = claims()
    lms.begin(client)
    check_refused(lms.post(client, lms.sign(first)), Reason.TOKEN_INVALID)


def test_several_audiences_need_azp_and_it_decides(lms: Lms, client: FlaskClient, kind: str) -> None:
    ours = lms.registration.client_id
    for party, status in ((ABSENT, 400), ("another", 400), (ours, 303)):
        lms.begin(client)
        make = lms.claims if kind == "resource launch" else lms.deep_linking_claims
        answer = lms.post(client, lms.sign(make(aud=["another", ours], azp=party)))
        assert answer.status_code == status


def test_an_error_from_the_platform_gets_its_own_page(
    lms: Lms, client: FlaskClient, check_refused: Any
) -> None:
    lms.begin(client)
    answer = client.post(
        "/lti/launch",
        data={"error": "login_required", "error_description": "<b>no session</b>", "state": lms.state},
    )
    check_refused(answer, Reason.PLATFORM_ERROR)
    check_refused(lms.post(client, lms.sign(lms.claims())), Reason.STATE_USED)
    assert "Your learning platform stopped the visit" in answer.text
    assert "<b>no session" not in answer.text


def test_a_refusal_after_the_signature_offers_the_way_back_to_the_course(
    lms: Lms, client: FlaskClient
) -> None:
    signed = lms.launch(client, target_link_uri=f"{TOOL}/else")
    assert 'href="https://lms.example/course/1"' in signed.text
    lms.begin(client)
    unsigned = lms.post(client, jwt.encode(lms.claims(), make_key(), "RS256", headers={"kid": KID}))
    assert "https://lms.example/course/1" not in unsigned.text


GOOD: dict[str, dict[str, Any]] = {
    "everything told": {},
    "email only": {"name": ABSENT, "given_name": ABSENT, "family_name": ABSENT},
    "name only": {"email": ABSENT},
    "nothing personal": {"name": ABSENT, "given_name": ABSENT, "family_name": ABSENT, "email": ABSENT},
    "unknown role": {"roles": ["http://example.org/role#Wizard"]},
    "short role": {"roles": ["Learner"]},
    "no roles": {"roles": []},
    "no context": {"context": ABSENT},
    "aud as a list of one": {},
    "unknown claims": {"https://example.org/claim": {"x": 1}},
    "null values": {"context": None, "launch_presentation": None, "custom": None, "email": None},
    "wrong types in optional claims": {"context": 7, "custom": "x", "launch_presentation": [], "name": 3},
    "unresolved variables": {"custom": {"resource_id": "$ResourceLink.id"}},
    "sub as a number": {"sub": 3},
    "link without a module": {"custom": ABSENT},
}


@pytest.mark.parametrize("role", ["Instructor", "Learner"])
@pytest.mark.parametrize("name", GOOD)
def test_a_valid_launch_is_accepted(lms: Lms, client: FlaskClient, role: str, name: str) -> None:
    changes = dict(GOOD[name])
    changes.setdefault("roles", [spec.MEMBERSHIP + "#" + role])
    if name == "aud as a list of one":
        changes["aud"] = [lms.registration.client_id]
    if name == "unknown claims":
        lms.extra, changes = changes, {}
    answer = lms.launch(client, **changes)
    assert answer.status_code == 303, answer.text
    page = client.get(answer.location, follow_redirects=True)
    assert page.status_code == 200, page.text
