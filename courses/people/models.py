"""Organization (the customer) and Person. SCIM will widen Person; LTI launches make the first ones."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from courses.base import Base, Id, OfOrganization


class Organization(Base):
    """A customer. Everything but it and the tool's own keys belongs to one."""

    __tablename__ = "organizations"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class Person(OfOrganization, Base):
    """Somebody who works for the customer. `name` is what to call them; empty if no platform told us."""

    __tablename__ = "people"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(default="")
    given_name: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
