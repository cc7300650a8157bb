"""Takes one gradebook cell from the outbox to the platform.

Transaction 1 takes the turn, the post happens with no transaction open, transaction 2 records what became
of it. See docs/architecture.md, "A grade out".
"""

import logging
import random
import uuid
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Protocol

import requests
from sqlalchemy.orm import Session

from courses.ports import Clock
from lti.ags import Ags, Column, OutOfTime, Result, ResultUnreadable, Tokens
from lti.backoff import Spread
from lti.outbound import AddressRefused, AnswerTooLong
from lti.products.answers import (
    Delivered,
    Later,
    LookFirst,
    NoMoreAttempts,
    RefusedForGood,
    TokenExpired,
    Verdict,
)
from lti.products.standard import CellState
from lti.tokens import TokenRefused
from lti.turns import Conflict, NewerTimestamp, Outcome, Turn, due_cells, end_turn, take_turn

log = logging.getLogger(__name__)

ROUNDS = 5  # a cell whose value keeps changing is left to the sweep after so many posts


class Database(Protocol):
    """Opens transactions (plugin.db.Database)."""

    def transaction(self) -> AbstractContextManager[Session]:
        """One unit of writing."""

    def reading(self) -> AbstractContextManager[Session]:
        """One consistent look."""


def sweep(database: Database, *, now: datetime) -> list[uuid.UUID]:
    """List the cells that are due: new ones, retries, and those whose message or worker was lost."""
    with database.reading() as session:
        return due_cells(session, now=now)


def deliver(
    database: Database,
    cell_id: uuid.UUID,
    *,
    http: requests.Session,
    tokens: Tokens,
    clock: Clock,
    spread: Spread = random.random,
) -> None:
    """Post a cell if it is due and nobody else is at it; again if its value changed meanwhile."""
    for _round in range(ROUNDS):
        with database.transaction() as session:
            turn = take_turn(session, cell_id=cell_id, now=clock())
        if turn is None:
            return
        outcome = _whatever_happens(turn, Ags(http, tokens, in_time=partial(_in_time, turn, clock)))
        _note(turn, outcome)
        with database.transaction() as session:
            again = end_turn(session, turn=turn, outcome=outcome, now=clock(), spread=spread)
        if not again:
            return


def _in_time(turn: Turn, clock: Clock) -> bool:
    return turn.leaves_time(now=clock())


def _whatever_happens(turn: Turn, ags: Ags) -> Outcome:
    """Make an outcome of our own failures too: without one the cell would be taken again and again."""
    try:
        return attempt(turn, ags)
    except Exception:  # the worker's loop
        log.exception("grade not posted", extra={"cell": str(turn.cell_id)})
        return Later("Something broke on our side")


def attempt(turn: Turn, ags: Ags) -> Outcome:
    """Post what is due. What a platform or the network answers, or fails to, is an outcome."""
    try:
        return _changed_by_hand(turn, ags) or _post(turn, ags)
    except TokenRefused as error:
        return Later(f"No access token: {error.words}", error.status, error.retry_after)
    except requests.RequestException as error:
        return Later(_unreachable(error))
    except OutOfTime:
        return Later("The platform answers too slowly")


def _post(turn: Turn, ags: Ags) -> Outcome:
    verdict = _post_once(turn.column, turn.cell, ags)
    if isinstance(verdict, NoMoreAttempts):  # the score counts without one
        handed_in_before = replace(turn.cell, delivered_handed_in_at=turn.cell.handed_in_at)
        verdict = _post_once(turn.column, handed_in_before, ags)
    match verdict:
        case LookFirst():
            return _look(turn, ags, verdict)
        case NoMoreAttempts():
            return RefusedForGood(verdict.words, verdict.status)
        case TokenExpired():
            return Later(verdict.words, verdict.status)  # a new token did not help either
        case _:
            return verdict


def _post_once(column: Column, cell: CellState, ags: Ags) -> Verdict:
    return column.product.verdict(ags.post_score(column, column.product.score(cell)))


def _look(turn: Turn, ags: Ags, refusal: LookFirst) -> Outcome:
    """Decide what a refusal for an old timestamp means, by reading what is there."""
    try:
        result = ags.read_result(turn.column, turn.cell.user_id)
    except ResultUnreadable as error:
        return Later(f"{refusal.words}; {error}", refusal.status)
    if result.shows(turn.cell.points):
        return Delivered(refusal.status)
    if turn.is_ours(result):
        return NewerTimestamp(result.timestamp, refusal.words, refusal.status)
    return _conflict(result, refusal.status)


def _changed_by_hand(turn: Turn, ags: Ags) -> Conflict | None:
    """Where a post would replace what a teacher gave, see first whether somebody gave it."""
    if not (turn.column.product.looks_before_posting and turn.cell.delivered_version):
        return None
    try:
        result = ags.read_result(turn.column, turn.cell.user_id)
    except (ResultUnreadable, TokenRefused):
        return None  # no right to read: the score still counts
    if result.points is None or result.shows(turn.cell.points) or turn.is_ours(result):
        return None
    return _conflict(result, None)


def _conflict(result: Result, status: int | None) -> Conflict:
    shown = "nothing" if result.points is None else f"{result.points:g} of 100"
    return Conflict(f"The platform shows {shown}, which Leadline did not send", status)


def _unreachable(error: requests.RequestException) -> str:
    if isinstance(error, AddressRefused | AnswerTooLong):
        return str(error)
    if isinstance(error, requests.Timeout):
        return "The platform did not answer in time"
    return f"The platform could not be reached ({type(error).__name__})"


def _note(turn: Turn, outcome: Outcome) -> None:
    level = logging.INFO if isinstance(outcome, Delivered) else logging.WARNING
    known = {"cell": str(turn.cell_id), "tries": turn.tries, "status": outcome.status}
    log.log(level, "grade %s", type(outcome).__name__, extra=known)
