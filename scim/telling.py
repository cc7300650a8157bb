"""A User's document as the facts that the domain wants to know about a person."""

from typing import Any

from courses.people.provisioning import Facts
from scim.attributes import ENTERPRISE, LEADERSHIP

Document = dict[str, Any]


def facts(document: Document, columns: Document, *, connection: str) -> Facts:
    """Say what the directory says. `columns` are those of the document's row, typed and complete.

    `connection` is the name of the token or client that it said it with.
    """
    enterprise = document.get(ENTERPRISE.urn, {})
    leadership = document.get(LEADERSHIP.urn, {})
    return Facts(
        user_name=document["userName"],
        active=columns["active"],
        name=_name(document),
        given_name=document.get("name", {}).get("givenName", ""),
        email=_email(document, "primary", True) or _email(document, "type", "work") or _email(document) or "",
        work_email=_email(document, "type", "work") or _email(document, "primary", True),
        external_id=document.get("externalId"),
        employee_number=enterprise.get("employeeNumber"),
        connection=connection,
        title=document.get("title"),
        department=enterprise.get("department"),
        locale=document.get("locale"),
        timezone=document.get("timezone"),
        leadership_level=leadership.get("leadershipLevel"),
        employment_status=leadership.get("employmentStatus"),
        hire_date=columns["hire_date"],
        manager=enterprise.get("manager", {}).get("value"),
    )


def _name(document: Document) -> str:
    """Choose what to call somebody: the display name, else the best that can be made of the rest."""
    name = document.get("name", {})
    parts = " ".join(name[part] for part in ("givenName", "familyName") if name.get(part))
    found: str = document.get("displayName") or name.get("formatted") or parts or document["userName"]
    return found


def _email(document: Document, key: str | None = None, wanted: Any = None) -> str | None:
    """Find the first address whose `key` is as wanted, ignoring case; any address without a key."""
    for element in document.get("emails", ()):
        value = element.get(key) if key else None
        if element.get("value") and (value.casefold() if isinstance(value, str) else value) == wanted:
            found: str = element["value"]
            return found
    return None
