"""The platform's signing key: made at start, published by its thumbprint."""

import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from jwcrypto.jwk import JWK


class PlatformKey:
    """An RSA key of 2048 bits, its `kid` the RFC 7638 thumbprint.

    Keys are kept loaded: reading a private key from PEM costs more than signing with it.
    """

    def __init__(self) -> None:
        pair = JWK.generate(kty="RSA", size=2048)
        self.private: RSAPrivateKey = pair.get_op_key("sign")
        self.public: RSAPublicKey = pair.get_op_key("verify")
        self.kid: str = pair.thumbprint()
        self._jwk: dict[str, Any] = json.loads(pair.export_public())

    def key_set(self) -> dict[str, Any]:
        """Give the public JWK set."""
        return {"keys": [{**self._jwk, "kid": self.kid, "alg": "RS256", "use": "sig"}]}

    def sign(self, claims: dict[str, Any]) -> str:
        """Sign claims as they are."""
        return jwt.encode(claims, self.private, "RS256", {"kid": self.kid})

    def read(self, text: str) -> dict[str, Any]:
        """Read claims we signed; raises `jwt.InvalidTokenError` for anything else and for expired ones."""
        claims: dict[str, Any] = jwt.decode(text, self.public, ["RS256"], {"require": ["exp"]})
        return claims
