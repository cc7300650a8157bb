"""Tables of the SCIM edge: resources as they were given, and columns to filter and sort by.

`document` holds the resource as accepted, in canonical spelling; what is only derived (`id`, `meta`,
`groups`, the resolved manager) is added when it is read. The other columns exist for filters and sorting
alone: text that is not case-exact is kept folded, so that an index answers `eq` and `sw`. It is compared by
code point whatever the locale of a PostgreSQL: `sw` is a range, and pages keep one order everywhere.
"""

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from courses.base import Base, Id, OfOrganization

Text = Annotated[str, mapped_column(String().with_variant(String(collation="C"), "postgresql"))]


class ScimUser(OfOrganization, Base):
    """A User. Its id is the person's id in `people`."""

    __tablename__ = "scim_users"
    __table_args__ = (
        UniqueConstraint("organization_id", "user_name"),
        Index("ix_scim_users_external_id", "organization_id", "external_id"),
        Index("ix_scim_users_employee_number", "organization_id", "employee_number"),
        Index("ix_scim_users_display_name", "organization_id", "display_name"),
        Index("ix_scim_users_manager_value", "organization_id", "manager_value"),
        Index("ix_scim_users_created_at", "organization_id", "created_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    document: Mapped[dict[str, Any]]
    version: Mapped[int]
    created_at: Mapped[datetime]
    modified_at: Mapped[datetime]
    connection: Mapped[str]  # name of the token or client that made it: re-hire looks at its own people only

    user_name: Mapped[Text]  # folded
    external_id: Mapped[Text | None]  # case-exact
    active: Mapped[bool]
    display_name: Mapped[Text | None]
    nick_name: Mapped[Text | None]
    title: Mapped[Text | None]
    user_type: Mapped[Text | None]
    preferred_language: Mapped[Text | None]
    locale: Mapped[Text | None]
    timezone: Mapped[Text | None]
    profile_url: Mapped[Text | None]
    name_formatted: Mapped[Text | None]
    name_family_name: Mapped[Text | None]
    name_given_name: Mapped[Text | None]
    name_middle_name: Mapped[Text | None]
    name_honorific_prefix: Mapped[Text | None]
    name_honorific_suffix: Mapped[Text | None]
    employee_number: Mapped[Text | None]
    cost_center: Mapped[Text | None]
    organization: Mapped[Text | None]
    division: Mapped[Text | None]
    department: Mapped[Text | None]
    manager_value: Mapped[Text | None]  # case-exact, as given
    leadership_level: Mapped[int | None]
    employment_status: Mapped[Text | None]
    hire_date: Mapped[date | None]


class ScimUserElement(Base):
    """One element of a multi-valued attribute of a User, for value paths such as emails[type eq "work"]."""

    __tablename__ = "scim_user_elements"
    __table_args__ = (Index("ix_scim_user_elements_value", "attribute", "value"),)

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scim_users.id", ondelete="CASCADE"), index=True)
    attribute: Mapped[Text]  # emails, phoneNumbers, addresses, roles
    value: Mapped[Text | None]  # folded, like the rest
    type: Mapped[Text | None]
    display: Mapped[Text | None]
    primary: Mapped[bool | None]
    formatted: Mapped[Text | None]
    street_address: Mapped[Text | None]
    locality: Mapped[Text | None]
    region: Mapped[Text | None]
    postal_code: Mapped[Text | None]
    country: Mapped[Text | None]


class ScimGroup(OfOrganization, Base):
    """A Group. Members are rows of their own, so that one of ten thousand costs what one of two does."""

    __tablename__ = "scim_groups"
    __table_args__ = (
        UniqueConstraint("organization_id", "display_name"),
        Index("ix_scim_groups_external_id", "organization_id", "external_id"),
        Index("ix_scim_groups_created_at", "organization_id", "created_at", "id"),
    )

    id: Mapped[Id]
    document: Mapped[dict[str, Any]]  # without members
    version: Mapped[int]
    created_at: Mapped[datetime]
    modified_at: Mapped[datetime]
    display_name: Mapped[Text]  # folded
    external_id: Mapped[Text | None]


class ScimGroupMember(Base):
    """A member as given. `user_id` is empty while nobody with that id has been provisioned."""

    __tablename__ = "scim_group_members"

    group_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("scim_groups.id", ondelete="CASCADE"), primary_key=True
    )
    value: Mapped[Text] = mapped_column(primary_key=True, index=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("scim_users.id"), index=True)


class ScimToken(OfOrganization, Base):
    """A bearer token an admin made. Only its SHA-256 is kept; several may be live, for rotation."""

    __tablename__ = "scim_tokens"

    id: Mapped[Id]
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class ScimClient(OfOrganization, Base):
    """An OAuth 2 client of a directory: client credentials with a secret or with a signed assertion."""

    __tablename__ = "scim_clients"

    id: Mapped[Id]
    name: Mapped[str]
    client_id: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str | None]
    jwks: Mapped[dict[str, Any] | None]
    jwks_url: Mapped[str | None]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ScimAccessToken(OfOrganization, Base):
    """A one-hour token that a client was given. Only its SHA-256 is kept."""

    __tablename__ = "scim_access_tokens"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    client_row_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scim_clients.id"))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ScimUsedAssertion(Base):
    """A signed assertion that a client has used: it works once (RFC 7523 3, `jti`)."""

    __tablename__ = "scim_used_assertions"

    jti_hash: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of client id and jti
    expires_at: Mapped[datetime] = mapped_column(index=True)
