"""Leadline and the sandbox LMS, both over real HTTP, on two sites, with real background work."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from plugin import migrate
from plugin.app import create_app, utc_now
from plugin.config import Config
from plugin.db import Database
from plugin.first_setup import setup_token
from plugin.sandbox.app import create_sandbox
from plugin.sandbox.keys import PlatformKey
from plugin.sandbox.school import School
from plugin.sandbox.tour import Tour
from plugin.wsgi import make_http, make_jobs, make_tool_keys


@dataclass
class Road:
    """Where both are found, and the people who use them."""

    tool: str
    lms: str
    setup_url: str
    school: School
    tour: Tour
    database: Database

    def connect(self, *modules: str) -> None:
        """Register the tool and add modules to the course."""
        self.tour.connect(self.setup_url)
        self.tour.add_steps(*modules)


@contextmanager
def open_road(folder: Path, key: PlatformKey) -> Iterator[Road]:
    """Start Leadline with a database of its own, and a sandbox LMS."""
    first = free_pair()
    ports = first, first + 1
    config = Config.from_env(
        {
            "LEADLINE_ENV": "development",
            "LEADLINE_BASE_URL": f"http://127.0.0.1:{ports[0]}",
            "LEADLINE_DATABASE_URL": f"sqlite:///{folder / 'road.db'}",
            "LEADLINE_SECRET_KEY": "a secret for flow tests that is long enough",
        }
    )
    database = Database(config.database_url)
    migrate.upgrade(database)
    make_tool_keys(config, database)
    http = make_http(config)
    jobs = make_jobs(config, database, http)
    app = create_app(config, database=database, clock=utc_now, http=http, enqueue=jobs.enqueue)
    lms = f"http://localhost:{ports[1]}"
    sandbox = create_sandbox(lms, key=key)
    jobs.start_embedded()
    try:
        with served(app, ports[0]), served(sandbox, ports[1]):
            yield Road(
                config.base_url,
                lms,
                f"{config.base_url}/setup/{setup_token(config)}",
                sandbox.extensions["sandbox"],
                Tour(lms, say=lambda _line: None),
                database,
            )
    finally:
        jobs.stop_embedded()
        database.engine.dispose()


def free_pair() -> int:
    """Find a port that is free together with the next one.

    Below the range that systems give to outgoing connections: one of those may come up in between.
    """
    for port in random.sample(range(20_000, 30_000, 2), 100):
        with ExitStack() as stack, suppress(OSError):
            for number in (port, port + 1):
                stack.enter_context(socket.create_server(("127.0.0.1", number)))
            return port
    raise OSError("no two free ports side by side")


@contextmanager
def served(app: Flask, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
