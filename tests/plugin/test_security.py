"""Guards, headers and tokens, over every route there is."""

import uuid
from datetime import timedelta

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from courses.modules.models import ActivityWork
from plugin import sessions
from plugin.db import Database
from plugin.security import Access
from tests.builders import Builder
from tests.conftest import SetClock

PROTOCOL = {"lti", "lti_register", "scim", "scim_discovery", "scim_oauth"}  # with proofs of their own
ASSETS = {"static", "bootstrap.static", "lti_register.static"}


def guarded_routes(app: Flask) -> dict[str, Access | None]:
    return {
        rule.endpoint: getattr(app.view_functions[rule.endpoint], "access", None)
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in ASSETS and rule.endpoint.split(".")[0] not in PROTOCOL
    }


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    routes = guarded_routes(app)
    assert len(routes) > 8
    assert [name for name, access in routes.items() if access is None] == []


def test_only_these_routes_are_open_to_anyone(app: Flask) -> None:
    open_routes = {name for name, access in guarded_routes(app).items() if access is Access.ANYONE}
    assert open_routes == {"health.healthz", "setup.ask", "setup.begin"}


def test_a_stranger_gets_nothing_from_any_guarded_route(app: Flask, client: FlaskClient) -> None:
    arguments = {"track": "step-up", "module": "m1", "activity": "brief", "launch_id": uuid.uuid4()}
    adapter = app.url_map.bind("localhost")
    tried = 0
    for rule in app.url_map.iter_rules():
        if guarded_routes(app).get(rule.endpoint) in {Access.LAUNCHED, Access.STAFF}:
            values = {name: arguments[name] for name in rule.arguments}
            for method in (rule.methods or set()) & {"GET", "POST"}:
                answer = client.open(adapter.build(rule.endpoint, values, method), method=method)
                assert answer.status_code == 401, rule.endpoint
                tried += 1
    assert tried > 5


def test_a_learner_is_kept_out_of_what_is_for_staff(client: FlaskClient, build: Builder) -> None:
    build.visitor().sign_in(client)
    assert client.get("/choose/").status_code == 403
    build.visitor("Tomas Berg", staff=True).sign_in(client)
    assert client.get("/choose/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/healthz", "/nothing", "/learn/", "/lti/jwks.json", "/static/leadline.css"]
)
def test_every_response_has_the_security_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors" in policy
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_form_without_our_token_is_refused_and_nothing_is_written(
    app: Flask, client: FlaskClient, build: Builder, database: Database
) -> None:
    build.visitor().sign_in(client)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answer = client.post("/learn/step-up/m1/brief", data={"answer": "x", "action": "save"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert answer.status_code == 400
    with database.reading() as session:
        assert session.scalars(select(ActivityWork)).all() == []


def test_a_session_ends_twelve_hours_after_its_launch(
    client: FlaskClient, build: Builder, clock: SetClock
) -> None:
    build.visitor(launched_at=clock.now).sign_in(client)
    clock.now += timedelta(hours=11, minutes=59)
    assert client.get("/learn/").status_code == 200
    clock.now += timedelta(minutes=2)
    assert client.get("/learn/").status_code == 401


def test_a_second_launch_keeps_open_forms_valid_for_the_same_person_only(
    app: Flask, client: FlaskClient, build: Builder
) -> None:
    with app.test_request_context():
        generate_csrf()
        token = session["csrf_token"]
        amara, luis = build.visitor(), build.visitor("Luis Ortega")
        session["person"] = str(amara.person.id)
        sessions.start(amara.launch.id, amara.person.id)
        assert session["csrf_token"] == token
        sessions.start(luis.launch.id, luis.person.id)
        assert "csrf_token" not in session


@pytest.mark.parametrize("path", ["/learn/?x=%00", "/lti/login?iss=%00", "/learn/%00"])
def test_nul_characters_are_refused(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in {400, 404}


def test_a_tampered_session_is_no_session(client: FlaskClient) -> None:
    client.set_cookie("leadline_session", "eyJsYXVuY2giOiJ4In0.made.up")
    assert client.get("/learn/").status_code == 401
