"""`attributes` and `excludedAttributes` (RFC 7644 section 3.9)."""

from typing import Any

import pytest

from scim.attributes import ENTERPRISE, USER
from scim.errors import ScimError
from scim.project import project
from scim.schema import ResourceType

ENT = ENTERPRISE.urn
AMARA: dict[str, Any] = {
    "schemas": [USER.urn, ENT],
    "id": "U",
    "userName": "amara",
    "active": False,
    "name": {"familyName": "Osei", "givenName": "Amara"},
    "emails": [{"value": "a@b", "type": "work"}, {"value": "c@d"}],
    "groups": [{"value": "G", "display": "Guides"}],
    ENT: {"department": "Ports", "manager": {"value": "M", "displayName": "Kofi"}},
    "meta": {"resourceType": "User", "version": 'W/"1"'},
}


def only(*names: str) -> dict[str, Any]:
    kept = project(ResourceType.USER, AMARA, names, ())
    assert (kept.pop("schemas"), kept.pop("id")) == (AMARA["schemas"], "U")
    return kept


def without(*names: str) -> set[str]:
    return set(AMARA) - set(project(ResourceType.USER, AMARA, (), names))


def test_without_names_everything_is_returned() -> None:
    assert project(ResourceType.USER, AMARA, (), ()) == AMARA


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (["userName"], {"userName": "amara"}),
        (["USERNAME", "active"], {"userName": "amara", "active": False}),
        (["name.familyName"], {"name": {"familyName": "Osei"}}),
        (["name.familyName", "name"], {"name": AMARA["name"]}),
        (["name", "name.familyName"], {"name": AMARA["name"]}),
        (["emails.type"], {"emails": [{"type": "work"}]}),
        ([f"{USER.urn}:emails.value"], {"emails": [{"value": "a@b"}, {"value": "c@d"}]}),
        ([ENT], {ENT: AMARA[ENT]}),
        ([f"{ENT}:manager"], {ENT: {"manager": AMARA[ENT]["manager"]}}),
        ([f"{ENT}:manager.value"], {ENT: {"manager": {"value": "M"}}}),
        (["department"], {ENT: {"department": "Ports"}}),
        (["meta.version"], {"meta": {"version": 'W/"1"'}}),
        (["id", "nope", "", "emails[type pr]", "urn:unheard:x"], {}),
        (["password"], {}),
    ],
)
def test_only_what_is_asked_for_is_returned(names: list[str], kept: dict[str, Any]) -> None:
    assert only(*names) == kept


def test_the_urn_of_the_core_means_its_attributes() -> None:
    assert set(only(USER.urn)) == {"userName", "active", "name", "emails", "groups"}


def test_what_is_excluded_is_left_out_except_what_is_always_returned() -> None:
    assert without("emails", "GROUPS") == {"emails", "groups"}
    assert without("id", "schemas", "nope") == set()
    assert without(ENT, "meta") == {ENT, "meta"}


def test_parts_can_be_excluded() -> None:
    kept = project(
        ResourceType.USER, AMARA, (), ["name.givenName", "emails.value", f"{ENT}:manager.displayName"]
    )
    assert kept["name"] == {"familyName": "Osei"}
    assert kept["emails"] == [{"type": "work"}, {}]
    assert kept[ENT] == {"department": "Ports", "manager": {"value": "M"}}
    assert AMARA["name"] == {"familyName": "Osei", "givenName": "Amara"}


def test_both_lists_at_once() -> None:
    assert set(project(ResourceType.USER, AMARA, ["name", "emails"], ["emails"])) == {"schemas", "id", "name"}


def test_more_names_than_there_are_attributes_are_refused() -> None:
    with pytest.raises(ScimError):
        only(*["userName"] * 201)
