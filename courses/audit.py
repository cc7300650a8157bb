"""The audit trail: who changed people, grades, permissions and settings, in the change's own transaction."""

import uuid
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Mapped, Session

from courses.base import Base, Id, OfOrganization


class AuditEntry(OfOrganization, Base):
    """One change. `detail` names ids and states, never names, e-mails or learner text."""

    __tablename__ = "audit_entries"

    id: Mapped[Id]
    at: Mapped[datetime]
    action: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    subject_id: Mapped[uuid.UUID | None]
    detail: Mapped[dict[str, Any]]


INSERT = insert(cast("Table", AuditEntry.__table__))  # built once: every change writes an entry


def record_audit(
    session: Session,
    organization_id: uuid.UUID,
    action: str,
    subject_id: uuid.UUID | None = None,
    *,
    now: datetime,
    actor_id: uuid.UUID | None = None,
    **detail: Any,
) -> None:
    """Write one entry. `action` is `thing.verb`; `actor_id` is empty for the command line and schedules."""
    session.connection().execute(
        INSERT,
        {
            "id": uuid.uuid4(),
            "organization_id": organization_id,
            "at": now,
            "action": action,
            "actor_id": actor_id,
            "subject_id": subject_id,
            "detail": detail,
        },
    )
