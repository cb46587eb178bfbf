"""Tables and queries: shares, codes, prints, downloads."""

from passport.db.sharing import (
    prints,
    shares,
)

__all__ = [
    "prints",
    "shares",
]
