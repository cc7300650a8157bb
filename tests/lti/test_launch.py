"""What a launch leaves behind, where it leads, and what it costs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, func, select

from courses.audit import AuditEntry
from courses.people.models import Person
from lti import spec
from lti.models import Deployment, Identity, Launch
from plugin.db import Database
from tests.builders import Builder
from tests.fakes.http import CannedHttp
from tests.lti.lms import ABSENT, Lms

LINE_ITEM = "https://lms.example/2/lineitems/7/lineitem?type_id=1"
ENDPOINT = {"lineitem": LINE_ITEM, "lineitems": "https://lms.example/2/lineitems", "scope": []}


@contextmanager
def counted(connection: Connection) -> Iterator[list[str]]:
    """Collect the SQL statements sent meanwhile, without BEGIN, SAVEPOINT and their ends."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield seen
    event.remove(connection, "before_cursor_execute", note)


def _launch_counted(lms: Lms, client: FlaskClient, connection: Connection, **changes: Any) -> list[str]:
    lms.begin(client)
    with counted(connection) as statements:
        assert lms.post(client, lms.sign(lms.claims(**changes))).status_code == 303
    return statements


def test_the_most_expensive_launch_does_at_most_eight_statements(
    build: Builder, lms: Lms, client: FlaskClient, connection: Connection, http: CannedHttp
) -> None:
    """Everything is new: deployment, person, identity, link, launch; and the deployment is audited."""
    lms.registration = build.registration(product="canvas", jwks_url=lms.registration.jwks_url)
    build.deployment(lms.registration, "known")
    statements = _launch_counted(lms, client, connection, deployment_id="new", ags_endpoint=ENDPOINT)
    assert len(statements) <= 8, statements


def test_a_launch_with_nothing_new_does_three_statements_and_no_network_call(
    lms: Lms, client: FlaskClient, connection: Connection, http: CannedHttp
) -> None:
    lms.launch(client, ags_endpoint=ENDPOINT)
    http.calls.clear()
    statements = _launch_counted(lms, client, connection, ags_endpoint=ENDPOINT)
    assert len(statements) == 3, statements
    assert http.calls == []


def test_a_person_we_know_who_meets_a_new_column_stays_within_eight_statements(
    lms: Lms, client: FlaskClient, connection: Connection
) -> None:
    lms.launch(client)
    statements = _launch_counted(
        lms, client, connection, resource_link={"id": "second"}, ags_endpoint=ENDPOINT
    )
    assert len(statements) <= 8, statements


@pytest.mark.parametrize("claim", ["sub", "deployment_id"])
def test_an_id_that_cannot_be_stored_is_refused(lms: Lms, client: FlaskClient, claim: str) -> None:
    assert lms.launch(client, **{claim: "cut \ud83d"}).status_code == 400


def test_a_name_that_was_cut_within_a_character_is_taken_without_its_half(
    lms: Lms, client: FlaskClient, database: Database
) -> None:
    assert lms.launch(client, name="Amara \ud83d").status_code == 303
    with database.reading() as session:
        assert session.scalars(select(Person.name)).one() == "Amara ?"


def test_a_column_that_a_link_gets_later_is_marked_for_everybody_who_learns_there(
    lms: Lms, client: FlaskClient, database: Database
) -> None:
    for sub in ("amara", "luis"):
        lms.launch(client, sub=sub)
    lms.launch(client, sub="ben", ags_endpoint=ENDPOINT)
    with database.reading() as session:
        marked = session.scalars(
            select(Identity.sub).join(Launch, Launch.identity_id == Identity.id).where(Launch.new_column)
        ).all()
    assert sorted(marked) == ["amara", "luis"]


def test_a_refusal_may_be_framed_by_anyone_whoever_was_here_before(lms: Lms, client: FlaskClient) -> None:
    lms.launch(client)
    refused = client.post("/lti/launch", data={"state": "made up"})
    assert refused.headers["Content-Security-Policy"].endswith("frame-ancestors *")


def test_a_second_launch_finds_the_same_person(lms: Lms, client: FlaskClient, database: Database) -> None:
    lms.launch(client)
    lms.launch(client, resource_link={"id": "link-2"})
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1
        assert session.scalar(select(func.count()).select_from(Launch)) == 2


def test_nobody_is_matched_by_name_or_mail(lms: Lms, client: FlaskClient, database: Database) -> None:
    for sub in ("3", "4"):
        lms.launch(client, sub=sub)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 2


def test_a_new_name_in_the_platform_is_taken_over(lms: Lms, client: FlaskClient, database: Database) -> None:
    lms.launch(client)
    lms.launch(client, name="Amara Osei-Bonsu")
    lms.launch(client, name=ABSENT, given_name=ABSENT, family_name=ABSENT)
    with database.reading() as session:
        assert session.scalars(select(Person.name)).one() == "Amara Osei-Bonsu"


def test_a_deactivated_person_is_refused(lms: Lms, client: FlaskClient, database: Database) -> None:
    lms.launch(client)
    with database.transaction() as session:
        session.scalars(select(Person)).one().active = False
    answer = lms.launch(client)
    assert answer.status_code == 403
    assert client.get("/learn/").status_code == 401


def _deployments(database: Database) -> dict[str, bool]:
    with database.reading() as session:
        return {row.deployment_id: row.accepted for row in session.scalars(select(Deployment))}


@pytest.mark.parametrize("product", ["canvas", "moodle", "other"])
def test_the_first_deployment_is_learnt(
    build: Builder, lms: Lms, client: FlaskClient, database: Database, product: str
) -> None:
    lms.registration = build.registration(product=product, jwks_url=lms.registration.jwks_url)
    assert lms.launch(client, deployment_id="first").status_code == 303
    assert _deployments(database)["first"] is True


def test_canvas_teaches_us_further_deployments_with_an_audit_entry(
    build: Builder, lms: Lms, client: FlaskClient, database: Database
) -> None:
    lms.registration = build.registration(product="canvas", jwks_url=lms.registration.jwks_url)
    for deployment in ("first", "second"):
        assert lms.launch(client, deployment_id=deployment).status_code == 303
    with database.reading() as session:
        actions = session.scalars(select(AuditEntry.action)).all()
    assert actions == ["deployment.learnt", "deployment.learnt"]


def test_another_product_with_an_unknown_deployment_waits_for_an_admin(
    lms: Lms, client: FlaskClient, database: Database
) -> None:
    answer = lms.launch(client, deployment_id="second")
    assert answer.status_code == 403
    assert _deployments(database) == {"1": True, "second": False}
    assert lms.launch(client, deployment_id="second").status_code == 403
    with database.transaction() as session:
        waiting = session.scalars(select(Deployment).where(Deployment.deployment_id == "second")).one()
        waiting.accepted = True
    assert lms.launch(client, deployment_id="second").status_code == 303


def test_a_link_that_names_no_module_leads_learners_home_and_staff_to_the_modules(
    lms: Lms, client: FlaskClient
) -> None:
    learner = lms.launch(client, custom=ABSENT)
    assert learner.location == "/learn/"
    staff = lms.launch(client, custom=ABSENT, roles=[spec.MEMBERSHIP + "#Instructor"])
    assert "Choose a module" in client.get(staff.location).text


@pytest.mark.parametrize("resource_id", ["t:step-up:m99", "nonsense", "t::", "t:step-up:m1:x"])
def test_a_module_we_do_not_have_is_no_module(lms: Lms, client: FlaskClient, resource_id: str) -> None:
    assert lms.launch(client, custom={"resource_id": resource_id}).location == "/learn/"


def test_the_session_cookie_has_every_attribute_a_frame_needs(lms: Lms, client: FlaskClient) -> None:
    cookies = lms.launch(client).headers.getlist("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("leadline_session="))
    for attribute in ("SameSite=None", "Secure", "Partitioned", "HttpOnly"):
        assert attribute in session


def test_pages_may_be_framed_by_the_platform_of_the_launch_only(lms: Lms, client: FlaskClient) -> None:
    school = {"lineitems": "https://school.example:8443/api/lineitems"}
    answer = lms.launch(client, ags_endpoint=school, iss=lms.registration.issuer)
    policy = client.get(answer.location, follow_redirects=True).headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self' https://lms.example https://school.example:8443")


def test_one_issuer_may_have_many_clients(build: Builder, lms: Lms, client: FlaskClient) -> None:
    second = build.registration(jwks_url=lms.registration.jwks_url)
    build.deployment(second, "1")
    assert lms.launch(client).status_code == 303
    lms.registration = second
    assert lms.launch(client).status_code == 303


def test_one_person_may_come_by_two_clients_of_an_issuer(
    build: Builder, lms: Lms, client: FlaskClient, database: Database
) -> None:
    lms.launch(client)
    lms.registration = build.registration(jwks_url=lms.registration.jwks_url)
    lms.launch(client)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Identity)) == 1
