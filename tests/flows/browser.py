"""A real Chromium before the real application, served over HTTP with a database file of its own."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from courses.ports import Clock
from lti.outbound import Outbound
from plugin import migrate, sessions
from plugin.app import create_app
from plugin.config import Config
from plugin.db import Database
from tests.builders import Builder, Visitor

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium, and end it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Served:
    """An application at an address."""

    app: Flask
    url: str
    build: Builder

    def open(self, browser: Browser, visitor: Visitor, *, width: int = 1280) -> Page:
        """Open a page of a new browser session for this visitor."""
        context = browser.new_context(
            viewport={"width": width, "height": 900}, base_url=self.url, reduced_motion="reduce"
        )
        self.sign_in(context, visitor)
        return context.new_page()

    def sign_in(self, context: BrowserContext, visitor: Visitor) -> None:
        """Let the application set the session cookie of this visitor's launch, partitioned and all."""
        page = context.new_page()
        page.goto(sign_in_address(visitor))
        page.close()


def sign_in_address(visitor: Visitor) -> str:
    """Return where a browser gets the session of this visitor's launch."""
    return f"/test/sign-in/{visitor.launch.id}/{visitor.person.id}"


def _sign_in(launch_id: uuid.UUID, person_id: uuid.UUID) -> str:
    sessions.start(launch_id, person_id)
    return "Signed in"


@contextmanager
def serving(folder: Path, clock: Clock, http: Outbound | None = None) -> Iterator[Served]:
    """Serve the application on a free port from a database file in `folder`; `http` reaches platforms."""
    settings = {
        "LEADLINE_ENV": "development",
        "LEADLINE_BASE_URL": "http://127.0.0.1:8000",
        "LEADLINE_DATABASE_URL": f"sqlite:///{folder / 'browser.db'}",
        "LEADLINE_SECRET_KEY": "a secret for browser tests that is long enough",
    }
    database = Database(settings["LEADLINE_DATABASE_URL"])
    migrate.upgrade(database)
    app = create_app(Config.from_env(settings), database=database, clock=clock, http=http)
    app.add_url_rule("/test/sign-in/<uuid:launch_id>/<uuid:person_id>", "test_sign_in", _sign_in)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Served(app, f"http://127.0.0.1:{server.server_port}", Builder(database))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        database.engine.dispose()
