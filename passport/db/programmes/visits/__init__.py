"""Tables and queries: offers of visits, wishes for visits, planned visits."""

from passport.db.programmes.visits import asks, visits

__all__ = ["asks", "visits"]
