"""Generated documents and PATCHes: where scim2-models accepts too, its result is ours."""

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError
from scim2_models import Context, PatchOp, SCIMException, ScimPolicy

from scim.dialects import normalise_operations
from scim.errors import ScimError
from scim.patch import apply
from scim.schema import ResourceType
from tests.scim.engine.generated import JudgedUser, operations, patchable

Document = dict[str, Any]
# The two leniencies towards Entra that we share.
LENIENT = ScimPolicy(
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)


def judged(document: Document, asked: list[Document]) -> Document | None:
    """What scim2-models makes of it; None when it refuses."""
    user = JudgedUser.model_validate(document)
    try:
        PatchOp[JudgedUser].model_validate({"Operations": asked}).patch(user, LENIENT)
    except (SCIMException, ValidationError):
        return None
    dumped: Document = user.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
    return dumped


def ours(document: Document, asked: list[Document]) -> Document | None:
    before = copy.deepcopy(document)
    try:
        after = apply(
            ResourceType.USER, document, normalise_operations(ResourceType.USER, {"Operations": asked})
        ).document
    except ScimError:
        return None
    finally:
        assert document == before
    return after


def comparable(value: Any) -> Any:
    """Leave out what says nothing: the order of elements, those without a value, what is empty."""
    if isinstance(value, list):
        entries = [comparable(entry) for entry in value]
        return sorted((entry for entry in entries if entry.keys() - {"type", "primary"}), key=repr)
    if not isinstance(value, dict):
        return value
    kept = {key: comparable(part) for key, part in sorted(value.items()) if key not in {"schemas", "id"}}
    return {key: part for key, part in kept.items() if not _says_nothing(key, part)}


def _says_nothing(key: str, part: Any) -> bool:
    return part in (None, [], {}) or (key == "primary" and part is False)


@given(document=patchable, asked=operations)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_where_both_accept_our_result_is_that_of_scim2_models(
    document: Document, asked: list[Document]
) -> None:
    mine, theirs = ours(document, asked), judged(document, asked)
    if mine is not None and theirs is not None:
        assert comparable(mine) == comparable(theirs)


@given(document=patchable, asked=operations)
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_a_patch_that_is_applied_again_to_its_result_is_accepted(
    document: Document, asked: list[Document]
) -> None:
    after = ours(document, asked)
    if after is not None:
        assert ours(after, [{"op": "replace", "value": after}]) == after
