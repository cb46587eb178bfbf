"""Access to the text behind an entry: what a champion endorsed, which no check ever shows.

A coordinator reads it as part of their work. A safeguarding lead and a manager first give a reason, and the
student can read who it was and the reason.
"""

from __future__ import annotations

from datetime import datetime

from passport.db import Session
from passport.db.endorsements.decisions import Decision
from passport.db.people.accounts import Account
from passport.services.core.errors import NotFound
from passport.services.core.rights import Action, How, allows
from passport.services.core.text_rules import private_reason
from passport.services.credentials import entry_search
from passport.services.evidence import reading_log

__all__ = ["Decision", "needs_reason", "read"]


def needs_reason(account: Account) -> bool:
    """Return whether this person has to give a reason. Raises NotFound where they may not read it at all."""
    if allows(account.roles, Action.READ_EVIDENCE):
        return False
    if not allows(account.roles, Action.READ_EVIDENCE, How.WITH_REASON):
        raise NotFound
    return True


def read(session: Session, account: Account, reference: str, reason: str, at: datetime) -> Decision:
    """Return the endorsement of an entry, with its evidence and version; the access is recorded.

    Raises NotFound for an entry that is not theirs, Refused where a reason is required and missing.
    """
    endorsement = entry_search.entry(session, account, reference).endorsement
    reason = private_reason(reason) if needs_reason(account) else ""
    evidence = endorsement.evidence
    reading_log.record(session, account, evidence.student_id, at, evidence=evidence, reason=reason)
    return endorsement
