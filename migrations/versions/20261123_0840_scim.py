"""SCIM users, groups, tokens and clients."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_0840"
down_revision = "20261123_0830"
branch_labels = None
depends_on = None

# Compared by code point whatever the locale of the database: `sw` is a range of an index.
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "scim_used_assertions",
        sa.Column("jti_hash", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jti_hash", name=op.f("pk_scim_used_assertions")),
    )
    op.create_index(
        op.f("ix_scim_used_assertions_expires_at"), "scim_used_assertions", ["expires_at"], unique=False
    )
    op.create_table(
        "scim_clients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=True),
        sa.Column("jwks", sa.JSON(), nullable=True),
        sa.Column("jwks_url", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_scim_clients_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scim_clients")),
        sa.UniqueConstraint("client_id", name=op.f("uq_scim_clients_client_id")),
    )
    op.create_index(
        op.f("ix_scim_clients_organization_id"), "scim_clients", ["organization_id"], unique=False
    )
    op.create_table(
        "scim_groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("display_name", TEXT, nullable=False),
        sa.Column("external_id", TEXT, nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_scim_groups_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scim_groups")),
        sa.UniqueConstraint(
            "organization_id", "display_name", name=op.f("uq_scim_groups_organization_id_display_name")
        ),
    )
    op.create_index(
        "ix_scim_groups_created_at", "scim_groups", ["organization_id", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_scim_groups_external_id", "scim_groups", ["organization_id", "external_id"], unique=False
    )
    op.create_index(op.f("ix_scim_groups_organization_id"), "scim_groups", ["organization_id"], unique=False)
    op.create_table(
        "scim_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_scim_tokens_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scim_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_scim_tokens_token_hash")),
    )
    op.create_index(op.f("ix_scim_tokens_organization_id"), "scim_tokens", ["organization_id"], unique=False)
    op.create_table(
        "scim_access_tokens",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("client_row_id", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_row_id"],
            ["scim_clients.id"],
            name=op.f("fk_scim_access_tokens_client_row_id_scim_clients"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_scim_access_tokens_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_scim_access_tokens")),
    )
    op.create_index(
        op.f("ix_scim_access_tokens_expires_at"), "scim_access_tokens", ["expires_at"], unique=False
    )
    op.create_index(
        op.f("ix_scim_access_tokens_organization_id"), "scim_access_tokens", ["organization_id"], unique=False
    )
    op.create_table(
        "scim_users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("modified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("user_name", TEXT, nullable=False),
        sa.Column("external_id", TEXT, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("display_name", TEXT, nullable=True),
        sa.Column("nick_name", TEXT, nullable=True),
        sa.Column("title", TEXT, nullable=True),
        sa.Column("user_type", TEXT, nullable=True),
        sa.Column("preferred_language", TEXT, nullable=True),
        sa.Column("locale", TEXT, nullable=True),
        sa.Column("timezone", TEXT, nullable=True),
        sa.Column("profile_url", TEXT, nullable=True),
        sa.Column("name_formatted", TEXT, nullable=True),
        sa.Column("name_family_name", TEXT, nullable=True),
        sa.Column("name_given_name", TEXT, nullable=True),
        sa.Column("name_middle_name", TEXT, nullable=True),
        sa.Column("name_honorific_prefix", TEXT, nullable=True),
        sa.Column("name_honorific_suffix", TEXT, nullable=True),
        sa.Column("employee_number", TEXT, nullable=True),
        sa.Column("cost_center", TEXT, nullable=True),
        sa.Column("organization", TEXT, nullable=True),
        sa.Column("division", TEXT, nullable=True),
        sa.Column("department", TEXT, nullable=True),
        sa.Column("manager_value", TEXT, nullable=True),
        sa.Column("leadership_level", sa.Integer(), nullable=True),
        sa.Column("employment_status", TEXT, nullable=True),
        sa.Column("hire_date", sa.Date(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["people.id"], name=op.f("fk_scim_users_id_people")),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_scim_users_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scim_users")),
        sa.UniqueConstraint(
            "organization_id", "user_name", name=op.f("uq_scim_users_organization_id_user_name")
        ),
    )
    op.create_index(
        "ix_scim_users_created_at", "scim_users", ["organization_id", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_scim_users_display_name", "scim_users", ["organization_id", "display_name"], unique=False
    )
    op.create_index(
        "ix_scim_users_employee_number", "scim_users", ["organization_id", "employee_number"], unique=False
    )
    op.create_index(
        "ix_scim_users_external_id", "scim_users", ["organization_id", "external_id"], unique=False
    )
    op.create_index(
        "ix_scim_users_manager_value", "scim_users", ["organization_id", "manager_value"], unique=False
    )
    op.create_index(op.f("ix_scim_users_organization_id"), "scim_users", ["organization_id"], unique=False)
    op.create_table(
        "scim_group_members",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["scim_groups.id"],
            name=op.f("fk_scim_group_members_group_id_scim_groups"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["scim_users.id"], name=op.f("fk_scim_group_members_user_id_scim_users")
        ),
        sa.PrimaryKeyConstraint("group_id", "value", name=op.f("pk_scim_group_members")),
    )
    op.create_index(op.f("ix_scim_group_members_user_id"), "scim_group_members", ["user_id"], unique=False)
    op.create_index(op.f("ix_scim_group_members_value"), "scim_group_members", ["value"], unique=False)
    op.create_table(
        "scim_user_elements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("attribute", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=True),
        sa.Column("type", TEXT, nullable=True),
        sa.Column("display", TEXT, nullable=True),
        sa.Column("primary", sa.Boolean(), nullable=True),
        sa.Column("formatted", TEXT, nullable=True),
        sa.Column("street_address", TEXT, nullable=True),
        sa.Column("locality", TEXT, nullable=True),
        sa.Column("region", TEXT, nullable=True),
        sa.Column("postal_code", TEXT, nullable=True),
        sa.Column("country", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["scim_users.id"],
            name=op.f("fk_scim_user_elements_user_id_scim_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scim_user_elements")),
    )
    op.create_index(op.f("ix_scim_user_elements_user_id"), "scim_user_elements", ["user_id"], unique=False)
    op.create_index("ix_scim_user_elements_value", "scim_user_elements", ["attribute", "value"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_scim_user_elements_value", table_name="scim_user_elements")
    op.drop_index(op.f("ix_scim_user_elements_user_id"), table_name="scim_user_elements")
    op.drop_table("scim_user_elements")
    op.drop_index(op.f("ix_scim_group_members_value"), table_name="scim_group_members")
    op.drop_index(op.f("ix_scim_group_members_user_id"), table_name="scim_group_members")
    op.drop_table("scim_group_members")
    op.drop_index(op.f("ix_scim_users_organization_id"), table_name="scim_users")
    op.drop_index("ix_scim_users_manager_value", table_name="scim_users")
    op.drop_index("ix_scim_users_external_id", table_name="scim_users")
    op.drop_index("ix_scim_users_employee_number", table_name="scim_users")
    op.drop_index("ix_scim_users_display_name", table_name="scim_users")
    op.drop_index("ix_scim_users_created_at", table_name="scim_users")
    op.drop_table("scim_users")
    op.drop_index(op.f("ix_scim_access_tokens_organization_id"), table_name="scim_access_tokens")
    op.drop_index(op.f("ix_scim_access_tokens_expires_at"), table_name="scim_access_tokens")
    op.drop_table("scim_access_tokens")
    op.drop_index(op.f("ix_scim_tokens_organization_id"), table_name="scim_tokens")
    op.drop_table("scim_tokens")
    op.drop_index(op.f("ix_scim_groups_organization_id"), table_name="scim_groups")
    op.drop_index("ix_scim_groups_external_id", table_name="scim_groups")
    op.drop_index("ix_scim_groups_created_at", table_name="scim_groups")
    op.drop_table("scim_groups")
    op.drop_index(op.f("ix_scim_clients_organization_id"), table_name="scim_clients")
    op.drop_table("scim_clients")
    op.drop_index(op.f("ix_scim_used_assertions_expires_at"), table_name="scim_used_assertions")
    op.drop_table("scim_used_assertions")
