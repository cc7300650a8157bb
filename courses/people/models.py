"""Organization (the customer), Person, and who manages whom.

LTI launches make people; a directory provisions them (SCIM). Both may make a row for the same human: they
stay two until they are linked (PersonLink), and then the directory's row is the one that counts.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from courses.base import Base, Id, OfOrganization

MATCH_DUE = text("match_due")
OPEN = text("ended_at IS NULL")


class Organization(Base):
    """A customer. Everything but it and the tool's own keys belongs to one.

    `email_domains` are those the customer owns and agreed to link people by, once; none by default.
    """

    __tablename__ = "organizations"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    email_domains: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    created_at: Mapped[datetime]


class Person(OfOrganization, Base):
    """Somebody who works for the customer. `name` is what to call them; empty if nobody told us.

    `provisioned` says that the directory knows them; everything below it comes from there, and is empty for
    people whom only a learning platform knows. `user_name` and `work_email` are kept folded.
    """

    __tablename__ = "people"
    __table_args__ = (
        Index("ix_people_user_name", "organization_id", "user_name"),
        Index("ix_people_external_id", "organization_id", "external_id"),
        Index("ix_people_employee_number", "organization_id", "employee_number"),
        Index("ix_people_work_email", "organization_id", "work_email"),
        Index("ix_people_match_due", "id", postgresql_where=MATCH_DUE, sqlite_where=MATCH_DUE),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(default="")
    given_name: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    provisioned: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    connection: Mapped[str | None]  # the token or client that provisions them
    user_name: Mapped[str | None]
    external_id: Mapped[str | None]
    employee_number: Mapped[str | None]
    work_email: Mapped[str | None]
    title: Mapped[str | None]
    department: Mapped[str | None]
    locale: Mapped[str | None]
    timezone: Mapped[str | None]
    leadership_level: Mapped[int | None]  # 1 to 5
    employment_status: Mapped[str | None]  # active, leave or terminated
    hire_date: Mapped[date | None]
    match_due: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class LineState(StrEnum):
    """Where the reporting line of a person stands. Only RESOLVED ones make up the tree."""

    RESOLVED = "resolved"
    PENDING = "pending"  # nobody of that name has been provisioned yet
    AMBIGUOUS = "ambiguous"  # several people fit
    SELF = "self"
    CYCLE = "cycle"  # this line would close a circle


class ManagerLine(OfOrganization, Base):
    """Who the directory says manages a person. No row: it says nobody does."""

    __tablename__ = "manager_lines"
    __table_args__ = (
        Index("ix_manager_lines_raw_key", "organization_id", "raw_key"),
        Index("ix_manager_lines_manager_id", "manager_id", "state"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    raw: Mapped[str]  # as given
    raw_key: Mapped[str]  # folded; the last part of a URL
    manager_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str]
    changed_at: Mapped[datetime]


class ManagerHistory(OfOrganization, Base):
    """Who managed whom, from when until when: half-open, still true while `ended_at` is empty."""

    __tablename__ = "manager_history"
    __table_args__ = (
        Index("ix_manager_history_person_id", "person_id", "started_at"),
        Index("ix_manager_history_manager_id", "manager_id", "started_at"),
        Index("uq_manager_history_open", "person_id", unique=True, postgresql_where=OPEN, sqlite_where=OPEN),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    manager_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PersonLink(OfOrganization, Base):
    """Somebody whom a platform made turned out to be somebody in the directory.

    `moved` lists, per kind, the ids of the rows that went along, so that it can be undone. A link that was
    undone is kept: nobody is linked again without being asked.
    """

    __tablename__ = "person_links"

    id: Mapped[Id]
    from_person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    how: Mapped[str]  # sourcedid, username, email or admin
    moved: Mapped[dict[str, Any]]
    linked_at: Mapped[datetime]
    unlinked_at: Mapped[datetime | None]
