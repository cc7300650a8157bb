"""Discovery, and the errors that everything shares."""

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from plugin.app import create_app
from plugin.config import Config
from plugin.db import Database
from tests.scim.http.directory import USER, Directory

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def test_discovery_is_public(client: FlaskClient) -> None:
    for path in (
        "ServiceProviderConfig",
        "ResourceTypes",
        "Schemas",
        "ResourceTypes/User",
        "ResourceTypes/Group",
    ):
        answer = client.get(f"/scim/v2/{path}")
        assert (answer.status_code, answer.mimetype) == (200, "application/scim+json")


def test_what_is_announced_is_what_is_enforced(client: FlaskClient) -> None:
    config = client.get("/scim/v2/ServiceProviderConfig").json
    assert config["bulk"] == {"supported": True, "maxOperations": 1000, "maxPayloadSize": 8 * 1024 * 1024}
    assert config["filter"] == {"supported": True, "maxResults": 200}
    assert config["pagination"]["cursor"] is True
    assert config["pagination"]["maxPageSize"] == 200
    assert [one["type"] for one in config["authenticationSchemes"]] == ["oauthbearertoken", "oauth2"]
    assert not config["changePassword"]["supported"]


def test_schemas_are_found_by_their_urn_in_any_case(client: FlaskClient) -> None:
    listed = client.get("/scim/v2/Schemas").json
    assert listed["totalResults"] == len(listed["Resources"]) == 4
    for schema in listed["Resources"]:
        found = client.get(f"/scim/v2/Schemas/{schema['id'].upper()}").json
        assert found == schema
    assert "password" not in client.get("/scim/v2/Schemas").text
    assert client.get("/scim/v2/Schemas/urn:nope").status_code == 404


def test_discovery_cannot_be_filtered(client: FlaskClient) -> None:
    answer = client.get('/scim/v2/Schemas?filter=id eq "x"')
    assert (answer.status_code, answer.json["status"]) == (403, "403")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/scim/v2/Nothing", 404),
        ("GET", "/scim/v2", 401),
        ("POST", "/scim/v2/Schemas", 405),
        ("PATCH", "/scim/v2/Users", 405),
        ("POST", "/scim/v2/Users/some-id", 405),
        ("GET", "/scim/v2/Bulk", 405),
        ("GET", "/scim/v2/Users", 401),
        ("GET", "/scim/v2/Me", 401),
    ],
)
def test_errors_of_the_router_have_scim_bodies(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.mimetype) == (status, "application/scim+json")
    assert answer.json["schemas"] == [ERROR]
    assert answer.json["status"] == str(status)
    assert answer.json["detail"]
    assert status != 405 or answer.headers["Allow"]


def test_every_route_but_discovery_wants_a_token(app: Flask, client: FlaskClient) -> None:
    adapter = app.url_map.bind("localhost")
    tried = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("scim."):
            values = {name: {"place": "Users"}.get(name, "x") for name in rule.arguments}
            for method in (rule.methods or set()) - {"OPTIONS"}:
                answer = client.open(adapter.build(rule.endpoint, values, method), method=method)
                assert (answer.status_code, answer.mimetype) == (401, "application/scim+json"), rule.endpoint
                tried += 1
    assert tried > 12


def test_me_is_not_implemented(directory: Directory) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        answer = directory.send(method, "/Me")
        assert (answer.status_code, answer.json["status"]) == (501, "501")


def test_pages_outside_keep_their_own_errors(client: FlaskClient) -> None:
    assert client.get("/scim").mimetype == "text/html"
    assert client.get("/scimitar/v2").mimetype == "text/html"


def test_a_mistake_of_ours_is_a_500_with_a_number_and_no_inner_words(
    config: Config, database: Database, directory: Directory
) -> None:
    def broken() -> datetime:
        raise RuntimeError("a secret of the house")

    answer = Directory(
        create_app(config, database=database, clock=broken).test_client(), directory.token
    ).get("/Users")
    assert (answer.status_code, answer.mimetype, answer.json["status"]) == (
        500,
        "application/scim+json",
        "500",
    )
    assert "secret" not in answer.text


def test_a_slash_at_the_end_does_no_harm(directory: Directory) -> None:
    assert directory.post("/Users/", {"schemas": [USER], "userName": "amara"}).status_code == 201
    assert directory.names("/Users/") == ["amara"]
    doubled = directory.get("//Users")
    assert doubled.status_code == 308
    assert doubled.headers["Location"].endswith("/scim/v2/Users")


def test_forms_are_no_resources(directory: Directory) -> None:
    headers = {"Authorization": f"Bearer {directory.token}"}
    answer = directory.client.post("/scim/v2/Users", data={"userName": "x"}, headers=headers)
    assert (answer.status_code, answer.json["status"]) == (415, "415")


def test_a_body_longer_than_announced_is_refused_and_a_long_group_is_not(directory: Directory) -> None:
    long = {"userName": "amara", "title": "x" * (1024 * 1024)}
    answer = directory.post("/Users", long)
    assert (answer.status_code, answer.json["status"]) == (413, "413")
    members = [{"value": f"{number:036}"} for number in range(25_000)]
    answer = directory.post("/Groups", {"displayName": "Everybody", "members": members})
    assert answer.status_code == 201, answer.text
    assert len(answer.json["members"]) == 25_000
