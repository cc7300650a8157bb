"""LTI launches and gradebook cells."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_0810"
down_revision = "20261123_0800"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lti_tool_keys",
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("sealed_private_key", sa.String(), nullable=False),
        sa.Column("public_jwk", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_lti_tool_keys")),
    )
    op.create_table(
        "lti_invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_lti_invitations_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_lti_invitations_token_hash")),
    )
    op.create_index(
        op.f("ix_lti_invitations_organization_id"), "lti_invitations", ["organization_id"], unique=False
    )
    op.create_table(
        "lti_registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("auth_url", sa.String(), nullable=False),
        sa.Column("token_url", sa.String(), nullable=False),
        sa.Column("token_audience", sa.String(), nullable=True),
        sa.Column("jwks_url", sa.String(), nullable=False),
        sa.Column("registration_endpoint", sa.String(), nullable=True),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_lti_registrations_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_registrations")),
        sa.UniqueConstraint("issuer", "client_id", name=op.f("uq_lti_registrations_issuer_client_id")),
    )
    op.create_index(
        op.f("ix_lti_registrations_organization_id"), "lti_registrations", ["organization_id"], unique=False
    )
    op.create_table(
        "lti_deployments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.String(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_lti_deployments_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_registrations.id"],
            name=op.f("fk_lti_deployments_registration_id_lti_registrations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_deployments")),
        sa.UniqueConstraint(
            "registration_id", "deployment_id", name=op.f("uq_lti_deployments_registration_id_deployment_id")
        ),
    )
    op.create_index(
        op.f("ix_lti_deployments_organization_id"), "lti_deployments", ["organization_id"], unique=False
    )
    op.create_table(
        "lti_identities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("sub", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_lti_identities_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_lti_identities_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_identities")),
        sa.UniqueConstraint(
            "organization_id", "issuer", "sub", name=op.f("uq_lti_identities_organization_id_issuer_sub")
        ),
    )
    op.create_index(
        op.f("ix_lti_identities_organization_id"), "lti_identities", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_lti_identities_person_id"), "lti_identities", ["person_id"], unique=False)
    op.create_table(
        "lti_line_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("resource_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_lti_line_items_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_registrations.id"],
            name=op.f("fk_lti_line_items_registration_id_lti_registrations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_line_items")),
        sa.UniqueConstraint("registration_id", "url", name=op.f("uq_lti_line_items_registration_id_url")),
    )
    op.create_index(
        op.f("ix_lti_line_items_organization_id"), "lti_line_items", ["organization_id"], unique=False
    )
    op.create_table(
        "lti_logins",
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("jwks_url", sa.String(), nullable=False),
        sa.Column("target_link_uri", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_registrations.id"],
            name=op.f("fk_lti_logins_registration_id_lti_registrations"),
        ),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_lti_logins")),
    )
    op.create_index(op.f("ix_lti_logins_created_at"), "lti_logins", ["created_at"], unique=False)
    op.create_table(
        "lti_grade_cells",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_item_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("platform_status", sa.Integer(), nullable=True),
        sa.Column("platform_words", sa.String(), nullable=True),
        sa.Column("unconfirmed_points", sa.JSON(), nullable=False),
        sa.Column("delivered_version", sa.Integer(), nullable=False),
        sa.Column("delivered_points", sa.Integer(), nullable=True),
        sa.Column("delivered_handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_item_id"],
            ["lti_line_items.id"],
            name=op.f("fk_lti_grade_cells_line_item_id_lti_line_items"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_lti_grade_cells_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_lti_grade_cells_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_grade_cells")),
        sa.UniqueConstraint("line_item_id", "user_id", name=op.f("uq_lti_grade_cells_line_item_id_user_id")),
    )
    op.create_index("ix_lti_grade_cells_due", "lti_grade_cells", ["delivery", "due_at"], unique=False)
    op.create_index(
        op.f("ix_lti_grade_cells_organization_id"), "lti_grade_cells", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_lti_grade_cells_person_id"), "lti_grade_cells", ["person_id"], unique=False)
    op.create_table(
        "lti_resource_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("resource_link_id", sa.String(), nullable=False),
        sa.Column("resource_id", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("context_id", sa.String(), nullable=True),
        sa.Column("context_title", sa.String(), nullable=False),
        sa.Column("line_item_url", sa.String(), nullable=True),
        sa.Column("line_items_url", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["lti_deployments.id"],
            name=op.f("fk_lti_resource_links_deployment_id_lti_deployments"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_lti_resource_links_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_resource_links")),
        sa.UniqueConstraint(
            "deployment_id",
            "resource_link_id",
            name=op.f("uq_lti_resource_links_deployment_id_resource_link_id"),
        ),
    )
    op.create_index(
        op.f("ix_lti_resource_links_organization_id"), "lti_resource_links", ["organization_id"], unique=False
    )
    op.create_table(
        "lti_launches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("resource_link_id", sa.Uuid(), nullable=True),
        sa.Column("deployment_id", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("staff", sa.Boolean(), nullable=False),
        sa.Column("learner", sa.Boolean(), nullable=False),
        sa.Column("new_column", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("return_url", sa.String(), nullable=True),
        sa.Column("frame_origins", sa.JSON(), nullable=False),
        sa.Column("deep_linking", sa.JSON(), nullable=True),
        sa.Column("launched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["lti_identities.id"], name=op.f("fk_lti_launches_identity_id_lti_identities")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_lti_launches_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["lti_registrations.id"],
            name=op.f("fk_lti_launches_registration_id_lti_registrations"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_link_id"],
            ["lti_resource_links.id"],
            name=op.f("fk_lti_launches_resource_link_id_lti_resource_links"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_launches")),
        sa.UniqueConstraint(
            "identity_id", "resource_link_id", name=op.f("uq_lti_launches_identity_id_resource_link_id")
        ),
    )
    op.create_index(
        "ix_lti_launches_new_column",
        "lti_launches",
        ["id"],
        unique=False,
        postgresql_where=sa.text("new_column"),
        sqlite_where=sa.text("new_column"),
    )
    op.create_index(
        op.f("ix_lti_launches_organization_id"), "lti_launches", ["organization_id"], unique=False
    )
    op.create_index(
        op.f("ix_lti_launches_resource_link_id"), "lti_launches", ["resource_link_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_lti_launches_resource_link_id"), table_name="lti_launches")
    op.drop_index(op.f("ix_lti_launches_organization_id"), table_name="lti_launches")
    op.drop_index(
        "ix_lti_launches_new_column",
        table_name="lti_launches",
        postgresql_where=sa.text("new_column"),
        sqlite_where=sa.text("new_column"),
    )
    op.drop_table("lti_launches")
    op.drop_index(op.f("ix_lti_resource_links_organization_id"), table_name="lti_resource_links")
    op.drop_table("lti_resource_links")
    op.drop_index(op.f("ix_lti_grade_cells_person_id"), table_name="lti_grade_cells")
    op.drop_index(op.f("ix_lti_grade_cells_organization_id"), table_name="lti_grade_cells")
    op.drop_index("ix_lti_grade_cells_due", table_name="lti_grade_cells")
    op.drop_table("lti_grade_cells")
    op.drop_index(op.f("ix_lti_logins_created_at"), table_name="lti_logins")
    op.drop_table("lti_logins")
    op.drop_index(op.f("ix_lti_line_items_organization_id"), table_name="lti_line_items")
    op.drop_table("lti_line_items")
    op.drop_index(op.f("ix_lti_identities_person_id"), table_name="lti_identities")
    op.drop_index(op.f("ix_lti_identities_organization_id"), table_name="lti_identities")
    op.drop_table("lti_identities")
    op.drop_index(op.f("ix_lti_deployments_organization_id"), table_name="lti_deployments")
    op.drop_table("lti_deployments")
    op.drop_index(op.f("ix_lti_registrations_organization_id"), table_name="lti_registrations")
    op.drop_table("lti_registrations")
    op.drop_index(op.f("ix_lti_invitations_organization_id"), table_name="lti_invitations")
    op.drop_table("lti_invitations")
    op.drop_table("lti_tool_keys")
