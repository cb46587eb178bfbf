"""Tables and queries of frameworks."""

from passport.db.programmes.frameworks import versions

__all__ = ["versions"]
