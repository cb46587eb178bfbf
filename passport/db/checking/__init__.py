"""Tables and queries: checking, from what is handed in to a verdict."""

from passport.db.checking import (
    birthdate_attempts,
    demo_codes,
    desk,
    lookups,
    receipts,
)

__all__ = [
    "birthdate_attempts",
    "demo_codes",
    "desk",
    "lookups",
    "receipts",
]
