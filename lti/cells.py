"""The outbox: one row per gradebook cell, holding the newest state and what became of it.

The row is the truth. Celery messages only hurry it along: a lost one costs delay, because a sweep
finds due rows. See docs/architecture.md, "A grade out".
"""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from courses.base import Base, Id, OfOrganization


class Delivery(StrEnum):
    """What became of a cell's newest state."""

    DUE = "due"  # to be posted at `due_at`
    DELIVERED = "delivered"
    REFUSED = "refused"  # the platform said no for good; `platform_words` says why
    CONFLICT = "conflict"  # somebody changed the grade in the platform


class GradeCell(OfOrganization, Base):
    """One learner in one column. `timestamp` is fixed when the value changes and kept over retries."""

    __tablename__ = "lti_grade_cells"
    __table_args__ = (
        UniqueConstraint("line_item_id", "user_id"),
        Index("ix_lti_grade_cells_due", "delivery", "due_at"),
    )

    id: Mapped[Id]
    line_item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lti_line_items.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    user_id: Mapped[str]  # the platform's id: `sub` of the launch

    points: Mapped[int]
    state: Mapped[str]  # courses.ports.ModuleState
    handed_in_at: Mapped[datetime | None]
    timestamp: Mapped[datetime]
    version: Mapped[int]  # rises with every change of the value

    delivery: Mapped[str]
    due_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)  # since the value last changed
    platform_status: Mapped[int | None]
    platform_words: Mapped[str | None]

    # Points posted since the last answer that we know: a lost answer may hide that one of them arrived.
    unconfirmed_points: Mapped[list[int]] = mapped_column(JSON, default=list)
    delivered_version: Mapped[int] = mapped_column(default=0)
    delivered_points: Mapped[int | None]
    delivered_handed_in_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
