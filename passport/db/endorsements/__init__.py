"""Tables and queries: endorsements: who decides about evidence, and how."""

from passport.db.endorsements import (
    decisions,
    digests,
    endorsement_mails,
    exclusions,
    notes,
    queue,
    waiting_lists,
)

__all__ = [
    "decisions",
    "digests",
    "endorsement_mails",
    "exclusions",
    "notes",
    "queue",
    "waiting_lists",
]
