"""Tables and queries: entries: issuing, status positions, editions, holds, withdrawals."""

from passport.db.credentials import (
    editions,
    issuing,
    records,
    withdrawals,
)

__all__ = [
    "editions",
    "issuing",
    "records",
    "withdrawals",
]
