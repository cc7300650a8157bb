"""What discovery says is what is accepted."""

import json
from typing import Any

from scim2_models import ResourceType as JudgedType
from scim2_models import Schema

from scim.announced import resource_type_documents, schema_documents
from scim.attributes import ENTERPRISE, GROUP, LEADERSHIP, USER
from scim.filters import parse_filter
from scim.resources import accept
from scim.schema import ResourceType, schemas_in
from scim.where import where

BASE = "https://leadline.example/scim/v2"


def _sample(attribute: dict[str, Any]) -> Any:
    samples = {"boolean": True, "integer": 1, "complex": None}
    kind = attribute["type"]
    made = attribute.get("canonicalValues", ["x"])[0] if kind not in samples else samples[kind]
    if kind == "complex":
        made = {
            sub["name"]: _sample(sub) for sub in attribute["subAttributes"] if sub["mutability"] != "readOnly"
        }
    return [made] if attribute["multiValued"] else made


def test_the_judge_can_read_it() -> None:
    schemas = [Schema.model_validate(document) for document in schema_documents(BASE)]
    types = [JudgedType.model_validate(document) for document in resource_type_documents(BASE)]
    assert [schema.id for schema in schemas] == [document["id"] for document in schema_documents(BASE)]
    assert [kind.name for kind in types] == [document["name"] for document in resource_type_documents(BASE)]
    announced = [*schema_documents(BASE), *resource_type_documents(BASE)]
    assert json.loads(json.dumps(announced)) == announced


def test_nothing_is_announced_that_entra_would_miss() -> None:
    text = json.dumps(schema_documents(BASE))
    assert "password" not in text
    assert "null" not in text
    user = next(entry for entry in schema_documents(BASE) if entry["id"] == USER.urn)
    emails = next(entry for entry in user["attributes"] if entry["name"] == "emails")
    assert [sub["name"] for sub in emails["subAttributes"]] == ["value", "type", "primary"]


def test_everything_announced_is_accepted_and_kept() -> None:
    by_urn = {
        entry["id"]: {
            attribute["name"]: _sample(attribute)
            for attribute in entry["attributes"]
            if attribute["mutability"] != "readOnly"
        }
        for entry in schema_documents(BASE)
    }
    user = {
        **by_urn[USER.urn],
        ENTERPRISE.urn: by_urn[ENTERPRISE.urn],
        LEADERSHIP.urn: by_urn[LEADERSHIP.urn],
    }
    assert accept(ResourceType.USER, user).document == user
    group = accept(ResourceType.GROUP, by_urn[GROUP.urn])
    assert (group.document, group.members) == ({"displayName": "x"}, ["x"])


def test_everything_announced_can_be_filtered_by_presence_but_what_only_we_derive() -> None:
    for kind, schema in (
        (ResourceType.USER, USER),
        (ResourceType.USER, ENTERPRISE),
        (ResourceType.GROUP, GROUP),
    ):
        for attribute in schema.attributes:
            names = [f"{attribute.name}.{sub.name}" for sub in attribute.subs if sub.column] or [
                attribute.name
            ]
            for name in names if attribute.announced else ():
                clause = where(kind, parse_filter(kind, f"{schema.urn}:{name} pr"))
                assert str(clause) not in {"true", "false", ""}, name


def test_schemas_of_a_resource_are_those_it_has_data_in() -> None:
    assert schemas_in(ResourceType.USER, {"userName": "a"}) == [USER.urn]
    assert schemas_in(ResourceType.USER, {LEADERSHIP.urn: {"hireDate": "x"}}) == [USER.urn, LEADERSHIP.urn]
