"""People of a directory, their reporting lines, and how platforms' people are matched to them."""

import sqlalchemy as sa
from alembic import op

revision = "20261123_0830"
down_revision = "20261123_0820"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "manager_history",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["manager_id"], ["people.id"], name=op.f("fk_manager_history_manager_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_manager_history_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_manager_history_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manager_history")),
    )
    op.create_index(
        "ix_manager_history_manager_id", "manager_history", ["manager_id", "started_at"], unique=False
    )
    op.create_index(
        op.f("ix_manager_history_organization_id"), "manager_history", ["organization_id"], unique=False
    )
    op.create_index(
        "ix_manager_history_person_id", "manager_history", ["person_id", "started_at"], unique=False
    )
    op.create_index(
        "uq_manager_history_open",
        "manager_history",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "manager_lines",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("raw", sa.String(), nullable=False),
        sa.Column("raw_key", sa.String(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["manager_id"], ["people.id"], name=op.f("fk_manager_lines_manager_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_manager_lines_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_manager_lines_person_id_people")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_manager_lines")),
    )
    op.create_index(
        "ix_manager_lines_manager_id",
        "manager_lines",
        ["manager_id", "state"],
        unique=False,
    )
    op.create_index(
        op.f("ix_manager_lines_organization_id"), "manager_lines", ["organization_id"], unique=False
    )
    op.create_index("ix_manager_lines_raw_key", "manager_lines", ["organization_id", "raw_key"], unique=False)
    op.create_table(
        "person_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_person_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unlinked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_person_id"], ["people.id"], name=op.f("fk_person_links_from_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_person_links_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_person_links_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_links")),
    )
    op.create_index(op.f("ix_person_links_from_person_id"), "person_links", ["from_person_id"], unique=False)
    op.create_index(
        op.f("ix_person_links_organization_id"), "person_links", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_person_links_person_id"), "person_links", ["person_id"], unique=False)
    op.add_column("lti_identities", sa.Column("sourcedid", sa.String(), server_default="", nullable=False))
    op.add_column("lti_identities", sa.Column("username", sa.String(), server_default="", nullable=False))
    op.add_column(
        "lti_identities",
        sa.Column("match_due", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
    )
    op.create_index(
        "ix_lti_identities_match_due",
        "lti_identities",
        ["id"],
        unique=False,
        postgresql_where=sa.text("match_due"),
        sqlite_where=sa.text("match_due"),
    )
    op.create_index(
        "ix_lti_identities_sourcedid", "lti_identities", ["organization_id", "sourcedid"], unique=False
    )
    op.create_index(
        "ix_lti_identities_username", "lti_identities", ["organization_id", "username"], unique=False
    )
    op.add_column(
        "lti_registrations", sa.Column("match_sourcedid", sa.String(), server_default="off", nullable=False)
    )
    op.add_column(
        "lti_registrations", sa.Column("match_username", sa.String(), server_default="off", nullable=False)
    )
    op.add_column("organizations", sa.Column("email_domains", sa.JSON(), server_default="[]", nullable=False))
    op.add_column(
        "people", sa.Column("provisioned", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
    )
    op.add_column("people", sa.Column("connection", sa.String(), nullable=True))
    op.add_column("people", sa.Column("user_name", sa.String(), nullable=True))
    op.add_column("people", sa.Column("external_id", sa.String(), nullable=True))
    op.add_column("people", sa.Column("employee_number", sa.String(), nullable=True))
    op.add_column("people", sa.Column("work_email", sa.String(), nullable=True))
    op.add_column("people", sa.Column("title", sa.String(), nullable=True))
    op.add_column("people", sa.Column("department", sa.String(), nullable=True))
    op.add_column("people", sa.Column("locale", sa.String(), nullable=True))
    op.add_column("people", sa.Column("timezone", sa.String(), nullable=True))
    op.add_column("people", sa.Column("leadership_level", sa.Integer(), nullable=True))
    op.add_column("people", sa.Column("employment_status", sa.String(), nullable=True))
    op.add_column("people", sa.Column("hire_date", sa.Date(), nullable=True))
    op.add_column(
        "people", sa.Column("match_due", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
    )
    op.create_index(
        "ix_people_employee_number", "people", ["organization_id", "employee_number"], unique=False
    )
    op.create_index("ix_people_external_id", "people", ["organization_id", "external_id"], unique=False)
    op.create_index(
        "ix_people_match_due",
        "people",
        ["id"],
        unique=False,
        postgresql_where=sa.text("match_due"),
        sqlite_where=sa.text("match_due"),
    )
    op.create_index("ix_people_user_name", "people", ["organization_id", "user_name"], unique=False)
    op.create_index("ix_people_work_email", "people", ["organization_id", "work_email"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_people_work_email", table_name="people")
    op.drop_index("ix_people_user_name", table_name="people")
    op.drop_index(
        "ix_people_match_due",
        table_name="people",
        postgresql_where=sa.text("match_due"),
        sqlite_where=sa.text("match_due"),
    )
    op.drop_index("ix_people_external_id", table_name="people")
    op.drop_index("ix_people_employee_number", table_name="people")
    op.drop_column("people", "match_due")
    op.drop_column("people", "hire_date")
    op.drop_column("people", "employment_status")
    op.drop_column("people", "leadership_level")
    op.drop_column("people", "timezone")
    op.drop_column("people", "locale")
    op.drop_column("people", "department")
    op.drop_column("people", "title")
    op.drop_column("people", "work_email")
    op.drop_column("people", "employee_number")
    op.drop_column("people", "external_id")
    op.drop_column("people", "user_name")
    op.drop_column("people", "connection")
    op.drop_column("people", "provisioned")
    op.drop_column("organizations", "email_domains")
    op.drop_column("lti_registrations", "match_username")
    op.drop_column("lti_registrations", "match_sourcedid")
    op.drop_index("ix_lti_identities_username", table_name="lti_identities")
    op.drop_index("ix_lti_identities_sourcedid", table_name="lti_identities")
    op.drop_index(
        "ix_lti_identities_match_due",
        table_name="lti_identities",
        postgresql_where=sa.text("match_due"),
        sqlite_where=sa.text("match_due"),
    )
    op.drop_column("lti_identities", "match_due")
    op.drop_column("lti_identities", "username")
    op.drop_column("lti_identities", "sourcedid")
    op.drop_index(op.f("ix_person_links_person_id"), table_name="person_links")
    op.drop_index(op.f("ix_person_links_organization_id"), table_name="person_links")
    op.drop_index(op.f("ix_person_links_from_person_id"), table_name="person_links")
    op.drop_table("person_links")
    op.drop_index("ix_manager_lines_raw_key", table_name="manager_lines")
    op.drop_index(op.f("ix_manager_lines_organization_id"), table_name="manager_lines")
    op.drop_index("ix_manager_lines_manager_id", table_name="manager_lines")
    op.drop_table("manager_lines")
    op.drop_index(
        "uq_manager_history_open",
        table_name="manager_history",
        postgresql_where=sa.text("ended_at IS NULL"),
        sqlite_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_manager_history_person_id", table_name="manager_history")
    op.drop_index(op.f("ix_manager_history_organization_id"), table_name="manager_history")
    op.drop_index("ix_manager_history_manager_id", table_name="manager_history")
    op.drop_table("manager_history")
