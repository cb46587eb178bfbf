"""Tables and queries: removal and retention."""

from passport.db.privacy import (
    evidence_removal,
)

__all__ = [
    "evidence_removal",
]
