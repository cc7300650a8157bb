"""Our own keys: made at first start, sealed at rest, published by thumbprint.

The sealing key is derived from LEADLINE_SECRET_KEY (HKDF, RFC 5869); the key id is the RFC 7638 thumbprint,
which is also what PyLTI1p3 puts into the header of what it signs.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jwcrypto.jwk import JWK
from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.errors import Refused
from lti.models import ToolKey

STILL_SERVED = timedelta(days=14)  # after retirement: platforms cache key sets


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key that signs what we send. PEM text, as PyLTI1p3 wants it."""

    kid: str
    private_pem: str
    public_pem: str


def _seal(secret_key: str) -> Fernet:
    derived = HKDF(hashes.SHA256(), 32, None, b"leadline tool keys").derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def ensure_key(session: Session, *, secret_key: str, now: datetime) -> None:
    """Make the first key pair if there is none. Raises Refused if the present one cannot be unsealed."""
    if session.scalar(select(ToolKey.kid).where(ToolKey.retired_at.is_(None)).limit(1)) is None:
        session.add(_make_key(secret_key, now))
        return
    signing_key(session, secret_key=secret_key)


def _make_key(secret_key: str, now: datetime) -> ToolKey:
    key = JWK.generate(kty="RSA", size=2048)
    private = key.export_to_pem(private_key=True, password=None)
    sealed = _seal(secret_key).encrypt(private).decode()
    public = {**json.loads(key.export_public()), "kid": key.thumbprint(), "alg": "RS256", "use": "sig"}
    return ToolKey(kid=key.thumbprint(), sealed_private_key=sealed, public_jwk=public, created_at=now)


def signing_key(session: Session, *, secret_key: str) -> SigningKey:
    """Return the newest key in service. Raises Refused if it was sealed with another secret."""
    row = session.scalars(
        select(ToolKey).where(ToolKey.retired_at.is_(None)).order_by(ToolKey.created_at.desc()).limit(1)
    ).one()
    private = _unseal(row, secret_key)
    return SigningKey(row.kid, private.decode(), JWK.from_pem(private).export_to_pem().decode())


def public_keys(session: Session, *, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """Return the key set for /lti/jwks.json (RFC 7517): keys in service, and lately retired ones."""
    rows = session.scalars(select(ToolKey).order_by(ToolKey.created_at.desc()))
    served = [row for row in rows if row.retired_at is None or row.retired_at + STILL_SERVED > now]
    return {"keys": [row.public_jwk for row in served]}


def _unseal(row: ToolKey, secret_key: str) -> bytes:
    try:
        return _seal(secret_key).decrypt(row.sealed_private_key.encode())
    except InvalidToken as error:
        raise Refused(
            "LEADLINE_SECRET_KEY is not the one the tool's keys were sealed with. "
            "Set it back to the earlier value."
        ) from error
