"""Names and Role Provisioning Services over HTTP, on lti1p3platform's roster service.

https://www.imsglobal.org/spec/lti-nrps/v2p0. The library would put the next page into the body and adds to
texts; paging and the Link header are done here.
"""
# The library has no type information, so that its classes are Any.
# mypy: allow-subclassing-any

import json
from http import HTTPStatus
from typing import Any

import flask
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from lti1p3platform.membership import Context
from lti1p3platform.service_connector import NamesRoleProvisioningService

from plugin.sandbox import moodle
from plugin.sandbox.ags import caller
from plugin.sandbox.claims import members_url
from plugin.sandbox.moodle import RefusedError
from plugin.sandbox.peer import Peer, PeerRequest, peer_of
from plugin.sandbox.records import Course, Person, Tool

bp = Blueprint("nrps", __name__)


class Roster(NamesRoleProvisioningService):
    """The members of a course, for one tool."""

    def __init__(self, peer: Peer, course: Course) -> None:
        self.peer, self.course = peer, course
        url = members_url(peer.school, course.id, peer.tool.type_id)
        super().__init__(PeerRequest(flask.request), peer, url)

    def get_context_by_id(self) -> Context:
        """Give the course."""
        return Context(str(self.course.id), self.course.label, self.course.title)

    def get_member_data_page(self, **_: Any) -> dict[str, Any]:
        """Give everybody; the view filters and pages."""
        people = sorted(self.course.members.values(), key=lambda person: person.family_name)
        return {"content": [_member(person, self.peer.tool) for person in people], "has_next": False}


@bp.get("/services/CourseSection/<int:course_id>/bindings/<int:type_id>/memberships")
def members(course_id: int, type_id: int) -> ResponseReturnValue:
    """List the members with short role names, paged by `limit` and `from`."""
    if not moodle.accepts(request.headers.get("Accept", ""), moodle.MEMBERS_TYPE):
        raise RefusedError(400, f"No handler found for {request.path} {request.headers['Accept']}")
    tool, course = caller(course_id, str(type_id))
    _check_link(course, tool)
    roster = Roster(peer_of(tool), course)
    answer = roster.handle_resp(roster.handle_get_members)
    if answer.code != HTTPStatus.OK:
        raise RefusedError(401, "Unauthorized")
    body = answer.result
    role = request.args.get("role", "").removeprefix(moodle.MEMBERSHIP)
    if role in {"Instructor", "Learner"}:  # anything else is ignored
        body["members"] = [member for member in body["members"] if role in member["roles"]]
    headers = _page(body)
    return Response(json.dumps(body), 200, headers, content_type=f"{moodle.MEMBERS_TYPE}; charset=utf-8")


def _check_link(course: Course, tool: Tool) -> None:
    link = request.args.get("rlid")
    known = flask.current_app.extensions["sandbox"].activities_of(course.id, tool.type_id)
    if link is not None and link not in {str(activity.id) for activity in known}:
        raise RefusedError(404, f"Not Found: LTI link {link} doesn't exist")


def _page(body: dict[str, Any]) -> dict[str, str]:
    limit, start = request.args.get("limit", 0, int), request.args.get("from", 0, int)
    if limit <= 0:
        return {}
    total = len(body["members"])
    body["members"] = body["members"][start : start + limit]
    if start + limit >= total:
        return {}
    # The next page loses the role filter, in Moodle too.
    return {"Link": f'<{body["id"]}?limit={limit}&from={start + limit}>; rel="next"'}


def _member(person: Person, tool: Tool) -> dict[str, Any]:
    member: dict[str, Any] = {
        "status": "Active",
        "roles": [moodle.roster_role(person)],
        "user_id": person.id,
        "lis_person_sourcedid": person.idnumber,
    }
    if tool.shares_name:
        member |= {"name": person.name, "given_name": person.given_name, "family_name": person.family_name}
        member["ext_user_username"] = person.username
    return member | ({"email": person.email} if tool.shares_email else {})
