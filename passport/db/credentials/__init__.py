"""Tables and queries: entries: issuing, status positions, editions, holds, withdrawals."""

from passport.db.credentials import (
    editions,
    entry_search,
    issuing,
    records,
    skill_use,
    withdrawals,
)

__all__ = [
    "editions",
    "entry_search",
    "issuing",
    "records",
    "skill_use",
    "withdrawals",
]
