import logging
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from courses.people.models import Person
from courses.ports import ModuleState, Score
from lti.cells import GradeCell
from lti.models import LineItem
from lti.outbox import Outbox
from plugin.db import Database
from tests.builders import Builder, Visitor
from tests.conftest import NOW
from tests.fakes.databases import committing

COLUMN = "https://lms.example/lineitems/7?type_id=1"
SCORE = Score(46, ModuleState.WORKING)


class Enqueued(list[uuid.UUID]):
    """Remembers what was enqueued."""

    def __call__(self, cell_ids: Sequence[uuid.UUID]) -> None:
        self += cell_ids


@pytest.fixture
def enqueued() -> Enqueued:
    return Enqueued()


@pytest.fixture
def outbox(enqueued: Enqueued) -> Outbox:
    return Outbox(enqueued)


def record(
    outbox: Outbox, database: Database, person: Person, score: Score = SCORE, seconds: float = 0
) -> list[GradeCell]:
    """Record a score some seconds after NOW, and return the cells."""
    with database.transaction() as session:
        outbox.record(
            session,
            person_id=person.id,
            resource_id="t:step-up:m1",
            score=score,
            now=NOW + timedelta(seconds=seconds),
        )
    with database.reading() as session:
        return list(session.scalars(select(GradeCell).where(GradeCell.person_id == person.id)))


@pytest.fixture
def learner(build: Builder) -> Visitor:
    return build.visitor(line_item_url=COLUMN)


def test_a_score_becomes_a_due_cell_and_is_enqueued(
    outbox: Outbox, database: Database, learner: Visitor, enqueued: Enqueued
) -> None:
    [cell] = record(outbox, database, learner.person)
    assert (cell.points, cell.state, cell.version, cell.delivery) == (46, "working", 1, "due")
    assert (cell.timestamp, cell.due_at, cell.claimed_until) == (NOW, NOW, None)
    assert enqueued == [cell.id]


def test_an_unchanged_score_writes_nothing(
    outbox: Outbox, database: Database, learner: Visitor, enqueued: Enqueued
) -> None:
    record(outbox, database, learner.person)
    [cell] = record(outbox, database, learner.person, seconds=60)
    assert (cell.version, cell.timestamp) == (1, NOW)
    assert len(enqueued) == 1


@pytest.mark.parametrize(
    ("seconds", "later"), [(0.0, 1.0), (0.5, 1.0), (-30.0, 1.0), (1.0, 1.0), (90.5, 90.5)]
)
def test_a_new_value_is_dated_at_least_one_second_later(
    outbox: Outbox, database: Database, learner: Visitor, seconds: float, later: float
) -> None:
    record(outbox, database, learner.person)
    [cell] = record(outbox, database, learner.person, replace(SCORE, points=47), seconds)
    assert cell.timestamp - NOW == timedelta(seconds=later)
    assert (cell.version, cell.points) == (2, 47)


@pytest.mark.parametrize("change", [{"state": ModuleState.SUBMITTED}, {"handed_in_at": NOW}])
def test_a_new_state_or_hand_in_is_a_new_value(
    outbox: Outbox, database: Database, learner: Visitor, change: dict[str, object]
) -> None:
    record(outbox, database, learner.person)
    [cell] = record(outbox, database, learner.person, replace(SCORE, **change))  # type: ignore[arg-type]  # as listed
    assert cell.version == 2


def test_a_module_not_started_makes_no_cell_but_takes_an_old_score_back(
    outbox: Outbox, database: Database, learner: Visitor
) -> None:
    nothing = Score(0, ModuleState.NOT_STARTED)
    assert record(outbox, database, learner.person, nothing) == []
    record(outbox, database, learner.person)
    [cell] = record(outbox, database, learner.person, nothing)
    assert (cell.points, cell.state) == (0, "not_started")


def test_each_column_of_the_module_gets_a_cell(
    outbox: Outbox, database: Database, build: Builder, learner: Visitor
) -> None:
    launch = build.visitor(line_item_url="https://lms.example/lineitems/8").launch
    with database.transaction() as session:
        launch = session.merge(launch)
        launch.identity_id = learner.launch.identity_id
    cells = record(outbox, database, learner.person)
    assert len({cell.line_item_id for cell in cells}) == len(cells) == 2


@pytest.mark.parametrize(
    "visit",
    [
        {"line_item_url": None},
        {"line_item_url": COLUMN, "staff": True},
        {"line_item_url": COLUMN, "resource_id": "t:step-up:m2"},
        {"line_item_url": COLUMN, "resource_id": None},
    ],
)
def test_no_cell_without_a_column_that_takes_this_learners_grade(
    outbox: Outbox, database: Database, build: Builder, visit: dict[str, str], enqueued: Enqueued
) -> None:
    person = build.visitor(**visit).person  # type: ignore[arg-type]  # as listed above
    assert record(outbox, database, person) == []
    assert enqueued == []


def test_learners_of_one_column_share_its_line_item(
    outbox: Outbox, database: Database, build: Builder
) -> None:
    for name in ("Amara Osei", "Ben Ito"):
        record(outbox, database, build.visitor(name, line_item_url=COLUMN).person)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LineItem)) == 1
        assert session.scalar(select(func.count()).select_from(GradeCell)) == 2


def test_nothing_is_enqueued_when_the_transaction_fails(
    outbox: Outbox, database: Database, learner: Visitor, enqueued: Enqueued
) -> None:
    def fail() -> None:
        with database.transaction() as session:
            outbox.record(
                session, person_id=learner.person.id, resource_id="t:step-up:m1", score=SCORE, now=NOW
            )
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert enqueued == []


def test_a_broker_that_is_down_only_leaves_a_line_in_the_log(
    database: Database, learner: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    def down(_cell_ids: Sequence[uuid.UUID]) -> None:
        raise ConnectionRefusedError

    with caplog.at_level(logging.ERROR):
        [cell] = record(Outbox(down), database, learner.person)
    assert cell.delivery == "due"
    assert "not enqueued" in caplog.text


@pytest.fixture
def own_database(migrated: Database, tmp_path: Path) -> Iterator[Database]:
    with committing(migrated, tmp_path) as database:
        yield database


def test_writers_at_the_same_moment_make_one_cell(own_database: Database) -> None:
    outbox = Outbox(lambda _cell_ids: None)
    person = Builder(own_database).visitor(line_item_url=COLUMN).person
    barrier = threading.Barrier(4)

    def write(points: int) -> None:
        barrier.wait()
        record(outbox, own_database, person, replace(SCORE, points=points))

    threads = [threading.Thread(target=write, args=(points,)) for points in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with own_database.reading() as session:
        [cell] = session.scalars(select(GradeCell).where(GradeCell.person_id == person.id))
    assert (cell.version, cell.timestamp) == (4, NOW + timedelta(seconds=3))
