"""Tables and queries: removal and retention."""

from passport.db.privacy import (
    data_map,
    erasing,
    evidence_removal,
    requests,
)

__all__ = [
    "data_map",
    "erasing",
    "evidence_removal",
    "requests",
]
