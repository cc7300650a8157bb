"""`leadline serve`: checks what can be checked, then becomes gunicorn."""

import os
import socket
import sys

import click

from courses.errors import Refused
from plugin.cli.console import json_option, open_database, read_config, show
from plugin.first_setup import setup_url
from plugin.wsgi import make_tool_keys

ONE_WORKER = (
    "Without LEADLINE_BROKER_URL there is one worker process, because it does the background work too. "
    "Use --threads for more requests at once, or set LEADLINE_BROKER_URL."
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1), help="Processes. [default: 1, with a broker 2]")
@click.option("--threads", type=click.IntRange(1), default=8, show_default=True, help="In each process.")
@json_option
def serve(host: str, port: int, workers: int | None, threads: int, *, as_json: bool) -> None:
    """Serve Leadline, until SIGTERM."""
    config = read_config()
    if not config.broker_url and (workers or 1) > 1:
        raise Refused(ONE_WORKER)
    database = open_database(config)
    make_tool_keys(config, database)
    begin = setup_url(config, database)
    database.engine.dispose()
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    _check_free(host, port)
    where = f"Leadline serves on http://{bind}"
    show(
        {"url": f"http://{bind}", "setup_url": begin},
        f"{where}\nNobody has set it up yet. Begin here: {begin}" if begin else where,
        as_json=as_json,
    )
    sys.stdout.flush()
    processes = workers or (2 if config.broker_url else 1)
    os.execv(sys.executable, gunicorn(bind, processes, threads))  # noqa: S606 - ourselves, without a shell


def gunicorn(bind: str, workers: int, threads: int) -> list[str]:
    """Make gunicorn's command line."""
    options = {"config": "python:plugin.gunicorn_conf", "bind": bind, "workers": workers, "threads": threads}
    arguments = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "gunicorn", *arguments, "plugin.wsgi:make_app()"]


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror or str(error)
            raise Refused(
                f"Port {port} on {host} cannot be used: {reason}. Choose another with --port."
            ) from error
