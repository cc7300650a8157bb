"""The sandbox LMS as a Flask application.

It stands for an LMS in the demo and in the flow tests: a peer over HTTP, which knows nothing of Leadline. No
passwords, everything in memory: for one's own machine only.
"""

import json
import secrets
from http import HTTPStatus

import requests
from flask import Flask, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from plugin.sandbox import ags, deep_linking, launch, nrps, pages, registration, tokens
from plugin.sandbox.access import school, signed_in
from plugin.sandbox.keys import PlatformKey
from plugin.sandbox.moodle import RefusedError
from plugin.sandbox.peer import Fetch
from plugin.sandbox.records import PostedScore
from plugin.sandbox.school import School

# Frames may show any tool; ours may be framed by ourselves only, which a launch needs.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; frame-src http: https:; "
    "base-uri 'none'; frame-ancestors 'self'"
)
BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


def create_sandbox(
    base_url: str, *, tool_fetch: Fetch | None = None, key: PlatformKey | None = None
) -> Flask:
    """Make a sandbox LMS whose issuer is `base_url`; `tool_fetch` reads the key sets of tools.

    Its signing key is made anew; tests that make many sandboxes share one.
    """
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secrets.token_hex(32),
        SESSION_COOKIE_NAME="sandbox_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.extensions["sandbox"] = School(base_url, key)
    app.extensions["sandbox_fetch"] = tool_fetch or _direct_session()
    for module in (pages, registration, launch, deep_linking, tokens, ags, nrps):
        app.register_blueprint(module.bp)
    app.before_request(_fault)
    app.after_request(_finish)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(RefusedError, _refused)
    app.context_processor(lambda: {"person": signed_in()})
    return app


def _direct_session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # a proxy of the environment does not reach tools on this machine
    return session


def _fault() -> ResponseReturnValue | None:
    fault = school().take_fault(request.method, request.path)
    return Response(fault.body, fault.status, fault.headers) if fault else None


def _finish(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if response.status_code == HTTPStatus.NOT_MODIFIED:
        response.close()  # the file behind it is never read, and nobody else closes it
    if request.method == "POST" and request.path.endswith("/scores"):
        posted = PostedScore(
            request.path, request.get_data(as_text=True), request.content_type or "", response.status_code
        )
        school().posted.append(posted)
    return response


def _http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return redirect(error.get_response().headers["Location"], status)
    if request.path.startswith("/services/"):
        return _refused(RefusedError(status, error.name))
    return render_template("error.html", error=error), status


def _refused(refused: RefusedError) -> ResponseReturnValue:
    if refused.status == HTTPStatus.BAD_GATEWAY:
        return Response(BAD_GATEWAY, refused.status, mimetype="text/html")
    call = {"method": request.method, "url": request.full_path, "contentType": request.content_type or ""}
    body = {"status": refused.status, "reason": refused.reason, "request": call}
    return Response(json.dumps(body), refused.status, content_type="application/json; charset=utf-8")
