"""Tables and queries: worries and suspensions."""

from passport.db.safeguarding import (
    suspensions,
    transfers,
    worries,
)

__all__ = [
    "suspensions",
    "transfers",
    "worries",
]
