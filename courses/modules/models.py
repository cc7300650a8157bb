"""Tables of module work: one attempt at a module, and what was written for each of its activities."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from courses.base import Base, Id, OfOrganization


class Attempt(OfOrganization, Base):
    """One person's go at one module of one track. `points` only ever rise."""

    __tablename__ = "attempts"
    __table_args__ = (UniqueConstraint("person_id", "track_key", "module_key", "number"),)

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    track_key: Mapped[str]
    module_key: Mapped[str]
    number: Mapped[int] = mapped_column(default=1)
    pack_version: Mapped[str]
    points: Mapped[int] = mapped_column(default=0)
    state: Mapped[str]  # courses.ports.ModuleState
    started_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ActivityWork(OfOrganization, Base):
    """What was written on one sheet. `draft` is newer than `submitted`, or empty.

    `revision` rises with every write: a page that saves an older one was open in another window.
    """

    __tablename__ = "activity_works"
    __table_args__ = (UniqueConstraint("attempt_id", "activity", "occasion"),)

    id: Mapped[Id]
    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("attempts.id"))
    activity: Mapped[str]  # courses.modules.spine.ACTIVITIES
    occasion: Mapped[str]  # which sheet of it: main; t1, t2, note; made, closed
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    submitted: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    submitted_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime]

    @property
    def values(self) -> dict[str, Any]:
        """The newest of what was written."""
        return self.draft if self.draft is not None else self.submitted or {}
