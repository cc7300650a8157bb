"""Every POST and PUT body that a directory is known to send, by vendor and name (facts, section 1)."""

from typing import Any

import pytest

from scim.attributes import ENTERPRISE, GROUP, LEADERSHIP, USER
from scim.columns import group_columns, user_columns, user_elements
from scim.errors import ScimError
from scim.resources import accept
from scim.schema import ResourceType

ENT, LEAD = ENTERPRISE.urn, LEADERSHIP.urn
Document = dict[str, Any]


def accepted(current: Document | None = None, /, **body: Any) -> Document:
    return accept(ResourceType.USER, {"userName": "amara", **body}, current=current).document


def group(**body: Any) -> tuple[Document, list[str] | None]:
    found = accept(ResourceType.GROUP, {"displayName": "Guides", **body})
    return found.document, found.members


def refused(kind: ResourceType, body: Any) -> str | None:
    with pytest.raises(ScimError) as error:
        accept(kind, body)
    return error.value.scim_type


PLAIN = {"userName": "amara", "active": True}


def test_entra_broken_post_with_a_urn_without_its_colon_and_nulls_at_the_root() -> None:
    body = {
        "schemas": [USER.urn, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"],
        "addresses": None,
        "department": None,
        "manager": None,
        "name": {"formatted": "Amara Osei", "familyName": None},
        "phoneNumbers": [None],
        "emails": [{"primary": "True", "type": "work", "value": "a@b", "display": None}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0User": {"department": "Ports"},
        "meta": {"resourceType": "User"},
    }
    assert accepted(**body) == {
        **PLAIN,
        "name": {"formatted": "Amara Osei"},
        "emails": [{"value": "a@b", "type": "work", "primary": True}],
    }


@pytest.mark.parametrize(
    "manager", ["123456", {"value": "123456"}, [{"value": "123456"}], {"managerId": "123456"}, 123456]
)
def test_entra_and_onelogin_manager_in_a_post(manager: Any) -> None:
    expected = {**PLAIN, ENT: {"manager": {"value": "123456"}}}
    assert accepted(**{ENT: {"manager": manager}}) == expected
    assert accepted(**{f"{ENT}:manager": manager}) == expected
    assert accepted(manager=manager) == expected


@pytest.mark.parametrize("manager", ["", None, [], {}, {"value": ""}, {"value": None}, {"$ref": None}, True])
def test_an_empty_manager_is_none(manager: Any) -> None:
    assert accepted(**{ENT: {"manager": manager}}) == PLAIN


def test_entra_group_with_its_own_schema() -> None:
    schemas = [GROUP.urn, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"]
    assert group(schemas=schemas, externalId="8aa1") == (
        {"displayName": "Guides", "externalId": "8aa1"},
        None,
    )


def test_okta_create_carries_empty_groups_a_password_and_a_locale() -> None:
    assert accepted(groups=[], password="t1meMa$heen", locale="en-US", id="x") == {**PLAIN, "locale": "en-US"}


def test_okta_put_echoes_our_last_answer() -> None:
    body = {
        "schemas": [USER.urn, ENT],
        "id": "U",
        "meta": {"location": "/Users/U", "version": 'W/"1"'},
        "groups": [{"value": "G", "display": "Guides"}],
        "emails": [{"value": "a@b", "display": "a@b", "primary": True}],
        ENT: {"manager": {"value": "M", "$ref": "/Users/M", "displayName": "Kofi"}},
    }
    assert accepted(**body) == {
        **PLAIN,
        "emails": [{"value": "a@b", "primary": True}],
        ENT: {"manager": {"value": "M"}},
    }


def test_okta_group_members_may_come_as_null() -> None:
    assert group(members=None)[1] is None
    assert group(members=[])[1] == []


def test_onelogin_template() -> None:
    body = {
        "schemas": [USER.urn],
        "id": None,
        "active": "true",
        "emails": {"value": "a@b", "type": "work", "primary": "true"},
        ENT: {"manager": {"value": "7", "displayName": "Kofi Mensah"}, "department": "Ports"},
    }
    assert accepted(**body) == {
        **PLAIN,
        "emails": [{"value": "a@b", "type": "work", "primary": True}],
        ENT: {"manager": {"value": "7"}, "department": "Ports"},
    }


def test_entra_roles_as_json_in_texts() -> None:
    role = '{"id":"18d1","value":"Lead"}'
    assert accepted(roles=[role])["roles"] == [{"value": role}]
    assert accepted(roles=[{"value": role, "display": "Lead"}])["roles"] == [
        {"value": role, "display": "Lead"}
    ]


@pytest.mark.parametrize(
    "members",
    [
        [{"value": "a", "$ref": None, "display": "A"}, {"value": "b", "type": "User"}, {"value": "a"}],
        ["a", "b"],
        [{"$ref": "https://leadline.example/scim/v2/Users/a"}, {"value": "b"}, None],
    ],
)
def test_members_of_a_group_in_each_shape(members: Any) -> None:
    assert group(members=members) == ({"displayName": "Guides"}, ["a", "b"])


def test_names_and_urns_are_found_in_any_case_and_dotted() -> None:
    body = {
        "DISPLAYNAME": "Amara Osei",
        "name.givenName": "Amara",
        "NAME": {"FamilyName": "Osei"},
        ENT.upper(): {"EMPLOYEENUMBER": "1"},
        f"{USER.urn}:title": "Lead",
        LEAD.lower(): {"leadershiplevel": "4", "EmploymentStatus": "Leave"},
        USER.urn: {"nickName": "Ama"},
    }
    assert accepted(**body) == {
        **PLAIN,
        "name": {"familyName": "Osei", "givenName": "Amara"},
        "displayName": "Amara Osei",
        "nickName": "Ama",
        "title": "Lead",
        ENT: {"employeeNumber": "1"},
        LEAD: {"leadershipLevel": 4, "employmentStatus": "leave"},
    }


def test_what_stands_under_the_extensions_urn_outranks_the_root() -> None:
    assert accepted(department="Old", **{ENT: {"department": "Ports"}})[ENT] == {"department": "Ports"}


def test_rippling_put_without_active_keeps_it() -> None:
    assert accepted({"userName": "amara", "active": False})["active"] is False
    assert "active" not in accepted({"userName": "amara"})
    assert accepted()["active"] is True
    assert accepted(active=None)["active"] is True


def test_a_date_that_is_none_is_kept_and_not_understood() -> None:
    document = accepted(**{LEAD: {"hireDate": "05/01/2026"}})
    assert document[LEAD] == {"hireDate": "05/01/2026"}
    assert user_columns(document)["hire_date"] is None
    assert (
        str(user_columns(accepted(**{LEAD: {"hireDate": "2026-01-05T00:00:00Z"}}))["hire_date"])
        == "2026-01-05"
    )


@pytest.mark.parametrize(
    ("body", "scim_type"),
    [
        ({}, "invalidValue"),
        ({"userName": None}, "invalidValue"),
        ({"userName": ""}, "invalidValue"),
        ({"userName": 7}, "invalidValue"),
        ({"userName": "a", "USERNAME": "b"}, "invalidValue"),
        ({"userName": "a", "active": "perhaps"}, "invalidValue"),
        ({"userName": "a", "active": 1}, "invalidValue"),
        ({"userName": "a", "name": "Amara"}, "invalidValue"),
        ({"userName": "a", "name": []}, "invalidValue"),
        ({"userName": "a", "emails": [7]}, "invalidValue"),
        ({"userName": "a", "emails": [[{"value": "a"}, {"value": "b"}]]}, "invalidValue"),
        ({"userName": "a", "title": {"a": {"b": []}}}, "invalidValue"),
        ({"userName": "a", ENT: "Ports"}, "invalidValue"),
        ({"userName": "a", ENT: {"department": ["Ports"]}}, "invalidValue"),
        ({"userName": "a", LEAD: {"leadershipLevel": 0}}, "invalidValue"),
        ({"userName": "a", LEAD: {"leadershipLevel": 2.5}}, "invalidValue"),
        ({"userName": "a", LEAD: {"leadershipLevel": "1" * 5000}}, "invalidValue"),
        ({"userName": "a", LEAD: {"employmentStatus": "gone"}}, "invalidValue"),
        ({"userName": "a\x00"}, "invalidValue"),
        ({"userName": "a", "emails": [{"value": "\udfff"}]}, "invalidValue"),
        ({"userName": "ΐ" * 400}, "invalidValue"),
        ([], "invalidSyntax"),
        (None, "invalidSyntax"),
    ],
)
def test_wrong_types_are_refused_with_a_reason(body: Any, scim_type: str) -> None:
    assert refused(ResourceType.USER, body) == scim_type


@pytest.mark.parametrize(
    "body",
    [
        {"members": []},
        {"displayName": "x", "members": 7},
        {"displayName": "x", "members": [{"value": {}}]},
        {"displayName": "x", "members": [{}]},
        {"displayName": "x", "members": [""]},
        {"displayName": "x", "members": [["a"]]},
        {"displayName": "x", "members": ["x" * 3000]},
    ],
)
def test_a_group_with_wrong_types_is_refused(body: Any) -> None:
    assert refused(ResourceType.GROUP, body) == "invalidValue"


def test_columns_are_folded_and_the_document_keeps_its_spelling() -> None:
    document = accepted(
        userName="Amara@X",
        externalId="E1",
        profileUrl="https://X/A",
        emails=[{"value": "A@X", "type": "Work"}],
    )
    columns = user_columns(document)
    assert (document["userName"], columns["user_name"]) == ("Amara@X", "amara@x")
    assert (columns["external_id"], columns["profile_url"], columns["title"]) == ("E1", "https://X/A", None)
    [element] = user_elements(document)
    assert (element["attribute"], element["value"], element["type"]) == ("emails", "a@x", "work")
    assert element["locality"] is None
    assert group_columns({"displayName": "GUIDES"}) == {"display_name": "guides", "external_id": None}


def test_without_active_in_the_document_no_column_says_so() -> None:
    assert "active" not in user_columns({"userName": "amara"})
