"""Stored rows as resources: the document as it was given, and around it what is only derived.

Derived are `id`, `meta`, `groups` of a User, who its manager turned out to be, and the `members` of a Group.
Each costs one statement per page, and none when the reader does not want it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from courses.people.provisioning import ManagerView, manager_views
from scim.asking import Selection
from scim.attributes import ENTERPRISE, ResourceType
from scim.etags import etag
from scim.project import project
from scim.schema import ENDPOINTS, schemas_in
from scim.stored import Stored
from scim.tables import GROUPS, MEMBERS

Resource = dict[str, Any]
GROUPS_OF = (
    select(MEMBERS.c.user_id, GROUPS.c.id, GROUPS.c.document)
    .join(GROUPS, GROUPS.c.id == MEMBERS.c.group_id)
    .where(
        MEMBERS.c.user_id.in_(bindparam("users", expanding=True)),
        GROUPS.c.organization_id == bindparam("organization"),
    )
    .order_by(GROUPS.c.created_at, GROUPS.c.id)
)
MEMBERS_OF = (
    select(MEMBERS.c.group_id, MEMBERS.c.value, MEMBERS.c.user_id)
    .where(MEMBERS.c.group_id.in_(bindparam("groups", expanding=True)))
    .order_by(MEMBERS.c.group_id, MEMBERS.c.value)
)


@dataclass(frozen=True, slots=True)
class Renderer:
    """Makes resources for one caller. `root` is the address that references start with."""

    session: Session
    organization_id: UUID
    root: str
    selection: Selection

    def render(self, kind: ResourceType, rows: Sequence[Stored]) -> list[Resource]:
        """Make resources, in the order of the rows."""
        found = self._users(rows) if kind is ResourceType.USER else self._groups(rows)
        if not self.selection:
            return found
        chosen = self.selection
        return [project(kind, resource, chosen.attributes, chosen.excluded) for resource in found]

    def _users(self, rows: Sequence[Stored]) -> list[Resource]:
        groups = self._groups_of(rows) if self.selection.wants("groups") else {}
        managers = self._managers_of(rows)
        resources = []
        for row in rows:
            resource = self._envelope(ResourceType.USER, row)
            if row.id in managers:
                extension = resource[ENTERPRISE.urn]
                manager = self._manager(extension["manager"], managers[row.id])
                resource[ENTERPRISE.urn] = {**extension, "manager": manager}
            if row.id in groups:
                resource["groups"] = groups[row.id]
            resources.append(resource)
        return resources

    def _groups(self, rows: Sequence[Stored]) -> list[Resource]:
        if not self.selection.wants("members"):
            return [self._envelope(ResourceType.GROUP, row) for row in rows]
        members = self._members_of(rows)
        return [{**self._envelope(ResourceType.GROUP, row), "members": members[row.id]} for row in rows]

    def _envelope(self, kind: ResourceType, row: Stored) -> Resource:
        id_ = str(row.id)
        return {
            "schemas": schemas_in(kind, row.document),
            "id": id_,
            **row.document,
            "meta": {
                "resourceType": kind.value,
                "created": instant(row.created_at),
                "lastModified": instant(row.modified_at),
                "version": etag(row.version),
                "location": self.location(kind, id_),
            },
        }

    def location(self, kind: ResourceType, id_: UUID | str) -> str:
        """Write the address of a resource."""
        return f"{self.root}{ENDPOINTS[kind]}/{id_}"

    def _manager(self, given: Resource, view: ManagerView) -> Resource:
        """Keep the value as given: a client that gets another one back sends its own again, for ever."""
        if view.manager_id is None:
            return given
        found = {**given, "$ref": self.location(ResourceType.USER, view.manager_id)}
        return found | {"displayName": view.display_name} if view.display_name else found

    def _managers_of(self, rows: Sequence[Stored]) -> dict[UUID, ManagerView]:
        managed = [row.id for row in rows if "manager" in row.document.get(ENTERPRISE.urn, ())]
        if not managed or not self.selection.wants("manager"):
            return {}
        return manager_views(self.session, organization_id=self.organization_id, person_ids=managed)

    def _groups_of(self, rows: Sequence[Stored]) -> dict[UUID, list[Resource]]:
        found: dict[UUID, list[Resource]] = defaultdict(list)
        users = [row.id for row in rows if not row.alone]
        if not users:
            return found
        asked = {"organization": self.organization_id, "users": users}
        for user_id, group_id, document in self.session.connection().execute(GROUPS_OF, asked):
            reference = self.location(ResourceType.GROUP, group_id)
            name = document["displayName"]
            found[user_id].append({"value": str(group_id), "$ref": reference, "display": name})
        return found

    def _members_of(self, rows: Sequence[Stored]) -> dict[UUID, list[Resource]]:
        asked = {"groups": [row.id for row in rows]}
        users = self.root + ENDPOINTS[ResourceType.USER] + "/"
        found: dict[UUID, list[Resource]] = defaultdict(list)
        for group_id, value, user_id in self.session.connection().execute(MEMBERS_OF, asked):
            known = {"$ref": f"{users}{user_id}", "type": "User"} if user_id else {}
            found[group_id].append({"value": value, **known})
        return found


def instant(moment: datetime) -> str:
    """Write a moment, which is kept in UTC, as xsd:dateTime (RFC 7643 2.3.5)."""
    return moment.replace(tzinfo=None).isoformat() + "Z"
