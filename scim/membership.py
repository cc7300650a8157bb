"""What a PATCH does to the members of a group, as changes of rows (RFC 7644 section 3.5.2).

Only what the operation names is changed: other servers removed every member when asked to remove one.
"""

from dataclasses import dataclass
from typing import Literal

from scim.errors import invalid_filter, mutability, no_target
from scim.paths import Operation
from scim.resources import check_members
from scim.terms import And, Compare, Filter, Or


@dataclass(frozen=True, slots=True)
class MemberChange:
    """One change: these ids are added, removed, or are all that there are."""

    kind: Literal["add", "remove", "replace"]
    values: list[str]


def member_changes(operation: Operation) -> list[MemberChange]:
    """Read an operation whose path leads to members; raises ScimError 400."""
    path = operation.path
    if path.sub and path.sub.name != "value":
        raise mutability(f"{path.label} is not changed on its own: a member is added or removed.")
    given = None if operation.value is None else check_members(operation.value)
    if path.filter is None:
        return [_unselected(operation.op, given)]
    chosen = _selected(path.filter)
    if chosen is None:
        raise invalid_filter('Members are selected by their value, as in members[value eq "2819c223"].')
    if operation.op == "remove":
        return [MemberChange("remove", chosen)]
    if operation.op == "add":
        return [MemberChange("add", given if given is not None else chosen)]
    if not given:
        raise no_target("replace needs the member to put in the place of the selected one.")
    return [MemberChange("remove", chosen), MemberChange("add", given)]


def _unselected(op: str, given: list[str] | None) -> MemberChange:
    """Read an operation on `members` itself. A remove without a value empties the group, as the RFC says."""
    if op == "remove":
        return MemberChange("replace", []) if given is None else MemberChange("remove", given)
    return MemberChange("add" if op == "add" else "replace", given or [])


def _selected(found: Filter) -> list[str] | None:
    """Give the ids that a filter of `value eq` terms names; None when it says something else."""
    if isinstance(found, Compare):
        is_value = found.op == "eq" and found.target.leaf.name == "value"
        return [str(found.value)] if is_value else None
    if isinstance(found, Or):
        parts = [_selected(term) for term in found.terms]
        return None if None in parts else [value for part in parts if part for value in part]
    if isinstance(found, And):
        named = [part for term in found.terms if (part := _selected(term)) is not None]
        return [value for value in named[0] if all(value in part for part in named)] if named else None
    return None


def coalesced(changes: list[MemberChange]) -> list[MemberChange]:
    """Join neighbours of the same kind: directories send one operation for each member."""
    joined: list[tuple[MemberChange, dict[str, None]]] = []
    for change in changes:
        if joined and joined[-1][0].kind == change.kind != "replace":
            joined[-1][1].update(dict.fromkeys(change.values))
        else:
            joined.append((change, dict.fromkeys(change.values)))
    return [
        MemberChange(change.kind, list(values))
        for change, values in joined
        if values or change.kind == "replace"
    ]
