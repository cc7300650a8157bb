import socket
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
from kombu.exceptions import OperationalError
from sqlalchemy import select

from courses.ports import ModuleState, Score
from lti.cells import GradeCell
from lti.models import Login
from lti.outbound import Outbound
from lti.outbox import Outbox
from plugin.db import Database
from plugin.jobs import Jobs
from tests.builders import Builder
from tests.fakes.databases import committing
from tests.fakes.grade_service import GradeService, serving
from tests.fakes.tokens import FakeTokens

REDIS = "redis://127.0.0.1:6379/15"


@pytest.fixture
def own_database(migrated: Database, tmp_path: Path) -> Iterator[Database]:
    with committing(migrated, tmp_path) as database:
        yield database


@pytest.fixture
def platform() -> Iterator[GradeService]:
    with serving(GradeService()) as platform:
        yield platform


def jobs_for(database: Database, broker_url: str = "", **options: object) -> Jobs:
    return Jobs(
        broker_url,
        database=database,
        http=Outbound(allow_private=True),
        tokens=FakeTokens(),
        clock=lambda: datetime.now(UTC),
        options=options,
    )


def record(database: Database, platform: GradeService, outbox: Outbox) -> None:
    """Record a score as a page would."""
    person = Builder(database).visitor(line_item_url=platform.line_item).person
    with database.transaction() as session:
        outbox.record(
            session,
            person_id=person.id,
            resource_id="t:step-up:m1",
            score=Score(46, ModuleState.WORKING),
            now=datetime.now(UTC),
        )


def becomes(condition: Callable[[], object], seconds: float = 5.0) -> bool:
    """Wait until something is so."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.01)
    return False


def delivered(database: Database) -> bool:
    with database.reading() as session:
        return session.scalars(select(GradeCell.delivery)).all() == ["delivered"]


@pytest.fixture
def embedded(own_database: Database) -> Iterator[Jobs]:
    jobs = jobs_for(own_database)
    jobs.start_embedded()
    yield jobs
    jobs.stop_embedded()


def test_a_recorded_score_arrives_without_a_broker(
    own_database: Database, platform: GradeService, embedded: Jobs
) -> None:
    record(own_database, platform, Outbox(embedded.enqueue))
    assert becomes(lambda: delivered(own_database))
    assert [cell.points for cell in platform.cells.values()] == [46]


def test_the_sweep_finds_a_score_whose_message_was_lost(
    own_database: Database, platform: GradeService, embedded: Jobs
) -> None:
    record(own_database, platform, Outbox(lambda _cell_ids: None))
    embedded.celery.send_task("leadline.sweep")
    assert becomes(lambda: delivered(own_database))


def test_old_logins_are_forgotten(own_database: Database, embedded: Jobs) -> None:
    build, now = Builder(own_database), datetime.now(UTC)
    registration = build.registration()
    for state, age in (("old", timedelta(days=1, minutes=1)), ("young", timedelta(hours=23))):
        build.add(
            Login(
                state=state,
                nonce="n",
                registration_id=registration.id,
                issuer=registration.issuer,
                client_id=registration.client_id,
                jwks_url=registration.jwks_url,
                target_link_uri="https://leadline.example/lti/launch",
                created_at=now - age,
            )
        )
    embedded.celery.send_task("leadline.tidy")

    def states() -> list[str]:
        with own_database.reading() as session:
            return list(session.scalars(select(Login.state)))

    assert becomes(lambda: states() == ["young"])


def test_the_schedule_is_kept_in_memory(
    own_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    jobs = jobs_for(own_database)
    jobs.start_embedded()
    time.sleep(0.1)
    jobs.stop_embedded()
    assert {path.name for path in set(tmp_path.iterdir()) - before} <= {"own.db-shm", "own.db-wal"}
    assert {entry["task"] for entry in jobs.celery.conf.beat_schedule.values()} == {
        "leadline.fill",
        "leadline.match",
        "leadline.sweep",
        "leadline.tidy",
    }


def test_a_broker_that_refuses_does_not_hold_up_a_request(own_database: Database) -> None:
    jobs = jobs_for(own_database, f"redis://127.0.0.1:{closed_port()}/0")
    begun = time.monotonic()
    with pytest.raises(OperationalError):
        jobs.enqueue([uuid.uuid4()])
    jobs.enqueue([uuid.uuid4()])  # it rests: nobody waits for it
    assert time.monotonic() - begun < 1


def test_a_broker_that_is_silent_holds_up_one_request_for_a_moment(own_database: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        jobs = jobs_for(own_database, f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        begun = time.monotonic()
        with pytest.raises(OperationalError):
            jobs.enqueue([uuid.uuid4()])
        jobs.enqueue([uuid.uuid4()])
        assert time.monotonic() - begun < 3


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@pytest.fixture
def redis_prefix() -> Iterator[str]:
    """A prefix for keys in Redis that are gone afterwards."""
    client = redis.Redis.from_url(REDIS, socket_connect_timeout=1)
    prefix = f"test-{uuid.uuid4().hex}-"
    yield prefix
    for key in client.scan_iter(f"{prefix}*"):
        client.delete(key)
    client.close()


@pytest.mark.redis
def test_a_recorded_score_arrives_through_redis(
    own_database: Database, platform: GradeService, redis_prefix: str
) -> None:
    serving_process = jobs_for(own_database, REDIS, global_keyprefix=redis_prefix)
    worker = jobs_for(own_database, REDIS, global_keyprefix=redis_prefix)
    record(own_database, platform, Outbox(serving_process.enqueue))
    worker.start_embedded()
    try:
        assert becomes(lambda: delivered(own_database))
    finally:
        worker.stop_embedded()
        serving_process.celery.close()
        worker.celery.close()
