"""Bulk: references in any order, circles, errors, limits."""

from typing import Any

from sqlalchemy import func, select

from courses.audit import AuditEntry
from scim.models import ScimUser
from tests.builders import Builder
from tests.scim.http.directory import ENT, PATCH_OP, Directory

RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"


def _user(name: str, manager: str | None = None, **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"userName": name, **more}
    if manager:
        data[ENT] = {"manager": {"value": manager}}
    return {"method": "POST", "path": "/Users", "bulkId": name, "data": data}


def _statuses(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    assert answer.json["schemas"] == [RESPONSE]
    return [one["status"] for one in answer.json["Operations"]]


def test_operations_refer_to_each_other_in_any_order(directory: Directory) -> None:
    answer = directory.bulk(
        {
            "method": "post",
            "path": "/Groups",
            "bulkId": "g",
            "data": {
                "displayName": "Ground",
                "members": [{"value": "bulkId:amara"}, {"value": "bulkId:boss"}],
            },
        },
        _user("amara", "bulkId:boss"),
        _user("boss"),
    )
    assert _statuses(answer) == ["201", "201", "201"]
    group, amara, boss = (one["location"].rpartition("/")[2] for one in answer.json["Operations"])
    assert [one["bulkId"] for one in answer.json["Operations"]] == ["g", "amara", "boss"]
    assert {one["version"] for one in answer.json["Operations"]} == {'W/"1"'}
    assert directory.members(group) == {amara, boss}
    manager = directory.get(f"/Users/{amara}").json[ENT]["manager"]
    assert manager["value"] == boss
    assert manager["$ref"].endswith(boss)


def test_a_circle_of_references_is_resolved(directory: Directory) -> None:
    answer = directory.bulk(_user("amara", "bulkId:boss"), _user("boss", "bulkId:amara"))
    assert _statuses(answer) == ["201", "201"]
    amara, boss = (one["location"].rpartition("/")[2] for one in answer.json["Operations"])
    assert directory.get(f"/Users/{amara}").json[ENT]["manager"]["value"] == boss
    assert directory.get(f"/Users/{boss}").json[ENT]["manager"]["value"] == amara


def test_a_chain_of_a_thousand_references_backwards_is_followed(directory: Directory) -> None:
    members = [[{"value": f"bulkId:g{number + 1}"}] for number in range(999)] + [[]]
    answer = directory.bulk(
        *[
            {
                "method": "POST",
                "path": "/Groups",
                "bulkId": f"g{n}",
                "data": {"displayName": f"g{n}", "members": m},
            }
            for n, m in enumerate(members)
        ]
    )
    assert set(_statuses(answer)) == {"201"}
    ids = [one["location"].rpartition("/")[2] for one in answer.json["Operations"]]
    assert directory.members(ids[500]) == {ids[501]}


def test_paths_and_patches_refer_too(directory: Directory) -> None:
    old = directory.user("old")
    group = directory.group("Ground", old["id"])
    add = {"op": "add", "path": "members", "value": [{"value": "bulkId:amara"}]}
    title = {"op": "replace", "path": "title", "value": "bulkId:what follows is a text"}
    answer = directory.bulk(
        {
            "method": "PATCH",
            "path": f"/Groups/{group['id']}",
            "data": {"schemas": [PATCH_OP], "Operations": [add]},
        },
        {"method": "PATCH", "path": "/Users/bulkId:amara", "data": [title]},
        _user("amara"),
        {"method": "PUT", "path": f"/Users/{old['id']}", "version": 'W/"1"', "data": {"userName": "older"}},
        {"method": "DELETE", "path": f"/Users/{old['id']}", "version": 'W/"2"'},
    )
    assert _statuses(answer) == ["200", "200", "201", "200", "204"]
    amara = answer.json["Operations"][2]["location"].rpartition("/")[2]
    assert answer.json["Operations"][1]["location"].endswith(amara)
    assert directory.members(group["id"]) == {amara}
    assert directory.get(f"/Users/{amara}").json["title"] == "bulkId:what follows is a text"


def test_each_operation_fails_for_itself(directory: Directory, build: Builder) -> None:
    taken = directory.user("taken")
    answer = directory.bulk(
        _user("taken"),
        {
            "method": "POST",
            "path": "/Users",
            "bulkId": "next",
            "data": {"userName": "x", ENT: {"manager": "bulkId:taken"}},
        },
        {"method": "GET", "path": "/Users/1", "data": {}},
        {"method": "PATCH", "path": "/Nothing/1", "data": {}},
        {"method": "POST", "path": "/Users", "data": []},
        {"method": "POST", "path": "/Users/" + taken["id"], "data": {}},
        {"method": "DELETE", "path": "/Users/nobody"},
        {"method": "DELETE", "path": f"/Users/{taken['id']}", "version": 'W/"5"'},
        {"method": "PATCH", "path": "/Users/bulkId:unknown", "data": {}},
        _user("fine"),
    )
    wanted = ["409", "409", "400", "400", "400", "400", "404", "412", "409", "201"]
    assert _statuses(answer) == wanted
    failed = answer.json["Operations"][0]
    assert failed["response"]["scimType"] == "uniqueness"
    assert "location" not in failed
    assert answer.json["Operations"][6]["location"].endswith("/Users/nobody")
    assert sorted(directory.names("/Users")) == ["fine", "taken"]
    with build.database.reading() as session:
        assert (
            session.scalar(
                select(func.count()).select_from(AuditEntry).where(AuditEntry.action.startswith("scim_user"))
            )
            == 2
        )


def test_fail_on_errors_stops_after_that_many(directory: Directory) -> None:
    directory.user("taken")
    operations = [_user("one"), _user("taken"), _user("two"), _user("TAKEN"), _user("three")]
    assert _statuses(directory.bulk(*operations, failOnErrors=2)) == ["201", "409", "201", "409"]
    assert _statuses(directory.bulk(_user("taken"), _user("four"), failOnErrors=1)) == ["409"]
    assert sorted(directory.names("/Users")) == ["one", "taken", "two"]


def test_a_request_as_a_whole_can_be_refused(directory: Directory, build: Builder) -> None:
    for body, status in (
        ({}, 400),
        ({"Operations": {}}, 400),
        ({"Operations": [1]}, 400),
        ({"Operations": [{"method": 1}]}, 400),
        ({"Operations": [_user("a"), {**_user("b"), "bulkId": "a"}]}, 400),
        ({"Operations": [_user("a")], "failOnErrors": 0}, 400),
        ({"Operations": [_user("a")], "failOnErrors": True}, 400),
        ({"Operations": [_user(f"u{number}") for number in range(1001)]}, 413),
    ):
        answer = directory.post("/Bulk", body)
        assert (answer.status_code, answer.json["status"]) == (status, str(status)), body
    assert _statuses(directory.bulk()) == []
    with build.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ScimUser)) == 0


def test_somebody_who_comes_back_in_bulk_keeps_their_id_for_those_who_refer_to_them(
    directory: Directory,
) -> None:
    boss = directory.user("boss", active=False)
    answer = directory.bulk(_user("amara", "bulkId:boss"), _user("boss", active=True))
    assert _statuses(answer) == ["201", "201"]
    amara = answer.json["Operations"][0]["location"].rpartition("/")[2]
    assert answer.json["Operations"][1]["location"] == boss["meta"]["location"]
    assert directory.get(f"/Users/{amara}").json[ENT]["manager"]["value"] == boss["id"]
