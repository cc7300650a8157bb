"""Launches with the recorded claims of a real Moodle 4.5.6, re-signed with a test key."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from courses.people.models import Person
from lti import spec
from lti.models import Launch, ResourceLink
from plugin.db import Database
from tests.builders import Builder
from tests.conftest import SetClock
from tests.fakes.http import CannedHttp
from tests.lti.lms import KID, Lms, public_jwk

RECORDINGS = Path(__file__).parents[1] / "data" / "moodle"
THEIRS = "http://127.0.0.1:8200"


@pytest.fixture
def moodle(build: Builder, http: CannedHttp, clock: SetClock, platform_key: Any) -> Lms:
    """The recorded site, with a key of ours."""
    registration = build.registration(issuer="http://127.0.0.1:8100", client_id="4s4tnpoSV8pweXc")
    build.deployment(registration, "1")
    http.answers[registration.jwks_url] = {"keys": [public_jwk(platform_key, KID)]}
    return Lms(registration, platform_key, clock.now)


def recorded(name: str) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text())["launch"]["claims"]
    return claims


def replay(moodle: Lms, client: FlaskClient, name: str, **changes: Any) -> TestResponse:
    claims = recorded(name)
    moodle.target = claims[spec.TARGET_LINK_URI].replace(THEIRS, "http://127.0.0.1:8000")
    assert moodle.begin(client).status_code == 302
    issued = int(moodle.now.timestamp())
    own = {"nonce": moodle.nonce, "iat": issued, "exp": issued + 60, spec.TARGET_LINK_URI: moodle.target}
    return moodle.post(client, moodle.sign({**claims, **own, **changes}))


EXPECTED = {
    "launch-learner-resource-link": (False, True),
    "launch-learner-link-without-lineitem": (False, True),
    "launch-editing-teacher-resource-link": (True, False),
    "launch-non-editing-teacher-resource-link": (True, False),
    "launch-site-admin-resource-link": (True, False),
    "launch-deep-linking-request": (True, False),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_moodle_launches_are_taken_as_what_they_are(
    moodle: Lms, client: FlaskClient, database: Database, name: str
) -> None:
    answer = replay(moodle, client, name)
    assert answer.status_code == 303, answer.text
    assert client.get(answer.location, follow_redirects=True).status_code == 200
    with database.reading() as session:
        launch = session.scalars(select(Launch)).one()
    assert (launch.staff, launch.learner) == EXPECTED[name]
    assert "http://127.0.0.1:8100" in launch.frame_origins


def test_a_moodle_learner_brings_name_column_and_course(
    moodle: Lms, client: FlaskClient, database: Database
) -> None:
    replay(moodle, client, "launch-learner-resource-link")
    with database.reading() as session:
        person = session.scalars(select(Person)).one()
        link = session.scalars(select(ResourceLink)).one()
    assert person.name == "Lena Okafor"
    assert link.resource_link_id == "1"
    assert link.context_title == "Leadership Pipeline 2026"
    assert link.line_item_url == (
        "http://127.0.0.1:8100/mod/lti/services.php/2/lineitems/2/lineitem?type_id=1"
    )


def test_an_ungraded_moodle_link_has_no_column(moodle: Lms, client: FlaskClient, database: Database) -> None:
    replay(moodle, client, "launch-learner-link-without-lineitem")
    with database.reading() as session:
        assert session.scalars(select(ResourceLink)).one().line_item_url is None


def test_a_teacher_who_adds_an_activity_comes_to_the_picker(moodle: Lms, client: FlaskClient) -> None:
    answer = replay(moodle, client, "launch-deep-linking-request")
    page = client.get(answer.location)
    assert 'value="m1"' in page.text
    assert "http://127.0.0.1:8100" in page.headers["Content-Security-Policy"]
