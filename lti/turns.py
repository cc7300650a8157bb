"""A worker's turn with one gradebook cell: taken by one of many, and ended with what became of the post.

A turn lasts ten minutes: a worker that dies leaves the cell due, and the sweep finds it. A worker begins no
call that could end after its turn, so that no two post the same cell. If it is slower all the same, it finds
its turn gone, and what it learnt is dropped.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from courses.audit import record_audit
from courses.ports import ModuleState
from lti.ags import Column, Result
from lti.backoff import Spread, wait
from lti.cells import Delivery, GradeCell
from lti.models import LineItem, Registration
from lti.products.answers import Delivered, Later, RefusedForGood, storable
from lti.products.catalogue import manners_of
from lti.products.standard import CellState
from lti.tokens import ServiceRegistration

LASTS = timedelta(minutes=10)
ONE_CALL = timedelta(minutes=1)  # more than lti.outbound.DEADLINE
STEP = timedelta(seconds=1)  # platforms compare timestamps in whole seconds
TRUSTED_LEAD = timedelta(hours=1)  # a result dated later than this is not followed
SWEEP_SIZE = 500


@dataclass(frozen=True, slots=True)
class NewerTimestamp:
    """What we had delivered stands with a timestamp not older than ours: post once more, dated later."""

    than: datetime | None
    words: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody changed the grade in the platform. It stays until the value changes or an admin retries."""

    words: str
    status: int | None = None


Outcome = Delivered | Later | RefusedForGood | NewerTimestamp | Conflict


@dataclass(frozen=True, slots=True)
class Turn:
    """One attempt: the cell as it is to be posted, and where."""

    cell_id: uuid.UUID
    version: int
    until: datetime
    tries: int
    cell: CellState
    column: Column
    ours: frozenset[int]  # points that the platform may show because we posted them before

    def is_ours(self, result: Result) -> bool:
        """Say whether the platform shows something that we posted before."""
        return any(result.shows(points) for points in self.ours)

    def leaves_time(self, *, now: datetime) -> bool:
        """Say whether a call that begins now ends while this turn lasts."""
        return now + ONE_CALL <= self.until


def due_cells(session: Session, *, now: datetime) -> list[uuid.UUID]:
    """List the cells to post now, longest due first; at most 500."""
    due = select(GradeCell.id).where(*_due(now)).order_by(GradeCell.due_at).limit(SWEEP_SIZE)
    return list(session.scalars(due))


def take_turn(session: Session, *, cell_id: uuid.UUID, now: datetime) -> Turn | None:
    """Take the turn with a cell; None when it is not due or somebody else has it."""
    mine = select(GradeCell).where(GradeCell.id == cell_id, *_due(now))
    cell = session.scalar(mine.with_for_update(skip_locked=True))
    if cell is None:
        return None
    delivered = {cell.delivered_points or 0} if cell.delivered_version else {0}
    turn = Turn(
        cell_id=cell.id,
        version=cell.version,
        until=now + LASTS,
        tries=cell.tries + 1,
        cell=_state(cell),
        column=_column(session, cell.line_item_id),
        ours=frozenset(delivered.union(cell.unconfirmed_points)),
    )
    cell.claimed_until = turn.until
    cell.tries = turn.tries
    cell.unconfirmed_points = sorted({*cell.unconfirmed_points, cell.points})
    return turn


def end_turn(session: Session, *, turn: Turn, outcome: Outcome, now: datetime, spread: Spread) -> bool:
    """Record what became of a post. Says whether the cell is due again at once."""
    cell = session.get(GradeCell, turn.cell_id, with_for_update=True)
    if cell is None or cell.claimed_until != turn.until:
        return False
    cell.claimed_until = None
    cell.platform_status = outcome.status
    cell.platform_words = None if isinstance(outcome, Delivered) else storable(outcome.words)
    current = cell.version == turn.version
    match outcome:
        case Delivered():
            _delivered(cell, turn, now)
        case Later():
            cell.due_at = now + wait(turn.tries, retry_after=outcome.retry_after, now=now, spread=spread)
        case NewerTimestamp():
            _date_later(cell, outcome.than, now)
            first = turn.tries == 1
            cell.due_at = now if first else now + wait(turn.tries, retry_after=None, now=now, spread=spread)
        case _ if current:
            _give_up(session, cell, outcome, now)
    if isinstance(outcome, Delivered) and current:
        cell.delivery = Delivery.DELIVERED
    return cell.delivery == Delivery.DUE and cell.due_at <= now


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    free = or_(GradeCell.claimed_until.is_(None), GradeCell.claimed_until <= now)
    return GradeCell.delivery == Delivery.DUE, GradeCell.due_at <= now, free


def _state(cell: GradeCell) -> CellState:
    return CellState(
        user_id=cell.user_id,
        points=cell.points,
        state=ModuleState(cell.state),
        timestamp=cell.timestamp,
        handed_in_at=cell.handed_in_at,
        delivered_version=cell.delivered_version,
        delivered_handed_in_at=cell.delivered_handed_in_at,
    )


def _column(session: Session, line_item_id: uuid.UUID) -> Column:
    line_item, registration = session.execute(
        select(LineItem, Registration)
        .join(Registration, Registration.id == LineItem.registration_id)
        .where(LineItem.id == line_item_id)
    ).one()
    service = ServiceRegistration(
        issuer=registration.issuer,
        client_id=registration.client_id,
        token_url=registration.token_url,
        token_audience=registration.token_audience,
        product=registration.product,
    )
    return Column(service, line_item.url, manners_of(registration.product))


def _delivered(cell: GradeCell, turn: Turn, now: datetime) -> None:
    cell.delivered_version = turn.version
    cell.delivered_points = turn.cell.points
    cell.delivered_handed_in_at = turn.cell.handed_in_at
    cell.delivered_at = now
    cell.unconfirmed_points = []


def _date_later(cell: GradeCell, than: datetime | None, now: datetime) -> None:
    seen = than + STEP if than and than < now + TRUSTED_LEAD else now
    cell.timestamp = max(now, cell.timestamp + STEP, seen)


def _give_up(session: Session, cell: GradeCell, outcome: Outcome, now: datetime) -> None:
    cell.delivery = Delivery.CONFLICT if isinstance(outcome, Conflict) else Delivery.REFUSED
    record_audit(session, cell.organization_id, f"grade.{cell.delivery}", cell.id, now=now)
