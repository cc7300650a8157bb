"""Alembic's entry: uses the connection that plugin.migrate hands in, or LEADLINE_DATABASE_URL."""

import os

from alembic import context
from sqlalchemy import Connection

from courses.base import UtcDateTime
from plugin.db import Database, metadata


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our time type as the plain one: migrations never import application code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def run(connection: Connection) -> None:
    """Run the asked migrations on one connection."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


handed_in = context.config.attributes.get("connection")
if handed_in is not None:
    run(handed_in)
else:
    with Database(os.environ.get("LEADLINE_DATABASE_URL", "sqlite:///leadline.db")).engine.begin() as own:
        run(own)
