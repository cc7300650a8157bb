"""manifest.json against the code: every path is a route, every scope we use is declared."""

from flask import Flask
from flask.testing import FlaskClient

from lti import spec
from lti.manifest import manifest


def test_every_path_in_the_manifest_is_a_real_route(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    for name, method in (("login", "POST"), ("launch", "POST"), ("jwks", "GET"), ("icon", "GET")):
        assert adapter.match(manifest()[name], method=method)


def test_every_scope_we_use_is_declared() -> None:
    assert {spec.SCORE_SCOPE, spec.RESULT_SCOPE} <= set(manifest()["scopes"])


def test_the_canvas_configuration_has_what_canvas_demands(client: FlaskClient) -> None:
    config = client.get("/lti/config.json").get_json()
    extension = config["extensions"][0]
    assert {"title", "description", "target_link_uri", "oidc_initiation_url", "public_jwk_url"} <= set(config)
    assert config["scopes"] == manifest()["scopes"]
    assert extension["platform"] == "canvas.instructure.com"
    assert extension["domain"] == "127.0.0.1:8000"
    placements = {item["placement"]: item for item in extension["settings"]["placements"]}
    assert set(placements) == {"course_navigation", "assignment_selection", "link_selection"}
    assert placements["link_selection"]["message_type"] == spec.DEEP_LINKING_LAUNCH
    assert isinstance(placements["link_selection"]["selection_width"], int)
