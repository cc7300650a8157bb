"""Who is here. A launch starts a session; the cookie holds only the launch's id, signed.

The cookie is SameSite=None; Secure; Partitioned; HttpOnly always: we live in an iframe of another site.
Chromium takes it on http://127.0.0.1 too.
"""

import uuid
from datetime import datetime, timedelta
from typing import cast

from flask import Flask, current_app, g, session
from werkzeug.local import LocalProxy

from lti.launches import Visit, find_visit
from plugin.db import Database

LIFETIME = timedelta(hours=12)


def init_app(app: Flask) -> None:
    """Set the cookie's attributes."""
    app.config.update(
        SESSION_COOKIE_NAME="leadline_session",
        SESSION_COOKIE_SAMESITE="None",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_PARTITIONED=True,
        SESSION_COOKIE_HTTPONLY=True,
        PERMANENT_SESSION_LIFETIME=LIFETIME,
    )


def start(launch_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Begin a session for a launch just verified. Whatever was in the cookie before is dropped.

    But for the form token of the same person: a launch in a second tab must not spoil the form that is open
    in the first. Somebody else's form must not go on, or their words would be kept as this person's.
    """
    token = session.get("csrf_token") if session.get("person") == str(person_id) else None
    session.clear()
    if token:
        session["csrf_token"] = token
    session.permanent = True
    session["person"] = str(person_id)
    session["launch"] = str(launch_id)


def find() -> Visit | None:
    """Find who is here, once per request. None without a session or after it ended."""
    if "visit" not in g:
        g.visit = _load()
    found: Visit | None = g.visit
    return found


def _load() -> Visit | None:
    try:
        launch_id = uuid.UUID(session.get("launch", ""))
    except ValueError:
        return None
    with database().reading() as reading:
        now: datetime = current_app.extensions["leadline.clock"]()
        return find_visit(reading, launch_id=launch_id, since=now - LIFETIME)


def _current() -> Visit:
    visit = find()
    if visit is None:
        raise RuntimeError("visit used on a route whose guard lets strangers in")
    return visit


def database() -> Database:
    """Return the app's database."""
    found: Database = current_app.extensions["leadline.database"]
    return found


visit = cast("Visit", LocalProxy(_current))  # a proxy is used as what it stands for
