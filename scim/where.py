"""A filter as a WHERE clause over scim.models, and a sort as ORDER BY.

https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.2, section-3.4.2.3. The clause says nothing about the
organization: the caller joins it to its own with `and_`, as expressions, never as text. Every value is bound.
"""

import operator
from collections.abc import Callable
from functools import reduce
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, exists, false, func, not_, or_, select, true

from scim.attributes import Kind, ResourceType
from scim.errors import invalid_value
from scim.models import ScimGroup, ScimGroupMember, ScimUser, ScimUserElement
from scim.schema import Target, core, extensions, resolve, schema_named
from scim.terms import And, Compare, Filter, Not, Or, Present, Value, ValuePath

Clause = ColumnElement[bool]
TABLES: dict[ResourceType, type[ScimUser] | type[ScimGroup]] = {
    ResourceType.USER: ScimUser,
    ResourceType.GROUP: ScimGroup,
}
_LAST = chr(0x10FFFF)
_SURROGATES = range(0xD800, 0xE000)


def where(kind: ResourceType, found: Filter) -> Clause:
    """Give the clause that the rows of this type satisfy which satisfy the filter."""
    if isinstance(found, And):
        return and_(true(), *(where(kind, term) for term in found.terms))
    if isinstance(found, Or):
        return or_(false(), *(where(kind, term) for term in found.terms))
    if isinstance(found, Not):
        return not_(where(kind, found.filter))
    if isinstance(found, ValuePath):
        clause = _in_element(kind, found.filter)
        return _some_element(kind, found.target, clause, rare=_is_rare(found.filter))
    if isinstance(found, Present):
        return _present(kind, found.target)
    return _compare(kind, found)


def _in_element(kind: ResourceType, found: Filter) -> Clause:
    """Give the clause for what stands in brackets, over the row of one element."""
    if isinstance(found, And):
        return and_(true(), *(_in_element(kind, term) for term in found.terms))
    if isinstance(found, Or):
        return or_(false(), *(_in_element(kind, term) for term in found.terms))
    if isinstance(found, Not):
        return not_(_in_element(kind, found.filter))
    assert not isinstance(found, ValuePath)  # noqa: S101 - the parser refuses brackets in brackets
    column = _element_column(kind, found.target)
    if isinstance(found, Present):
        return _filled(column, found.target.leaf.kind)
    return _matches(column, found)


def _compare(kind: ResourceType, term: Compare) -> Clause:
    target = term.target
    if target.leaf.column == "schemas":
        return _derived(term, lambda value: _has_schema(kind, value))
    if target.leaf.column == "resource_type":
        return _derived(term, lambda value: true() if value == kind.value else false())
    if not target.attribute.multi:
        return _matches(column_of(kind, target), term)
    column = _element_column(kind, target)
    if term.op == "ne":  # of a multi-valued attribute: no value equals
        equal = Compare(target, "eq", term.value)
        return not_(_some_element(kind, target, _matches(column, equal), rare=_is_rare(equal)))
    return _some_element(kind, target, _matches(column, term), rare=_is_rare(term))


def _derived(term: Compare, holds: Callable[[Value], Clause]) -> Clause:
    """Answer for what is not stored: only whether it is this value or not."""
    if term.op not in {"eq", "ne"}:
        return false()
    return holds(term.value) if term.op == "eq" else not_(holds(term.value))


def _has_schema(kind: ResourceType, urn: Value) -> Clause:
    """Tell whether a row has data under this schema."""
    schema = schema_named(kind, str(urn))
    if schema is None:
        return false()
    if schema is core(kind):
        return true()
    assert schema in extensions(kind)  # noqa: S101 - what is neither was refused above
    return or_(*(_present(kind, Target(schema.urn, attribute)) for attribute in schema.attributes))


def _present(kind: ResourceType, target: Target) -> Clause:
    """Give the clause for `pr`: not null and not empty; of what has parts, one of them."""
    attribute, leaf = target.attribute, target.leaf
    if leaf.column in {"schemas", "resource_type"} or attribute.name == "meta":
        return true()
    subs = [target.sub] if target.sub else [sub for sub in attribute.subs if sub.column]
    parts = [Target(target.urn, attribute, sub) for sub in subs]
    if attribute.multi:
        filled = [_filled(_element_column(kind, part), part.leaf.kind) for part in parts]
        return _some_element(kind, target, or_(*filled))
    if leaf.kind is Kind.COMPLEX:
        return or_(*(_present(kind, part) for part in parts))
    return _filled(column_of(kind, target), leaf.kind)


def _filled(column: ColumnElement[Any], kind: Kind) -> Clause:
    there = column.is_not(None)
    is_text = kind in {Kind.STRING, Kind.REFERENCE} and isinstance(column.type, String)
    return and_(there, column != "") if is_text else there


def column_of(kind: ResourceType, target: Target) -> ColumnElement[Any]:
    """Give the column of a single-valued attribute. The parser lets through only those that have one."""
    return TABLES[kind].__table__.c[target.leaf.column or ""]


def _element_column(kind: ResourceType, target: Target) -> ColumnElement[Any]:
    """Give the column of a sub-attribute of an element."""
    name = target.leaf.column or ""
    if kind is ResourceType.USER and target.attribute.name != "groups":
        return ScimUserElement.__table__.c[name]
    return (ScimGroup if name == "display_name" else ScimGroupMember).__table__.c[name]


def _is_rare(found: Filter) -> bool:
    """Tell whether few elements can satisfy this: an index finds them sooner than a look at each user."""
    if isinstance(found, And):
        return any(_is_rare(term) for term in found.terms)
    if not isinstance(found, Compare) or found.op != "eq":
        return False
    return found.target.leaf.name != "type" and isinstance(found.value, str)


def _some_element(kind: ResourceType, target: Target, clause: Clause, *, rare: bool = False) -> Clause:
    """Say that one element's row satisfies the clause. The row belongs to the resource."""
    if kind is ResourceType.GROUP:
        return _of(ScimGroup.id, ScimGroupMember.group_id, clause, rare=rare)
    if target.attribute.name == "groups":
        member = and_(ScimGroup.id == ScimGroupMember.group_id, ScimGroupMember.user_id.is_not(None), clause)
        return _of(ScimUser.id, ScimGroupMember.user_id, member, rare=rare)
    element = and_(ScimUserElement.attribute == target.attribute.name, clause)
    return _of(ScimUser.id, ScimUserElement.user_id, element, rare=rare)


def _of(resource: Any, owner: Any, clause: Clause, *, rare: bool) -> Clause:
    """Join elements to the resource that owns them: from the elements when they are rare."""
    if rare:
        found: Clause = resource.in_(select(owner).where(clause))
        return found
    return exists().where(owner == resource, clause)


def _matches(column: ColumnElement[Any], term: Compare) -> Clause:
    """Compare one column: true or false even for null, so that a `not` around it means what it says."""
    if column.type.python_type is UUID:
        clause = _identifier(column, term.op, str(term.value))
    else:
        clause = _typed(column, term)
    if not _nullable(column):
        return clause
    return or_(column.is_(None), clause) if term.op == "ne" else and_(column.is_not(None), clause)


def _nullable(column: ColumnElement[Any]) -> bool:
    return bool(getattr(column, "nullable", True))


def _typed(column: ColumnElement[Any], term: Compare) -> Clause:
    """Compare by the attribute's type."""
    value, leaf = term.value, term.target.leaf
    if isinstance(value, bool):
        return column.is_(value) if term.op == "eq" else column.is_not(value)
    if not isinstance(value, str):
        return _ORDERED[term.op](column, value)
    if leaf.kind is Kind.DATE:
        column = cast(column, String)
    return _text(column, term.op, value if leaf.case_exact else value.casefold(), exact=leaf.case_exact)


_ORDERED: dict[str, Callable[[Any, Any], Clause]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


def _text(column: ColumnElement[Any], op: str, value: str, *, exact: bool) -> Clause:
    """Compare texts. What is not case-exact is stored folded, and the value is folded already."""
    if op in _ORDERED:
        return _ORDERED[op](column, value)
    if not value:
        return true()  # every text contains the empty one
    if op == "sw":
        return _starts_with(column, value)
    if not exact:
        like = column.contains if op == "co" else column.endswith
        return like(value, autoescape=True)
    if op == "co":  # SQLite's LIKE ignores case
        return func.replace(column, value, "") != column
    length = func.length(column)
    return and_(length >= len(value), func.substr(column, length - len(value) + 1) == value)


def _starts_with(column: ColumnElement[Any], value: str) -> Clause:
    """Say `sw` as a range, which an index answers; LIKE reads every row on most set-ups."""
    after = value.rstrip(_LAST)
    if not after:
        return column >= value
    following = ord(after[-1]) + 1
    if following in _SURROGATES:
        following = _SURROGATES.stop
    return and_(column >= value, column < after[:-1] + chr(following))


def _identifier(column: ColumnElement[Any], op: str, value: str) -> Clause:
    """Compare one of our ids, which is a UUID here and its lower-case text on the wire."""
    if op in {"eq", "ne"}:
        same = column == UUID(value) if _is_ours(value) else false()
        return same if op == "eq" else not_(same)
    hexadecimal = func.replace(cast(column, String), "-", "")  # SQLite keeps no dashes, PostgreSQL does
    parts = [func.substr(hexadecimal, start, length, type_=String) for start, length in _UUID_PARTS]
    return _text(reduce(lambda before, part: before + "-" + part, parts), op, value, exact=True)


_UUID_PARTS = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))


def _is_ours(value: str) -> bool:
    """Tell whether a text is an id as we write it; ids are case-exact."""
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False


def order(
    kind: ResourceType,
    sort_by: str | None,
    descending: bool,  # noqa: FBT001 - sortOrder, the other half of sortBy
) -> list[ColumnElement[Any]]:
    """Give the ORDER BY for `sortBy`; raises 400 invalidValue for what cannot be sorted by.

    It always ends in creation time and id, so that pages keep their order. Without a value comes last when
    ascending and first when descending (RFC 7644 section 3.4.2.3).
    """
    table = TABLES[kind]
    ends: list[ColumnElement[Any]] = [table.created_at.asc(), table.id.asc()]
    if not sort_by:
        return ends
    column = _sortable(kind, sort_by)
    ordered = column.desc() if descending else column.asc()
    if _nullable(column):
        ordered = ordered.nulls_first() if descending else ordered.nulls_last()
    return [ordered, *ends]


def _sortable(kind: ResourceType, sort_by: str) -> ColumnElement[Any]:
    target = resolve(kind, sort_by)
    if target and target.sub is None and (value := target.attribute.sub("value")):
        target = Target(target.urn, target.attribute, value)
    if target is None or target.leaf.column in {None, "schemas", "resource_type"}:
        raise invalid_value(f"sortBy: resources cannot be sorted by {sort_by[:80]}.")
    if not target.attribute.multi:
        return column_of(kind, target)
    if kind is ResourceType.GROUP or target.attribute.name == "groups":
        raise invalid_value(f"sortBy: resources cannot be sorted by {target.label}.")
    # Of several values the primary one counts, or else the first.
    return (
        select(_element_column(kind, target))
        .where(ScimUserElement.user_id == ScimUser.id, ScimUserElement.attribute == target.attribute.name)
        .order_by(ScimUserElement.primary.desc().nulls_last(), _element_column(kind, target))
        .limit(1)
        .correlate(ScimUser)
        .scalar_subquery()
    )
