"""Tables and queries: activities that students take part in."""

from passport.db.programmes.activities import menu

__all__ = ["menu"]
