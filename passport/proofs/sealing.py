"""Sealing of stored values that we must read again: a copy of the database alone does not reveal them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32


class CannotOpen(Exception):
    """The value was not sealed with this secret and for this purpose, or was changed."""


class Seal:
    """Seals and opens for one purpose: what was sealed for another one cannot be opened."""

    def __init__(self, secrets: Sequence[str], purpose: str) -> None:
        """Derive a key from each of the instance's secrets and the purpose (HKDF, RFC 5869).

        The first secret seals; every one opens, so that a secret can be replaced while it is in use.
        """
        self._newest = Fernet(_key(secrets[0], purpose))
        self._all = MultiFernet([Fernet(_key(secret, purpose)) for secret in secrets])

    def close(self, plain: bytes, at: datetime) -> bytes:
        """Seal a value."""
        return self._newest.encrypt_at_time(plain, int(at.timestamp()))

    def open(self, sealed: bytes) -> bytes:
        """Open a sealed value. Raises CannotOpen. Its age is not checked: the row has its time."""
        try:
            return self._all.decrypt(sealed)
        except InvalidToken as error:
            raise CannotOpen from error


def _key(secret: str, purpose: str) -> bytes:
    derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
