"""The tables of resources as SQLAlchemy Core sees them: no model object is made for a row."""

from typing import cast

from sqlalchemy import Table

from courses.base import Base
from scim.attributes import ResourceType
from scim.models import ScimGroup, ScimGroupMember, ScimUser, ScimUserElement


def _table(model: type[Base]) -> Table:
    return cast("Table", model.__table__)


USERS = _table(ScimUser)
ELEMENTS = _table(ScimUserElement)
GROUPS = _table(ScimGroup)
MEMBERS = _table(ScimGroupMember)
RESOURCES = {ResourceType.USER: USERS, ResourceType.GROUP: GROUPS}
