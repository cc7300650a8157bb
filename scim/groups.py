"""Groups: create, replace, patch, delete (RFC 7644 3.3, 3.5, 3.6), each within a transaction it is given.

The row of the group is the lock for its members. Renaming never touches members, and a change of members
never reads the others.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import ETags

from courses.audit import record_audit
from scim import members
from scim.attributes import ResourceType
from scim.columns import group_columns
from scim.errors import uniqueness
from scim.etags import check_match
from scim.membership import MemberChange
from scim.operations import normalise_operations
from scim.patch import apply
from scim.resources import accept
from scim.stored import Stored, lock
from scim.tables import GROUPS
from scim.tokens import Caller

GROUP = ResourceType.GROUP
Document = dict[str, Any]
G = GROUPS.c
_TAKEN = select(G.id).where(
    G.organization_id == bindparam("organization"), G.display_name == bindparam("name")
)
_UPDATE = update(GROUPS).where(G.id == bindparam("key"))
_DELETE = delete(GROUPS).where(G.id == bindparam("key"))


def create_group(
    session: Session, caller: Caller, body: Document, *, now: datetime, id_: uuid.UUID | None = None
) -> Stored:
    """Make a group with its members. Raises ScimError 400, 409."""
    accepted = accept(GROUP, body)
    _refuse_taken(session, caller, accepted.document)
    new = Stored(id_ or uuid.uuid4(), accepted.document, 1, now, now)
    values = {"id": new.id, "organization_id": caller.organization_id, "document": new.document}
    fixed = {"version": 1, "created_at": now, "modified_at": now}
    session.connection().execute(insert(GROUPS), {**values, **fixed, **group_columns(new.document)})
    added, _ = members.change(session, caller, new.id, _all(accepted.members))
    _audit(session, caller, new.id, "created", now, added=added)
    return new


def replace_group(
    session: Session, caller: Caller, id_: str, body: Document, *, if_match: ETags | None, now: datetime
) -> Stored:
    """Replace a group; members that are left out, unlike an empty list of them, are kept (RFC 7644 3.5.1).

    Raises ScimError 400, 404, 409, 412.
    """
    before = lock(session, GROUP, caller, id_)
    check_match(if_match, before.version)
    accepted = accept(GROUP, body, current=before.document)
    return _write(
        session, caller, before, accepted.document, _all(accepted.members), verb="replaced", now=now
    )


def patch_group(
    session: Session, caller: Caller, id_: str, body: Document, *, if_match: ETags | None, now: datetime
) -> Stored:
    """Apply the operations of a PatchOp, all or none. Raises ScimError 400, 404, 409, 412."""
    operations = normalise_operations(GROUP, body)
    before = lock(session, GROUP, caller, id_)
    check_match(if_match, before.version)
    patched = apply(GROUP, before.document, operations, resource_id=str(before.id))
    return _write(session, caller, before, patched.document, patched.members, verb="patched", now=now)


def delete_group(
    session: Session, caller: Caller, id_: str, *, if_match: ETags | None, now: datetime
) -> None:
    """Delete a group; its members stay as they are. Raises ScimError 404, 412."""
    group = lock(session, GROUP, caller, id_)
    check_match(if_match, group.version)
    session.connection().execute(_DELETE, {"key": group.id})
    _audit(session, caller, group.id, "deleted", now)


def _write(
    session: Session,
    caller: Caller,
    before: Stored,
    document: Document,
    changes: Sequence[MemberChange],
    *,
    verb: str,
    now: datetime,
) -> Stored:
    if document["displayName"].casefold() != before.document["displayName"].casefold():
        _refuse_taken(session, caller, document)
    added, removed = members.change(session, caller, before.id, changes)
    if document == before.document and not added and not removed:
        return before
    after = Stored(before.id, document, before.version + 1, before.created_at, now)
    values: Document = {"version": after.version, "modified_at": now}
    if document != before.document:
        values |= {"document": document, **group_columns(document)}
    session.connection().execute(_UPDATE, {**values, "key": before.id})
    _audit(session, caller, before.id, verb, now, added=added, removed=removed)
    return after


def _all(values: Sequence[str] | None) -> list[MemberChange]:
    return [] if values is None else [MemberChange("replace", list(values))]


def _refuse_taken(session: Session, caller: Caller, document: Document) -> None:
    asked = {"organization": caller.organization_id, "name": document["displayName"].casefold()}
    if session.connection().execute(_TAKEN, asked).first():
        raise uniqueness("Another group has this displayName already; upper and lower case do not differ.")


def _audit(session: Session, caller: Caller, id_: uuid.UUID, verb: str, now: datetime, **detail: Any) -> None:
    named: Document = {"token": caller.name, "resource": GROUP.value, "id": str(id_), **detail}
    record_audit(session, caller.organization_id, f"scim_group.{verb}", id_, now=now, **named)
