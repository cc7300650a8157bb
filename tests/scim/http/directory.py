"""A directory as tests play it: a bearer token and requests in application/scim+json."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from plugin.db import Database
from scim.tokens import new_token

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LEAD = "urn:leadline:params:scim:schemas:extension:leadership:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


@dataclass
class Directory:
    """Somebody with a token of one organization."""

    client: FlaskClient
    token: str
    base: str = "/scim/v2"
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.token}", **self.headers}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        options: dict[str, Any] = {}
        if body is not None:
            options = {"json": body, "content_type": "application/scim+json"}
        return self.client.open(self.base + path, method=method, headers=sent, **options)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.send("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> TestResponse:
        return self.send("DELETE", path, **headers)

    def patch(self, path: str, *operations: dict[str, Any], **headers: str) -> TestResponse:
        return self.send("PATCH", path, {"schemas": [PATCH_OP], "Operations": list(operations)}, **headers)

    def bulk(self, *operations: dict[str, Any], **more: Any) -> TestResponse:
        return self.post("/Bulk", {"schemas": [BULK], "Operations": list(operations), **more})

    def user(self, user_name: str, **more: Any) -> dict[str, Any]:
        """Make a user; answers with the resource."""
        answer = self.post("/Users", {"schemas": [USER], "userName": user_name, **more})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json
        return found

    def group(self, name: str, *members: str) -> dict[str, Any]:
        """Make a group; answers with the resource."""
        body = {"schemas": [GROUP], "displayName": name, "members": [{"value": value} for value in members]}
        answer = self.post("/Groups", body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json
        return found

    def names(self, path: str) -> list[str]:
        """List userNames or displayNames."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return [one.get("userName") or one["displayName"] for one in answer.json["Resources"]]

    def members(self, group_id: str) -> set[str]:
        return {member["value"] for member in self.get(f"/Groups/{group_id}").json.get("members", ())}


def make_token(
    database: Database,
    organization_id: uuid.UUID,
    now: datetime,
    name: str = "entra",
    days: int | None = None,
) -> str:
    with database.transaction() as session:
        issued = new_token(session, organization_id=organization_id, name=name, days=days, now=now)
    return issued.token
