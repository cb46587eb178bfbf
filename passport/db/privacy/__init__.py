"""Tables and queries: removal and retention."""

from passport.db.privacy import (
    data_map,
    evidence_removal,
)

__all__ = [
    "data_map",
    "evidence_removal",
]
