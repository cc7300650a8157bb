"""`leadline worker` and `leadline beat`: background work on machines of its own."""

import sys

import click

from courses.errors import Refused
from plugin import log
from plugin.cli.console import json_option, open_database, read_config, show
from plugin.config import Config
from plugin.jobs import Jobs
from plugin.wsgi import make_http, make_jobs, make_tool_keys

NO_BROKER = (
    "LEADLINE_BROKER_URL is not set: `leadline serve` does the background work itself. "
    "Set it to Redis or RabbitMQ to run workers of their own."
)


@click.command()
@click.option("--concurrency", type=click.IntRange(1), default=8, show_default=True, help="Posts at once.")
@json_option
def worker(concurrency: int, *, as_json: bool) -> None:
    """Deliver scores, until SIGTERM."""
    config, jobs = _jobs()
    show({"concurrency": concurrency, "env": config.env}, "Worker starts.", as_json=as_json)
    sys.exit(jobs.run_worker(concurrency))


@click.command()
@json_option
def beat(*, as_json: bool) -> None:
    """Keep the schedule, until SIGTERM. Run one."""
    config, jobs = _jobs()
    show({"env": config.env}, "Beat starts.", as_json=as_json)
    jobs.run_beat()


def _jobs() -> tuple[Config, Jobs]:
    config = read_config()
    if not config.broker_url:
        raise Refused(NO_BROKER)
    database = open_database(config)
    make_tool_keys(config, database)
    log.setup()
    return config, make_jobs(config, database, make_http(config))
