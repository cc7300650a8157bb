"""The first minutes as pages: name the organization, get the link that connects a learning platform."""

import hmac
import secrets

from flask import Blueprint, abort, current_app, g, render_template, request

from courses.errors import DomainError
from courses.people.actions import add_organization
from lti.admin import invite
from plugin import sessions
from plugin.config import Config
from plugin.first_setup import setup_token, setup_url
from plugin.security import Access, guard

blueprint = Blueprint("setup", __name__, url_prefix="/setup")


@blueprint.get("/<token>")
@guard(Access.ANYONE)
def ask(token: str) -> str:
    """Ask for the organization's name."""
    _check(token)
    return render_template("setup/ask.html", name="", problem="")


@blueprint.post("/<token>")
@guard(Access.ANYONE)
def begin(token: str) -> tuple[str, int]:
    """Add the organization and show the link for its learning platform."""
    _check(token)
    name = request.form.get("name", "")
    config: Config = current_app.extensions["leadline.config"]
    now = current_app.extensions["leadline.clock"]()
    try:
        with sessions.database().transaction() as session:
            organization = add_organization(session, name=name, now=now)
            invited = invite(
                session,
                organization_id=organization.id,
                product=None,
                base_url=config.base_url,
                token=secrets.token_urlsafe(32),
                now=now,
            )
    except DomainError as error:
        return render_template("setup/ask.html", name=name, problem=str(error)), 422
    return render_template("setup/done.html", name=organization.name, invited=invited), 200


def _check(token: str) -> None:
    g.frame_ancestors = "'none'"  # this page acts, and nobody has been verified
    config: Config = current_app.extensions["leadline.config"]
    if not hmac.compare_digest(token.encode(), setup_token(config).encode()):
        abort(404)
    if setup_url(config, sessions.database()) is None:
        abort(410, "Leadline is set up already. Add further organizations with: leadline organization add")
