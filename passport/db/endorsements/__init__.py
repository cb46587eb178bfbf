"""Tables and queries: endorsements: who decides about evidence, and how."""

from passport.db.endorsements import (
    decision_mails,
    decisions,
    digests,
    exclusions,
    notes,
    queue,
    waiting_lists,
)

__all__ = [
    "decision_mails",
    "decisions",
    "digests",
    "exclusions",
    "notes",
    "queue",
    "waiting_lists",
]
