"""Random tokens that links and cookies carry; only a digest of each is stored."""

from __future__ import annotations

import hashlib


def digest(token: str) -> str:
    """Return the SHA-256 of a token, which is stored in its place; random tokens need no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
