"""Background work: the only door to Celery.

The outbox rows are the truth, messages only hurry them along. With LEADLINE_BROKER_URL unset, worker and
beat run in threads of the one serving process over the in-memory broker; with it set, `leadline worker`
and `leadline beat` run on any number of machines. The same tasks, the same code.
"""

import logging
import signal
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import requests
from celery import Celery, signals
from celery.beat import Scheduler, Service
from celery.worker import state
from kombu.exceptions import OperationalError

from courses.ports import Clock
from lti.ags import Tokens
from lti.delivery import deliver, sweep
from lti.logins import forget_old
from lti.matching import match_due
from lti.outbox import Outbox
from plugin.db import Database
from plugin.launching import fill_new_columns

log = logging.getLogger(__name__)

EMBEDDED_THREADS = 4
SWEEP_EVERY = 5.0  # seconds
TIDY_EVERY = 3600.0
STALE_AFTER = 60.0  # a sweep's message that waited so long was followed by another
BROKER_PATIENCE = 1.0  # seconds that a request may wait for a broker that does not answer
WORKER_PATIENCE = 30.0  # seconds: a worker waits for messages
BROKER_REST = 10.0  # seconds during which a broker that failed is not asked again


@signals.setup_logging.connect
def keep_our_logging(**_options: Any) -> None:
    """Celery asks here before it sets up logging of its own: plugin.log did already."""


class Jobs:
    """The tasks, and what runs them. One per process; `options` go to the broker's transport."""

    def __init__(
        self,
        broker_url: str,
        *,
        database: Database,
        http: requests.Session,
        tokens: Tokens,
        clock: Clock,
        queue: str = "leadline",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.embedded = not broker_url
        self.celery = _celery(broker_url, queue, dict(options or {}))
        self._broker_rests_until = float("-inf")
        self._worker: Any = None
        self._beat: Any = None
        self._threads: list[threading.Thread] = []

        self._add_tasks(database, partial(deliver, database, http=http, tokens=tokens, clock=clock), clock)

    def _add_tasks(self, database: Database, deliver_one: Callable[[uuid.UUID], None], clock: Clock) -> None:
        def task(name: str) -> Any:
            return self.celery.task(name=name, shared=False)  # shared ones would go to every Celery app

        @task("leadline.deliver_cell")
        def deliver_cell(cell_id: str) -> None:
            deliver_one(uuid.UUID(cell_id))

        @task("leadline.fill")
        def fill() -> None:
            fill_new_columns(database, gradebook=Outbox(self.enqueue), now=clock())

        @task("leadline.match")
        def match() -> None:
            with database.transaction() as session:
                match_due(session, now=clock())

        @task("leadline.sweep")
        def sweep_due() -> None:
            self.enqueue(sweep(database, now=clock()), expires=STALE_AFTER)

        @task("leadline.tidy")
        def tidy() -> None:
            with database.transaction() as session:
                forget_old(session, now=clock())

        @task("leadline.wake")
        def wake() -> None:
            """Nothing: a worker that waits for messages looks up, and sees that it is to stop."""

        self.deliver_cell, self.wake = deliver_cell, wake

    def enqueue(self, cell_ids: Sequence[uuid.UUID], *, expires: float | None = None) -> None:
        """Ask for delivery. Raises OperationalError soon if the broker is down: the sweep finds the rows.

        A broker that failed is left alone for a while, so that requests do not all wait for it.
        """
        if time.monotonic() < self._broker_rests_until:
            return
        try:
            for cell_id in cell_ids:
                self.deliver_cell.apply_async((str(cell_id),), expires=expires)
        except OperationalError:
            self._broker_rests_until = time.monotonic() + BROKER_REST
            raise

    def start_embedded(self) -> None:
        """Run a worker and beat in daemon threads of this process."""
        self.celery.set_default()
        state.should_stop = None
        self._worker = self.celery.WorkController(pool="threads", concurrency=EMBEDDED_THREADS, **_QUIET)
        self._beat = _beat(self.celery)
        for name, target in (("jobs-worker", self._worker.start), ("jobs-beat", self._beat.start)):
            self._threads.append(threading.Thread(name=name, target=target, daemon=True))
            self._threads[-1].start()

    def stop_embedded(self, patience: float = 2.0) -> None:
        """End both. A post under way is abandoned after `patience` seconds: its cell is found due again."""
        if not self._threads:
            return
        self._beat.stop()
        state.should_stop = 0
        for _look in range(2):  # the worker's loop waits for a message once more after it has seen the flag
            self.wake.apply_async()
        until = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._threads.clear()

    def run_worker(self, concurrency: int) -> int:
        """Work until SIGTERM, which lets running tasks finish. Returns the exit code."""
        self.celery.set_default()
        if "socket_timeout" in self.celery.conf.broker_transport_options:
            self.celery.conf.broker_transport_options["socket_timeout"] = WORKER_PATIENCE
        worker = self.celery.Worker(pool="threads", concurrency=concurrency, quiet=True, **_QUIET)
        worker.start()
        return int(worker.exitcode or 0)

    def run_beat(self) -> None:
        """Keep the schedule until SIGTERM. Two of them do no harm: a cell is posted by one worker."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        _beat(self.celery).start()


_QUIET = {"without_mingle": True, "without_gossip": True, "without_heartbeat": True}


def _beat(celery: Celery) -> Any:
    """Make a beat that keeps its schedule in memory: the default one writes a file where it is started."""
    return Service(celery, scheduler_cls=Scheduler, max_interval=0.5)


def _celery(broker_url: str, queue: str, options: dict[str, Any]) -> Celery:
    if not broker_url:
        queue = f"{queue}-{uuid.uuid4().hex}"  # the in-memory broker is shared by the whole process
    celery = Celery(
        "leadline", set_as_current=False, broker=broker_url or "memory://localhost//", backend="disabled://"
    )
    celery.conf.update(
        broker_transport_options={**_transport_options(broker_url), **options},
        broker_connection_timeout=BROKER_PATIENCE,
        broker_connection_retry_on_startup=True,
        task_default_queue=queue,
        task_ignore_result=True,
        task_acks_late=True,
        task_serializer="json",
        task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_max": 0.1},
        accept_content=["json"],
        result_expires=None,
        timezone="UTC",
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_enable_remote_control=False,
        beat_schedule={
            "fill": {"task": "leadline.fill", "schedule": SWEEP_EVERY},
            "match": {"task": "leadline.match", "schedule": SWEEP_EVERY},
            "sweep": {"task": "leadline.sweep", "schedule": SWEEP_EVERY},
            "tidy": {"task": "leadline.tidy", "schedule": TIDY_EVERY},
        },
    )
    return celery


def _transport_options(broker_url: str) -> dict[str, Any]:
    if not broker_url:
        return {"polling_interval": 0.01}
    if broker_url.startswith("redis"):
        return {"socket_connect_timeout": BROKER_PATIENCE, "socket_timeout": BROKER_PATIENCE}
    return {}
