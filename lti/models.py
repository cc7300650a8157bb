"""Tables of the LTI edge: who may launch us, who did, and where scores go.

Terms are the specifications': registration, deployment, resource link, line item
(https://www.imsglobal.org/spec/lti/v1p3, https://www.imsglobal.org/spec/lti-ags/v2p0).
Foreign ids are opaque text, unique only together with their issuer.
"""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from courses.base import Base, Id, OfOrganization

NEW_COLUMN = text("new_column")
MATCH_DUE = text("match_due")


class ToolKey(Base):
    """One of our RSA key pairs. The private half is sealed with a key derived from LEADLINE_SECRET_KEY."""

    __tablename__ = "lti_tool_keys"

    kid: Mapped[str] = mapped_column(primary_key=True)  # RFC 7638 thumbprint
    sealed_private_key: Mapped[str]
    public_jwk: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Registration(OfOrganization, Base):
    """What a platform and we agreed on. One issuer has many clients; issuer and client name one of ours."""

    __tablename__ = "lti_registrations"
    __table_args__ = (UniqueConstraint("issuer", "client_id"),)

    id: Mapped[Id]
    issuer: Mapped[str]
    client_id: Mapped[str]
    auth_url: Mapped[str]
    token_url: Mapped[str]
    token_audience: Mapped[str | None]  # `authorization_server`, where it differs from the token URL
    jwks_url: Mapped[str]
    registration_endpoint: Mapped[str | None]
    product: Mapped[str]  # canvas, moodle or other
    match_sourcedid: Mapped[str] = mapped_column(default="off", server_default="off")  # lti.matching
    match_username: Mapped[str] = mapped_column(default="off", server_default="off")
    created_at: Mapped[datetime]


class Deployment(OfOrganization, Base):
    """One installation of a registration. `accepted` is false while an unknown one waits for an admin."""

    __tablename__ = "lti_deployments"
    __table_args__ = (UniqueConstraint("registration_id", "deployment_id"),)

    id: Mapped[Id]
    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lti_registrations.id"))
    deployment_id: Mapped[str]
    accepted: Mapped[bool]
    created_at: Mapped[datetime]


class Invitation(OfOrganization, Base):
    """A single-use link for dynamic registration. Only a hash is kept: the link is the secret."""

    __tablename__ = "lti_invitations"

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(unique=True)
    product: Mapped[str | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Login(Base):
    """One OpenID Connect login under way: state and nonce bound to each other. Works once, for 10 minutes.

    Carries what the registration said when it began, so that checking the launch needs one statement.
    """

    __tablename__ = "lti_logins"

    state: Mapped[str] = mapped_column(primary_key=True)
    nonce: Mapped[str]
    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lti_registrations.id"))
    issuer: Mapped[str]
    client_id: Mapped[str]
    jwks_url: Mapped[str]
    target_link_uri: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class Identity(OfOrganization, Base):
    """Who a platform says somebody is: `sub` at an issuer. A person may have several.

    `sourcedid` and `username` (folded) are what it told beside; `match_due` asks lti.matching to look whether
    the directory knows them.
    """

    __tablename__ = "lti_identities"
    __table_args__ = (
        UniqueConstraint("organization_id", "issuer", "sub"),
        Index("ix_lti_identities_sourcedid", "organization_id", "sourcedid"),
        Index("ix_lti_identities_username", "organization_id", "username"),
        Index("ix_lti_identities_match_due", "id", postgresql_where=MATCH_DUE, sqlite_where=MATCH_DUE),
    )

    id: Mapped[Id]
    issuer: Mapped[str]
    sub: Mapped[str]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("people.id"), index=True)
    sourcedid: Mapped[str] = mapped_column(default="", server_default="")
    username: Mapped[str] = mapped_column(default="", server_default="")
    match_due: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    created_at: Mapped[datetime]


class ResourceLink(OfOrganization, Base):
    """An activity in a course. `resource_id` names the module it opens, empty if it names none."""

    __tablename__ = "lti_resource_links"
    __table_args__ = (UniqueConstraint("deployment_id", "resource_link_id"),)

    id: Mapped[Id]
    deployment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lti_deployments.id"))
    resource_link_id: Mapped[str]
    resource_id: Mapped[str | None]
    title: Mapped[str]
    context_id: Mapped[str | None]
    context_title: Mapped[str]
    line_item_url: Mapped[str | None]  # as the newest launch told it
    line_items_url: Mapped[str | None]
    created_at: Mapped[datetime]


class Launch(OfOrganization, Base):
    """The newest launch of a link by a person: what a session and a gradebook cell rest on.

    Deep-linking launches have no resource link and keep their settings in `deep_linking`.
    """

    __tablename__ = "lti_launches"
    __table_args__ = (
        UniqueConstraint("identity_id", "resource_link_id"),
        Index("ix_lti_launches_new_column", "id", postgresql_where=NEW_COLUMN, sqlite_where=NEW_COLUMN),
    )

    id: Mapped[Id]
    identity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lti_identities.id"))
    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lti_registrations.id"))
    resource_link_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("lti_resource_links.id"), index=True
    )
    deployment_id: Mapped[str]
    roles: Mapped[list[str]]  # raw, so that a better parser can read them again
    staff: Mapped[bool]
    learner: Mapped[bool]  # may be graded here
    new_column: Mapped[bool]  # what was done before is not in this column yet: see lti.new_columns
    locale: Mapped[str]
    return_url: Mapped[str | None]
    frame_origins: Mapped[list[str]]
    deep_linking: Mapped[dict[str, Any] | None]
    launched_at: Mapped[datetime]


class LineItem(OfOrganization, Base):
    """A gradebook column that we post to. Made when the first score is bound for it."""

    __tablename__ = "lti_line_items"
    __table_args__ = (UniqueConstraint("registration_id", "url"),)

    id: Mapped[Id]
    registration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lti_registrations.id"))
    url: Mapped[str]
    resource_id: Mapped[str]
    created_at: Mapped[datetime]
