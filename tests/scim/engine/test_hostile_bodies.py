"""Whatever JSON comes: it is accepted or refused with a reason, and never anything else."""

import contextlib
import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scim.attributes import ENTERPRISE, LEADERSHIP, USER
from scim.columns import group_columns, user_columns, user_elements
from scim.dialects import normalise_operations
from scim.errors import ScimError
from scim.patch import apply
from scim.project import project
from scim.resources import accept
from scim.schema import ResourceType

ENT, LEAD = ENTERPRISE.urn, LEADERSHIP.urn
keys = st.sampled_from(
    [
        *[
            "userName",
            "displayName",
            "active",
            "name",
            "emails",
            "addresses",
            "members",
            "manager",
            "roles",
            "id",
        ],
        *[
            "schemas",
            "meta",
            "groups",
            "externalId",
            "password",
            "value",
            "type",
            "primary",
            "$ref",
            "managerId",
        ],
        *["name.givenName", ".", "", "a.b.c", 'emails[type eq "work"].value', "emails[", "leadershipLevel"],
        *[
            ENT,
            LEAD,
            USER.urn,
            f"{ENT}:manager",
            f"{ENT}:",
            f"{USER.urn}:name.givenName",
            "USERNAME",
            "Emails",
        ],
        *[
            f"{ENT}:manager.value",
            'members[value eq "a"]',
            'members[value eq "a"].value',
            "emails.value",
            "hireDate",
        ],
    ]
)
leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
anything: st.SearchStrategy[Any] = st.recursive(
    leaves | st.sampled_from(["True", "work", "5", '{"title": "x"}', "\x00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=8,
)
bodies = st.dictionaries(keys, anything, max_size=5)
operation = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "Replace", "remove"])}, optional={"path": keys, "value": anything}
)
BEFORE = {
    "userName": "a",
    "displayName": "a",
    "name": {"givenName": "a"},
    "emails": [{"value": "a", "type": "work"}],
    ENT: {"manager": {"value": "M"}},
}


@given(body=bodies, kind=st.sampled_from(ResourceType), names=st.lists(keys, max_size=3))
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_any_body_is_accepted_or_refused(body: Any, kind: ResourceType, names: list[str]) -> None:
    with contextlib.suppress(ScimError):
        found = accept(kind, {"userName": "a", "displayName": "a"} | body)
        assert accept(kind, found.document).document == found.document
        _fits_the_tables(kind, found.document)
        project(kind, found.document, names, names)


@given(asked=st.lists(operation, max_size=3), kind=st.sampled_from(ResourceType))
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_any_patch_is_applied_or_refused(asked: Any, kind: ResourceType) -> None:
    before = BEFORE if kind is ResourceType.USER else {"displayName": "a"}
    with contextlib.suppress(ScimError):
        document = apply(kind, before, normalise_operations(kind, {"Operations": asked})).document
        assert accept(kind, document, current=document).document == document
        _fits_the_tables(kind, document)


def _fits_the_tables(kind: ResourceType, document: Any) -> None:
    json.dumps(document, ensure_ascii=False).encode()
    if kind is ResourceType.GROUP:
        group_columns(document)
        return
    columns = [user_columns(document), *user_elements(document)]
    assert not [value for row in columns for value in row.values() if isinstance(value, dict | list)]


def test_many_operations_on_many_elements_end_soon() -> None:
    known = {"userName": "a", "emails": [{"value": str(n)} for n in range(100)]}
    add = {"op": "add", "path": "emails", "value": [{"value": str(n)} for n in range(40)]}
    replace = {"op": "replace", "path": 'emails[value co "1" or value co "2"].type', "value": "work"}
    remove = {"op": "remove", "path": "emails", "value": [{"value": f"x{n}"} for n in range(40)]}
    for operation in (add, replace, remove):
        started = time.perf_counter()
        apply(
            ResourceType.USER,
            known,
            normalise_operations(ResourceType.USER, {"Operations": [operation] * 250}),
        )
        assert time.perf_counter() - started < 2


def test_more_elements_than_anybody_has_are_refused() -> None:
    with pytest.raises(ScimError) as refused:
        accept(ResourceType.USER, {"userName": "a", "emails": [{"value": str(n)} for n in range(101)]})
    assert refused.value.scim_type == "invalidValue"
