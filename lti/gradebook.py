"""What became of the scores, and how an admin sends them again."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.audit import record_audit
from courses.errors import NotFound
from lti.cells import Delivery, GradeCell
from lti.models import LineItem, Registration


@dataclass(frozen=True, slots=True)
class CellReport:
    """One cell as an admin sees it. `words` are the platform's own."""

    id: uuid.UUID
    issuer: str
    resource_id: str
    user_id: str
    points: int
    delivered_points: int | None
    delivery: str
    due_at: datetime
    delivered_at: datetime | None
    tries: int
    status: int | None
    words: str | None


def report_cells(session: Session, *, organization_id: uuid.UUID | None = None) -> list[CellReport]:
    """List the cells of one customer, or of all, those that need attention first."""
    query = (
        select(GradeCell, Registration.issuer, LineItem.resource_id)
        .join(LineItem, LineItem.id == GradeCell.line_item_id)
        .join(Registration, Registration.id == LineItem.registration_id)
        .order_by(GradeCell.delivery == Delivery.DELIVERED, GradeCell.due_at)
    )
    if organization_id:
        query = query.where(GradeCell.organization_id == organization_id)
    return [_report(*row) for row in session.execute(query)]


def _report(cell: GradeCell, issuer: str, resource_id: str) -> CellReport:
    return CellReport(
        id=cell.id,
        issuer=issuer,
        resource_id=resource_id,
        user_id=cell.user_id,
        points=cell.points,
        delivered_points=cell.delivered_points,
        delivery=cell.delivery,
        due_at=cell.due_at,
        delivered_at=cell.delivered_at,
        tries=cell.tries,
        status=cell.platform_status,
        words=cell.platform_words,
    )


def retry_cell(session: Session, *, cell_id: uuid.UUID, now: datetime) -> uuid.UUID:
    """Post one cell again, also one that somebody changed in the platform. Raises NotFound."""
    cell = session.get(GradeCell, cell_id, with_for_update=True)
    if cell is None:
        raise NotFound(f"There is no cell {cell_id}. List them with: leadline grades status")
    _make_due(session, cell, now)
    return cell.id


def retry_all(session: Session, *, now: datetime) -> list[uuid.UUID]:
    """Post every cell again that was refused, conflicts, or waits for its next try."""
    cells = session.scalars(
        select(GradeCell).where(GradeCell.delivery != Delivery.DELIVERED).with_for_update()
    ).all()
    for cell in cells:
        _make_due(session, cell, now)
    return [cell.id for cell in cells]


def _make_due(session: Session, cell: GradeCell, now: datetime) -> None:
    if cell.delivery == Delivery.CONFLICT:
        cell.timestamp = max(now, cell.timestamp + timedelta(seconds=1))
        cell.delivered_version = 0  # what stands there is not ours: replace it without looking
    cell.delivery, cell.due_at, cell.tries = Delivery.DUE, now, 0
    record_audit(session, cell.organization_id, "grade.retried", cell.id, now=now)
