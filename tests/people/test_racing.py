"""Two writers at once: no circle gets through, nobody who arrives is missed, no work is left behind."""

import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from courses.modules.actions import Place, save_draft
from courses.modules.models import Attempt
from courses.modules.sheets import sheet
from courses.people.linking import link
from lti.moving import MOVERS
from plugin.db import Database
from tests.builders import Builder
from tests.conftest import NOW
from tests.fakes.databases import committing
from tests.people.conftest import Directory


@pytest.fixture
def racing(migrated: Database, tmp_path: Path) -> Iterator[Directory]:
    with committing(migrated, tmp_path) as database:
        yield Directory(database, Builder(database).organization(str(uuid.uuid4())).id)


def _at_once(*tasks: Callable[[], object]) -> None:
    barrier, failures = threading.Barrier(len(tasks)), []

    def run(task: Callable[[], object]) -> None:
        barrier.wait()
        try:
            task()
        except Exception as error:  # noqa: BLE001 - told to the test, which fails
            failures.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("round_", range(5))
def test_of_two_lines_that_would_close_a_circle_one_is_marked(racing: Directory, round_: int) -> None:
    racing.says("a")
    racing.says("b")
    _at_once(lambda: racing.says("a", manager="b"), lambda: racing.says("b", manager="a"))
    assert sorted(line[0] for line in racing.lines().values() if line) == ["cycle", "resolved"]


@pytest.mark.parametrize("round_", range(5))
def test_a_manager_and_a_report_who_arrive_at_once_find_each_other(racing: Directory, round_: int) -> None:
    _at_once(lambda: racing.says("boss"), lambda: racing.says("report", manager="boss"))
    assert racing.line("report") == ("resolved", "boss")


@pytest.mark.parametrize("round_", range(5))
def test_work_begun_while_its_author_is_linked_is_not_left_behind(racing: Directory, round_: int) -> None:
    database, build = racing.database, Builder(racing.database)
    amara = racing.says("amara")
    learner = build.person(organization_id=racing.organization_id)
    place = Place(racing.organization_id, learner.id, "step-up", "m1")
    brief = sheet(place.pack, "brief", "main")
    assert brief is not None

    def work() -> None:
        with database.transaction() as session:
            save_draft(session, place=place, sheet=brief, values={"answer": "x"}, revision=0, now=NOW)

    def recognise() -> None:
        with database.transaction() as session:
            link(
                session,
                organization_id=racing.organization_id,
                from_person_id=learner.id,
                person_id=amara,
                how="admin",
                movers=MOVERS,
                now=NOW,
            )

    _at_once(work, recognise)
    with database.reading() as session:
        owners = session.scalars(
            select(Attempt.person_id).where(Attempt.organization_id == racing.organization_id)
        ).all()
    assert owners == [amara]
