"""Every PATCH that a directory is known to send, by vendor and name (facts, section 1)."""

from typing import Any

import pytest

from scim.attributes import ENTERPRISE, GROUP, LEADERSHIP, USER
from scim.dialects import normalise_operations
from scim.errors import ScimError
from scim.patch import MemberChange, apply
from scim.schema import ResourceType

ENT = ENTERPRISE.urn
Document = dict[str, Any]


def patched(document: Document, *operations: Document) -> Document:
    return apply(
        ResourceType.USER, document, normalise_operations(ResourceType.USER, {"Operations": list(operations)})
    ).document


def members(*operations: Document) -> list[MemberChange]:
    read = normalise_operations(ResourceType.GROUP, {"schemas": [], "Operations": list(operations)})
    return apply(ResourceType.GROUP, {"displayName": "Tour guides"}, read).members


def user(**attributes: Any) -> Document:
    return {"userName": "amara", "active": True, **attributes}


# Entra ID


@pytest.mark.parametrize("op", ["Replace", "REPLACE", "replace"])
def test_entra_capital_ops_are_understood(op: str) -> None:
    assert patched(user(), {"op": op, "path": "title", "value": "Lead"})["title"] == "Lead"


@pytest.mark.parametrize(
    ("sent", "meant"), [("False", False), ("True", True), ("false", False), (False, False)]
)
def test_entra_string_booleans_are_booleans(sent: Any, meant: bool) -> None:  # noqa: FBT001 - the example
    assert patched(user(), {"op": "Replace", "path": "active", "value": sent})["active"] is meant


@pytest.mark.parametrize("op", ["Add", "Replace"])
def test_entra_value_path_on_an_absent_entry_makes_it(op: str) -> None:
    after = patched(user(), {"op": op, "path": 'emails[type eq "home"].value', "value": "a@b"})
    assert after["emails"] == [{"type": "home", "value": "a@b"}]


def test_entra_several_operations_on_one_type_make_one_entry() -> None:
    after = patched(
        user(),
        {"op": "Add", "path": 'addresses[type eq "work"].locality', "value": "Accra"},
        {"op": "Add", "path": 'addresses[type eq "work"].country', "value": "GH"},
        {"op": "Add", "path": 'emails[type eq "work"].primary', "value": "True"},
        {"op": "Add", "path": 'emails[type eq "work"].value', "value": "a@b"},
    )
    assert after["addresses"] == [{"type": "work", "locality": "Accra", "country": "GH"}]
    assert after["emails"] == [{"type": "work", "primary": True, "value": "a@b"}]


def test_entra_value_path_on_a_present_entry_changes_only_that_one() -> None:
    before = user(emails=[{"type": "work", "value": "old@b"}, {"type": "home", "value": "h@b"}])
    after = patched(before, {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "new@b"})
    assert after["emails"] == [{"type": "work", "value": "new@b"}, {"type": "home", "value": "h@b"}]


def test_entra_keys_of_a_replace_without_a_path_are_paths() -> None:
    value = {
        "displayName": "B",
        "name.givenName": "K",
        f"{ENT}:employeeNumber": "1",
        'emails[type eq "work"].value': "k@b",
        f"{ENT}:manager": "M",
        f"{LEADERSHIP.urn}:leadershipLevel": "3",
    }
    after = patched(user(name={"familyName": "Osei"}), {"op": "replace", "value": value})
    assert after == user(
        displayName="B",
        name={"familyName": "Osei", "givenName": "K"},
        emails=[{"type": "work", "value": "k@b"}],
        **{ENT: {"employeeNumber": "1", "manager": {"value": "M"}}, LEADERSHIP.urn: {"leadershipLevel": 3}},
    )


@pytest.mark.parametrize(
    "path", [f"{ENT}:manager", "manager", f"{ENT}:manager.value", ENT.upper() + ":Manager"]
)
@pytest.mark.parametrize(
    "value",
    [
        "M",
        {"value": "M"},
        [{"$ref": "http://leadline.example/Users/M", "value": "M"}],
        {"$ref": "http://leadline.example/scim/v2/Users/M"},
        {"managerId": "M"},
        {"value": "M", "displayName": "Kofi Mensah"},
    ],
)
def test_manager_in_each_of_its_shapes_is_kept_as_an_object(path: str, value: Any) -> None:
    assert patched(user(), {"op": "Add", "path": path, "value": value})[ENT] == {"manager": {"value": "M"}}


def test_manager_in_a_replace_without_a_path() -> None:
    assert patched(user(), {"op": "replace", "value": {"manager": "M"}})[ENT] == {"manager": {"value": "M"}}
    nested = {"op": "add", "value": {ENT: {"manager": [{"value": "M"}], "division": "Ports"}}}
    assert patched(user(), nested)[ENT] == {"manager": {"value": "M"}, "division": "Ports"}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "Replace", "path": f"{ENT}:manager", "value": ""},
        {"op": "Replace", "path": f"{ENT}:manager", "value": None},
        {"op": "Replace", "path": f"{ENT}:manager", "value": {"value": ""}},
        {"op": "Replace", "path": f"{ENT}:manager.value", "value": ""},
        {"op": "Replace", "path": "manager", "value": []},
        {"op": "Remove", "path": f"{ENT}:manager"},
        {"op": "Remove", "path": "manager", "value": "M"},
        {"op": "Remove", "path": f"{ENT}:manager.value"},
        {"op": "Remove", "path": ENT},
        {"op": "replace", "value": {f"{ENT}:manager": ""}},
    ],
)
def test_entra_a_removed_manager_is_absent_afterwards(operation: Document) -> None:
    assert patched(user(**{ENT: {"manager": {"value": "M"}}}), operation) == user()


def test_names_of_the_manager_that_clients_send_are_left_aside() -> None:
    operations = [
        {"op": "replace", "path": f"{ENT}:manager.displayName", "value": "Kofi Mensah"},
        {"op": "replace", "path": f"{ENT}:manager.$ref", "value": "../Users/M"},
    ]
    assert patched(user(**{ENT: {"manager": {"value": "M"}}}), *operations)[ENT]["manager"] == {"value": "M"}


def test_entra_roles_hold_json_in_a_text() -> None:
    role = '{"id":"18d1","value":"Lead","displayName":"Lead"}'
    after = patched(user(), {"op": "Add", "path": "roles", "value": [{"value": role, "primary": "True"}]})
    assert after["roles"] == [{"value": role, "primary": True}]


@pytest.mark.parametrize("value", [[{"$ref": None, "value": "a"}], ["a"], "a", {"value": "a"}])
def test_entra_adds_and_removes_only_the_member_it_names(value: Any) -> None:
    assert members({"op": "Add", "path": "members", "value": value}) == [MemberChange("add", ["a"])]
    assert members({"op": "Remove", "path": "members", "value": value}) == [MemberChange("remove", ["a"])]


def test_entra_removes_a_member_by_its_path() -> None:
    assert members({"op": "Remove", "path": 'members[value eq "a"]'}) == [MemberChange("remove", ["a"])]


# Okta


def test_okta_deactivates_without_a_path() -> None:
    assert patched(user(), {"op": "replace", "value": {"active": False}})["active"] is False


@pytest.mark.parametrize("more", [{}, {"members": None}, {"meta": {"resourceType": "Group"}}, {"unheard": 1}])
def test_okta_group_rename_does_not_touch_members(more: Document) -> None:
    value = {"id": "G", "displayName": "Stewards", **more}
    read = normalise_operations(ResourceType.GROUP, {"Operations": [{"op": "replace", "value": value}]})
    after = apply(ResourceType.GROUP, {"displayName": "Guides"}, read, resource_id="G")
    assert (after.document, after.members) == ({"displayName": "Stewards"}, [])


def test_okta_another_id_than_the_resources_is_refused() -> None:
    read = normalise_operations(ResourceType.GROUP, {"Operations": [{"op": "replace", "value": {"id": "H"}}]})
    with pytest.raises(ScimError) as refused:
        apply(ResourceType.GROUP, {"displayName": "Guides"}, read, resource_id="G")
    assert refused.value.scim_type == "mutability"


def test_okta_removes_and_adds_members_in_one_patch() -> None:
    assert members(
        {"op": "remove", "path": 'members[value eq "a"]'},
        {"op": "remove", "path": 'members[value eq "b"]'},
        {"op": "add", "path": "members", "value": [{"value": "c", "display": "c@northgate.example"}]},
    ) == [MemberChange("remove", ["a", "b"]), MemberChange("add", ["c"])]


def test_okta_replaces_all_members() -> None:
    value = [{"value": "a"}, {"value": "b"}, {"value": "a"}]
    assert members({"op": "replace", "path": "members", "value": value}) == [
        MemberChange("replace", ["a", "b"])
    ]


def test_okta_password_is_taken_and_thrown_away() -> None:
    assert patched(user(), {"op": "replace", "path": "password", "value": "p"}) == user()
    assert patched(user(), {"op": "replace", "value": {"password": "p", "title": "x"}}) == user(title="x")


# OneLogin, JumpCloud, authentik, Keycloak, SailPoint, PingOne


def test_onelogin_empty_template_values() -> None:
    after = patched(user(), {"op": "replace", "value": {"active": "true", "title": None, "id": None}})
    assert after == user()


def test_onelogin_emails_as_an_object() -> None:
    after = patched(user(), {"op": "replace", "path": "emails", "value": {"value": "a@b", "primary": True}})
    assert after["emails"] == [{"value": "a@b", "primary": True}]


def test_jumpcloud_and_authentik_remove_members_with_a_value_array() -> None:
    operation = {"op": "remove", "path": "members", "value": [{"value": "a"}, {"value": "b"}]}
    assert members(operation) == [MemberChange("remove", ["a", "b"])]


def test_removing_an_empty_list_of_members_removes_nobody() -> None:
    assert members({"op": "remove", "path": "members", "value": []}) == []


def test_authentik_replace_without_a_path_carries_the_whole_group() -> None:
    value = {
        "schemas": [GROUP.urn],
        "id": "G",
        "externalId": "77",
        "displayName": "Stewards",
        "meta": {"location": "/Groups/G"},
        "members": [{"value": "a"}],
    }
    read = normalise_operations(ResourceType.GROUP, {"Operations": [{"op": "replace", "value": value}]})
    after = apply(ResourceType.GROUP, {"displayName": "Guides"}, read, resource_id="G")
    assert after.document == {"displayName": "Stewards", "externalId": "77"}
    assert after.members == [MemberChange("replace", ["a"])]


def test_authentik_one_operation_for_each_member_becomes_one_change() -> None:
    operations = [{"op": "add", "path": "members", "value": [{"value": str(n)}]} for n in range(1000)]
    assert members(*operations) == [MemberChange("add", [str(n) for n in range(1000)])]


def test_more_operations_than_bulk_announces_are_413() -> None:
    with pytest.raises(ScimError) as refused:
        members(*[{"op": "add", "path": "members", "value": "a"}] * 1001)
    assert refused.value.status == 413


def test_keycloak_value_without_a_path_as_a_json_text() -> None:
    assert patched(user(), {"op": "replace", "value": '{"title": "Lead"}'})["title"] == "Lead"
    for hostile in ("[" * 100_000, "nonsense", "[]"):
        with pytest.raises(ScimError) as refused:
            patched(user(), {"op": "replace", "value": hostile})
        assert refused.value.scim_type == "invalidValue"


def test_sailpoint_replace_of_a_complex_attribute_merges() -> None:
    before = user(name={"familyName": "Osei", "givenName": "Amara"})
    after = patched(before, {"op": "replace", "path": "name", "value": {"givenName": "Ama"}})
    assert after["name"] == {"familyName": "Osei", "givenName": "Ama"}


def test_pingone_two_primary_emails_leave_one() -> None:
    value = [{"value": "a@b", "primary": True}, {"value": "c@d", "primary": True}]
    after = patched(user(), {"op": "replace", "path": "emails", "value": value})
    assert [entry["primary"] for entry in after["emails"]] == [True, False]


def test_a_core_urn_stands_before_every_path() -> None:
    after = patched(
        user(),
        {"op": "add", "path": f"{USER.urn}:name.givenName", "value": "Ama"},
        {"op": "add", "path": f'{USER.urn.upper()}:EMAILS[TYPE eq "work"].VALUE', "value": "a@b"},
        {"op": "add", "path": USER.urn, "value": {"title": "Lead"}},
    )
    assert after == user(name={"givenName": "Ama"}, emails=[{"type": "work", "value": "a@b"}], title="Lead")
