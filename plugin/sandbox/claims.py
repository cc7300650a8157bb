"""What an id_token says, in Moodle's manner.

https://www.imsglobal.org/spec/lti/v1p3#required-message-claims
"""

from typing import Any
from urllib.parse import urlencode

from plugin.sandbox import moodle
from plugin.sandbox.records import Activity, Course, Person, Tool
from plugin.sandbox.school import School
from plugin.sandbox.substitution import parameters, values

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP_LINKING = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
PLATFORM = {
    "product_family_code": "moodle",
    "version": "2024100706",
    "guid": "b1a7e5c0ffee4d0f9a3e5a2d7c6b8e90",
    "name": "fernhill",
    "description": "Fernhill Learning",
}


def resource_link(
    here: School, person: Person, course: Course, tool: Tool, activity: Activity
) -> dict[str, Any]:
    """Give the claims of somebody opening an activity."""
    query = urlencode({"course": course.id, "launch_container": 3, "instanceid": activity.id})
    presentation = {
        "locale": "en",
        "document_target": "iframe",
        "return_url": f"{here.issuer}/return?{query}",
    }
    link = {"title": activity.title, "description": activity.text, "id": str(activity.id)}
    return {
        **_common(here, person, course, tool, activity),
        LTI + "message_type": "LtiResourceLinkRequest",
        LTI + "resource_link": link,
        LTI + "launch_presentation": presentation,
    }


def deep_linking(
    here: School, person: Person, course: Course, tool: Tool, *, return_url: str
) -> dict[str, Any]:
    """Give the claims of a teacher choosing content."""
    return {
        **_common(here, person, course, tool, None),
        LTI + "message_type": "LtiDeepLinkingRequest",
        LTI + "launch_presentation": {"locale": "en"},
        DEEP_LINKING: {
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["frame", "iframe", "window"],
            "accept_copy_advice": False,
            "accept_multiple": True,
            "accept_unsigned": False,
            "auto_create": False,
            "can_confirm": False,
            "deep_link_return_url": return_url,
            "title": tool.name,
            "text": "",
        },
    }


def columns_url(here: School, course_id: int, type_id: int) -> str:
    """Give the address of a tool's columns in a course."""
    return f"{here.issuer}/services/{course_id}/lineitems?type_id={type_id}"


def column_url(here: School, course_id: int, column_id: int, type_id: int | str | None) -> str:
    """Give the address of one column; Moodle puts the tool's number into the query."""
    query = "" if type_id is None else f"?type_id={type_id}"
    return f"{here.issuer}/services/{course_id}/lineitems/{column_id}/lineitem{query}"


def members_url(here: School, course_id: int, type_id: int) -> str:
    """Give the address of a course's roster for a tool."""
    return f"{here.issuer}/services/CourseSection/{course_id}/bindings/{type_id}/memberships"


def _common(
    here: School, person: Person, course: Course, tool: Tool, activity: Activity | None
) -> dict[str, Any]:
    services = _services(here, course, tool, activity)
    custom = parameters(tool, activity, values(person, course, activity))
    if NRPS in services:
        custom["context_memberships_url"] = services[NRPS]["context_memberships_url"]
    return {
        "sub": person.id,
        LTI + "lis": {"person_sourcedid": person.idnumber, "course_section_sourcedid": course.idnumber},
        LTI + "roles": moodle.launch_roles(person),
        LTI + "context": {
            "id": str(course.id),
            "label": course.label,
            "title": course.title,
            "type": ["CourseSection"],
        },
        **_identity(person, tool),
        LTI + "tool_platform": PLATFORM,
        LTI + "custom": custom,
        **services,
    }


def _identity(person: Person, tool: Tool) -> dict[str, Any]:
    claims: dict[str, Any] = {LTI + "ext": {"lms": "moodle-2"}}
    if tool.shares_name:
        claims |= {"name": person.name, "given_name": person.given_name, "family_name": person.family_name}
        claims[LTI + "ext"] = {"user_username": person.username, "lms": "moodle-2"}
    if tool.shares_email:
        claims["email"] = person.email
    return claims


def _services(here: School, course: Course, tool: Tool, activity: Activity | None) -> dict[str, Any]:
    claims: dict[str, Any] = {}
    scopes = [scope for scope in moodle.AGS_SCOPES if scope in tool.scopes]
    if scopes:
        claims[AGS] = {"scope": scopes, "lineitems": columns_url(here, course.id, tool.type_id)}
        own = [
            c for c in here.columns_of(course.id, tool.type_id) if activity and c.activity_id == activity.id
        ]
        if len(own) == 1:  # Moodle names a column only where there is exactly one
            claims[AGS]["lineitem"] = column_url(here, course.id, own[0].id, tool.type_id)
    if moodle.NRPS in tool.scopes and here.activities_of(course.id, tool.type_id):
        url = members_url(here, course.id, tool.type_id)
        claims[NRPS] = {"context_memberships_url": url, "service_versions": ["1.0", "2.0"]}
    return claims
