"""A directory that provisions people without HTTP."""

import uuid
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from courses.people import provisioning
from courses.people.models import ManagerLine, Person
from courses.people.provisioning import Facts
from plugin.db import Database
from tests.builders import Builder
from tests.conftest import NOW


class Directory:
    """Says who works for one organization. People are named by their user name."""

    def __init__(self, database: Database, organization_id: uuid.UUID) -> None:
        self.database = database
        self.organization_id = organization_id
        self.ids: dict[str, uuid.UUID] = {}
        self.facts: dict[str, dict[str, Any]] = {}

    def says(self, user_name: str, /, *, now: datetime = NOW, **facts: Any) -> uuid.UUID:
        """Create somebody, or change what is given about them."""
        key = self.ids.setdefault(user_name, uuid.uuid4())
        default = {"user_name": user_name, "name": user_name.title(), "active": True}
        told = self.facts[user_name] = {**default, **self.facts.get(user_name, {}), **facts}
        with self.database.transaction() as session:
            provisioning.provision(
                session, organization_id=self.organization_id, person_id=key, facts=Facts(**told), now=now
            )
        return key

    def forgets(self, user_name: str, *, now: datetime = NOW) -> uuid.UUID:
        """Delete somebody."""
        key = self.ids.pop(user_name)
        del self.facts[user_name]
        with self.database.transaction() as session:
            provisioning.remove(session, organization_id=self.organization_id, person_id=key, now=now)
        return key

    def line(self, user_name: str) -> tuple[str, str | None] | None:
        """Give state and manager (by name) of a line; None if there is no line."""
        with self.database.reading() as session:
            row = session.get(ManagerLine, self.ids[user_name])
            manager = session.get(Person, row.manager_id) if row and row.manager_id else None
            return (row.state, manager.name.lower() if manager else None) if row else None

    def lines(self) -> dict[str, tuple[str, str | None] | None]:
        return {name: self.line(name) for name in self.ids}

    def names(self, ids: Any) -> set[str]:
        with self.database.reading() as session:
            return {name.lower() for name in session.scalars(select(Person.name).where(Person.id.in_(ids)))}


@pytest.fixture
def directory(build: Builder, database: Database) -> Directory:
    return Directory(database, build.organization().id)
