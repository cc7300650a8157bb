"""`leadline demo`: Leadline and a sandbox LMS, a course with work in it, and links to click.

Whatever LEADLINE_* settings the environment has are ignored; every run starts afresh.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click
import requests
from werkzeug.serving import WSGIRequestHandler, make_server

from courses.errors import Refused
from plugin.cli.console import json_option, show
from plugin.config import PREFIX, Config
from plugin.first_setup import setup_token
from plugin.sandbox.app import create_sandbox
from plugin.sandbox.directory import SandboxDirectory
from plugin.sandbox.gradebook_table import gradebook_table
from plugin.sandbox.tour import COURSE, ORGANIZATION, PATIENCE, Tour
from plugin.sandbox.visitor import VisitError

Say = Callable[[str], None]
FOLDER = Path("var")
SPECTATORS = ("ines", "tomas", "priya", "hana", "jonas")  # who only look in
START_PATIENCE = 30.0  # seconds for Leadline to answer


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65534), default=8000, show_default=True, help="The LMS gets N+1."
)
@click.option("--once", is_flag=True, help="Stop after the gradebook has been shown.")
@json_option
def demo(port: int, *, once: bool, as_json: bool) -> None:
    """Show a course with work in it: Leadline, a sandbox LMS, and links to click."""
    for number in (port, port + 1):
        _refuse_busy(number)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda *_: sys.exit(1))  # so that what was started is stopped
    environ = _environment(port)
    say = partial(click.echo, err=as_json)  # what --json prints is one object and nothing else
    try:
        with _leadline(environ, port, say), _sandbox(port + 1, say) as lms:
            _show(lms, Config.from_env(environ), environ, say, as_json=as_json)
            if not once:
                _serve_on(say)
    except (VisitError, requests.RequestException) as error:
        raise Refused(f"The demo did not work: {error}") from error


def _refuse_busy(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Refused(
                f'Port {port} is in use. Stop what uses it, or choose another: make demo ARGS="--port N" '
                "(the sandbox LMS gets the port after it)."
            ) from error


def _environment(port: int) -> dict[str, str]:
    """Make the settings of the demo, and an empty folder for its database."""
    folder = FOLDER / f"demo-{port}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return {
        **clean,
        "LEADLINE_ENV": "development",
        "LEADLINE_BASE_URL": f"http://127.0.0.1:{port}",
        "LEADLINE_DATABASE_URL": f"sqlite:///{folder.resolve()}/leadline.db",
        "LEADLINE_SECRET_KEY": secrets.token_urlsafe(48),
    }


@contextmanager
def _leadline(environ: dict[str, str], port: int, say: Say) -> Iterator[None]:
    """Run Leadline as its own process, as in life. Its log goes to a file beside the database."""
    say("Migrating an SQLite database")
    command = [sys.executable, "-m", "plugin.cli"]
    subprocess.run([*command, "db", "upgrade"], env=environ, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    log = FOLDER / f"demo-{port}" / "leadline.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "serve", "--port", str(port)], env=environ, stdout=sink, stderr=sink
        )
        try:
            _wait_until_it_serves(process, port, log)
            say(f"Leadline serves on http://127.0.0.1:{port}")
            yield
        finally:
            process.terminate()
            process.wait(timeout=10)


def _wait_until_it_serves(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if requests.get(f"http://127.0.0.1:{port}/healthz", timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise Refused(f"Leadline did not start. Its log, {log}, ends with:\n{log.read_text()[-2000:]}")


class _Quiet(WSGIRequestHandler):
    """Leaves the terminal to the demo."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing."""


@contextmanager
def _sandbox(port: int, say: Say) -> Iterator[str]:
    """Run the sandbox LMS in a thread, on another site than Leadline."""
    url = f"http://localhost:{port}"
    server = make_server("127.0.0.1", port, create_sandbox(url), threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say(f"The sandbox LMS serves on {url}")
    try:
        yield url
    finally:
        server.shutdown()


def _show(lms: str, config: Config, environ: dict[str, str], say: Say, *, as_json: bool) -> None:
    tour = Tour(lms, say=lambda line: say(f"  {line}"))
    tour.connect(f"{config.base_url}/setup/{setup_token(config)}")
    _provision(environ, say)
    tour.add_steps("m1", "m2")
    tour.look_in(*SPECTATORS, title="1 Line of sight")
    tour.learn("amara", "1 Line of sight")
    tour.learn("luis", "1 Line of sight", activities=2)
    tour.learn("mei", "1 Line of sight", activities=1)
    grades = {"amara": 27, "luis": 10, "mei": 5}
    book = tour.wait_for_grades(grades)
    _wait_for_links(environ, len(SPECTATORS) + len(grades), say)
    links = _links(tour, config)
    lines = "\n".join(f"{who + ':':40}{link}" for who, link in links.items())
    show(
        {"gradebook": book, "links": links},
        f"\nGradebook\n\n{gradebook_table(book)}\n\n{lines}",
        as_json=as_json,
    )
    sys.stdout.flush()


def _links(tour: Tour, config: Config) -> dict[str, str]:
    course = f"/courses/{COURSE}"
    return {
        "As a learner (Hana, who has not begun)": tour.address("hana", course),
        "As a learner (Amara, under way)": tour.address("amara", course),
        "As the teacher": tour.address("tomas", f"{course}/gradebook"),
        "As the LMS's admin": tour.address("ines", "/admin/tools"),
        "Leadline itself": config.base_url,
    }


def _provision(environ: dict[str, str], say: Say) -> None:
    """Let the directory tell of the company, and say which of the LMS's fields are which of its own."""
    say("  An admin makes a token for the directory, and says what the LMS's user ids mean")
    made = _ask(
        environ, "scim", "token", "new", "--organization", ORGANIZATION, "--name", "Sandbox directory"
    )
    SandboxDirectory(made["url"], made["token"], say=lambda line: say(f"  {line}")).provision()
    [platform] = _ask(environ, "platform", "list")["platforms"]
    pairs = ("--sourcedid", "employeeNumber", "--username", "userName")
    _ask(environ, "platform", "match", platform["id"], *pairs)
    people = _ask(environ, "people", "tree", "--organization", ORGANIZATION)["people"]
    say("\nWho manages whom\n")
    say("\n".join(f"  {'  ' * one['depth']}{one['name']}, {one['title']}" for one in people) + "\n")


def _wait_for_links(environ: dict[str, str], expected: int, say: Say) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        links = _ask(environ, "people", "links", "--organization", ORGANIZATION)["links"]
        if len(links) >= expected:
            say(f"  The directory knows all {len(links)} who came from the LMS: their work is linked")
            return
    raise VisitError(f"after {PATIENCE:.0f} s {len(links)} people are linked to the directory")


def _ask(environ: dict[str, str], *words: str) -> Any:
    """Run a command of Leadline as an admin would."""
    command = [sys.executable, "-m", "plugin.cli", *words, "--json"]
    done = subprocess.run(command, env=environ, check=False, capture_output=True, text=True)  # noqa: S603 - our own command
    if done.returncode:
        raise VisitError(f"leadline {' '.join(words)}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def _serve_on(say: Say) -> None:
    say("\nBoth keep serving until you press Ctrl-C.")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
    say("\nStopped.")
