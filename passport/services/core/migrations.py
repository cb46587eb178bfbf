"""Database migrations, for the commands that need an up-to-date database."""

from passport.db.migrations import empty, upgrade

__all__ = ["empty", "upgrade"]
