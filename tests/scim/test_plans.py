"""SQLite answers the filters that directories send from an index, however many users there are.

A migration tells it what to expect of the tables (sqlite_statistics); else it would read all users.
"""

import uuid

import pytest
from sqlalchemy import Select, and_, select

from courses.people.resolving import CANDIDATES
from plugin.db import Database
from scim.attributes import ResourceType
from scim.filters import parse_filter
from scim.tables import RESOURCES
from scim.where import order, where
from tests.builders import Builder

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
USER, GROUP = ResourceType.USER, ResourceType.GROUP
ID = uuid.uuid4()


@pytest.fixture(autouse=True)
def _only_sqlite(database: Database) -> None:
    if database.url.drivername != "sqlite":
        pytest.skip("PostgreSQL keeps statistics of its own")


def plan(database: Database, statement: Select[tuple[object, ...]], **values: object) -> str:
    with database.reading() as session:
        connection = session.connection()
        bound = statement.params(**values) if values else statement
        text = bound.compile(connection, compile_kwargs={"literal_binds": True})
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all()
    return "\n".join(row[3] for row in rows)


@pytest.mark.parametrize(
    ("kind", "text", "index"),
    [
        (USER, 'userName eq "amara"', "(organization_id=? AND user_name=?)"),
        (USER, 'userName sw "am"', "(organization_id=? AND user_name>? AND user_name<?)"),
        (USER, 'externalId eq "7"', "(organization_id=? AND external_id=?)"),
        (USER, f'{ENTERPRISE}:employeeNumber eq "7"', "(organization_id=? AND employee_number=?)"),
        (USER, f'{ENTERPRISE}:manager eq "7"', "(organization_id=? AND manager_value=?)"),
        (USER, 'emails[type eq "work"].value eq "a@b.c"', "(attribute=? AND value=?)"),
        (USER, 'emails[value eq "a@b.c"]', "(attribute=? AND value=?)"),
        (USER, 'emails.value eq "a@b.c"', "(attribute=? AND value=?)"),
        (USER, f'id eq "{ID}" and manager eq "7"', "sqlite_autoindex_scim_users_1 (id=?)"),
        (GROUP, 'displayName eq "Leads"', "(organization_id=? AND display_name=?)"),
        (GROUP, 'externalId eq "7"', "(organization_id=? AND external_id=?)"),
        (GROUP, f'id eq "{ID}" and members eq "7"', "sqlite_autoindex_scim_groups_1 (id=?)"),
    ],
)
def test_a_filter_is_answered_by_an_index(
    database: Database, build: Builder, kind: ResourceType, text: str, index: str
) -> None:
    columns = RESOURCES[kind].c
    fits = and_(columns.organization_id == build.organization().id, where(kind, parse_filter(kind, text)))
    statement = select(columns.id, columns.document).where(fits)
    for asked in (statement, statement.order_by(*order(kind, None, descending=False)).limit(100)):
        assert index in plan(database, asked)


def test_a_page_is_read_in_the_order_of_an_index(database: Database, build: Builder) -> None:
    columns = RESOURCES[USER].c
    statement = select(columns.id).where(columns.organization_id == build.organization().id)
    found = plan(database, statement.order_by(*order(USER, None, descending=False)).limit(100))
    assert "ix_scim_users_created_at" in found
    assert "TEMP B-TREE" not in found


def test_a_manager_is_found_by_indexes_alone(database: Database, build: Builder) -> None:
    asked = {"organization": build.organization().id, "asked_id": ID, "asked": "7", "folded": "7"}
    found = plan(database, CANDIDATES, **asked)
    assert found.count("SEARCH people USING") >= 5
    assert "SCAN people" not in found
    assert "(organization_id=?)" not in found
