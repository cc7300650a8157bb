"""What a process is made of: `make_app` for gunicorn, `make_jobs` for workers and beat."""

import os

from flask import Flask

from lti.keys import SigningKey, ensure_key, signing_key
from lti.outbound import Outbound, authorities
from lti.tokens import TokenSource
from plugin import log
from plugin.app import create_app, utc_now
from plugin.config import Config
from plugin.db import Database
from plugin.jobs import Jobs


def make_app() -> Flask:
    """Compose the application of a serving process from the environment. Raises ConfigError."""
    config = Config.from_env(os.environ)
    database = Database(config.database_url)
    http = make_http(config)
    jobs = make_jobs(config, database, http)
    app = create_app(config, database=database, http=http, enqueue=jobs.enqueue)
    log.init_app(app)
    app.extensions["leadline.jobs"] = jobs
    return app


def make_http(config: Config) -> Outbound:
    """Make the one HTTP client of a process."""
    return Outbound(
        allow_private=config.development,
        allowed_hosts=config.allowed_hosts,
        authorities=authorities(os.environ),
    )


def make_jobs(config: Config, database: Database, http: Outbound) -> Jobs:
    """Make the background work of a process."""

    def key() -> SigningKey:
        with database.reading() as session:
            return signing_key(session, secret_key=config.secret_key)

    return Jobs(config.broker_url, database=database, http=http, tokens=TokenSource(http, key), clock=utc_now)


def make_tool_keys(config: Config, database: Database) -> None:
    """Make our key pair at the first start, before any process serves. Raises Refused."""
    with database.transaction() as session:
        ensure_key(session, secret_key=config.secret_key, now=utc_now())
