"""A PATCH applied to a document: pure, and all or nothing (RFC 7644 section 3.5.2).

https://www.rfc-editor.org/rfc/rfc7644#section-3.5.2. Operations come from scim.operations; the document
given is never changed. Members of a group are not in it: what happens to them is handed back, for their rows.
"""

import copy
from dataclasses import dataclass
from typing import Any

from scim.attributes import MEMBERS, Attribute, Kind, ResourceType
from scim.errors import invalid_value, mutability, no_target
from scim.matching import described, matches
from scim.membership import MemberChange, coalesced, member_changes
from scim.paths import Operation, Path
from scim.schema import core, extensions
from scim.terms import ALWAYS
from scim.values import check, check_parts, check_size

__all__ = ["MemberChange", "Patched", "apply"]

Document = dict[str, Any]
Element = dict[str, Any]
_SAYS_NOTHING = frozenset({"type", "primary", "display"})
_LOOSE = frozenset({"primary", "display"})


@dataclass(frozen=True, slots=True)
class Patched:
    """The new document, and what happens to the rows of a group's members, in order."""

    document: Document
    members: list[MemberChange]


def apply(
    kind: ResourceType, document: Document, operations: list[Operation], *, resource_id: str | None = None
) -> Patched:
    """Apply operations in order; raises ScimError 400, and then nothing has happened.

    An `id` that equals `resource_id` passes, as Okta sends it; without a `resource_id` every one does.
    """
    patched = copy.deepcopy(document)
    changes: list[MemberChange] = []
    for operation in operations:
        if operation.path.attribute is MEMBERS:
            changes.extend(member_changes(operation))
        elif operation.path.attribute and operation.path.attribute.name == "id":
            _check_id(operation.value, resource_id)
        else:
            _apply(patched, operation)
    _tidy(kind, patched)
    return Patched(patched, coalesced(changes))


def _check_id(value: Any, resource_id: str | None) -> None:
    if resource_id is not None and value != resource_id:
        raise mutability("id is set by Leadline and never changes.")


def _tidy(kind: ResourceType, document: Document) -> None:
    """Drop what has become empty, and refuse a document that lost what it needs."""
    for extension in extensions(kind):
        if document.get(extension.urn) == {}:
            del document[extension.urn]
    for attribute in core(kind).attributes:
        if attribute.required and attribute.name not in document:
            raise mutability(f"{attribute.name} is required and cannot be removed.")


def _apply(document: Document, operation: Operation) -> None:
    path, attribute = operation.path, operation.path.attribute
    if attribute is None:
        document.pop(path.urn or "", None)
        return
    holder = document.setdefault(path.urn, {}) if path.urn else document
    if attribute.multi:
        _change_elements(holder, attribute, operation)
    elif operation.op == "remove":
        _remove(holder, attribute, path)
    elif attribute.kind is Kind.COMPLEX:
        _merge(holder, attribute, {path.sub.name: operation.value} if path.sub else operation.value)
    else:
        holder[attribute.name] = check(attribute, operation.value)


def _remove(holder: Document, attribute: Attribute, path: Path) -> None:
    """Take away a single value, or one part of it; a complex value without parts goes too."""
    if path.sub:
        holder.get(attribute.name, {}).pop(path.sub.name, None)
    else:
        holder.pop(attribute.name, None)
    if holder.get(attribute.name) == {}:
        del holder[attribute.name]


def _merge(holder: Document, attribute: Attribute, value: Any) -> None:
    """Put parts into a complex value. Those not named stay (RFC 7644 3.5.2.3); null takes one away."""
    given = check_parts(attribute, value)
    gone = {name for name, part in value.items() if part is None}
    kept = {name: part for name, part in holder.get(attribute.name, {}).items() if name not in gone}
    holder[attribute.name] = kept | given
    if not holder[attribute.name]:
        del holder[attribute.name]


def _change_elements(holder: Document, attribute: Attribute, operation: Operation) -> None:
    """Change a multi-valued attribute: as a whole, or the elements that the path selects."""
    before: list[Element] = holder.get(attribute.name, [])
    if operation.path.filter is not None or operation.path.sub:
        after = _change_selected(attribute, before, operation)
    elif operation.op == "remove":
        named = None if operation.value is None else check(attribute, operation.value)
        after = [] if named is None else _less(before, named)
    else:
        new = check(attribute, operation.value)
        after = _added(before, new) if operation.op == "add" else new
    check_size(attribute, after)
    if after:
        holder[attribute.name] = after
    else:
        holder.pop(attribute.name, None)


def _added(before: list[Element], new: list[Element]) -> list[Element]:
    """Add elements that are not there yet. A new primary one ends the primacy of the others."""
    known = {_key(entry) for entry in before}
    fresh = [entry for entry in new if _key(entry) not in known]
    after = [_demoted(entry) for entry in before] if any(entry.get("primary") for entry in fresh) else before
    return [*after, *fresh]


def _key(entry: Element) -> frozenset[tuple[str, Any]]:
    """Give what makes an element the same as another: everything, ignoring case. No part is case-exact."""
    return frozenset((name, _folded(part)) for name, part in entry.items())


def _folded(part: Any) -> Any:
    return part.casefold() if isinstance(part, str) else part


def _demoted(entry: Element) -> Element:
    return entry | {"primary": False} if entry.get("primary") else entry


def _less(before: list[Element], named: list[Element]) -> list[Element]:
    """Take away what a remove's value names: Entra and JumpCloud list what is to go.

    `primary` and `display` name nothing: a client that read us later than it wrote may have them wrong.
    """
    keys = [_key({name: part for name, part in other.items() if name not in _LOOSE}) for other in named]
    return [entry for entry in before if not _is_named(_key(entry), keys)]


def _is_named(entry: frozenset[tuple[str, Any]], keys: list[frozenset[tuple[str, Any]]]) -> bool:
    return any(key and key <= entry for key in keys)


def _change_selected(attribute: Attribute, before: list[Element], operation: Operation) -> list[Element]:
    """Change the elements that the path selects; without brackets, all of them."""
    path = operation.path
    wanted = path.filter or ALWAYS
    chosen = [index for index, entry in enumerate(before) if matches(entry, wanted)]
    if operation.op == "remove":
        return _without(before, chosen, path.sub)
    value = {path.sub.name: operation.value} if path.sub else operation.value
    given = check_parts(attribute, value)
    if not chosen:
        return _placed(before, len(before), _described(attribute, path, given))
    if given.get("primary") and len(chosen) > 1:
        raise invalid_value(f"{attribute.name}: only one can be primary, and the path selects {len(chosen)}.")
    if given.get("primary"):
        return _placed(before, chosen[0], before[chosen[0]] | given)
    selected = set(chosen)
    return [entry | given if index in selected else entry for index, entry in enumerate(before)]


def _described(attribute: Attribute, path: Path, given: Element) -> Element:
    """Make the element that Entra means by a path that selects nothing yet, and selects it from then on."""
    found = described(path.filter) if path.filter else {}
    made = None if found is None else check_parts(attribute, found) | given
    if made is None or not matches(made, path.filter or ALWAYS):
        raise no_target(f"No element of {attribute.name} fits the brackets, and they describe none to add.")
    return made


def _placed(elements: list[Element], index: int, entry: Element) -> list[Element]:
    """Put an element in its place; if it is primary, no other is."""
    others = [_demoted(other) for other in elements] if entry.get("primary") else list(elements)
    others[index : index + 1] = [entry]
    return others


def _without(before: list[Element], chosen: list[int], sub: Attribute | None) -> list[Element]:
    """Take away the selected elements, or a part of each. What then says nothing but its type goes too."""
    after, selected = [], set(chosen)
    for index, entry in enumerate(before):
        if index not in selected:
            after.append(entry)
        elif sub:
            rest = {name: part for name, part in entry.items() if name != sub.name}
            after += [rest] if rest.keys() - _SAYS_NOTHING else []
    return after
