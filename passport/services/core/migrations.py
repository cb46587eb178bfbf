"""The tables are brought up to date, for the commands that begin with a database."""

from passport.db.migrations import empty, upgrade

__all__ = ["empty", "upgrade"]
