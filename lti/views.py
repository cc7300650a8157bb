"""Routes of the LTI edge: login, launch, keys, configuration.

Pages here come before anybody is verified: they hold no data and no action, and may be framed by anyone.
"""

from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.wrappers import Response as AnyResponse

from lti import cookies
from lti.claims import LaunchClaims, read_claims
from lti.edge import LtiEdge, edge
from lti.errors import LaunchRefused, Reason
from lti.keys import public_keys
from lti.logins import BurntLogin, burn, find_registration, remember, use_up
from lti.manifest import canvas_configuration
from lti.origins import origin
from lti.platform import begin_login, verify
from lti.receive import DeploymentWaits, Received, receive

TRIES = 6
LONGEST_TARGET = 2000  # characters; it is kept for a day, and anybody may begin a login

blueprint = Blueprint("lti", __name__, url_prefix="/lti", template_folder="templates")


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> AnyResponse | str:
    """Begin a login that the platform initiates, and send the browser back to the platform."""
    parameters = request.values.to_dict()
    if cookies.should_test(parameters):
        return cookies.test(parameters)
    if cookies.blocked(parameters):
        return render_template("lti/new_window.html", again=cookies.same_login(parameters))
    url, state = _begin(edge(), parameters)
    answer = make_response(redirect(url))
    cookies.set_state(answer, state)
    return answer


def _begin(lti: LtiEdge, parameters: dict[str, str]) -> tuple[str, str]:
    _check_initiation(lti, parameters)
    with lti.transaction() as session:
        registration = find_registration(
            session, issuer=parameters["iss"], client_id=parameters.get("client_id")
        )
        if registration is None:
            raise LaunchRefused(Reason.UNKNOWN_PLATFORM)
        url, state, nonce = begin_login(
            parameters, registration=registration, launch_url=lti.tool.url("launch")
        )
        remember(
            session,
            state=state,
            nonce=nonce,
            registration=registration,
            target=parameters["target_link_uri"],
            now=lti.clock(),
        )
    return url, state


def _check_initiation(lti: LtiEdge, parameters: dict[str, str]) -> None:
    for name in ("iss", "login_hint", "target_link_uri"):
        if not parameters.get(name):
            raise LaunchRefused(Reason.LOGIN_INCOMPLETE, f"{name} is missing")
    if len(parameters["target_link_uri"]) > LONGEST_TARGET:
        raise LaunchRefused(Reason.FOREIGN_TARGET, "target_link_uri is too long")
    if origin(parameters["target_link_uri"]) != origin(lti.tool.base_url):
        raise LaunchRefused(Reason.FOREIGN_TARGET, "target_link_uri at login is not ours")


@blueprint.post("/launch")
def launch() -> AnyResponse:
    """Take a launch: burn its login, verify it, keep it, and hand over to the application."""
    lti = edge()
    state = request.form.get("state", "")
    if "error" in request.form:
        with lti.transaction() as session:
            use_up(session, state=state, now=lti.clock())
        raise LaunchRefused(Reason.PLATFORM_ERROR, _platform_error(request.form))
    known = _burn(lti, state)
    claims = read_claims(
        verify(request.form.get("id_token", ""), login=known, keysets=lti.keysets, now=lti.clock())
    )
    received = _receive(lti, claims, known)
    answer = lti.on_launch(received)
    cookies.drop_state(answer, state)
    return answer


def _burn(lti: LtiEdge, state: str) -> BurntLogin:
    """Use the login up in a transaction of its own: that must survive a refusal."""
    refusal = None
    with lti.transaction() as session:
        try:
            found = burn(session, state=state, now=lti.clock())
        except LaunchRefused as refused:
            refusal = refused
    if refusal:
        raise refusal
    if not cookies.has_state(state):
        raise LaunchRefused(Reason.OTHER_BROWSER)
    return found


def _receive(lti: LtiEdge, claims: LaunchClaims, known: BurntLogin) -> Received:
    outcome = _receive_patiently(lti, claims, known)
    if isinstance(outcome, DeploymentWaits):
        raise LaunchRefused(Reason.DEPLOYMENT_WAITING, f"deployment {outcome.deployment_id}")
    return outcome


def _receive_patiently(lti: LtiEdge, claims: LaunchClaims, known: BurntLogin) -> Received | DeploymentWaits:
    """Try again when others came first: a class that opens a new activity makes the same rows at once.

    Each try finds what another launch has made meanwhile; at most deployment, person, link and launch can
    be new, so that many tries suffice.
    """
    for _try in range(TRIES - 1):
        with suppress(IntegrityError, OperationalError):
            return _receive_once(lti, claims, known)
    return _receive_once(lti, claims, known)


def _receive_once(lti: LtiEdge, claims: LaunchClaims, known: BurntLogin) -> Received | DeploymentWaits:
    with lti.transaction() as session:
        return receive(session, claims, login=known, now=lti.clock())


def _platform_error(form: Any) -> str:
    return f"{form['error'][:100]}: {form.get('error_description', '')[:300]}"


@blueprint.get("/jwks.json")
def jwks() -> Response:
    """Publish our public keys."""
    lti = edge()
    with lti.reading() as session:
        answer = jsonify(public_keys(session, now=lti.clock()))
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@blueprint.get("/config.json")
def canvas_config() -> Response:
    """Publish the JSON that a Canvas administrator pastes into a developer key."""
    return jsonify(canvas_configuration(edge().tool))
