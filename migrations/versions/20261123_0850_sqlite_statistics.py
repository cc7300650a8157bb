"""What SQLite should expect of the tables of people and SCIM.

Without statistics SQLite takes every index for equally good, and answers `externalId eq` by reading all users
of the organization. It never gathers any by itself, and gathered too early they would be wrong: so it is told
what a company looks like. PostgreSQL's autovacuum needs no help. https://www.sqlite.org/optoverview.html
"""

import sqlalchemy as sa
from alembic import op

revision = "20261123_0850"
down_revision = "20261123_0840"
branch_labels = None
depends_on = None

ROWS = 20_000
TABLES = (
    "manager_history",
    "manager_lines",
    "people",
    "scim_group_members",
    "scim_groups",
    "scim_user_elements",
    "scim_users",
)
# How many rows share one value of a column; of others, one.
SHARED = {
    "organization_id": ROWS,
    "attribute": ROWS // 4,
    "state": ROWS // 4,
    "group_id": 100,
    "created_at": 100,
    "manager_id": 10,
    "manager_value": 10,
    "raw_key": 10,
    "user_id": 5,
}


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    op.execute("ANALYZE")  # makes the table of statistics
    forget()
    for table in TABLES:
        for index in connection.exec_driver_sql(f"PRAGMA index_list({table})").all():
            statistics = expected(connection, index[1], unique=bool(index[2]))
            row = {"table": table, "index": index[1], "statistics": statistics}
            connection.execute(sa.text("INSERT INTO sqlite_stat1 VALUES (:table, :index, :statistics)"), row)
    op.execute("ANALYZE sqlite_schema")  # reads them again


def expected(connection: sa.Connection, index: str, *, unique: bool) -> str:
    """Say how many rows there are, and how many share the value of the first column, of the first two …."""
    columns = [row[2] for row in connection.exec_driver_sql(f"PRAGMA index_info({index})").all()]
    counts, fewest = [], ROWS
    for column in columns:
        fewest = min(fewest, SHARED.get(column, 1))
        counts.append(fewest)
    if unique:
        counts[-1] = 1
    return " ".join(str(count) for count in [ROWS, *counts])


def forget() -> None:
    names = ", ".join(f"'{table}'" for table in TABLES)
    op.execute(f"DELETE FROM sqlite_stat1 WHERE tbl IN ({names})")  # noqa: S608 - names from above


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        forget()
        op.execute("ANALYZE sqlite_schema")
