"""Custom parameters: which variables Moodle fills in, and with what."""

import re
from typing import Any

from plugin.sandbox import moodle
from plugin.sandbox.records import Activity, Course, Person, Tool

# Only these are known; any other variable arrives verbatim. Those of a link are null without one.
VARIABLES = (
    "Context.id",
    "Context.title",
    "Context.label",
    "Context.id.history",
    "Context.sourcedId",
    "Context.longDescription",
    "CourseSection.title",
    "CourseSection.label",
    "CourseSection.sourcedId",
    "CourseSection.longDescription",
    "ResourceLink.id",
    "ResourceLink.title",
    "ResourceLink.description",
    "User.id",
    "User.username",
    "Person.name.full",
    "Person.name.given",
    "Person.name.family",
    "Person.email.primary",
    "Person.sourcedId",
    "Person.address.timezone",
    "Membership.role",
)


def values(person: Person, course: Course, activity: Activity | None) -> dict[str, str | None]:
    """Give every variable's value for one launch."""
    about = [course.title, course.label, course.idnumber, course.summary]
    link = (None, None, None) if activity is None else (str(activity.id), activity.title, activity.text)
    parts = ("title", "label", "sourcedId", "longDescription")
    role = moodle.launch_roles(person)[-1 if person.role != "admin" else 1].partition("#")[2]
    return {
        "Context.id": str(course.id),
        "Context.id.history": "",
        **{f"Context.{part}": text for part, text in zip(parts, about, strict=True)},
        **{f"CourseSection.{part}": text for part, text in zip(parts, about, strict=True)},
        **dict(zip(("ResourceLink.id", "ResourceLink.title", "ResourceLink.description"), link, strict=True)),
        "User.id": person.id,
        "User.username": person.username,
        "Person.name.full": person.name,
        "Person.name.given": person.given_name,
        "Person.name.family": person.family_name,
        "Person.email.primary": person.email,
        "Person.sourcedId": person.idnumber,
        "Person.address.timezone": "99",  # Moodle's "server default"
        "Membership.role": role,
    }


def parameters(tool: Tool, activity: Activity | None, known: dict[str, str | None]) -> dict[str, Any]:
    """Give the custom claim: the tool's parameters win over the link's; odd keys arrive twice."""
    filled: dict[str, Any] = {}
    for key, value in {**(activity.custom if activity else {}), **tool.custom}.items():
        text = _filled(str(value), known)
        filled[re.sub(r"[^a-z0-9]", "_", key.lower())] = text
        filled[key] = text
    return filled


def _filled(value: str, known: dict[str, str | None]) -> str | None:
    if value.startswith("\\$"):
        return value[1:]
    return known.get(value[1:], value) if value.startswith("$") else value
