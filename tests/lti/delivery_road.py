"""The road of a score to a platform, for tests of delivery."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import requests
from sqlalchemy import select, update

from courses.ports import ModuleState, Score
from lti.cells import GradeCell
from lti.delivery import deliver
from lti.models import Registration
from lti.outbound import Outbound
from lti.outbox import Outbox
from plugin.db import Database
from tests.builders import Builder
from tests.conftest import NOW
from tests.fakes.grade_service import GradeService, serving
from tests.fakes.tokens import FakeTokens


@dataclass
class Road:
    """From a recorded score to a platform's gradebook, with a clock to turn."""

    database: Database
    platform: GradeService
    learner: uuid.UUID
    tokens: FakeTokens = field(default_factory=FakeTokens)
    now: datetime = NOW
    http: requests.Session = field(default_factory=lambda: Outbound(allow_private=True))

    def record(self, points: int, state: ModuleState = ModuleState.WORKING, **more: Any) -> None:
        with self.database.transaction() as session:
            Outbox(lambda _cell_ids: None).record(
                session,
                person_id=self.learner,
                resource_id="t:step-up:m1",
                score=Score(points, state, **more),
                now=self.now,
            )

    def deliver(self, *, after: float = 0) -> GradeCell:
        self.now += timedelta(seconds=after)
        self.send(self.cell.id)
        return self.cell

    def send(self, cell_id: uuid.UUID) -> None:
        deliver(
            self.database,
            cell_id,
            http=self.http,
            tokens=self.tokens,
            clock=lambda: self.now,
            spread=lambda: 1.0,
        )

    @property
    def cell(self) -> GradeCell:
        with self.database.reading() as session:
            return session.scalars(select(GradeCell)).one()

    @property
    def shown(self) -> float:
        return self.platform.cells[self.cell.user_id].points

    def product(self, name: str) -> None:
        with self.database.transaction() as session:
            session.execute(update(Registration).values(product=name))


@contextmanager
def road_of(database: Database) -> Iterator[Road]:
    with serving(GradeService()) as platform:
        person = Builder(database).visitor(line_item_url=platform.line_item).person
        road = Road(database, platform, person.id)
        yield road
        road.http.close()
