"""Logins under way, kept in the database: state and nonce belong together and work once, for ten minutes."""

import uuid
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from lti.errors import LaunchRefused, Reason
from lti.models import Launch, Login, Registration
from lti.tables import LOGINS

LIFETIME = timedelta(minutes=10)


def find_registration(session: Session, *, issuer: str, client_id: str | None) -> Registration | None:
    """Find who wants to launch us. Without a client id the issuer must have just one."""
    query = select(Registration).where(Registration.issuer == issuer)
    if client_id:
        query = query.where(Registration.client_id == client_id)
    found = session.scalars(query.limit(2)).all()
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class BurntLogin:
    """A login that was just used up: what its launch must agree with."""

    registration_id: uuid.UUID
    issuer: str
    client_id: str
    jwks_url: str
    nonce: str
    target_link_uri: str


BURN = (
    update(LOGINS)
    .where(
        LOGINS.c.state == bindparam("asked_state"),
        LOGINS.c.used_at.is_(None),
        LOGINS.c.created_at > bindparam("oldest"),
    )
    .values(used_at=bindparam("now"))
    .returning(*(LOGINS.c[field.name] for field in fields(BurntLogin)))
)


def remember(
    session: Session, *, state: str, nonce: str, registration: Registration, target: str, now: datetime
) -> None:
    """Keep a login until its launch comes."""
    values = {
        "state": state,
        "nonce": nonce,
        "registration_id": registration.id,
        "issuer": registration.issuer,
        "client_id": registration.client_id,
        "jwks_url": registration.jwks_url,
        "target_link_uri": target,
        "created_at": now,
    }
    session.connection().execute(insert(LOGINS), values)


def burn(session: Session, *, state: str, now: datetime) -> BurntLogin:
    """Use a login up and return it. Raises LaunchRefused when it is unknown, too old, or used already.

    One UPDATE decides: of two posts of the same state, one wins. Called before anything else is checked,
    in a transaction of its own, so that a refused launch burns its state and nonce too.
    """
    login = use_up(session, state=state, now=now)
    if login is None:
        raise LaunchRefused(_why_not(session, state))
    return login


def use_up(session: Session, *, state: str, now: datetime) -> BurntLogin | None:
    """Use a login up, whatever became of it; None when there is none to use."""
    asked = {"asked_state": state, "oldest": now - LIFETIME, "now": now}
    row = session.connection().execute(BURN, asked).one_or_none()
    return BurntLogin(*row) if row else None


def _why_not(session: Session, state: str) -> Reason:
    used = session.scalar(select(Login.used_at).where(Login.state == state))
    return Reason.STATE_USED if used else Reason.STATE_UNKNOWN


def forget_old(session: Session, *, now: datetime) -> None:
    """Delete logins and deep-linking launches that nobody can use any more.

    A day is kept, so that refusals can say why.
    """
    yesterday = now - timedelta(days=1)
    session.execute(delete(Login).where(Login.created_at < yesterday))
    session.execute(delete(Launch).where(Launch.resource_link_id.is_(None), Launch.launched_at < yesterday))
