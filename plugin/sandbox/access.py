"""Who is signed in, and who may see a page."""

import secrets
from collections.abc import Callable
from functools import wraps

from flask import Request, abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from plugin.sandbox.records import Course, Person
from plugin.sandbox.school import School

View = Callable[..., ResponseReturnValue]
REPOSTED = "sandbox_reposted"


def school() -> School:
    """Give the state of the LMS that serves this request."""
    here: School = current_app.extensions["sandbox"]
    return here


def signed_in() -> Person | None:
    """Give the person the cookie names."""
    return school().people.get(session.get("username", ""))


def me() -> Person:
    """Give the signed-in person of a guarded view."""
    person = signed_in()
    if person is None:
        abort(403)
    return person


def sign_in(person: Person) -> None:
    """Start a session of this person, whoever was signed in before."""
    session.clear()
    session["username"] = person.username
    session["sesskey"] = secrets.token_hex(5)


def guard(allowed: Callable[[Person], bool] = lambda _: True) -> Callable[[View], View]:
    """Let only signed-in people in for whom `allowed` says so; others are asked to sign in, or refused."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
            person = signed_in()
            if person is None:
                return redirect(url_for("pages.sign_in_page", next=_here(request)))
            if not allowed(person):
                abort(403, "This page is for other people of the course. Sign in as one of them.")
            return view(*args, **kwargs)

        return guarded

    return decorate


def course_of(course_id: int) -> Course:
    """Find a course or say 404."""
    course = school().courses.get(course_id)
    if course is None:
        abort(404, f"There is no course {course_id}.")
    return course


def repost() -> ResponseReturnValue:
    """Send a request without our cookie to ourselves once more, as Moodle does.

    A form posted by the tool is cross-site, so that a SameSite=Lax cookie stays at home; posted by our own
    page it comes along.
    """
    if REPOSTED in request.values:
        abort(403, "Your browser did not send the cookie of your session. Sign in and try again.")
    fields = {**request.values.to_dict(), REPOSTED: "1"}
    return render_template(
        "post_form.html", title="One moment", action=request.path, fields=fields, method=request.method
    )


def local_path(path: str) -> str:
    """Give a path on this site only; anything else becomes the home page."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


def _here(asked: Request) -> str:
    return asked.full_path.rstrip("?") if asked.method == "GET" else "/"
