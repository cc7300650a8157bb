"""Groups over HTTP, and their members row by row."""

import uuid

from sqlalchemy import event, select

from courses.audit import AuditEntry
from scim.models import ScimGroupMember
from tests.builders import Builder
from tests.conftest import SetClock
from tests.scim.http.directory import ENT, GROUP, Directory


def test_a_group_is_made_with_its_members_and_read_back(directory: Directory) -> None:
    amara = directory.user("amara", displayName="Amara")
    made = directory.post(
        "/Groups", {"schemas": [GROUP], "displayName": "Ground", "members": [{"value": amara["id"]}]}
    )
    assert made.status_code == 201
    assert made.headers["Location"].endswith(f"/scim/v2/Groups/{made.json['id']}")
    member = {"value": amara["id"], "$ref": amara["meta"]["location"], "type": "User"}
    assert made.json["members"] == [member]
    assert directory.get(f"/Groups/{made.json['id']}").json == made.json
    groups = directory.get(f"/Users/{amara['id']}").json["groups"]
    assert groups == [{"value": made.json["id"], "$ref": made.json["meta"]["location"], "display": "Ground"}]


def test_a_group_name_is_taken_whatever_its_case(directory: Directory) -> None:
    directory.group("Ground")
    answer = directory.post("/Groups", {"schemas": [GROUP], "displayName": "GROUND"})
    assert (answer.status_code, answer.json["scimType"]) == (409, "uniqueness")
    other = directory.group("Air")
    rename = {"op": "replace", "path": "displayName", "value": "ground"}
    assert directory.patch(f"/Groups/{other['id']}", rename).status_code == 409


def test_patching_members_answers_204_and_touches_only_those_named(directory: Directory) -> None:
    people = [directory.user(f"u{number}")["id"] for number in range(4)]
    group = directory.group("Ground", *people[:2])
    add = {
        "op": "Add",
        "path": "members",
        "value": [{"$ref": None, "value": people[2]}, {"value": people[3]}],
    }
    answer = directory.patch(f"/Groups/{group['id']}", add)
    assert (answer.status_code, answer.data) == (204, b"")
    assert directory.members(group["id"]) == set(people)
    remove = {"op": "Remove", "path": "members", "value": [{"$ref": None, "value": people[0]}]}
    directory.patch(f"/Groups/{group['id']}", remove)
    assert directory.members(group["id"]) == set(people[1:])
    directory.patch(f"/Groups/{group['id']}", {"op": "remove", "path": f'members[value eq "{people[1]}"]'})
    assert directory.members(group["id"]) == set(people[2:])
    replace = {"op": "replace", "path": "members", "value": [{"value": people[0]}]}
    directory.patch(f"/Groups/{group['id']}", replace)
    assert directory.members(group["id"]) == {people[0]}


def test_okta_swaps_members_in_one_patch_whatever_the_case_of_the_id(directory: Directory) -> None:
    one, two = directory.user("u1")["id"], directory.user("u2")["id"]
    group = directory.group("Ground", one)
    directory.patch(
        f"/Groups/{group['id']}",
        {"op": "remove", "path": f'members[value eq "{one.upper()}"]'},
        {"op": "add", "path": "members", "value": [{"value": two.upper()}]},
    )
    assert directory.members(group["id"]) == {two}


def test_a_rename_never_touches_members(directory: Directory) -> None:
    group = directory.group("Ground", directory.user("amara")["id"])
    members = directory.members(group["id"])
    pathless = {"op": "replace", "value": {"id": group["id"], "displayName": "Air"}}
    assert directory.patch(f"/Groups/{group['id']}", pathless).status_code == 204
    assert (
        directory.put(f"/Groups/{group['id']}", {"schemas": [GROUP], "displayName": "Sky"}).status_code == 200
    )
    assert directory.members(group["id"]) == members
    assert directory.names("/Groups") == ["Sky"]


def test_put_with_members_replaces_them_and_with_none_of_them_empties(directory: Directory) -> None:
    one, two = directory.user("u1")["id"], directory.user("u2")["id"]
    group = directory.group("Ground", one)
    body = {"schemas": [GROUP], "displayName": "Ground", "members": [{"value": two}]}
    assert directory.put(f"/Groups/{group['id']}", body).json["members"][0]["value"] == two
    assert not directory.put(f"/Groups/{group['id']}", {**body, "members": []}).json.get("members")


def test_adding_who_is_in_already_changes_nothing(directory: Directory, clock: SetClock) -> None:
    amara = directory.user("amara", externalId="A-1")
    group = directory.group("Ground", amara["id"])
    clock.now = clock.now.replace(hour=10)
    for name in (amara["id"], amara["id"].upper(), "A-1"):
        directory.patch(
            f"/Groups/{group['id']}",
            {"op": "add", "path": "members", "value": [{"value": name}, {"value": name}]},
        )
    gone = {"op": "remove", "path": "members", "value": [{"value": str(uuid.uuid4())}]}
    directory.patch(f"/Groups/{group['id']}", gone)
    assert directory.get(f"/Groups/{group['id']}").json == group


def test_a_member_who_is_not_provisioned_is_kept_and_joined_on_arrival(directory: Directory) -> None:
    stranger = str(uuid.uuid4())
    group = directory.group("Ground", "A-1", stranger)
    assert group["members"] == sorted([{"value": "A-1"}, {"value": stranger}], key=lambda one: one["value"])
    assert directory.names("/Users") == []
    amara = directory.user("amara", externalId="A-1")
    joined = next(one for one in directory.get(f"/Groups/{group['id']}").json["members"] if "$ref" in one)
    assert joined == {"value": "A-1", "$ref": amara["meta"]["location"], "type": "User"}
    assert directory.get(f"/Users/{amara['id']}").json["groups"][0]["value"] == group["id"]
    directory.patch(f"/Groups/{group['id']}", {"op": "remove", "path": f'members[value eq "{amara["id"]}"]'})
    assert directory.members(group["id"]) == {stranger}


def test_a_deleted_group_leaves_its_members_alone(directory: Directory, build: Builder) -> None:
    amara = directory.user("amara")
    group = directory.group("Ground", amara["id"])
    assert directory.delete(f"/Groups/{group['id']}").status_code == 204
    assert directory.delete(f"/Groups/{group['id']}").status_code == 404
    assert "groups" not in directory.get(f"/Users/{amara['id']}").json
    with build.database.reading() as session:
        assert session.scalars(select(ScimGroupMember)).all() == []


def test_a_patch_asked_for_attributes_answers_with_them(directory: Directory) -> None:
    group = directory.group("Ground")
    rename = {"op": "replace", "path": "displayName", "value": "Air"}
    answer = directory.patch(f"/Groups/{group['id']}?attributes=displayName", rename)
    assert (answer.status_code, answer.json["displayName"]) == (200, "Air")
    assert set(answer.json) == {"schemas", "id", "displayName"}


def test_changes_of_members_are_in_the_audit_as_numbers(directory: Directory, build: Builder) -> None:
    group = directory.group("Ground", "a", "b")
    directory.patch(f"/Groups/{group['id']}", {"op": "remove", "path": "members", "value": [{"value": "a"}]})
    with build.database.reading() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("scim_group")))
        details = [row.detail for row in rows]
    named = {"token": "entra", "resource": "Group", "id": group["id"]}
    assert details == [{**named, "added": 2}, {**named, "added": 0, "removed": 1}]


def test_groups_without_members_are_read_without_looking_at_members(
    directory: Directory, build: Builder
) -> None:
    group = directory.group("Ground", *[directory.user(f"u{number}")["id"] for number in range(5)])
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(build.database.engine, "before_cursor_execute", note)
    for path in (f"/Groups/{group['id']}?", '/Groups?filter=displayName eq "Ground"&'):
        answer = directory.get(f"{path}excludedAttributes=members")
        assert answer.status_code == 200
        assert '"members"' not in answer.text
    event.remove(build.database.engine, "before_cursor_execute", note)
    assert statements
    assert not any("scim_group_members" in statement for statement in statements)


def test_who_was_the_manager_does_not_matter_to_a_membership(directory: Directory) -> None:
    boss = directory.user("boss")
    amara = directory.user("amara", **{ENT: {"manager": {"value": boss["id"]}}})
    group = directory.group("Ground", amara["id"])
    directory.delete(f"/Users/{boss['id']}")
    assert directory.members(group["id"]) == {amara["id"]}
