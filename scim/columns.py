"""The columns that filters and sorting need, drawn from a document as it was accepted.

Text that is not case-exact is folded, as scim.models says; the document keeps the spelling it was given.
"""

from datetime import date
from typing import Any

from scim.attributes import Attribute, Kind, ResourceType
from scim.schema import attributes_of, core

Document = dict[str, Any]


def fold(text: str) -> str:
    """Give the form in which texts that are not case-exact are stored, compared and kept unique."""
    return text.casefold()


def user_columns(document: Document) -> Document:
    """Give the columns of a ScimUser.

    Without `active` in the document, which a PATCH can remove, there is none among the columns: an UPDATE
    then keeps the state. A new document always has it.
    """
    columns = _columns(ResourceType.USER, document)
    if columns["active"] is None:
        del columns["active"]
    return columns


def group_columns(document: Document) -> Document:
    """Give the columns of a ScimGroup."""
    return _columns(ResourceType.GROUP, document)


def user_elements(document: Document) -> list[Document]:
    """Give the rows of ScimUserElement, without `id` and `user_id`; each has every column."""
    return [
        _EMPTY_ELEMENT | {"attribute": attribute.name} | _parts(attribute, element)
        for attribute in _MULTI
        for element in document.get(attribute.name) or []
    ]


def _columns(kind: ResourceType, document: Document) -> Document:
    columns: Document = {}
    for urn, attribute in _SINGLE[kind]:
        value = (document.get(urn) or {}).get(attribute.name) if urn else document.get(attribute.name)
        if attribute.subs:
            columns |= _EMPTY[attribute.name] | _parts(attribute, value or {})
        else:
            columns[attribute.column or ""] = _stored(attribute, value)
    return columns


def _parts(attribute: Attribute, element: Document) -> Document:
    given = [sub for sub in attribute.subs if sub.name in element]
    return {sub.column: _stored(sub, element[sub.name]) for sub in given if sub.column}


def _stored(attribute: Attribute, value: Any) -> Any:
    if attribute.kind is Kind.DATE:
        return _date(value)
    return fold(value) if isinstance(value, str) and not attribute.case_exact else value


def _date(value: str | None) -> date | None:
    """Read the date at the beginning of a text; None when there is none. The text is kept all the same."""
    try:
        return date.fromisoformat(value[:10]) if value else None
    except ValueError:
        return None


_NOT_OURS = frozenset({"id", "meta", "schemas", "password", "members", "groups"})
_SINGLE = {
    kind: [
        (urn, attribute)
        for urn, attribute in attributes_of(kind)
        if not attribute.multi and attribute.name not in _NOT_OURS
    ]
    for kind in ResourceType
}
_EMPTY = {
    attribute.name: {sub.column: None for sub in attribute.subs if sub.column}
    for kind in ResourceType
    for _, attribute in _SINGLE[kind]
    if attribute.subs
}
_MULTI = [
    attribute
    for attribute in core(ResourceType.USER).attributes
    if attribute.multi and attribute.name not in _NOT_OURS
]
_EMPTY_ELEMENT: Document = {
    sub.column: None for attribute in _MULTI for sub in attribute.subs if sub.column is not None
}
