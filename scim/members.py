"""Members of groups, row by row: one of ten thousand costs what one of two does (RFC 7643 4.2).

A member is kept as given. It is joined to the user whose id, or else whose externalId, it names, at once or
when that user arrives; whoever is not provisioned yet is neither dropped nor made up.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from scim.membership import MemberChange
from scim.stored import as_uuid
from scim.tables import GROUPS, MEMBERS, USERS
from scim.tokens import Caller

CHUNK = 1000  # values in one statement
M, U, G = MEMBERS.c, USERS.c, GROUPS.c
_VALUES: BindParameter[Any] = bindparam("values", expanding=True)
_KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
_USERS = select(U.id, U.external_id).where(U.organization_id == bindparam("organization"))
_BY_ID = _USERS.where(U.id.in_(_KEYS))
_BY_EXTERNAL_ID = _USERS.where(U.external_id.in_(_VALUES))
_OF_GROUP = select(M.value, M.user_id).where(M.group_id == bindparam("group"))
_BY_VALUE = _OF_GROUP.where(M.value.in_(_VALUES))
_BY_USER = _OF_GROUP.where(M.user_id.in_(_KEYS))
_INSERT = insert(MEMBERS)
_REMOVE = delete(MEMBERS).where(M.group_id == bindparam("group"), M.value.in_(_VALUES))
_GROUPS_OF = (
    select(G.id)
    .where(
        G.organization_id == bindparam("organization"),
        G.id.in_(select(M.group_id).where(M.user_id == bindparam("user"))),
    )
    .order_by(G.id)
    .with_for_update(key_share=True)
)
_TOUCH = update(GROUPS).where(G.id.in_(_KEYS)).values(version=G.version + 1, modified_at=bindparam("now"))
_DROP_USER = delete(MEMBERS).where(M.user_id == bindparam("user"))
_MEET = (
    update(MEMBERS)
    .where(
        or_(M.value == bindparam("id"), M.value == bindparam("external")),
        M.user_id.is_(None),
        exists().where(G.id == M.group_id, G.organization_id == bindparam("organization")),
    )
    .values(user_id=bindparam("user"))
)

Named = dict[str, UUID | None]  # a member's value as it is kept -> the user it names


def change(
    session: Session, caller: Caller, group_id: UUID, changes: Sequence[MemberChange]
) -> tuple[int, int]:
    """Apply changes in order to a group that is locked. Returns how many rows were added and removed."""
    added = removed = 0
    for entry in changes:
        if entry.kind == "add":
            added += _add(session, group_id, _named(session, caller, entry.values))
        elif entry.kind == "remove":
            removed += _remove(session, group_id, _named(session, caller, entry.values))
        else:
            more, fewer = _replace(session, group_id, _named(session, caller, entry.values))
            added, removed = added + more, removed + fewer
    return added, removed


def meet(session: Session, caller: Caller, *, user_id: UUID, external_id: str | None) -> bool:
    """Join members that were waiting for this user. Says whether there were any."""
    asked = {"id": str(user_id), "external": external_id, "organization": caller.organization_id}
    return session.connection().execute(_MEET, {**asked, "user": user_id}).rowcount > 0


def leave_all(session: Session, caller: Caller, *, user_id: UUID, now: datetime) -> None:
    """Lock the groups that a user is about to leave, and give them a new version."""
    asked = {"organization": caller.organization_id, "user": user_id}
    keys = list(session.connection().execute(_GROUPS_OF, asked).scalars())
    if keys:
        session.connection().execute(_TOUCH, {"keys": keys, "now": now})


def drop_user(session: Session, *, user_id: UUID) -> None:
    """Take a user out of every group."""
    session.connection().execute(_DROP_USER, {"user": user_id})


def _named(session: Session, caller: Caller, values: Sequence[str]) -> Named:
    """Find out whom the values name: by id, else by the externalId of exactly one user."""
    named: Named = {}
    for chunk in _chunks(list(dict.fromkeys(values))):
        ids = {key for value in chunk if (key := as_uuid(value))}
        known = {row.id for row in _users(session, _BY_ID, caller, keys=list(ids))} if ids else set()
        others = [value for value in chunk if as_uuid(value) not in known]
        found: dict[str, list[UUID]] = {}
        for row in _users(session, _BY_EXTERNAL_ID, caller, values=others) if others else ():
            found.setdefault(row.external_id, []).append(row.id)
        named |= {str(key): key for value in chunk if (key := as_uuid(value)) in known and key}
        named |= {value: _only(found.get(value, [])) for value in others}
    return named


def _users(session: Session, statement: Any, caller: Caller, **asked: Any) -> Any:
    return session.connection().execute(statement, {"organization": caller.organization_id, **asked})


def _only(found: list[UUID]) -> UUID | None:
    return found[0] if len(found) == 1 else None


def _add(session: Session, group_id: UUID, named: Named) -> int:
    kept, users = _present(session, group_id, named)
    rows = []
    for value, user in named.items():
        if value in kept or user in users:
            continue
        rows.append({"group_id": group_id, "value": value, "user_id": user})
        if user:
            users[user] = value
    return _insert(session, rows)


def _remove(session: Session, group_id: UUID, named: Named) -> int:
    """Remove members by the value they were given by, or by another name of the same user."""
    kept, users = _present(session, group_id, named)
    gone = {value for value in named if value in kept}
    gone |= {users[user] for user in named.values() if user in users}
    return _delete(session, group_id, list(gone))


def _replace(session: Session, group_id: UUID, named: Named) -> tuple[int, int]:
    before = {row.value for row in session.connection().execute(_OF_GROUP, {"group": group_id})}
    removed = _delete(session, group_id, [value for value in before if value not in named])
    new = [
        {"group_id": group_id, "value": value, "user_id": user}
        for value, user in named.items()
        if value not in before
    ]
    return _insert(session, new), removed


def _present(session: Session, group_id: UUID, named: Named) -> tuple[set[str], dict[UUID, str]]:
    """Find which of these are in the group: their values, and the value of each user."""
    kept: set[str] = set()
    users: dict[UUID, str] = {}
    for chunk in _chunks(list(named)):
        keys = [user for value in chunk if (user := named[value])]
        rows = list(session.connection().execute(_BY_VALUE, {"group": group_id, "values": chunk}))
        if keys:
            rows += session.connection().execute(_BY_USER, {"group": group_id, "keys": keys})
        kept |= {row.value for row in rows}
        users |= {row.user_id: row.value for row in rows if row.user_id}
    return kept, users


def _insert(session: Session, rows: list[dict[str, Any]]) -> int:
    if rows:
        session.connection().execute(_INSERT, rows)
    return len(rows)


def _delete(session: Session, group_id: UUID, values: list[str]) -> int:
    for chunk in _chunks(values):
        session.connection().execute(_REMOVE, {"group": group_id, "values": chunk})
    return len(values)


def _chunks(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]
