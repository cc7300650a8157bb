"""Makes the rows a test starts from. Each method returns what it made; names are made up."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask.testing import FlaskClient
from sqlalchemy.orm import DeclarativeBase

from courses.people.models import Organization, Person
from lti.models import Deployment, Identity, Launch, Registration, ResourceLink
from plugin.db import Database

Row = TypeVar("Row", bound=DeclarativeBase)
LONG_AGO = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
EVER_FRESH = datetime(2036, 1, 5, 8, 0, tzinfo=UTC)  # a visit that no test's clock outlives
BASE = "https://lms.example"


@dataclass
class Visitor:
    """A person with a launch to come from."""

    person: Person
    launch: Launch

    def sign_in(self, client: FlaskClient) -> FlaskClient:
        """Put the session of this person's launch into the client."""
        with client.session_transaction() as session:
            session["launch"] = str(self.launch.id)
        return client


class Builder:
    """Writes rows in transactions of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._organizations: dict[str, Organization] = {}
        self._deployment: Deployment | None = None

    def add(self, row: Row) -> Row:
        with self.database.transaction() as session:
            session.add(row)
        return row

    def organization(self, name: str = "Northgate Logistics") -> Organization:
        if name not in self._organizations:
            row = Organization(id=uuid.uuid4(), name=name, created_at=LONG_AGO)
            self._organizations[name] = self.add(row)
        return self._organizations[name]

    def registration(self, **changes: Any) -> Registration:
        values: dict[str, Any] = {
            "organization_id": self.organization().id,
            "issuer": BASE,
            "client_id": f"client-{uuid.uuid4().hex[:8]}",
            "auth_url": f"{BASE}/auth",
            "token_url": f"{BASE}/token",
            "jwks_url": f"{BASE}/jwks",
            "product": "moodle",
            "created_at": LONG_AGO,
        }
        return self.add(Registration(id=uuid.uuid4(), **{**values, **changes}))

    def deployment(self, registration: Registration | None = None, deployment_id: str = "1") -> Deployment:
        registration = registration or self.registration()
        return self.add(
            Deployment(
                id=uuid.uuid4(),
                organization_id=registration.organization_id,
                registration_id=registration.id,
                deployment_id=deployment_id,
                accepted=True,
                created_at=LONG_AGO,
            )
        )

    def person(self, name: str = "Amara Osei", **changes: Any) -> Person:
        values = {"organization_id": self.organization().id, "given_name": name.split(maxsplit=1)[0]}
        return self.add(Person(id=uuid.uuid4(), name=name, created_at=LONG_AGO, **{**values, **changes}))

    def visitor(
        self,
        name: str = "Amara Osei",
        *,
        resource_id: str | None = "t:step-up:m1",
        staff: bool = False,
        line_item_url: str | None = None,
        **launch: Any,
    ) -> Visitor:
        """Make a person who launched a link, with a column of its own if `line_item_url` is given."""
        person = self.person(name)
        self._deployment = self._deployment or self.deployment()
        identity = self.add(
            Identity(
                id=uuid.uuid4(),
                organization_id=person.organization_id,
                issuer=BASE,
                sub=str(uuid.uuid4()),
                person_id=person.id,
                created_at=LONG_AGO,
            )
        )
        link = self.add(
            ResourceLink(
                id=uuid.uuid4(),
                organization_id=person.organization_id,
                deployment_id=self._deployment.id,
                resource_link_id=str(uuid.uuid4()),
                resource_id=resource_id,
                title="Line of sight",
                context_title="Step up",
                line_item_url=line_item_url,
                created_at=LONG_AGO,
            )
        )
        values: dict[str, Any] = {
            "roles": [],
            "staff": staff,
            "learner": not staff,
            "new_column": False,
            "locale": "en",
            "frame_origins": [BASE],
            "launched_at": EVER_FRESH,
        }
        row = Launch(
            id=uuid.uuid4(),
            organization_id=person.organization_id,
            identity_id=identity.id,
            registration_id=self._deployment.registration_id,
            resource_link_id=link.id,
            deployment_id=self._deployment.deployment_id,
            **{**values, **launch},
        )
        return Visitor(person, self.add(row))
