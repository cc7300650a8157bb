"""Rows of resources as they are read and locked, through the organization of the caller."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, select
from sqlalchemy.orm import Session

from scim.attributes import ResourceType
from scim.errors import not_found
from scim.tables import RESOURCES
from scim.tokens import Caller


@dataclass(frozen=True, slots=True)
class Stored:
    """A resource as it is kept. `document` has nothing derived in it.

    `alone` says that it is a user who is known to be in no group: nobody need look.
    """

    id: UUID
    document: dict[str, Any]
    version: int
    created_at: datetime
    modified_at: datetime
    alone: bool = False


def select_stored(kind: ResourceType) -> Select[Any]:
    """Select what `Stored` holds, of the organization that is bound as `organization`."""
    columns = RESOURCES[kind].c
    return select(
        columns.id, columns.document, columns.version, columns.created_at, columns.modified_at
    ).where(columns.organization_id == bindparam("organization"))


_FIND = {kind: select_stored(kind).where(table.c.id == bindparam("key")) for kind, table in RESOURCES.items()}
_LOCK = {kind: statement.with_for_update(key_share=True) for kind, statement in _FIND.items()}


def find(session: Session, kind: ResourceType, caller: Caller, id_: str) -> Stored:
    """Find a resource. Raises ScimError 404, for what belongs to another organization too."""
    return _one(session, _FIND[kind], kind, caller, id_)


def lock(session: Session, kind: ResourceType, caller: Caller, id_: str) -> Stored:
    """Find a resource and keep others from writing it until the transaction ends. Raises ScimError 404."""
    return _one(session, _LOCK[kind], kind, caller, id_)


def stored(row: Row[Any]) -> Stored:
    """Take what `select_stored` selected, and leave what comes after it."""
    return Stored(row.id, row.document, row.version, row.created_at, row.modified_at)


def as_uuid(text: str) -> UUID | None:
    """Read an id; None for a text that cannot be one of ours, which are written in one way only."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None


def _one(session: Session, statement: Select[Any], kind: ResourceType, caller: Caller, id_: str) -> Stored:
    key = as_uuid(id_)
    asked = {"organization": caller.organization_id, "key": key}
    row = session.connection().execute(statement, asked).one_or_none() if key else None
    if row is None:
        raise not_found(f"There is no {kind.value} with this id.")
    return stored(row)
