"""Tables and queries: shares, codes, prints, downloads."""

from passport.db.sharing import (
    entry_search,
    prints,
    shares,
)

__all__ = [
    "entry_search",
    "prints",
    "shares",
]
