"""The gradebook that the domain writes to: one outbox cell per (column, person), in the caller's transaction.

After the commit the cells are enqueued; the sweep finds those whose message is lost.
"""

import logging
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from courses.ports import ModuleState, Score
from lti.cells import Delivery, GradeCell
from lti.models import Identity, Launch, LineItem, ResourceLink

log = logging.getLogger(__name__)

Enqueue = Callable[[Sequence[uuid.UUID]], None]
STEP = timedelta(seconds=1)  # Moodle compares timestamps in whole seconds
COMMITTED = "lti.outbox"  # key in Session.info


class _Column(NamedTuple):
    organization_id: uuid.UUID
    registration_id: uuid.UUID
    url: str
    user_id: str


class Outbox:
    """courses.ports.Gradebook over the tables of this edge. `enqueue` gets the ids of due cells."""

    def __init__(self, enqueue: Enqueue) -> None:
        self._enqueue = enqueue

    def record(
        self, session: Session, *, person_id: uuid.UUID, resource_id: str, score: Score, now: datetime
    ) -> None:
        """Make `score` the newest state of every column that this person came to as a learner."""
        changed = []
        for column in _columns(session, person_id, resource_id):
            line_item_id = _line_item(session, column, resource_id, now)
            cell = {"person_id": person_id, "user_id": column.user_id, "line_item_id": line_item_id}
            found = _upsert(session, {**cell, "organization_id": column.organization_id}, score, now)
            changed += [found] if found else []
        if changed:
            self._enqueue_after_commit(session, changed)

    def _enqueue_after_commit(self, session: Session, cell_ids: list[uuid.UUID]) -> None:
        waiting = session.info.setdefault(COMMITTED, [])
        if not waiting:
            event.listen(session, "after_commit", self._committed, once=True)
        waiting += cell_ids

    def _committed(self, session: Session) -> None:
        cell_ids = session.info.pop(COMMITTED, [])
        try:
            self._enqueue(cell_ids)
        except Exception:  # it is committed: whatever failed, the sweep finds the cells
            log.exception("not enqueued", extra={"cells": len(cell_ids)})


def _columns(session: Session, person_id: uuid.UUID, resource_id: str) -> list[_Column]:
    """List the columns, always in the same order: two writers lock them alike."""
    rows = session.execute(
        select(Launch.organization_id, Launch.registration_id, ResourceLink.line_item_url, Identity.sub)
        .join(Identity, Identity.id == Launch.identity_id)
        .join(ResourceLink, ResourceLink.id == Launch.resource_link_id)
        .where(
            Identity.person_id == person_id,
            ResourceLink.resource_id == resource_id,
            ResourceLink.line_item_url.is_not(None),
            Launch.learner.is_(True),
        )
        .distinct()
        .order_by(ResourceLink.line_item_url, Launch.registration_id, Identity.sub)
    )
    return [_Column(owner, registration, url, sub) for owner, registration, url, sub in rows if url]


def _line_item(session: Session, column: _Column, resource_id: str, now: datetime) -> uuid.UUID:
    values = {
        "id": uuid.uuid4(),
        "organization_id": column.organization_id,
        "registration_id": column.registration_id,
        "url": column.url,
        "resource_id": resource_id,
        "created_at": now,
    }
    query = select(LineItem.id).where(
        LineItem.registration_id == column.registration_id, LineItem.url == column.url
    )
    found = session.scalar(query)
    if found is None:
        _insert_if_missing(session, LineItem, values)
        found = session.scalars(query).one()
    return found


def _find(session: Session, cell: dict[str, Any]) -> GradeCell | None:
    return session.scalar(
        select(GradeCell)
        .where(GradeCell.line_item_id == cell["line_item_id"], GradeCell.user_id == cell["user_id"])
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _upsert(session: Session, cell: dict[str, Any], score: Score, now: datetime) -> uuid.UUID | None:
    """Write the score into its cell. Returns the cell's id if that changed anything."""
    found = _find(session, cell)
    if found is not None:
        return _change(found, score, now)
    if score.state is ModuleState.NOT_STARTED:
        return None  # an empty cell says the same
    new = {**cell, **_value(score, now), "id": uuid.uuid4(), "timestamp": now, "version": 1}
    if _insert_if_missing(session, GradeCell, new):
        return uuid.UUID(str(new["id"]))
    made_just_now = _find(session, cell)
    return _change(made_just_now, score, now) if made_just_now else None


def _change(cell: GradeCell, score: Score, now: datetime) -> uuid.UUID | None:
    if (cell.points, cell.state, cell.handed_in_at) == (score.points, score.state, score.handed_in_at):
        return None
    for name, value in _value(score, now).items():
        setattr(cell, name, value)
    cell.timestamp = max(now, cell.timestamp + STEP)
    cell.version += 1
    return cell.id


def _value(score: Score, now: datetime) -> dict[str, Any]:
    return {
        "points": score.points,
        "state": score.state.value,
        "handed_in_at": score.handed_in_at,
        "delivery": Delivery.DUE.value,
        "due_at": now,
        "tries": 0,
    }


def _insert_if_missing(session: Session, table: type[LineItem | GradeCell], values: dict[str, Any]) -> bool:
    """Insert a row unless one with the same unique key exists. Says whether it was inserted."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(values).on_conflict_do_nothing().returning(table.id)
    return session.execute(statement).one_or_none() is not None
