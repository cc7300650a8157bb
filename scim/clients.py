"""OAuth 2 clients of directories, made by an admin: with a secret or public keys (RFC 6749 2, RFC 7523)."""

import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses.audit import record_audit
from courses.errors import NotFound, Refused
from scim.models import ScimAccessToken, ScimClient, ScimUsedAssertion
from scim.tokens import checked_name, hashed, new_secret

SECRET = "llc_"
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class ClientRow:
    """What `leadline scim client list` shows."""

    id: uuid.UUID
    organization: uuid.UUID
    name: str
    client_id: str
    authenticates_by: str  # secret, keys or a key set's URL
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class IssuedClient:
    """A new client. `client_secret` is shown this once; there is none when it signs assertions."""

    id: uuid.UUID
    client_id: str
    client_secret: str | None


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A live client, apart from its session: no transaction is open while its keys are fetched."""

    id: uuid.UUID
    organization_id: uuid.UUID
    client_id: str
    secret_hash: str | None
    jwks: dict[str, Any] | None
    jwks_url: str | None


def new_client(
    session: Session,
    *,
    organization_id: uuid.UUID,
    name: str,
    jwks: dict[str, Any] | None = None,
    jwks_url: str | None = None,
    https_only: bool,
    now: datetime,
) -> IssuedClient:
    """Make a client: with a secret, or with `jwks` or `jwks_url` for signed assertions. Raises Refused.

    `jwks` as `client_keys.checked_keys` returns it.
    """
    if jwks is not None and jwks_url is not None:
        raise Refused("Give the client's keys or their URL, not both.")
    if jwks_url is not None:
        _check_url(jwks_url, https_only=https_only)
    secret = None if jwks is not None or jwks_url is not None else new_secret(SECRET)
    row = ScimClient(
        id=uuid.uuid4(),
        organization_id=organization_id,
        name=checked_name(name),
        client_id=secrets.token_hex(16),
        secret_hash=secret and hashed(secret),
        jwks=jwks,
        jwks_url=jwks_url,
        created_at=now,
    )
    session.add(row)
    session.flush()
    record_audit(session, organization_id, "scim_client.new", now=now, id=str(row.id), name=row.name)
    return IssuedClient(row.id, row.client_id, secret)


def _check_url(url: str, *, https_only: bool) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ({"https"} if https_only else {"https", "http"}) or not parts.hostname:
        raise Refused(f"{url} is no https address of a key set.")


def find_client(session: Session, *, client_id: str) -> KnownClient | None:
    """Find a client that is not revoked."""
    if not _CLIENT_ID.fullmatch(client_id):
        return None
    row = session.execute(
        select(
            ScimClient.id,
            ScimClient.organization_id,
            ScimClient.client_id,
            ScimClient.secret_hash,
            ScimClient.jwks,
            ScimClient.jwks_url,
        ).where(ScimClient.client_id == client_id, ScimClient.revoked_at.is_(None))
    ).first()
    return KnownClient(*row) if row else None


def keep_access_token(
    session: Session, *, client: KnownClient, token: str, now: datetime, expires_at: datetime
) -> None:
    """Keep a token that was given out, and forget those that have expired."""
    session.execute(delete(ScimAccessToken).where(ScimAccessToken.expires_at <= now))
    session.execute(
        insert(ScimAccessToken).values(
            token_hash=hashed(token),
            client_row_id=client.id,
            organization_id=client.organization_id,
            issued_at=now,
            expires_at=expires_at,
        )
    )


def use_assertion(session: Session, *, client_id: str, jti: str, now: datetime, expires_at: datetime) -> bool:
    """Burn an assertion. False when it was used before (RFC 7523 3, `jti`)."""
    session.execute(delete(ScimUsedAssertion).where(ScimUsedAssertion.expires_at <= now))
    try:
        with session.begin_nested():
            session.execute(
                insert(ScimUsedAssertion).values(jti_hash=hashed(f"{client_id} {jti}"), expires_at=expires_at)
            )
    except IntegrityError:
        return False
    return True


def list_clients(session: Session, *, organization_id: uuid.UUID | None) -> list[ClientRow]:
    """List clients, of one organization or of all, oldest first."""
    rows = select(ScimClient).order_by(ScimClient.created_at, ScimClient.id)
    if organization_id is not None:
        rows = rows.where(ScimClient.organization_id == organization_id)
    return [_shown(row) for row in session.scalars(rows)]


def revoke_client(session: Session, *, row_id: uuid.UUID, now: datetime) -> ClientRow:
    """End a client and all its tokens at once; doing it twice changes nothing. Raises NotFound."""
    row = session.get(ScimClient, row_id)
    if row is None:
        raise NotFound(f"There is no SCIM client {row_id}. See: leadline scim client list")
    if row.revoked_at is None:
        row.revoked_at = now
        session.execute(delete(ScimAccessToken).where(ScimAccessToken.client_row_id == row.id))
        record_audit(
            session, row.organization_id, "scim_client.revoke", now=now, id=str(row.id), name=row.name
        )
    return _shown(row)


def _shown(row: ScimClient) -> ClientRow:
    by = "secret" if row.secret_hash else row.jwks_url or "keys"
    return ClientRow(row.id, row.organization_id, row.name, row.client_id, by, row.created_at, row.revoked_at)
