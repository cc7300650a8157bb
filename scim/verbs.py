"""Which verb does what to which type of resource: for views and for bulk operations alike."""

from scim import groups, users
from scim.attributes import ResourceType
from scim.schema import ENDPOINTS

USER, GROUP = ResourceType.USER, ResourceType.GROUP
CREATE = {USER: users.create_user, GROUP: groups.create_group}
CHANGE = {
    (USER, "PUT"): users.replace_user,
    (USER, "PATCH"): users.patch_user,
    (GROUP, "PUT"): groups.replace_group,
    (GROUP, "PATCH"): groups.patch_group,
}
DELETE = {USER: users.delete_user, GROUP: groups.delete_group}
PLACES = {endpoint.strip("/"): kind for kind, endpoint in ENDPOINTS.items()}
