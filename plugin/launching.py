"""What happens after a launch: the session begins, and the person comes to the right page."""

import logging
import uuid
from datetime import datetime

from flask import redirect, url_for
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from courses.modules.standing import find_step, record_standing
from courses.ports import Gradebook
from lti.new_columns import marked_launches, take_new_column
from lti.receive import Received
from plugin import sessions
from plugin.db import Database

log = logging.getLogger(__name__)


def on_launch(received: Received) -> Response:
    """Begin the session and go to the module, the picker, or home. A link may name no module at all."""
    sessions.start(received.launch_id, received.person_id)
    return redirect(_destination(received), 303)


def _destination(received: Received) -> str:
    if received.deep_linking:
        return url_for("choose.deep_link", launch_id=received.launch_id)
    step = find_step(received.resource_id)
    if step:
        return url_for("learn.module", track=step.track_key, module=step.module_key)
    return url_for("choose.overview") if received.staff else url_for("learn.home")


def fill_new_columns(database: Database, *, gradebook: Gradebook, now: datetime) -> None:
    """Bring columns that people came to for the first time up to date with what they had done before.

    Each in a transaction of its own: one that fails stays marked and does not hold up the others.
    """
    with database.reading() as session:
        launches = marked_launches(session)
    for launch_id in launches:
        try:
            with database.transaction() as session:
                _fill(session, launch_id, gradebook, now)
        except SQLAlchemyError:
            log.exception("column not filled", extra={"launch": str(launch_id)})


def _fill(session: Session, launch_id: uuid.UUID, gradebook: Gradebook, now: datetime) -> None:
    found = take_new_column(session, launch_id=launch_id)
    step = find_step(found.resource_id) if found else None
    if found and step:
        record_standing(
            session,
            organization_id=found.organization_id,
            person_id=found.person_id,
            step=step,
            gradebook=gradebook,
            now=now,
        )
