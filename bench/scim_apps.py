"""Leadline's SCIM as a directory asks it: each verb is a method that returns the status."""

import json
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, cycle
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from plugin import migrate
from plugin.app import create_app
from plugin.config import Config
from plugin.db import Database
from scim.tokens import new_token
from tests.builders import Builder

CHUNK = 500  # operations in a Bulk request
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
MESSAGES = "urn:ietf:params:scim:api:messages:2.0"


def user(number: int) -> dict[str, Any]:
    """Make up a person as Entra ID sends one; each tenth leads nine others."""
    name = f"person{number:06}@northgate.example"
    return {
        "schemas": [CORE, ENTERPRISE],
        "userName": name,
        "externalId": f"ext-{number:06}",
        "displayName": f"Person {number}",
        "active": True,
        "name": {"givenName": "Person", "familyName": f"Number{number}"},
        "title": "Shift leader",
        "locale": "en-GB",
        "emails": [{"value": name, "type": "work", "primary": True}],
        "phoneNumbers": [{"value": f"+44 20 {number:07}", "type": "work"}],
        ENTERPRISE: {
            "employeeNumber": f"E{number:06}",
            "department": f"Department {number % 40}",
            "manager": {"value": f"ext-{number // 10:06}"},
        },
    }


def hostile_filters() -> dict[str, str]:
    """Name filters that must be refused at once."""
    term = 'userName eq "a"'
    return {
        "longer than 8 KiB": f'userName eq "{"a" * 8200}"',
        "101 terms": " or ".join([term] * 101),
        "10,000 terms": " or ".join([term] * 10_000),
        "33 levels deep": "(" * 33 + term + ")" * 33,
        "100,000 parentheses": "(" * 100_000,
        "8 KiB of parentheses": "(" * 4000 + term + ")" * 4000,
        "8 KiB of not": "not (" * 1000 + term + ")" * 1000,
        "value path in value path": 'emails[emails[type eq "a"] and type eq "b"]',
    }


class Scim:
    """Leadline with one organization and its directory."""

    def __init__(self, file: Path) -> None:
        values = {"ENV": "development", "DATABASE_URL": f"sqlite:///{file}"}
        values["SCIM_RATE_LIMIT"] = "1000000 per 4 seconds"  # counted, but never reached
        config = Config.from_env({f"LEADLINE_{name}": value for name, value in values.items()})
        database = Database(config.database_url)
        migrate.upgrade(database)
        organization = Builder(database).organization()
        with database.transaction() as session:
            made = new_token(
                session, organization_id=organization.id, name="bench", days=None, now=datetime.now(UTC)
            )
        self.headers = {"Authorization": f"Bearer {made.token}"}
        self.client: FlaskClient = create_app(config, database=database).test_client(use_cookies=False)
        self.ids: list[str] = []
        self._fresh = count(10_000_000)
        self._turn: Iterator[int] = cycle([0])

    def fill(self, size: int, *, first: int = 0) -> float:
        """Import users by Bulk and return the CPU seconds that took."""
        began = time.process_time()
        for start in range(first, first + size, CHUNK):
            numbers = range(start, min(start + CHUNK, first + size))
            operations = [
                {"method": "POST", "path": "/Users", "bulkId": str(number), "data": user(number)}
                for number in numbers
            ]
            answer = self._send(
                "POST", "/Bulk", {"schemas": [f"{MESSAGES}:BulkRequest"], "Operations": operations}
            )
            self.ids += [done["location"].rsplit("/", 1)[1] for done in answer["Operations"]]
        self._turn = cycle(range(0, len(self.ids), 7))
        return time.process_time() - began

    def get(self) -> int:
        """Read a user."""
        return self._status("GET", f"/Users/{self._some()}")

    def eq(self) -> int:
        """Find a user by userName."""
        return self._found(f'userName eq "PERSON{next(self._turn):06}@northgate.example"', 1)

    def eq_external(self) -> int:
        """Find a user by externalId."""
        return self._found(f'externalId eq "ext-{next(self._turn):06}"', 1)

    def eq_email(self) -> int:
        """Find a user by work address, as Entra ID may."""
        value = f"person{next(self._turn):06}@northgate.example"
        return self._found(f'emails[type eq "work" and value eq "{value}"]', 1)

    def sw(self) -> int:
        """Find ten users by how their names begin."""
        return self._found(f'userName sw "person{next(self._turn) // 10:05}"', 10)

    def post(self) -> int:
        """Make a user."""
        return self._status("POST", "/Users", user(next(self._fresh)))

    def put(self) -> int:
        """Replace a user, changing the title."""
        place = next(self._turn)
        return self._status("PUT", f"/Users/{self.ids[place]}", user(place) | {"title": uuid.uuid4().hex})

    def patch(self) -> int:
        """Change a user's title."""
        operation = {"op": "Replace", "path": "title", "value": uuid.uuid4().hex}
        return self._status("PATCH", f"/Users/{self._some()}", patch_of(operation))

    def page(self) -> int:
        """List a hundred users from the middle."""
        middle = len(self.ids) // 2
        return self._status("GET", f"/Users?startIndex={middle}&count=100")

    def cursor(self) -> int:
        """List a hundred users, by cursor."""
        return self._status("GET", "/Users?cursor=&count=100")

    def group(self, size: int) -> str:
        """Make a group and return its id."""
        members = [{"value": id_} for id_ in self.ids[:size]]
        schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"]
        body = {"schemas": schemas, "displayName": f"Group {size} {uuid.uuid4()}", "members": members}
        return str(self._send("POST", "/Groups?excludedAttributes=members", body)["id"])

    def add_member(self, group: str) -> int:
        """Add the newest user to a group."""
        operation = {"op": "Add", "path": "members", "value": [{"value": self.ids[-1]}]}
        return self._status("PATCH", f"/Groups/{group}", patch_of(operation))

    def remove_member(self, group: str) -> int:
        """Take the newest user out of a group."""
        operation = {"op": "Remove", "path": f'members[value eq "{self.ids[-1]}"]'}
        return self._status("PATCH", f"/Groups/{group}", patch_of(operation))

    def read_group(self, group: str) -> int:
        """Read a group without its members."""
        return self._status("GET", f"/Groups/{group}?excludedAttributes=members")

    def search(self, text: str) -> int:
        """Send a filter of any length."""
        return self._status(
            "POST", "/Users/.search", {"schemas": [f"{MESSAGES}:SearchRequest"], "filter": text}
        )

    def _some(self) -> str:
        return self.ids[next(self._turn)]

    def _found(self, text: str, wanted: int) -> int:
        answer = self.client.get("/scim/v2/Users", query_string={"filter": text}, headers=self.headers)
        found = json.loads(answer.data).get("totalResults")
        if found != wanted:
            raise SystemExit(f"{text} found {found}, not {wanted}: nothing was measured")
        return answer.status_code

    def _status(self, method: str, path: str, body: Any = None) -> int:
        return self.client.open(f"/scim/v2{path}", method=method, json=body, headers=self.headers).status_code

    def _send(self, method: str, path: str, body: Any) -> dict[str, Any]:
        answer = self.client.open(f"/scim/v2{path}", method=method, json=body, headers=self.headers)
        if answer.status_code not in {200, 201}:
            raise SystemExit(f"{method} {path[:40]} was answered {answer.status_code}: {answer.text[:300]}")
        found: dict[str, Any] = json.loads(answer.data)
        return found


def patch_of(operation: dict[str, Any]) -> dict[str, Any]:
    """Make a PatchOp."""
    return {"schemas": [f"{MESSAGES}:PatchOp"], "Operations": [operation]}
