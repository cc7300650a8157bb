import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from plugin import migrate
from plugin.db import Database

LEADLINE = str(Path(sys.executable).parent / "leadline")
PATIENCE = 20.0


@dataclass
class Server:
    """`leadline serve` in a folder of its own."""

    process: subprocess.Popen[str]
    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def stop(self) -> float:
        """Send SIGTERM and return how many seconds it took to end."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
        return time.monotonic() - begun


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def environ() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEADLINE_")}
    return {**kept, "LEADLINE_ENV": "development", "LEADLINE_DATABASE_URL": "sqlite:///serve.db"}


@contextmanager
def served(folder: Path, *options: str) -> Iterator[Server]:
    migrate.upgrade(Database(f"sqlite:///{folder / 'serve.db'}"))
    port = free_port()
    words = [LEADLINE, "serve", f"--port={port}", "--json", *options]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(  # noqa: S603 - our own command
            words, cwd=folder, env=environ(), stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        server = Server(process, port, folder)
        try:
            _wait(server)
            yield server
        finally:
            if process.poll() is None:
                server.stop()


def _wait(server: Server) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            requests.get(f"{server.url}/healthz", timeout=5)
        except requests.ConnectionError:
            assert server.process.poll() is None, server.log
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(server.log)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("serve")) as server:
        yield server


def test_it_answers(server: Server) -> None:
    assert requests.get(f"{server.url}/healthz", timeout=5).status_code == 200


def test_every_answer_has_an_id_that_the_log_has_too(server: Server) -> None:
    answer = requests.get(f"{server.url}/nothing", headers={"X-Request-Id": "from-the-proxy-1"}, timeout=5)
    assert answer.headers["X-Request-Id"] == "from-the-proxy-1"
    made = requests.get(f"{server.url}/nothing", headers={"X-Request-Id": "<script>"}, timeout=5)
    assert made.headers["X-Request-Id"] not in {"", "<script>"}


def test_it_publishes_a_key_from_the_first_start(server: Server) -> None:
    [key] = requests.get(f"{server.url}/lti/jwks.json", timeout=5).json()["keys"]
    assert key["kty"] == "RSA"


def test_every_line_of_the_log_is_json(server: Server) -> None:
    lines = [json.loads(line) for line in server.log.splitlines()]
    assert {"time", "level", "logger", "message"} <= set(lines[0])


def test_a_busy_port_is_a_sentence(server: Server) -> None:
    words = [LEADLINE, "serve", f"--port={server.port}"]
    second = subprocess.run(  # noqa: S603 - our own command
        words, cwd=server.folder, env=environ(), capture_output=True, text=True, check=False
    )
    assert (second.returncode, second.stdout) == (1, "")
    assert f"Port {server.port} on 127.0.0.1 cannot be used" in second.stderr


def test_it_leaves_no_files_but_the_database(server: Server) -> None:
    names = {path.name for path in server.folder.iterdir()}
    assert names <= {"log", "serve.db", "serve.db-wal", "serve.db-shm"}


def test_the_first_start_says_where_to_begin(tmp_path: Path) -> None:
    with served(tmp_path, "--threads=2") as server:
        assert server.process.stdout
        begin = json.loads(server.process.stdout.readline())["setup_url"]
        page = requests.get(begin.replace("http://127.0.0.1:8000", server.url), timeout=5)
        assert "Set up Leadline" in page.text


def test_it_stops_within_five_seconds(tmp_path: Path) -> None:
    with served(tmp_path, "--threads=2") as server:
        assert server.process.stdout
        assert json.loads(server.process.stdout.readline())["url"] == server.url
        kept_alive = requests.Session()
        kept_alive.get(f"{server.url}/healthz", timeout=5)
        assert server.stop() < 5
        kept_alive.close()
        assert server.process.returncode == 0
        assert "Traceback" not in server.log
