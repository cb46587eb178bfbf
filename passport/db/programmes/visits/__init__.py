"""Tables and queries: offers of visits, wishes for visits, planned visits, challenges."""

from passport.db.programmes.visits import asks, challenges, visits

__all__ = ["asks", "challenges", "visits"]
