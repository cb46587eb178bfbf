"""Reading what stands behind an entry: the text that a champion endorsed, which no check ever shows.

A coordinator reads it as part of the work. A safeguarding lead and a manager first say why, and the student
reads who it was and what they said.
"""

from __future__ import annotations

from datetime import datetime

from passport.db import Session
from passport.db.endorsements.decisions import Endorsement
from passport.db.people.accounts import Account
from passport.services.core.errors import NotFound
from passport.services.core.rights import Action, How, allows
from passport.services.core.texts import private_reason
from passport.services.credentials import entry_search
from passport.services.evidence import reading_log

__all__ = ["Endorsement", "needs_reason", "read"]


def needs_reason(account: Account) -> bool:
    """Whether this person has to say why. Raises NotFound for whoever may not read it at all."""
    if allows(account.roles, Action.READ_EVIDENCE):
        return False
    if not allows(account.roles, Action.READ_EVIDENCE, How.WITH_REASON):
        raise NotFound
    return True


def read(session: Session, account: Account, reference: str, reason: str, at: datetime) -> Endorsement:
    """What an entry was endorsed for, with its evidence and version; the look is written down.

    Raises NotFound for an entry that is not theirs, Refused where a reason is asked for and missing.
    """
    endorsement = entry_search.entry(session, account, reference).endorsement
    reason = private_reason(reason) if needs_reason(account) else ""
    evidence = endorsement.evidence
    reading_log.record(session, account, evidence.student_id, at, evidence=evidence, reason=reason)
    return endorsement
