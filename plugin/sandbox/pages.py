"""The pages a person clicks: sign in, course, activity, gradebook, external tools."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, abort, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from plugin.sandbox.access import course_of, guard, local_path, me, school, sign_in, signed_in
from plugin.sandbox.columns import number
from plugin.sandbox.launch import activity_of, tool_of
from plugin.sandbox.records import Course, Person
from plugin.sandbox.registration import issue_token

ROLE_NAMES = {
    "admin": "Site administrator",
    "teacher": "Teacher",
    "assistant": "Non-editing teacher",
    "learner": "Learner",
}

bp = Blueprint("pages", __name__)


@bp.get("/")
def home() -> ResponseReturnValue:
    """List the courses, or ask who you are."""
    if signed_in() is None:
        return redirect(url_for("pages.sign_in_page"))
    return render_template("home.html", courses=list(school().courses.values()))


@bp.get("/login")
def sign_in_page() -> ResponseReturnValue:
    """Offer everybody of this school."""
    next_path = local_path(request.args.get("next", "/"))
    return render_template("login.html", people=_by_role(), roles=ROLE_NAMES, next=next_path)


@bp.post("/login")
def change_person() -> ResponseReturnValue:
    """Sign in as one of them."""
    return _become(request.form.get("username", ""), request.form.get("next", "/"))


@bp.get("/as/<username>")
def become(username: str) -> ResponseReturnValue:
    """Sign in by link: for the links that the demo prints. A real LMS would never."""
    return _become(username, request.args.get("next", "/"))


@bp.post("/logout")
def sign_out() -> ResponseReturnValue:
    """End the session."""
    session.clear()
    return redirect(url_for("pages.sign_in_page"))


@bp.get("/courses/<int:course_id>")
@guard()
def course(course_id: int) -> ResponseReturnValue:
    """Show a course: its activities, and the reader's own grades."""
    found = course_of(course_id)
    shown = {column.activity_id: column for column in school().columns_of(course_id)}
    activities = school().activities_of(course_id)
    return render_template("course.html", course=found, activities=activities, columns=shown, number=number)


@bp.get("/courses/<int:course_id>/activities/<int:activity_id>")
@guard()
def activity(course_id: int, activity_id: int) -> ResponseReturnValue:
    """Show an activity in a frame."""
    found = activity_of(course_id, activity_id)
    tool = tool_of(found.type_id)
    return render_template("activity.html", course=course_of(course_id), activity=found, tool=tool)


@bp.get("/courses/<int:course_id>/add")
@guard(lambda person: person.edits)
def add(course_id: int) -> ResponseReturnValue:
    """Offer the registered tools."""
    return render_template("add.html", course=course_of(course_id), tools=list(school().tools.values()))


@bp.get("/courses/<int:course_id>/add/<int:type_id>")
@guard(lambda person: person.edits)
def add_from(course_id: int, type_id: int) -> ResponseReturnValue:
    """Let a teacher choose content of a tool, in a frame."""
    return render_template("add_from.html", course=course_of(course_id), tool=tool_of(type_id))


@bp.get("/courses/<int:course_id>/gradebook")
@guard()
def gradebook(course_id: int) -> ResponseReturnValue:
    """Show people and columns: staff see all, a learner their own row."""
    found = course_of(course_id)
    rows = [person for person in _graded(found) if me().is_staff or person == me()]
    columns = school().columns_of(course_id)
    return render_template("gradebook.html", course=found, people=rows, columns=columns, number=number)


@bp.get("/courses/<int:course_id>/gradebook.json")
@guard(lambda person: person.is_staff)
def gradebook_json(course_id: int) -> ResponseReturnValue:
    """Give the gradebook for scripts."""
    found = course_of(course_id)
    columns = school().columns_of(course_id)
    return jsonify(
        course={"id": found.id, "label": found.label, "title": found.title},
        columns=[
            {
                "id": column.id,
                "label": column.label,
                "maximum": number(column.maximum),
                "resource_id": column.resource_id,
                "tag": column.tag,
                "activity_id": column.activity_id,
            }
            for column in columns
        ],
        people=[_row(person, columns) for person in _graded(found)],
    )


@bp.get("/return")
@guard()
def come_back() -> ResponseReturnValue:
    """Take somebody back from a tool, with what it had to say."""
    found = course_of(request.args.get("course", 0, int))
    problem, message = request.args.get("lti_errormsg", ""), request.args.get("lti_msg", "")
    return render_template("return.html", course=found, problem=problem, message=message)


@bp.get("/admin/tools")
@guard(lambda person: person.role == "admin")
def tools() -> ResponseReturnValue:
    """List registered tools and ask for the registration URL of another."""
    return render_template("tools.html", tools=list(school().tools.values()), problem="")


@bp.post("/admin/tools/register")
@guard(lambda person: person.role == "admin")
def register() -> ResponseReturnValue:
    """Open a tool's registration page in a frame."""
    url = request.form.get("url", "").strip()
    if urlsplit(url).scheme not in {"http", "https"}:
        problem = "Enter the whole registration URL, beginning with http:// or https://."
        return render_template(
            "tools.html", tools=list(school().tools.values()), problem=problem, url=url
        ), 400
    query = urlencode(
        {
            "openid_configuration": f"{school().issuer}/.well-known/openid-configuration",
            "registration_token": issue_token(school()),
        }
    )
    src = f"{url}{'&' if urlsplit(url).query else '?'}{query}"
    return render_template("register.html", src=src)


def _become(username: str, next_path: str) -> ResponseReturnValue:
    person = school().people.get(username)
    if person is None:
        abort(404, f"Nobody here is called {username}.")
    sign_in(person)
    return redirect(local_path(next_path))


def _by_role() -> dict[str, list[Person]]:
    people = school().people.values()
    return {role: [person for person in people if person.role == role] for role in ROLE_NAMES}


def _graded(found: Course) -> list[Person]:
    return sorted(found.learners.values(), key=lambda person: person.family_name)


def _row(person: Person, columns: list[Any]) -> dict[str, Any]:
    cells = {str(column.id): column.grades[person.id] for column in columns if person.id in column.grades}
    grades = {
        key: {"score": cell.shown, "comment": cell.comment, "timestamp": cell.timestamp}
        for key, cell in cells.items()
    }
    return {"id": person.id, "username": person.username, "name": person.name, "grades": grades}
