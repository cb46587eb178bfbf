"""Tables and queries: activities that students take part in, sign-ups, attendance, proposals."""

from passport.db.programmes.activities import attendance, menu, proposals, sign_ups

__all__ = ["attendance", "menu", "proposals", "sign_ups"]
