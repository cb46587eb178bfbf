"""Seals what we alone must read again: a copy of the database without the secret is not enough."""

from __future__ import annotations

import base64
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


class CannotOpen(Exception):
    """It was not sealed with this secret and for this purpose, or was changed."""


class Seal:
    """Seals and opens for one purpose: what was sealed for another one cannot be opened."""

    def __init__(self, secret: str, purpose: str) -> None:
        """Make the key of the instance's secret and the purpose (HKDF, RFC 5869)."""
        key = HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(secret.encode())
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, plain: bytes, at: datetime) -> bytes:
        """Seal."""
        return self._fernet.encrypt_at_time(plain, int(at.timestamp()))

    def open(self, sealed: bytes) -> bytes:
        """Open. Raises CannotOpen. How old it may be, its row says."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            raise CannotOpen from error
