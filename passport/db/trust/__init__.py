"""Tables and queries: keys, the registry, publishing, external issuers, closing."""

from passport.db.trust import (
    employers,
)

__all__ = [
    "employers",
]
