"""Lists: filter, sorting, pages by index and by cursor (RFC 7644 3.4.2, 3.4.3; RFC 9865).

The order is always total, by the sorting asked for, then by age, then by id, so that pages neither overlap
nor leave anybody out. Cursors continue after a row; those of sorted lists, whose order may change under
the reader, continue at a number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true, tuple_
from sqlalchemy.orm import Session

from scim.asking import Query
from scim.attributes import ResourceType
from scim.cursors import Cursors
from scim.errors import ScimError
from scim.filters import parse_filter
from scim.messages import list_response
from scim.rendering import Renderer
from scim.stored import Stored, select_stored, stored
from scim.tables import RESOURCES
from scim.where import order, where

BOTH = (ResourceType.USER, ResourceType.GROUP)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, when, and what signs their cursors."""

    session: Session
    organization_id: UUID
    root: str
    secret_key: str
    now: datetime


@dataclass(frozen=True, slots=True)
class _Source:
    """One type of resource within a list, and what of it fits."""

    kind: ResourceType
    fits: ColumnElement[bool]
    order: list[ColumnElement[Any]]


@dataclass(frozen=True, slots=True)
class _Page:
    """Rows of the page by type, whether there are more, and how many there are in all."""

    rows: list[tuple[ResourceType, Stored]]
    more: bool
    total: int


def list_resources(reader: Reader, kinds: Sequence[ResourceType], asked: Query) -> dict[str, Any]:
    """Answer a list as a ListResponse; of several types, one after the other. Raises ScimError 400."""
    sources = _sources(kinds, asked)
    if asked.cursor is None:
        page = _by_index(reader, sources, asked, asked.start - 1)
        return list_response(_render(reader, page, asked), total=page.total, start=asked.start)
    scope = [str(reader.organization_id), *kinds, asked.filter, asked.sort_by, str(asked.descending)]
    cursors = Cursors(reader.secret_key, scope)
    place = cursors.read(asked.cursor, reader.now) if asked.cursor else []
    if len(kinds) == 1 and asked.sort_by is None:
        page = _after(reader, sources[0], asked, place)
        reached: list[Any] = _place(page.rows[-1][1]) if page.rows else []
    else:
        start = int(place[0]) if place else 0
        page = _by_index(reader, sources, asked, start)
        reached = [start + len(page.rows)]
    following = cursors.write(reached, reader.now) if page.more else None
    return list_response(_render(reader, page, asked), total=page.total, next_cursor=following)


def _sources(kinds: Sequence[ResourceType], asked: Query) -> list[_Source]:
    """Read filter and sorting for each type. Among several, what a type cannot have has no value there."""
    alone = len(kinds) == 1
    sources = []
    for kind in kinds:
        fits = where(kind, parse_filter(kind, asked.filter, strict=alone)) if asked.filter else true()
        sources.append(_Source(kind, fits, _order(kind, asked, alone=alone)))
    return sources


def _order(kind: ResourceType, asked: Query, *, alone: bool) -> list[ColumnElement[Any]]:
    try:
        return order(kind, asked.sort_by, descending=asked.descending)
    except ScimError:
        if alone:
            raise
        return order(kind, None, descending=False)


def _by_index(reader: Reader, sources: list[_Source], asked: Query, start: int) -> _Page:
    rows: list[tuple[ResourceType, Stored]] = []
    total = 0
    for source in sources:
        skip, room = max(start - total, 0), asked.count - len(rows)
        found = _rows(reader, source, skip, room) if room else []
        rows += [(source.kind, row) for row in found]
        complete = len(found) < room and (found or not skip)
        total += skip + len(found) if complete else _count(reader, source)
    return _Page(rows, start + len(rows) < total, total)


def _after(reader: Reader, source: _Source, asked: Query, place: list[Any]) -> _Page:
    columns = RESOURCES[source.kind].c
    later: ColumnElement[bool] = true()
    if place:
        moment = datetime.fromisoformat(place[0])
        later = tuple_(columns.created_at, columns.id) > (moment, UUID(place[1]))
    found = _rows(reader, replace(source, fits=source.fits & later), 0, asked.count + 1)
    rows = [(source.kind, row) for row in found[: asked.count]]
    more = len(found) > asked.count
    complete = not place and not more
    return _Page(rows, more, len(rows) if complete else _count(reader, source))


def _place(row: Stored) -> list[str]:
    return [row.created_at.isoformat(), str(row.id)]


def _rows(reader: Reader, source: _Source, skip: int, room: int) -> list[Stored]:
    statement = select_stored(source.kind).where(source.fits).order_by(*source.order).limit(room).offset(skip)
    bound = {"organization": reader.organization_id}
    return [stored(row) for row in reader.session.connection().execute(statement, bound)]


def _count(reader: Reader, source: _Source) -> int:
    table = RESOURCES[source.kind]
    mine = table.c.organization_id == reader.organization_id
    statement = select(func.count()).select_from(table).where(mine, source.fits)
    return reader.session.connection().execute(statement).scalar_one()


def _render(reader: Reader, page: _Page, asked: Query) -> list[dict[str, Any]]:
    renderer = Renderer(reader.session, reader.organization_id, reader.root, asked.selection)
    resources = []
    for kind in BOTH:
        rows = [row for found, row in page.rows if found is kind]
        resources += renderer.render(kind, rows) if rows else []
    return resources
