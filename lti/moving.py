"""Identities and gradebook cells move with a person whom the directory turned out to know."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from courses.modules.moving import AttemptMover
from courses.people.linking import Mover
from lti.cells import GradeCell
from lti.models import Identity, Launch


class _RowMover:
    """Moves the rows of one table that name a person."""

    def __init__(self, kind: str, table: type[Identity | GradeCell]) -> None:
        self.kind = kind
        self.table = table

    def move(self, session: Session, *, source: uuid.UUID, target: uuid.UUID) -> list[Any]:
        """Move all; returns their ids."""
        query = select(self.table.id).where(self.table.person_id == source).order_by(self.table.id)
        keys = session.scalars(query.with_for_update()).all()
        self._give(session, keys, target)
        return [str(key) for key in keys]

    def move_back(self, session: Session, moved: list[Any], *, source: uuid.UUID, target: uuid.UUID) -> None:
        """Give back those that still belong to `target`."""
        del target
        self._give(session, [uuid.UUID(key) for key in moved], source)

    def _give(self, session: Session, keys: Sequence[uuid.UUID], person: uuid.UUID) -> None:
        session.execute(update(self.table).where(self.table.id.in_(keys)).values(person_id=person))


class ColumnMarker:
    """Has every column of both people brought up to date by the sweep (lti.new_columns)."""

    kind = "columns"

    def move(self, session: Session, *, source: uuid.UUID, target: uuid.UUID) -> list[Any]:
        """Mark them."""
        _mark(session, Identity.person_id.in_([source, target]))
        return []

    def move_back(self, session: Session, moved: list[Any], *, source: uuid.UUID, target: uuid.UUID) -> None:
        """Mark them again."""
        del moved
        self.move(session, source=source, target=target)


def _mark(session: Session, whose: ColumnElement[bool]) -> None:
    theirs = select(Identity.id).where(whose)
    query = update(Launch).where(
        Launch.identity_id.in_(theirs), Launch.learner.is_(True), Launch.resource_link_id.is_not(None)
    )
    session.execute(query.values(new_column=True))


MOVERS: tuple[Mover, ...] = (
    _RowMover("identities", Identity),
    AttemptMover(),
    _RowMover("cells", GradeCell),
    ColumnMarker(),
)
