"""Use cases, one verb a function. Given a session, keys and the time; never commits."""

from passport.db import Database, DatabaseUnavailable, Glance, Reading, Session

__all__ = ["Database", "DatabaseUnavailable", "Glance", "Reading", "Session"]
