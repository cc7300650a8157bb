"""Users: create, replace, patch, delete (RFC 7644 3.3, 3.5, 3.6), each within a transaction that it is given.

All writers of an organization's people queue behind each other (`lock_lines`), because any of them may move a
reporting line. A change that changes nothing keeps version, `lastModified` and audit as they were.
"""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import ETags

from courses.audit import record_audit
from courses.people.managers import lock_lines
from courses.people.provisioning import provision, remove
from scim import members
from scim.attributes import ResourceType
from scim.columns import user_columns, user_elements
from scim.errors import uniqueness
from scim.etags import check_match
from scim.operations import normalise_operations
from scim.patch import apply
from scim.resources import accept
from scim.stored import Stored, find, lock, stored
from scim.tables import ELEMENTS, USERS
from scim.telling import facts
from scim.tokens import Caller

USER = ResourceType.USER
Document = dict[str, Any]
U = USERS.c
_SAME = select(
    U.id, U.document, U.version, U.created_at, U.modified_at, U.user_name, U.active, U.connection
).where(
    U.organization_id == bindparam("organization"),
    or_(U.user_name == bindparam("name"), U.external_id == bindparam("external")),
)
_ACTIVE = select(U.active).where(U.id == bindparam("key"))
_INSERT, _INSERT_ELEMENTS = insert(USERS), insert(ELEMENTS)
_UPDATE = update(USERS).where(U.id == bindparam("key"))
_DELETE = delete(USERS).where(U.id == bindparam("key"))
_DROP_ELEMENTS = delete(ELEMENTS).where(ELEMENTS.c.user_id == bindparam("key"))


def create_user(
    session: Session, caller: Caller, body: Document, *, now: datetime, id_: uuid.UUID | None = None
) -> Stored:
    """Make a user, or reactivate one who left and comes back. Raises ScimError 400, 409.

    Directories re-hire by POST with the old userName or externalId; an inactive user of the same connection
    is taken up again in place, with the id, the work and the reports they had.
    """
    document = accept(USER, body).document
    lock_lines(session, caller.organization_id)
    before = _former(session, caller, document)
    if before is not None:
        return _write(session, caller, before, document, verb="reactivated", now=now)
    new = Stored(id_ or uuid.uuid4(), document, 1, now, now)
    columns = user_columns(document)
    _provision(session, caller, new, columns, now=now, is_new=True)
    values = {"id": new.id, "organization_id": caller.organization_id, "connection": caller.name}
    fixed = {"document": document, "version": 1, "created_at": now, "modified_at": now}
    session.connection().execute(_INSERT, {**values, **fixed, **columns})
    _insert_elements(session, new.id, user_elements(document))
    awaited = members.meet(session, caller, user_id=new.id, external_id=document.get("externalId"))
    _audit(session, caller, new.id, "created", now)
    return new if awaited else replace(new, alone=True)


def replace_user(
    session: Session, caller: Caller, id_: str, body: Document, *, if_match: ETags | None, now: datetime
) -> Stored:
    """Replace a user whole; `active` is kept when it is left out. Raises ScimError 400, 404, 409, 412."""

    def replaced(document: Document) -> Document:
        return accept(USER, body, current=document).document

    return _change(session, caller, id_, replaced, verb="replaced", if_match=if_match, now=now)


def patch_user(
    session: Session, caller: Caller, id_: str, body: Document, *, if_match: ETags | None, now: datetime
) -> Stored:
    """Apply the operations of a PatchOp, all or none. Raises ScimError 400, 404, 409, 412."""
    operations = normalise_operations(USER, body)

    def patched(document: Document) -> Document:
        return apply(USER, document, operations, resource_id=id_.lower()).document

    return _change(session, caller, id_, patched, verb="patched", if_match=if_match, now=now)


def delete_user(session: Session, caller: Caller, id_: str, *, if_match: ETags | None, now: datetime) -> None:
    """Delete a user, who leaves all groups and frees the userName. Raises ScimError 404, 412.

    Groups are locked before the user, as adding a member does: the other way round two writers would wait
    for each other.
    """
    lock_lines(session, caller.organization_id)
    user = find(session, USER, caller, id_)
    members.leave_all(session, caller, user_id=user.id, now=now)
    check_match(if_match, lock(session, USER, caller, id_).version)
    members.drop_user(session, user_id=user.id)
    session.connection().execute(_DELETE, {"key": user.id})
    remove(session, organization_id=caller.organization_id, person_id=user.id, now=now)
    _audit(session, caller, user.id, "deleted", now)


def _change(
    session: Session,
    caller: Caller,
    id_: str,
    make: Callable[[Document], Document],
    *,
    verb: str,
    if_match: ETags | None,
    now: datetime,
) -> Stored:
    lock_lines(session, caller.organization_id)
    before = lock(session, USER, caller, id_)
    check_match(if_match, before.version)
    document = make(before.document)
    if document == before.document:
        return before
    if document["userName"].casefold() != before.document["userName"].casefold():
        _refuse_taken(_same(session, caller, document), document)
    return _write(session, caller, before, document, verb=verb, now=now)


def _write(
    session: Session, caller: Caller, before: Stored, document: Document, *, verb: str, now: datetime
) -> Stored:
    after = Stored(before.id, document, before.version + 1, before.created_at, now)
    values = {"document": document, "version": after.version, "modified_at": now, "connection": caller.name}
    columns = user_columns(document)
    session.connection().execute(_UPDATE, {**values, **columns, "key": before.id})
    if "active" not in columns:  # a PATCH removed it: nobody is let in or thrown out by that
        columns["active"] = session.connection().execute(_ACTIVE, {"key": before.id}).scalar_one()
    elements = user_elements(document)
    if elements != user_elements(before.document):
        session.connection().execute(_DROP_ELEMENTS, {"key": before.id})
        _insert_elements(session, before.id, elements)
    _provision(session, caller, after, columns, now=now)
    external_id = document.get("externalId")
    if external_id and external_id != before.document.get("externalId"):
        members.meet(session, caller, user_id=after.id, external_id=external_id)
    _audit(session, caller, before.id, verb, now)
    return after


def _insert_elements(session: Session, user_id: uuid.UUID, elements: list[Document]) -> None:
    if elements:
        rows = [{"id": uuid.uuid4(), **element, "user_id": user_id} for element in elements]
        session.connection().execute(_INSERT_ELEMENTS, rows)


def _same(session: Session, caller: Caller, document: Document) -> list[Row[Any]]:
    """Find users with the same userName, ignoring case, or the same externalId."""
    asked = {"organization": caller.organization_id, "name": document["userName"].casefold()}
    external = {"external": document.get("externalId")}
    return list(session.connection().execute(_SAME, {**asked, **external}))


def _former(session: Session, caller: Caller, document: Document) -> Stored | None:
    """Find the one who left and whom this document describes again. Raises ScimError 409."""
    same = _same(session, caller, document)
    left = [row for row in same if not row.active and row.connection == caller.name]
    if not left or not document.get("active", True):
        _refuse_taken(same, document)
        return None
    name = document["userName"].casefold()
    former = next((row for row in left if row.user_name == name), left[0])
    _refuse_taken([row for row in same if row.id != former.id], document)
    return lock(session, USER, caller, str(stored(former).id))


def _refuse_taken(rows: list[Row[Any]], document: Document) -> None:
    if any(row.user_name == document["userName"].casefold() for row in rows):
        raise uniqueness("Another user has this userName already; upper and lower case do not differ.")


def _provision(
    session: Session, caller: Caller, user: Stored, columns: Document, *, now: datetime, is_new: bool = False
) -> None:
    provision(
        session,
        organization_id=caller.organization_id,
        person_id=user.id,
        facts=facts(user.document, columns, connection=caller.name),
        now=now,
        is_new=is_new,
    )


def _audit(session: Session, caller: Caller, id_: uuid.UUID, verb: str, now: datetime) -> None:
    action, organization_id = f"scim_user.{verb}", caller.organization_id
    record_audit(
        session, organization_id, action, id_, now=now, token=caller.name, resource=USER.value, id=str(id_)
    )
