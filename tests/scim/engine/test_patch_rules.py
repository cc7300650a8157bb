"""PATCH as RFC 7644 section 3.5.2 has it: every form of path, all or nothing, and what is refused."""

import copy
from typing import Any

import pytest

from scim.attributes import ENTERPRISE
from scim.dialects import normalise_operations
from scim.errors import ScimError
from scim.patch import MemberChange, apply
from scim.schema import ResourceType

ENT = ENTERPRISE.urn
Document = dict[str, Any]
BABS: Document = {
    "userName": "bjensen",
    "active": True,
    "name": {"familyName": "Jensen", "givenName": "Barbara"},
    "emails": [
        {"value": "bjensen@example.com", "type": "work", "primary": True},
        {"value": "babs@jensen.example", "type": "home"},
    ],
    "addresses": [
        {"type": "work", "streetAddress": "100 Universal City Plaza", "locality": "Hollywood"},
        {"type": "home", "streetAddress": "456 Hollywood Blvd"},
    ],
    ENT: {"employeeNumber": "701984", "department": "Tour Operations"},
}


def patched(*operations: Document, document: Document = BABS) -> Document:
    before = copy.deepcopy(document)
    read = normalise_operations(ResourceType.USER, {"Operations": list(operations)})
    after = apply(ResourceType.USER, document, read).document
    assert document == before, "the document given must not change"
    return after


def refused(*operations: Any, kind: ResourceType = ResourceType.USER) -> str | None:
    before = copy.deepcopy(BABS)
    with pytest.raises(ScimError) as error:
        apply(kind, BABS, normalise_operations(kind, {"Operations": list(operations)}))
    assert before == BABS
    return error.value.scim_type


def op(name: str, path: str | None = None, value: Any = None) -> Document:
    given = {"op": name} | ({"path": path} if path else {})
    return given | ({"value": value} if value is not None else {})


def test_rfc_add_to_a_multi_valued_attribute_appends() -> None:
    after = patched(op("add", "emails", [{"value": "new@example.com", "type": "other"}]))
    assert len(after["emails"]) == 3


def test_rfc_add_of_a_value_that_is_there_changes_nothing() -> None:
    assert patched(op("add", "emails", [BABS["emails"][1]])) == BABS
    assert patched(op("add", "emails", [{"type": "HOME", "value": "BABS@jensen.example"}])) == BABS
    assert patched(op("add", "title", "x"), op("remove", "title")) == BABS


def test_rfc_a_new_primary_value_ends_the_primacy_of_the_old_one() -> None:
    after = patched(op("add", "emails", [{"value": "new@example.com", "primary": True}]))
    assert [entry.get("primary") for entry in after["emails"]] == [False, None, True]
    after = patched(op("replace", 'emails[type eq "home"].primary', value=True))
    assert [entry.get("primary") for entry in after["emails"]] == [False, True]


def test_rfc_replace_of_a_whole_multi_valued_attribute() -> None:
    assert patched(op("replace", "emails", [{"value": "a@b"}]))["emails"] == [{"value": "a@b"}]
    assert "emails" not in patched(op("replace", "emails", []))


def test_rfc_replace_of_the_element_that_the_path_selects() -> None:
    value = {"type": "work", "streetAddress": "911 Universal City Plaza", "primary": True}
    after = patched(op("replace", 'addresses[type eq "work"]', value))
    assert after["addresses"][0] == {**value, "locality": "Hollywood"}


def test_rfc_replace_of_a_part_of_the_element_that_the_path_selects() -> None:
    after = patched(op("replace", 'addresses[type eq "work"].streetAddress', "1010 Broadway Ave"))
    assert after["addresses"][0]["streetAddress"] == "1010 Broadway Ave"


def test_rfc_remove_of_an_attribute_a_part_and_an_element() -> None:
    assert "name" not in patched(op("remove", "name"))
    assert patched(op("remove", "name.givenName"))["name"] == {"familyName": "Jensen"}
    assert "name" not in patched(op("remove", "name.givenName"), op("remove", "name.familyName"))
    assert patched(op("remove", 'emails[type eq "work" and value ew "example.com"]'))["emails"] == [
        BABS["emails"][1]
    ]
    assert "emails" not in patched(op("remove", "emails"))


def test_removing_the_value_of_an_element_takes_the_element_that_says_nothing_any_more() -> None:
    assert len(patched(op("remove", 'emails[type eq "home"].value'))["emails"]) == 1
    assert patched(op("remove", 'addresses[type eq "work"].locality'))["addresses"][0] == {
        "type": "work",
        "streetAddress": "100 Universal City Plaza",
    }


def test_removing_what_is_not_there_changes_nothing() -> None:
    absent = ["title", "nickName", "name.middleName", 'emails[type eq "fax"]', f"{ENT}:manager", "roles"]
    assert patched(*[op("remove", path) for path in absent]) == BABS


def test_values_are_chosen_by_a_path_with_any_filter() -> None:
    after = patched(op("remove", 'emails[not (type eq "work") or value co "nobody"]'))
    assert after["emails"] == [BABS["emails"][0]]
    after = patched(op("replace", 'emails[value eq "BJENSEN@example.com"].type', "x]y"))
    assert after["emails"][0]["type"] == "x]y"


def test_a_part_without_brackets_means_every_element() -> None:
    assert {entry["type"] for entry in patched(op("replace", "emails.type", "other"))["emails"]} == {"other"}


def test_an_extension_is_merged_key_by_key_and_removed_as_a_whole() -> None:
    assert patched(op("replace", ENT, {"department": "Ports"}))[ENT] == {
        "employeeNumber": "701984",
        "department": "Ports",
    }
    assert ENT not in patched(op("remove", ENT))
    assert ENT not in patched(op("remove", f"{ENT}:department"), op("remove", f"{ENT}:employeeNumber"))


def test_a_replace_with_null_removes() -> None:
    assert "name" not in patched({"op": "replace", "path": "name", "value": None})
    assert patched(op("replace", "name", {"givenName": None}))["name"] == {"familyName": "Jensen"}


def test_a_patch_is_all_or_nothing() -> None:
    assert refused(op("replace", "title", "Lead"), op("replace", "active", "maybe")) == "invalidValue"


def test_active_can_be_unassigned() -> None:
    assert "active" not in patched(op("remove", "active"))


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        (op("remove"), "noTarget"),
        (op("replace", 'emails[type ne "fax" and value eq "x"].value', "y"), "noTarget"),
        (op("replace", 'emails[value co "nobody"].value', "y"), "noTarget"),
        (op("add", 'emails[value eq "nobody"].value', "y"), "noTarget"),
        (op("replace", "nope", "y"), "invalidPath"),
        (op("replace", "name.nope", "y"), "invalidPath"),
        (op("replace", "emails[type", "y"), "invalidPath"),
        (op("replace", "emails]type[", "y"), "invalidPath"),
        (op("replace", "name[givenName pr]", "y"), "invalidPath"),
        (op("replace", "urn:unheard:of:User:title", "y"), "invalidPath"),
        (op("replace", "..", "y"), "invalidPath"),
        (op("replace", "emails.value.x", "y"), "invalidPath"),
        (op("replace", "emails[type eq].value", "y"), "invalidFilter"),
        (op("replace", 'emails[nope eq "x"].value', "y"), "invalidFilter"),
        (op("replace", 'emails[emails[type eq "x"]].value', "y"), "invalidFilter"),
        (op("replace", "groups", [{"value": "G"}]), "mutability"),
        (op("add", "meta.created", "2026-01-01T00:00:00Z"), "mutability"),
        (op("remove", "userName"), "mutability"),
        ({"op": "replace", "path": "userName", "value": None}, "mutability"),
        (op("replace", "userName", " "), "invalidValue"),
        (op("replace", "userName", 5), "invalidValue"),
        (op("replace", "name", "Barbara"), "invalidValue"),
        (op("replace", "name.givenName", {"a": 1}), "invalidValue"),
        (op("replace", "emails", [5]), "invalidValue"),
        (op("replace", "emails", [{"value": 5}]), "invalidValue"),
        (op("replace", "emails.primary", value=True), "invalidValue"),
        (op("replace", "leadershipLevel", 6), "invalidValue"),
        (op("replace", "leadershipLevel", value=True), "invalidValue"),
        (op("replace", "employmentStatus", "retired"), "invalidValue"),
        (op("replace", "title", "nul\x00"), "invalidValue"),
        (op("replace", "title", "\ud800"), "invalidValue"),
        (op("replace", "title", "x" * 2049), "invalidValue"),
        (op("add", "roles", [{"value": str(n)} for n in range(101)]), "invalidValue"),
        ({"op": "add", "path": "title"}, "invalidValue"),
        ({"op": "add", "value": 5}, "invalidValue"),
        ({"op": "move", "path": "title"}, "invalidSyntax"),
        ({"op": 5, "path": "title"}, "invalidSyntax"),
        ({"path": "title"}, "invalidSyntax"),
        ({"op": "add", "path": 5, "value": 5}, "invalidPath"),
        (["add"], "invalidSyntax"),
    ],
)
def test_what_is_refused_has_the_scim_type_of_the_rfc(operation: Any, scim_type: str) -> None:
    assert refused(operation) == scim_type


@pytest.mark.parametrize("body", [{}, {"Operations": []}, {"Operations": {}}, {"Operations": None}, [], None])
def test_a_patch_without_operations_is_refused(body: Any) -> None:
    with pytest.raises(ScimError) as error:
        normalise_operations(ResourceType.USER, body)
    assert error.value.scim_type == "invalidSyntax"


@pytest.mark.parametrize(
    ("operation", "changes"),
    [
        (op("remove", "members"), [MemberChange("replace", [])]),
        (op("replace", "members", []), [MemberChange("replace", [])]),
        (op("add", "members", []), []),
        (op("remove", 'members[value eq "a" or value eq "b"]'), [MemberChange("remove", ["a", "b"])]),
        (op("remove", 'members[type eq "User" and value eq "a"]'), None),
        (op("remove", 'members[value eq "a"].value'), [MemberChange("remove", ["a"])]),
        (op("add", 'members[value eq "a"]', {"value": "a"}), [MemberChange("add", ["a"])]),
        (
            op("replace", 'members[value eq "a"]', {"value": "b"}),
            [MemberChange("remove", ["a"]), MemberChange("add", ["b"])],
        ),
        (op("add", "members.value", "a"), [MemberChange("add", ["a"])]),
        (op("remove", 'members[value sw "a"]'), None),
        (op("replace", 'members[value eq "a"].display', "A"), None),
        (op("add", "members", [{"value": ""}]), None),
        (op("add", "members", [{"value": 5}]), None),
        (op("add", "members", [{"value": {"a": 1}}]), None),
    ],
)
def test_what_happens_to_members_is_told_row_by_row(
    operation: Document, changes: list[MemberChange] | None
) -> None:
    if changes is None:
        assert refused(operation, kind=ResourceType.GROUP)
    else:
        read = normalise_operations(ResourceType.GROUP, {"operations": [operation]})
        assert apply(ResourceType.GROUP, {"displayName": "x"}, read).members == changes
