"""Use cases, one function each. They take a session, keys and the time as arguments and never commit."""

from passport.db import Database, DatabaseUnavailable, Glance, Reading, Session

__all__ = ["Database", "DatabaseUnavailable", "Glance", "Reading", "Session"]
