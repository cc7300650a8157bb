"""The probe of bench.scim: what Flask and SQLAlchemy cost by themselves."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, cycle
from pathlib import Path
from typing import Any

from flask import Flask, jsonify, request
from sqlalchemy import JSON, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bench.scim_apps import user
from plugin.db import Database


class Base(DeclarativeBase):
    """Base of the probe's table."""


class BareUser(Base):
    """The same JSON, with an index for the name and one for the order of pages."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)


class Probe:
    """A bare application: what Flask and SQLAlchemy cost by themselves."""

    def __init__(self, file: Path) -> None:
        self.database = Database(f"sqlite:///{file}")
        Base.metadata.create_all(self.database.engine)
        self.client = bare_app(self.database).test_client(use_cookies=False)
        self.ids: list[str] = []
        self._fresh = count(10_000_000)
        self._turn: Iterator[int] = cycle([0])

    def fill(self, size: int) -> None:
        """Insert users."""
        with self.database.transaction() as session:
            for number in range(size):
                row = bare_user(user(number))
                session.add(row)
                self.ids.append(row.id)
        self._turn = cycle(range(0, size, 7))

    def get(self) -> int:
        """Read a user."""
        return self.client.get(f"/users/{self.ids[next(self._turn)]}").status_code

    def eq(self) -> int:
        """Find a user by name."""
        name = f"person{next(self._turn):06}@northgate.example"
        return self.client.get("/users", query_string={"name": name}).status_code

    def post(self) -> int:
        """Make a user."""
        return self.client.post("/users", json=user(next(self._fresh))).status_code

    def patch(self) -> int:
        """Change a user's title."""
        body = {"title": uuid.uuid4().hex}
        return self.client.patch(f"/users/{self.ids[next(self._turn)]}", json=body).status_code

    def page(self) -> int:
        """List a hundred users from the middle."""
        return self.client.get(f"/users?start={len(self.ids) // 2}").status_code


def bare_user(document: dict[str, Any]) -> BareUser:
    """Make a row."""
    id_ = str(uuid.uuid4())
    now = datetime.now(UTC)
    return BareUser(id=id_, name=document["userName"], created_at=now, document={**document, "id": id_})


def bare_app(database: Database) -> Flask:
    """Make the probe's application."""
    app = Flask("bare")

    @app.get("/users/<id_>")
    def get(id_: str) -> Any:
        with database.reading() as session:
            return jsonify(session.get_one(BareUser, id_).document)

    @app.get("/users")
    def find() -> Any:
        rows = select(BareUser).order_by(BareUser.created_at).limit(100)
        total = select(func.count()).select_from(BareUser)
        if "name" in request.args:
            rows = rows.where(BareUser.name == request.args["name"])
            total = total.where(BareUser.name == request.args["name"])
        with database.reading() as session:
            found = session.scalars(rows.offset(int(request.args.get("start", 0)))).all()
            return jsonify(total=session.scalar(total), users=[row.document for row in found])

    @app.post("/users")
    def post() -> Any:
        document = request.get_json()
        with database.transaction() as session:
            row = bare_user(document)
            session.add(row)
        return jsonify(row.document), 201

    @app.patch("/users/<id_>")
    def patch(id_: str) -> Any:
        with database.transaction() as session:
            row = session.get_one(BareUser, id_)
            row.document = {**row.document, **request.get_json()}
        return jsonify(row.document)

    return app
