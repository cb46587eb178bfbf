"""Nobody writes over what they have not seen.

A form that shows what is stored carries a stamp of it. The stamp comes back with the form and is held against
what is stored then, under the lock of whoever writes. It gives nobody a right: who may write at all is asked
before. So it needs no secret, and whoever forges one only goes without being told.
"""

from __future__ import annotations

from hashlib import sha256

from passport.services.core.errors import Overtaken

__all__ = ["Overtaken", "Stored", "require", "stamp"]

# the values of a form, in one order
Stored = tuple[object, ...]
SIGNS = 22


def stamp(stored: Stored) -> str:
    """What tells these values from any others."""
    return sha256(repr(stored).encode()).hexdigest()[:SIGNS]


def require(seen: str | None, stored: Stored, wanted: Stored) -> None:
    """Raise Overtaken where something else is stored than was shown. A second click is no change.

    None stands for a command or a job, which shows nothing before it writes.
    """
    if seen is not None and stored != wanted and stamp(stored) != seen:
        raise Overtaken
