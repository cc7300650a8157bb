"""The walks of directories' own validators, request by request (facts 1.1, 1.2, 1.3)."""

import uuid
from typing import Any

from tests.scim.http.directory import ENT, GROUP, USER, Directory

AD_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"


def test_entra_validator_users(directory: Directory) -> None:
    body = {
        "schemas": [USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"],
        "userName": "Test_User_ab6490ee@example.com",
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
        "active": True,
        "addresses": None,
        "department": None,
        "manager": None,
        "emails": [{"primary": True, "type": "work", "value": "ab@example.com"}],
        "name": {"formatted": "Ryan Leenay", "familyName": "Leenay", "givenName": "Ryan"},
        "roles": [{"primary": "True", "value": '{"id":"7","value":"Lead"}'}],
    }
    made = directory.post("/Users", body)
    assert made.status_code == 201
    path = f"/Users/{made.json['id']}"
    assert directory.get(path).json == made.json
    assert made.json["roles"][0]["value"] == '{"id":"7","value":"Lead"}'
    assert directory.post("/Users", body).status_code == 409
    for text in (
        'userName eq "test_user_AB6490ee@example.com"',
        "externalId eq 0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
        'emails[type eq "work"].value eq "AB@example.com"',
    ):
        assert directory.get(f"/Users?filter={text}").json["totalResults"] == 1, text
    absent = directory.get(f'/Users?filter=userName eq "{uuid.uuid4()}"')
    assert (absent.status_code, absent.json["totalResults"]) == (200, 0)
    assert (
        directory.patch(path, {"op": "Replace", "path": "active", "value": "False"}).json["active"] is False
    )
    assert directory.get(path).status_code == 200
    verbose = {
        "op": "replace",
        "value": {"displayName": "B", "name.givenName": "K", f"{ENT}:employeeNumber": "1", "active": "True"},
    }
    changed = directory.patch(path, verbose).json
    assert (changed["displayName"], changed["name"]["givenName"], changed["active"]) == ("B", "K", True)
    assert changed[ENT]["employeeNumber"] == "1"
    home = {"op": "Add", "path": 'emails[type eq "home"].value', "value": "home@example.com"}
    emails = directory.patch(path, home).json["emails"]
    assert {"type": "home", "value": "home@example.com"} in emails
    assert (
        directory.patch(path, {"op": "Replace", "path": "userName", "value": "new@x.example"}).status_code
        == 200
    )
    assert directory.delete(path).status_code == 204
    assert directory.delete(path).status_code == 404
    assert directory.get(path).status_code == 404


def test_entra_validator_manager(directory: Directory) -> None:
    boss = directory.user("boss")
    path = f"/Users/{directory.user('amara')['id']}"
    for value in (
        boss["id"],
        {"value": boss["id"]},
        [{"$ref": f"http://localhost/scim/v2/Users/{boss['id']}", "value": boss["id"]}],
    ):
        answer = directory.patch(path, {"op": "Add", "path": f"{ENT}:manager", "value": value})
        assert answer.json[ENT]["manager"]["value"] == boss["id"]
        assert answer.json[ENT]["manager"]["$ref"] == boss["meta"]["location"]
    probe = f'/Users?filter=id eq "{path[7:]}" and manager eq "{boss["id"]}"&attributes=id'
    assert directory.get(probe).json["totalResults"] == 1
    gone = directory.patch(path, {"op": "Remove", "path": f"{ENT}:manager"})
    assert ENT not in gone.json
    assert directory.get(probe).json["totalResults"] == 0


def test_entra_validator_groups(directory: Directory) -> None:
    people = [directory.user(f"u{number}")["id"] for number in range(3)]
    body = {
        "schemas": [GROUP, AD_GROUP],
        "externalId": "8aa1a0c0",
        "displayName": "Group Name",
        "members": [],
    }
    made = directory.post("/Groups", body)
    assert made.status_code == 201
    assert made.headers["Location"]
    path = f"/Groups/{made.json['id']}"
    assert directory.post("/Groups", body).status_code == 409
    found = directory.get('/Groups?excludedAttributes=members&filter=displayName eq "GROUP name"').json
    assert found["totalResults"] == 1
    assert "members" not in found["Resources"][0]
    for turn, value in enumerate(people, 1):
        add = {"op": "Add", "path": "members", "value": [{"$ref": None, "value": value}]}
        assert directory.patch(path, add).status_code == 204
        assert len(directory.members(made.json["id"])) == turn
    remove = {"op": "Remove", "path": "members", "value": [{"$ref": None, "value": people[0]}]}
    assert directory.patch(path, remove).status_code == 204
    assert directory.members(made.json["id"]) == set(people[1:])
    for value, total in ((people[0], 0), (people[1], 1)):
        probe = directory.get(f'/Groups?filter=id eq "{made.json["id"]}" and members eq "{value}"')
        assert probe.json["totalResults"] == total
    rename = {"op": "Replace", "path": "displayName", "value": "Renamed"}
    assert directory.patch(path, rename).status_code == 204
    assert directory.delete(path).status_code == 204
    assert directory.get(path).status_code == 404


def test_okta_spec_test(directory: Directory) -> None:
    directory.user(
        "seed@example.com",
        name={"givenName": "Seed", "familyName": "One"},
        emails=[{"value": "seed@example.com", "primary": True}],
    )
    first = directory.get("/Users?count=1&startIndex=1").json["Resources"][0]
    assert first["name"]["familyName"]
    assert first["emails"][0]["value"]
    assert first["active"] is True
    assert directory.get(f"/Users/{first['id']}").json["userName"] == first["userName"]
    missing = directory.get(f"/Users/{uuid.uuid4().hex}")
    assert (missing.status_code, missing.json["status"]) == (404, "404")
    assert missing.json["detail"]
    body: dict[str, Any] = {
        "schemas": [USER],
        "userName": "Runscope300@atko.com",
        "name": {"givenName": "Runscope", "familyName": "Test"},
        "emails": [{"primary": True, "value": "Runscope300@atko.com", "type": "work"}],
        "displayName": "Runscope Test",
        "locale": "en-US",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [],
        "password": "1mz050nq",
        "active": True,
    }
    made = directory.post("/Users", body)
    assert (made.status_code, made.json["active"]) == (201, True)
    assert directory.post("/Users", body).status_code == 409
    assert (
        directory.get('/Users?filter=userName eq "RUNSCOPE300@atko.com"&startIndex=1&count=100').json[
            "totalResults"
        ]
        == 1
    )
    path = f"/Users/{made.json['id']}"
    echoed = directory.get(path).json
    put = directory.put(path, {**echoed, "active": False, "groups": [{"value": "x"}]})
    assert (put.status_code, put.json["active"]) == (200, False)
    back = directory.post("/Users", body)
    assert (back.status_code, back.json["id"], back.json["active"]) == (201, made.json["id"], True)
    off = directory.patch(path, {"op": "replace", "value": {"active": False}})
    assert (off.status_code, off.json["active"]) == (200, False)


def test_okta_group_push(directory: Directory) -> None:
    one, two = directory.user("u1")["id"], directory.user("u2")["id"]
    group = directory.group("Ground", one)
    path = f"/Groups/{group['id']}"
    rename = {"op": "replace", "value": {"id": group["id"], "displayName": "Ground"}}
    answer = directory.patch(
        path, rename, {"op": "add", "path": "members", "value": [{"value": two, "display": "u2"}]}
    )
    assert answer.status_code == 204
    assert directory.members(group["id"]) == {one, two}
    everybody = {"op": "replace", "path": "members", "value": [{"value": two}]}
    assert directory.patch(path, everybody).status_code == 204
    assert directory.members(group["id"]) == {two}
    assert directory.patch(path, {"op": "replace", "value": {"id": str(uuid.uuid4())}}).status_code == 400


def test_authentik_replaces_a_group_without_path_and_adds_one_by_one(directory: Directory) -> None:
    people = [directory.user(f"u{number}")["id"] for number in range(3)]
    group = directory.group("Ground")
    whole = {"id": group["id"], "schemas": [GROUP], "displayName": "Air", "externalId": "7"}
    operations = [{"op": "add", "path": "members", "value": [{"value": value}]} for value in people]
    answer = directory.patch(f"/Groups/{group['id']}", {"op": "replace", "value": whole}, *operations)
    assert answer.status_code == 204
    assert directory.members(group["id"]) == set(people)
    again = directory.put(f"/Groups/{uuid.uuid4()}", {"schemas": [GROUP], "displayName": "Gone"})
    assert again.status_code == 404


def test_jumpcloud_tests_with_a_user_and_a_group_and_cleans_up(directory: Directory) -> None:
    user = directory.user("jctest@example.com", active=True)
    group = directory.group("jumpcloudTestGroup")
    path = f"/Groups/{group['id']}"
    directory.put(path, {"displayName": "jumpcloudTestGroup", "members": [{"value": user["id"]}]})
    directory.patch(path, {"op": "remove", "path": "members", "value": [{"value": user["id"]}]})
    assert directory.members(group["id"]) == set()
    assert [directory.delete(path).status_code, directory.delete(f"/Users/{user['id']}").status_code] == [
        204,
        204,
    ]
