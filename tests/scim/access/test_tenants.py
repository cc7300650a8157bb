"""Two customers: no filter, order, page or manager leads from one to the other (verbs: tests/scim/http)."""

from typing import Any

import pytest

from tests.scim.access.conftest import Directory
from tests.scim.access.test_hostile import ENTERPRISE, Caller


class Two:
    """The same userName, externalId and group name in two organizations; each with its own token."""

    def __init__(self, directory: Directory) -> None:
        self.mine, self.theirs = Caller(directory), Caller(directory)
        southgate = directory.token(organization="Southgate").token
        self.theirs.headers = {"Authorization": f"Bearer {southgate}"}
        more = {"externalId": "e1", ENTERPRISE: {"employeeNumber": "7"}}
        self.my_user, self.their_user = (each.user(**more) for each in (self.mine, self.theirs))
        self.their_group = self.group(self.theirs, self.their_user["id"])

    @staticmethod
    def group(caller: Caller, member: str) -> Any:
        body = {"displayName": "Leads", "members": [{"value": member}]}
        answer = caller.send("POST", "/Groups", body)
        assert answer.status_code == 201
        return answer.json

    def listed(self, place: str = "/Users", **asked: Any) -> list[Any]:
        answer = self.mine.send("POST", f"{place}/.search", asked)
        assert answer.status_code == 200, answer.text
        assert answer.json
        assert answer.json["totalResults"] == len(answer.json["Resources"])
        return list(answer.json["Resources"])


@pytest.fixture
def two(directory: Directory) -> Two:
    return Two(directory)


@pytest.mark.parametrize(
    "text",
    [
        "userName pr",
        "userName pr or userName pr",
        'not (userName eq "nobody")',
        'userName ne "x" or active eq true or id pr',
        'active eq true and active eq true or userName sw ""',
        'externalId eq "e1"',
        'emails[type eq "work"] or userName pr',
        'meta.created gt "2000-01-01T00:00:00Z"',
        'not (emails[value eq "x"])',
        f'{ENTERPRISE}:employeeNumber eq "7"',
    ],
)
def test_no_filter_leaves_the_organization(two: Two, text: str) -> None:
    for asked in ({}, {"cursor": ""}, {"sortBy": "userName"}, {"sortBy": "id", "sortOrder": "descending"}):
        for place in ("/Users", ""):
            found = two.listed(place, filter=text, **asked)
            assert [each["id"] for each in found if each["meta"]["resourceType"] == "User"] == [
                two.my_user["id"]
            ]


def test_ids_of_another_are_not_found_by_filter(two: Two) -> None:
    theirs = two.their_user["id"]
    assert two.listed(filter=f'id eq "{theirs}"') == []
    assert two.listed(filter=f'groups.value eq "{two.their_group["id"]}"') == []
    assert two.listed("/Groups", filter=f'id eq "{two.their_group["id"]}"') == []
    assert two.listed("/Groups", filter=f'members eq "{theirs}"') == []
    assert two.listed("/Groups", filter='displayName eq "Leads"') == []
    assert two.listed("/Groups") == []


@pytest.mark.parametrize("named", ["id", "externalId", "userName", "$ref"])
def test_another_organizations_person_manages_nobody_here(two: Two, named: str) -> None:
    boss = two.theirs.user(userName="boss", externalId="boss-ext", displayName="The Boss")
    location = boss["meta"]["location"]
    value = {"value": "x", "$ref": location} if named == "$ref" else {"value": boss[named]}
    report = two.mine.user(userName="report", **{ENTERPRISE: {"manager": value}})
    assert report[ENTERPRISE]["manager"]["value"] == value["value"]
    assert "displayName" not in report[ENTERPRISE]["manager"]


def test_a_cursor_of_another_opens_nothing(two: Two) -> None:
    two.theirs.user(userName="second")
    answer = two.theirs.send("GET", "/Users", query_string={"cursor": "", "count": 1}).json or {}
    assert answer["nextCursor"]
    asked = {"cursor": answer["nextCursor"], "count": 1}
    assert two.mine.refused("GET", "/Users", query_string=asked) == (400, "invalidCursor")
