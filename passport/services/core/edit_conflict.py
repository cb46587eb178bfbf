"""Optimistic locking: refuse a form that was loaded before the stored version changed.

A form that shows stored values carries a stamp (hash) of them. The stamp comes back with the form and is
compared with what is stored then, under the writer's row lock. It grants no permission: permission to write
is checked before. So it needs no secret, and a client that forges one only misses the warning.
"""

from __future__ import annotations

from hashlib import sha256

from passport.services.core.errors import EditConflict

__all__ = ["EditConflict", "Stored", "require", "stamp"]

# the values of a form, in a fixed order
Stored = tuple[object, ...]
SIGNS = 22


def stamp(stored: Stored) -> str:
    """Return a stamp of these values: the first 22 hex digits of their SHA-256."""
    return sha256(repr(stored).encode()).hexdigest()[:SIGNS]


def require(seen: str | None, stored: Stored, wanted: Stored) -> None:
    """Raise EditConflict where the stored values differ from those shown and from ``wanted``.

    So a form that is submitted twice is accepted. ``seen`` is the stamp that came back with the form; None
    for a command or a job, which shows nothing before it writes.
    """
    if seen is not None and stored != wanted and stamp(stored) != seen:
        raise EditConflict
