"""Attempts move with a person whom the directory turned out to know (courses.people.linking)."""

import uuid
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from courses.modules.models import Attempt


class AttemptMover:
    """Moves attempts. Where both people tried the same module, the better attempt becomes the current one.

    The current attempt is the one with the highest number: nobody loses points by being recognised.
    """

    kind = "attempts"

    def move(self, session: Session, *, source: uuid.UUID, target: uuid.UUID) -> list[Any]:
        """Move all; returns ids with the numbers they had."""
        moved = []
        for module, attempts in groupby(_attempts(session, source), key=_module):
            group = list(attempts)
            theirs = [other for other in _attempts(session, target) if _module(other) == module]
            first = _first_number(group, theirs)
            for number, attempt in enumerate(group, first):
                moved.append({"id": str(attempt.id), "number": attempt.number})
                _place(session, attempt.id, person=target, number=number)
        return moved

    def move_back(self, session: Session, moved: list[Any], *, source: uuid.UUID, target: uuid.UUID) -> None:
        """Give attempts back, numbered as they were."""
        del target
        for entry in moved:
            _place(session, uuid.UUID(entry["id"]), person=source, number=entry["number"])


def _attempts(session: Session, person: uuid.UUID) -> Sequence[Attempt]:
    return session.scalars(
        select(Attempt)
        .where(Attempt.person_id == person)
        .order_by(Attempt.track_key, Attempt.module_key, Attempt.number)
    ).all()


def _module(attempt: Attempt) -> tuple[str, str]:
    return attempt.track_key, attempt.module_key


def _first_number(moving: Sequence[Attempt], theirs: Sequence[Attempt]) -> int:
    if not theirs:
        return moving[0].number
    if moving[-1].points > theirs[-1].points:
        return theirs[-1].number + 1
    return theirs[0].number - len(moving)


def _place(session: Session, attempt: uuid.UUID, *, person: uuid.UUID, number: int) -> None:
    session.execute(update(Attempt).where(Attempt.id == attempt).values(person_id=person, number=number))
