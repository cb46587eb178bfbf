"""Random tokens that links and cookies carry; only a digest of each is stored."""

from __future__ import annotations

import hashlib


def digest(token: str) -> str:
    """What is kept of a token. It is random, so a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
