"""Whom a directory means when it names a manager.

Within the organization, the first of these steps at which somebody fits decides: id (or the last part of a
URL, as in `$ref`), externalId, employeeNumber, userName, work e-mail. Exactly one person must fit there;
several make it ambiguous, nobody at all makes it wait. Nobody is ever found by their name.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select, union_all
from sqlalchemy.orm import Session

from courses.people.models import LineState
from courses.people.tables import PEOPLE

P = PEOPLE.c
STEPS = (
    (P.id, "asked_id"),
    (P.external_id, "asked"),
    (P.employee_number, "asked"),
    (P.user_name, "folded"),
    (P.work_email, "folded"),
)
# A union, each part of which has its index: of `or`, SQLite makes a walk through the organization.
FITTING = union_all(
    *(
        select(P.id).where(P.organization_id == bindparam("organization"), column == bindparam(name))
        for column, name in STEPS
    )
)
CANDIDATES = select(P.id, P.external_id, P.employee_number, P.user_name, P.work_email, P.connection).where(
    P.id.in_(FITTING), P.provisioned
)


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a line leads, if anywhere."""

    manager_id: uuid.UUID | None
    state: str

    @property
    def managed_by(self) -> uuid.UUID | None:
        """The manager, if this edge is part of the tree."""
        return self.manager_id if self.state == LineState.RESOLVED else None


WAITING = Edge(None, LineState.PENDING)


def fold(text: str) -> str:
    """Make text comparable where case does not count."""
    return text.strip().casefold()


def meant(raw: str) -> str:
    """Give the part of a value that names somebody: of a URL, its last segment."""
    raw = raw.strip()
    return raw.rstrip("/").rsplit("/", maxsplit=1)[-1] if "://" in raw else raw


def resolve(session: Session, *, organization_id: uuid.UUID, raw: str, connection: str | None) -> Edge:
    """Find whom `raw`, said by `connection`, means: RESOLVED, AMBIGUOUS or PENDING."""
    asked, asked_id = meant(raw), _as_id(meant(raw))
    values = {"organization": organization_id, "asked_id": asked_id, "asked": asked, "folded": fold(asked)}
    rows: Sequence[Row[Any]] = session.connection().execute(CANDIDATES, values).all()  # type: ignore[assignment]
    steps = (
        [row for row in rows if row.id == asked_id],
        _own(connection, [row for row in rows if row.external_id == asked]),
        [row for row in rows if row.employee_number == asked],
        [row for row in rows if row.user_name == fold(asked)],
        [row for row in rows if row.work_email == fold(asked)],
    )
    fitting = next((step for step in steps if step), [])
    if len(fitting) == 1:
        return Edge(fitting[0].id, LineState.RESOLVED)
    return Edge(None, LineState.AMBIGUOUS) if fitting else WAITING


def _own(connection: str | None, rows: list[Row[Any]]) -> list[Row[Any]]:
    """Prefer people of the same connection: an externalId is its client's own word (RFC 7643 3.1)."""
    return [row for row in rows if row.connection == connection] or rows


def _as_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
