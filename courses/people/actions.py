"""Use cases about organizations."""

import re
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.audit import record_audit
from courses.errors import Conflict, NotFound, Refused
from courses.people.models import Organization

LONGEST_NAME = 200
DOMAIN = re.compile(r"[^@\s.]+(\.[^@\s.]+)+")


def add_organization(session: Session, *, name: str, now: datetime) -> Organization:
    """Add a customer. Raises Refused for an empty name, Conflict for one that exists."""
    name = name.strip()
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise Refused("An organization needs a name: one line of at most 200 characters.")
    if session.scalar(select(Organization.id).where(Organization.name == name)):
        raise Conflict(f'There is an organization named "{name}" already. Choose another name.')
    organization = Organization(name=name, created_at=now)
    session.add(organization)
    session.flush()
    record_audit(session, organization.id, "organization.added", organization.id, now=now)
    return organization


def set_email_domains(
    session: Session, *, organization: Organization, domains: Sequence[str], now: datetime
) -> None:
    """Say which e-mail domains are the customer's own: people may be linked by such an address, once.

    An empty list switches that off. Raises Refused for text that is no domain.
    """
    folded = sorted({domain.strip().casefold() for domain in domains})
    for domain in folded:
        if not DOMAIN.fullmatch(domain):
            raise Refused(f'"{domain}" is no domain. Give the part after the @, such as northgate.example.')
    if folded != organization.email_domains:
        organization.email_domains = folded
        session.flush()
        record_audit(
            session, organization.id, "organization.email_domains", organization.id, now=now, domains=folded
        )


def find_organization(session: Session, *, id_or_name: str) -> Organization:
    """Find a customer by id or by name. Raises NotFound, naming what was asked for."""
    try:
        found = session.get(Organization, uuid.UUID(id_or_name))
    except ValueError:
        found = None
    found = found or session.scalar(select(Organization).where(Organization.name == id_or_name))
    if found is None:
        raise NotFound(
            f'There is no organization "{id_or_name}". Add it with: leadline organization add "{id_or_name}"'
        )
    return found
