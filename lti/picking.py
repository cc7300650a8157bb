"""A deep-linking request that waits for somebody's choice, and the answer to it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.errors import NotFound
from lti.deep_linking import Choice, Request, content_item, response
from lti.keys import signing_key
from lti.models import Identity, Launch, Registration


@dataclass(frozen=True, slots=True)
class Pending:
    """A request and whom to answer."""

    request: Request
    issuer: str
    client_id: str
    deployment_id: str


def find_pending(session: Session, *, launch_id: uuid.UUID, person_id: uuid.UUID) -> Pending:
    """Find the request of this person's deep-linking launch. Raises NotFound for other launches."""
    row = session.execute(
        select(Launch.deep_linking, Launch.deployment_id, Registration.issuer, Registration.client_id)
        .join(Registration, Registration.id == Launch.registration_id)
        .join(Identity, Identity.id == Launch.identity_id)
        .where(Launch.id == launch_id, Identity.person_id == person_id)
    ).one_or_none()
    if row is None or row.deep_linking is None:
        raise NotFound("No course is waiting for a choice. Begin with “Add an activity” in your course.")
    return Pending(Request.read(row.deep_linking), row.issuer, row.client_id, row.deployment_id)


def answer(
    session: Session,
    pending: Pending,
    choices: list[Choice],
    *,
    launch_url: str,
    secret_key: str,
    now: datetime,
) -> str:
    """Sign the answer that carries `choices` back. The page posts it to `pending.request.return_url`."""
    return response(
        pending.request,
        [content_item(choice, launch_url=launch_url) for choice in choices],
        issuer=pending.issuer,
        client_id=pending.client_id,
        deployment_id=pending.deployment_id,
        key=signing_key(session, secret_key=secret_key),
        now=now,
    )
