"""What happens after a launch: the session begins, and the person comes to the right page."""

from datetime import datetime

from flask import redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from courses.modules.standing import find_step, record_standing
from courses.ports import Gradebook
from lti.new_columns import take_new_columns
from lti.receive import Received
from plugin import sessions


def on_launch(received: Received) -> Response:
    """Begin the session and go to the module, the picker, or home. A link may name no module at all."""
    sessions.start(received.launch_id)
    return redirect(_destination(received), 303)


def _destination(received: Received) -> str:
    if received.deep_linking:
        return url_for("choose.deep_link")
    step = find_step(received.resource_id)
    if step:
        return url_for("learn.module", track=step.track_key, module=step.module_key)
    return url_for("choose.overview") if received.staff else url_for("learn.home")


def fill_new_columns(session: Session, *, gradebook: Gradebook, now: datetime) -> None:
    """Bring columns that people came to for the first time up to date with what they had done before."""
    for launch in take_new_columns(session):
        step = find_step(launch.resource_id)
        if step:
            record_standing(
                session,
                organization_id=launch.organization_id,
                person_id=launch.person_id,
                step=step,
                gradebook=gradebook,
                now=now,
            )
