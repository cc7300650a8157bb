"""What a filter finds in the database, and in which order."""

import time
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from scim.attributes import ENTERPRISE, LEADERSHIP, USER
from scim.errors import ScimError
from scim.filters import parse_filter
from scim.models import ScimUser
from scim.schema import ResourceType
from scim.where import order, where
from tests.scim.engine.rows import Rows

ENT, LEAD = ENTERPRISE.urn, LEADERSHIP.urn
AMARA: dict[str, Any] = {
    "userName": "Amara.Osei@northgate.example",
    "externalId": "E-1",
    "active": True,
    "displayName": "Amara Osei",
    "name": {"familyName": "Osei", "givenName": "Amara"},
    "emails": [
        {"value": "amara@northgate.example", "type": "work", "primary": True},
        {"value": "amara@home.example", "type": "home"},
    ],
    ENT: {"employeeNumber": "701984", "manager": {"value": "M-7"}},
    LEAD: {"leadershipLevel": 3, "employmentStatus": "active", "hireDate": "2024-02-01"},
}
KOFI: dict[str, Any] = {
    "userName": "kofi_mensah",
    "externalId": "e-1",
    "active": False,
    "title": "50% of a lead",
    "emails": [{"value": "amara@northgate.example", "type": "home"}],
}
ZOE: dict[str, Any] = {
    "userName": "ZOË",
    "active": True,
    "title": "",
    "addresses": [{"locality": ""}],
    LEAD: {"hireDate": "soon"},
}


@pytest.fixture
def people(rows: Rows) -> Rows:
    rows.put([AMARA, KOFI, ZOE])
    return rows


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ('userName eq "amara.osei@NORTHGATE.example"', [0]),
        ('userName eq "zoë"', [2]),
        ('userName sw "kofi_"', [1]),
        ('userName sw "kofi%"', []),
        ('userName sw ""', [0, 1, 2]),
        ('title co "0% of"', [1]),
        ('title co "_"', []),
        ('title ew "LEAD"', [1]),
        ('externalId eq "E-1"', [0]),
        ('externalId co "e-"', [1]),
        ('externalId ew "E-1"', [0]),
        ('externalId sw "E"', [0]),
        ("externalId eq E-1", [0]),
        ("title pr", [1]),
        ("not (title pr)", [0, 2]),
        ('not (title eq "50% of a lead")', [0, 2]),
        ('title ne "50% of a lead"', [0, 2]),
        ("title eq null", [0, 2]),
        ("title ne null", [1]),
        ("active eq false", [1]),
        ('active eq "False"', [1]),
        ("active ne true", [1]),
        ('emails[type eq "work"].value eq "amara@northgate.example"', [0]),
        ('emails[type eq "home" and value ew "northgate.example"]', [1]),
        ('emails eq "AMARA@home.example"', [0]),
        ('emails.type ne "work"', [1, 2]),
        ("emails pr", [0, 1]),
        ("addresses pr", []),
        ("not (emails[primary eq true])", [1, 2]),
        ("roles pr", []),
        ('manager eq "M-7"', [0]),
        ('manager eq "m-7"', []),
        (f'{ENT}:manager.value eq "M-7"', [0]),
        (f'{ENT.upper()}:MANAGER eq "M-7"', [0]),
        ("manager pr", [0]),
        ("name pr", [0]),
        (f"{LEAD}:leadershipLevel ge 3", [0]),
        ('leadershipLevel eq "3"', [0]),
        ("leadershipLevel gt 15", []),
        ("leadershipLevel lt 3.5", [0]),
        ('hireDate ge "2024-01-01" and hireDate sw "2024-"', [0]),
        ('meta.created gt "2026-03-01T12:30:00Z"', [1, 2]),
        ('meta.lastModified le "2026-03-01T14:00:00+01:00"', [0, 1]),
        ('meta.resourceType eq "User"', [0, 1, 2]),
        ('meta.resourceType eq "Group"', []),
        (f'schemas eq "{USER.urn}"', [0, 1, 2]),
        (f'schemas eq "{ENT.upper()}"', [0]),
        (f'schemas ne "{ENT}"', [1, 2]),
        ('schemas eq "urn:unheard"', []),
        ('userName eq "kofi_mensah" or title pr and active eq true', [1]),
        ('(userName eq "kofi_mensah" or title pr) and active eq true', []),
        ("TITLE PR AND NOT(Active EQ TRUE)", [1]),
        ('userName eq "nobody\' or 1=1 --"', []),
    ],
)
def test_a_filter_finds(people: Rows, asked: str, found: list[int]) -> None:
    assert people.found(asked) == found


def test_ids_are_compared_as_they_are_written(people: Rows) -> None:
    mine = str(people.ids[1])
    assert people.found(f'id eq "{mine}"') == [1]
    assert people.found(f'id eq "{mine.replace("-", "")}"') == []
    assert people.found('id eq "no id"') == []
    assert people.found(f'id ne "{mine}"') == [0, 2]
    assert people.found(f'id sw "{mine[:11]}"') == [1]
    assert people.found(f'id gt "{mine}"') == [2]
    assert people.found("id pr") == [0, 1, 2]
    assert people.found(f'id eq "{people.ids[0]}" and manager eq "M-7"') == [0]


def test_members_of_groups(people: Rows) -> None:
    amara, waiting = people.ids[0], "not-provisioned"
    group = people.put_group(
        {"displayName": "Guides", "externalId": "G1"}, {str(amara): amara, waiting: None}
    )
    people.put_group({"displayName": "Stewards"}, {})
    of_groups = {"kind": ResourceType.GROUP}
    assert people.found(f'members eq "{amara}"', **of_groups) == [0]
    assert people.found(f'id eq "{group}" and members eq "{amara}"', **of_groups) == [0]
    assert people.found(f'members[value eq "{waiting}"]', **of_groups) == [0]
    assert people.found(f'members.value ne "{amara}"', **of_groups) == [1]
    assert people.found("not (members pr)", **of_groups) == [1]
    assert people.found('displayName eq "GUIDES"', **of_groups) == [0]
    assert people.found(f'groups.value eq "{group}"') == [0]
    assert people.found(f'groups[value eq "{group}" and display eq "guides"]') == [0]
    assert people.found('groups.display sw "Gui"') == [0]
    assert people.found("groups pr") == [0]


def test_what_another_type_has_is_absent_at_the_root(people: Rows) -> None:
    assert people.found('members eq "x" or userName pr', strict=False) == [0, 1, 2]
    assert people.found('nope ne "x"', strict=False) == [0, 1, 2]
    assert people.found("nope pr or nope gt 1 or nope[a pr]", strict=False) == []
    assert people.found("nope eq null", strict=False) == [0, 1, 2]


def test_resources_are_sorted_and_what_has_no_value_comes_last_when_ascending(people: Rows) -> None:
    assert people.sorted("userName") == [0, 1, 2]
    assert people.sorted("userName", descending=True) == [2, 1, 0]
    assert people.sorted("externalId") == [0, 1, 2]
    assert people.sorted("externalId", descending=True) == [2, 1, 0]
    assert people.sorted("emails.value") == [0, 1, 2]
    assert people.sorted("emails.type") == [1, 0, 2]
    assert people.sorted("manager") == [0, 1, 2]
    assert people.sorted("meta.lastModified", descending=True) == [2, 1, 0]
    assert people.sorted("name.familyName") == [0, 1, 2]


@pytest.mark.parametrize(
    "sort_by", ["nope", "name", "password", "groups", "addresses", "meta.location", "schemas"]
)
def test_what_cannot_be_sorted_by_is_a_400(sort_by: str) -> None:
    with pytest.raises(ScimError) as refused:
        order(ResourceType.USER, sort_by, False)
    assert refused.value.scim_type == "invalidValue"


@pytest.mark.parametrize(
    "asked", ['userName eq "amara"', 'userName sw "ama"', 'externalId eq "E"', 'manager eq "M"']
)
def test_an_index_answers(connection: Connection, rows: Rows, asked: str) -> None:
    if connection.dialect.name != "sqlite":
        pytest.skip("PostgreSQL reads small tables whole")
    mine = ScimUser.organization_id == rows.organization_id
    statement = select(ScimUser.id).where(
        mine, where(ResourceType.USER, parse_filter(ResourceType.USER, asked))
    )
    compiled = statement.compile(connection, compile_kwargs={"literal_binds": True})
    plan = connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}")).all()
    assert "USING INDEX" in str(plan)
    assert "organization_id=? AND " in str(plan)


def test_a_hostile_filter_is_refused_at_once() -> None:
    hostile = [
        "(" * 1_000_000,
        "(" * 8000,
        "(" * 33 + "title pr" + ")" * 33,
        " or ".join(["title pr"] * 101),
        "not " * 2000,
        '"' * 8000,
        ":" * 8000,
        "a." * 4000,
        "emails[" * 1000,
        'title eq "' + "é" * 4100 + '"',
    ]
    for asked in hostile:
        started = time.perf_counter()
        with pytest.raises(ScimError) as refused:
            parse_filter(ResourceType.USER, asked)
        assert refused.value.scim_type == "invalidFilter"
        assert time.perf_counter() - started < 0.5
