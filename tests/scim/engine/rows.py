"""Rows of scim.models made from documents, and which of them a filter finds."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select

from courses.people.models import Organization, Person
from scim.columns import group_columns, user_columns, user_elements
from scim.filters import parse_filter
from scim.models import ScimGroup, ScimGroupMember, ScimUser, ScimUserElement
from scim.schema import ResourceType
from scim.where import order, where

CREATED = datetime(2026, 3, 1, 12, tzinfo=UTC)
Document = dict[str, Any]


class Rows:
    """Users and groups of one organization, known by their number."""

    def __init__(self, connection: Connection, people: int = 6) -> None:
        self.connection = connection
        self.organization_id = uuid.uuid4()
        self.ids = [uuid.UUID(int=(n + 1) << 96 | n) for n in range(people)]
        self.groups: list[uuid.UUID] = []
        own = {"organization_id": self.organization_id, "created_at": CREATED}
        self._insert(Organization, [{"id": self.organization_id, "name": "Northgate", "created_at": CREATED}])
        self._insert(Person, [{"id": key, "name": "", "given_name": "", **own} for key in self.ids])

    def _insert(self, table: type, rows: list[Document]) -> None:
        for row in rows:
            self.connection.execute(insert(table), row)

    def put(self, documents: Sequence[Document]) -> None:
        """Make these the only users, the n-th created n hours after CREATED."""
        self.connection.execute(delete(ScimUserElement))
        self.connection.execute(delete(ScimUser))
        for n, document in enumerate(documents):
            self._insert(
                ScimUser, [{**self._common(n, document), "id": self.ids[n], **user_columns(document)}]
            )
            elements = [
                {"id": uuid.uuid4(), "user_id": self.ids[n], **row} for row in user_elements(document)
            ]
            self._insert(ScimUserElement, elements)

    def put_group(self, document: Document, members: dict[str, uuid.UUID | None]) -> uuid.UUID:
        """Add a group whose members are these values, joined to these users."""
        key, number = uuid.uuid4(), len(self.groups)
        values = self._common(number, document) | group_columns(document)
        self._insert(ScimGroup, [{**values, "id": key}])
        rows = [{"group_id": key, "value": value, "user_id": user} for value, user in members.items()]
        self._insert(ScimGroupMember, rows)
        self.groups.append(key)
        return key

    def _common(self, number: int, document: Document) -> Document:
        created = CREATED + timedelta(hours=number)
        return {
            "organization_id": self.organization_id,
            "document": document,
            "version": 1,
            "created_at": created,
            "modified_at": created,
            **({} if "displayName" in document and "userName" not in document else {"connection": "test"}),
        }

    def found(self, text: str, kind: ResourceType = ResourceType.USER, **options: Any) -> list[int]:
        """Give the numbers of the resources that a filter finds, in the default order."""
        table = ScimUser if kind is ResourceType.USER else ScimGroup
        fits = where(kind, parse_filter(kind, text, **options))
        mine = and_(table.organization_id == self.organization_id, fits)
        keys = self.connection.execute(select(table.id).where(mine).order_by(*order(kind, None, False)))
        known = self.ids if kind is ResourceType.USER else self.groups
        return [known.index(key) for key in keys.scalars()]

    def sorted(self, sort_by: str, *, descending: bool = False) -> list[int]:
        """Give the numbers of all users in the order that was asked for."""
        ordering = order(ResourceType.USER, sort_by, descending)
        mine = ScimUser.organization_id == self.organization_id
        keys = self.connection.execute(select(ScimUser.id).where(mine).order_by(*ordering))
        return [self.ids.index(key) for key in keys.scalars()]
