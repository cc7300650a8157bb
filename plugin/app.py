"""create_app: the only place that knows everyone."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version
from typing import Any
from uuid import UUID

from babel import negotiate_locale
from flask import Flask, Response, g
from flask_babel import Babel, get_locale
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import lti.extension
import scim.extension
from courses.ports import Clock
from lti.edge import LtiEdge
from lti.keysets import KeySets
from lti.manifest import Tool
from lti.outbound import Outbound
from lti.outbox import Outbox
from plugin import errors, launching, security, sessions
from plugin.config import Config
from plugin.db import Database
from plugin.web import choose, health, setup
from plugin.web.learn import views as learn
from scim.edge import ScimEdge
from scim.limits import storage_url

LANGUAGES = ["en_GB"]  # the first speaks where a platform asks for none of them
ONE_DAY = 24 * 3600  # seconds
VERSION = version("leadline")
Enqueue = Callable[[Sequence[UUID]], None]


def utc_now() -> datetime:
    """Tell the time: the real clock."""
    return datetime.now(UTC)


def leave_to_sweep(_cells: Sequence[UUID]) -> None:
    """Enqueue nothing: the periodic sweep finds due cells."""


def create_app(
    config: Config,
    *,
    database: Database | None = None,
    clock: Clock = utc_now,
    http: Outbound | None = None,
    enqueue: Enqueue = leave_to_sweep,
) -> Flask:
    """Compose the application. What follows `config` are ports that tests and `plugin.wsgi` hand in."""
    app = Flask("plugin", static_url_path="/static")
    app.config.update(
        SECRET_KEY=config.secret_key,
        BOOTSTRAP_SERVE_LOCAL=True,
        MAX_CONTENT_LENGTH=1_000_000,
        SEND_FILE_MAX_AGE_DEFAULT=None if config.development else ONE_DAY,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a charter takes more than an hour
    )
    database = database or Database(config.database_url)
    http = http or Outbound(allow_private=config.development, allowed_hosts=config.allowed_hosts)
    app.extensions["leadline.config"] = config
    app.extensions["leadline.database"] = database
    app.extensions["leadline.clock"] = clock
    app.extensions["leadline.gradebook"] = Outbox(enqueue)
    _trust_proxies(app, config.trusted_proxies)
    Bootstrap5(app)
    Babel(app, locale_selector=_locale)
    app.jinja_env.globals["get_locale"] = get_locale
    app.url_defaults(_with_version)
    app.after_request(_close_unsent_file)
    csrf = CSRFProtect(app)
    for part in (sessions, security, errors):
        part.init_app(app)
    lti.extension.init_app(app, _lti_edge(config, database, clock, http), csrf)
    scim.extension.init_app(app, _scim_edge(config, database, clock, http), csrf)
    for pages in (choose, health, setup):
        app.register_blueprint(pages.blueprint)
    learn.init_app(app)
    return app


def _lti_edge(config: Config, database: Database, clock: Clock, http: Outbound) -> LtiEdge:
    return LtiEdge(
        transaction=database.transaction,
        reading=database.reading,
        clock=clock,
        http=http,
        keysets=KeySets(http),
        tool=Tool(config.base_url),
        secret_key=config.secret_key,
        on_launch=launching.on_launch,
    )


def _scim_edge(config: Config, database: Database, clock: Clock, http: Outbound) -> ScimEdge:
    def fetch_json(url: str) -> Any:
        answer = http.get(url)
        answer.raise_for_status()
        return answer.json()

    return ScimEdge(
        transaction=database.transaction,
        reading=database.reading,
        clock=clock,
        base_url=config.base_url,
        secret_key=config.secret_key,
        rate_limit=config.scim_rate_limit,
        storage_url=storage_url(config.broker_url),
        fetch_json=fetch_json,
    )


def _with_version(endpoint: str, values: dict[str, Any]) -> None:
    """Give assets an address of their own for each version, so that browsers may keep them."""
    if endpoint == "static" or endpoint.endswith(".static"):
        values.setdefault("v", VERSION)


def _close_unsent_file(response: Response) -> Response:
    """Close the file behind a 304: its body is never read, and Werkzeug leaves it open."""
    if response.status_code == HTTPStatus.NOT_MODIFIED:
        response.close()
    return response


def _trust_proxies(app: Flask, count: int) -> None:
    if count:
        trusting = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)
        setattr(app, "wsgi_app", trusting)  # noqa: B010 - Flask documents the assignment, mypy forbids it


def _locale() -> str:
    """Speak the platform's language where we have its texts. Dates follow: half a translation reads badly."""
    visit = g.get("visit")  # loaded by the guard; pages before that speak our own language
    asked = [visit.locale.replace("-", "_")] if visit else []
    return negotiate_locale(asked, LANGUAGES) or LANGUAGES[0]
