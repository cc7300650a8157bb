"""Who calls: bearer tokens that an admin made, and one-hour tokens of OAuth clients (RFC 6750).

Tokens are 256 random bits, so a plain SHA-256 keeps them: there is nothing to guess, and it costs half a
microsecond where bcrypt would cost more than the request.
"""

import hashlib
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from courses.audit import record_audit
from courses.errors import NotFound, Refused
from scim.models import ScimAccessToken, ScimClient, ScimToken

BEARER = "lls_"  # made by an admin
ACCESS = "lla_"  # given out at /oauth/token
USE_NOTED_EVERY = timedelta(minutes=1)
LONGEST_NAME = 100  # characters
LONGEST_LIFE = 3650  # days
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,512}=*")  # RFC 6750 2.1: b64token


@dataclass(frozen=True, slots=True)
class Caller:
    """A directory that may read and write one organization. `name` is its token's or client's name.

    Tokens made for rotation share a name: who was provisioned under one is still its own under the next.
    `key` is what rate limits count by.
    """

    organization_id: uuid.UUID
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class Found:
    """A live token. `stale` means that its last use should be noted."""

    caller: Caller
    token_id: uuid.UUID | None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token. Its text is shown this once."""

    id: uuid.UUID
    token: str
    name: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class TokenRow:
    """What `leadline scim token list` shows."""

    id: uuid.UUID
    organization: uuid.UUID
    name: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


def new_secret(prefix: str) -> str:
    """Make 256 bits of chance as text. The prefix lets scanners and people tell what leaked."""
    return prefix + secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def bearer(header: str | None) -> str | None:
    """Read the token out of an Authorization header; None if it holds none (RFC 6750 2.1)."""
    scheme, _space, token = (header or "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and _TOKEN.fullmatch(token) else None


_BEARER_TOKEN = select(
    ScimToken.id,
    ScimToken.organization_id,
    ScimToken.name,
    ScimToken.expires_at,
    ScimToken.last_used_at,
).where(ScimToken.token_hash == bindparam("hash"), ScimToken.revoked_at.is_(None))

_ACCESS_TOKEN = (
    select(ScimClient.id, ScimClient.organization_id, ScimClient.name, ScimAccessToken.expires_at)
    .join(ScimClient, ScimClient.id == ScimAccessToken.client_row_id)
    .where(ScimAccessToken.token_hash == bindparam("hash"), ScimClient.revoked_at.is_(None))
)


def find_caller(session: Session, *, token: str, now: datetime) -> Found | None:
    """Find who holds a live token: one SELECT. None when it is unknown, expired or revoked."""
    client = token.startswith(ACCESS)
    statement = _ACCESS_TOKEN if client else _BEARER_TOKEN
    row = session.connection().execute(statement, {"hash": hashed(token)}).first()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    caller = Caller(row.organization_id, row.name, f"{'client' if client else 'token'}:{row.id}")
    if client:
        return Found(caller, None)
    return Found(caller, row.id, row.last_used_at is None or now - row.last_used_at >= USE_NOTED_EVERY)


def note_use(session: Session, *, token_id: uuid.UUID, now: datetime) -> None:
    """Keep when a token was last used."""
    session.execute(update(ScimToken).where(ScimToken.id == token_id).values(last_used_at=now))


def checked_name(name: str) -> str:
    """Check a token's or client's name. Raises Refused."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused(
            f"A name needs 1 to {LONGEST_NAME} printable characters: say which directory it is for."
        )
    return name


def new_token(
    session: Session, *, organization_id: uuid.UUID, name: str, days: int | None, now: datetime
) -> Issued:
    """Make a token. `days` None means that it lives until it is revoked. Raises Refused."""
    if days is not None and not 1 <= days <= LONGEST_LIFE:
        raise Refused(f"A token may live 1 to {LONGEST_LIFE} days.")
    token = new_secret(BEARER)
    row = ScimToken(
        id=uuid.uuid4(),
        organization_id=organization_id,
        name=checked_name(name),
        token_hash=hashed(token),
        created_at=now,
        expires_at=None if days is None else now + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    record_audit(session, organization_id, "scim_token.new", now=now, id=str(row.id), name=row.name)
    return Issued(row.id, token, row.name, row.expires_at)


def list_tokens(session: Session, *, organization_id: uuid.UUID | None) -> list[TokenRow]:
    """List tokens, of one organization or of all, oldest first."""
    rows = select(
        ScimToken.id,
        ScimToken.organization_id,
        ScimToken.name,
        ScimToken.created_at,
        ScimToken.expires_at,
        ScimToken.last_used_at,
        ScimToken.revoked_at,
    ).order_by(ScimToken.created_at, ScimToken.id)
    if organization_id is not None:
        rows = rows.where(ScimToken.organization_id == organization_id)
    return [TokenRow(*row) for row in session.execute(rows)]


def revoke_token(session: Session, *, token_id: uuid.UUID, now: datetime) -> TokenRow:
    """End a token at once; doing it twice changes nothing. Raises NotFound."""
    row = session.get(ScimToken, token_id)
    if row is None:
        raise NotFound(f"There is no SCIM token {token_id}. See: leadline scim token list")
    if row.revoked_at is None:
        row.revoked_at = now
        record_audit(
            session, row.organization_id, "scim_token.revoke", now=now, id=str(row.id), name=row.name
        )
    return TokenRow(
        row.id,
        row.organization_id,
        row.name,
        row.created_at,
        row.expires_at,
        row.last_used_at,
        row.revoked_at,
    )
