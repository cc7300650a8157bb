"""Login initiation and authentication: how an activity opens a tool.

https://www.imsglobal.org/spec/security/v1p0#openid_connect_launch_flow. Faults as in Moodle's auth.php: what
cannot be tied to a launch gets our own page, anything later goes to the tool as an error form.
"""

import json
from typing import Any

from flask import Blueprint, abort, render_template, request, session
from flask.typing import ResponseReturnValue

from plugin.sandbox import claims
from plugin.sandbox.access import course_of, guard, me, repost, school, signed_in
from plugin.sandbox.peer import launch_form, login_fields, peer_of
from plugin.sandbox.records import Activity, Hint, Person, Tool

INVALID = "Invalid request. This launch is not known here, or was used before. Open it from the course again."

bp = Blueprint("launch", __name__)


@bp.get("/courses/<int:course_id>/activities/<int:activity_id>/launch")
@guard()
def open_activity(course_id: int, activity_id: int) -> ResponseReturnValue:
    """Start the launch of an activity; this is what its frame shows first."""
    activity = activity_of(course_id, activity_id)
    tool = school().tools[activity.type_id]
    hint = Hint(me().id, course_id, tool.type_id, activity.id)
    return _initiate(tool, hint, activity.url or tool.target_link_uri)


@bp.get("/courses/<int:course_id>/add/<int:type_id>/launch")
@guard(lambda person: person.edits)
def choose_content(course_id: int, type_id: int) -> ResponseReturnValue:
    """Start deep linking; this is what the frame of "add activity" shows first."""
    tool = tool_of(type_id)
    hint = Hint(me().id, course_of(course_id).id, tool.type_id, None)
    return _initiate(tool, hint, tool.deep_linking_uri)


@bp.route("/auth", methods=["GET", "POST"])
def authenticate() -> ResponseReturnValue:
    """Answer an authentication request with an id_token or an error, both by form."""
    person = signed_in()
    if person is None:
        return repost()
    hint = _take_hint(person)
    tool = school().tools[hint.type_id]
    fault = _fault(tool, person)
    if request.values["redirect_uri"] not in tool.redirect_uris:
        abort(404, INVALID)
    if fault:
        state = {"state": request.values["state"]} if "state" in request.values else {}
        return _form(tool, request.values["redirect_uri"], {**fault, **state})
    target, message = _message(hint, person, tool)
    form = launch_form(peer_of(tool), target=target, claims=message)
    state = {"state": form["state"]} if "state" in request.values else {}
    return _form(tool, form["launch_url"], {"id_token": form["id_token"], **state})


def activity_of(course_id: int, activity_id: int) -> Activity:
    """Find an activity of a course or say 404."""
    activity = school().activities.get(activity_id)
    if activity is None or activity.course_id != course_id:
        abort(404, f"There is no activity {activity_id} in this course.")
    return activity


def tool_of(type_id: int) -> Tool:
    """Find a registered tool or say 404."""
    tool = school().tools.get(type_id)
    if tool is None:
        abort(404, f"There is no tool {type_id}.")
    return tool


def _initiate(tool: Tool, hint: Hint, target: str) -> ResponseReturnValue:
    name = school().issue_hint(hint)
    fields = login_fields(peer_of(tool), hint=hint, name=name, target=target)
    return _form(tool, tool.initiate_login_uri, fields)


def _form(tool: Tool, action: str, fields: dict[str, str]) -> ResponseReturnValue:
    title = f"Opening {tool.name}"
    return render_template("post_form.html", title=title, action=action, fields=fields, method="POST")


def _take_hint(person: Person) -> Hint:
    asked = request.values
    needed = ("scope", "response_type", "client_id", "redirect_uri", "login_hint", "nonce")
    if not all(asked.get(name) for name in needed):
        abort(404, INVALID)
    if asked["scope"] != "openid" or asked["response_type"] != "id_token":
        abort(404, INVALID)
    try:
        name = str(json.loads(asked.get("lti_message_hint", ""))["launchid"])
    except (ValueError, KeyError, TypeError):
        abort(404, INVALID)
    hint = school().take_hint(name, person.id)
    if hint is None:
        abort(404, INVALID)
    return hint


def _fault(tool: Tool, person: Person) -> dict[str, str]:
    asked = request.values
    if asked["client_id"] != tool.client_id:
        return {"error": "unauthorized_client"}
    if asked["login_hint"] != person.id:
        return {"error": "access_denied"}
    if asked.get("response_mode") != "form_post":
        return {"error": "invalid_request", "error_description": "Invalid response_mode"}
    if asked.get("prompt", "none") != "none":
        return {"error": "invalid_request", "error_description": "Invalid prompt"}
    return {}


def _message(hint: Hint, person: Person, tool: Tool) -> tuple[str, dict[str, Any]]:
    here = school()
    course = here.courses[hint.course_id]
    nonce = {"nonce": request.values["nonce"]}
    if hint.activity_id is None:
        query = f"course={course.id}&id={tool.type_id}&sesskey={session['sesskey']}"
        back = f"{here.issuer}/deep-linking-return?{query}"
        return tool.deep_linking_uri, nonce | claims.deep_linking(here, person, course, tool, return_url=back)
    activity = activity_of(course.id, hint.activity_id)
    target = activity.url or tool.target_link_uri
    return target, nonce | claims.resource_link(here, person, course, tool, activity)
