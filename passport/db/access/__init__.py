"""Tables and queries: signing in: links, class codes, passwords, passkeys, the second factor."""

from passport.db.access import (
    attempts,
    class_codes,
    identities,
    links,
    second_factor,
    sign_ins,
)

__all__ = [
    "attempts",
    "class_codes",
    "identities",
    "links",
    "second_factor",
    "sign_ins",
]
