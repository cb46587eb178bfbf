"""A manager reads a worry that no one at the school may read, and decides about it, each with a reason."""

from __future__ import annotations

from datetime import datetime

from passport.db import Session
from passport.db.people.accounts import Account
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.text_rules import private_reason
from passport.services.evidence import evidence_holds, reading_log
from passport.services.safeguarding import worries
from passport.services.safeguarding.worries import Worry

__all__ = ["CHOICES", "CLOSE", "RELEASE", "decide", "read"]

RELEASE, CLOSE = "release", "close"
# keys: templates put them into words; besides these two, the reasons for sending a text back
CHOICES = (RELEASE, *evidence_holds.REASONS, CLOSE)


def read(session: Session, account: Account, reference: str, reason: str, at: datetime) -> Worry:
    """Return a worry and record the access with its reason, which the student can read."""
    worry = worries.opened_by_manager(session, account, reference)
    kept = private_reason(reason)
    reading_log.record(session, account, worry.student_id, at, evidence=worry.evidence, reason=kept)
    return worry


def decide(
    session: Session,
    account: Account,
    reference: str,
    choice: str,
    reason: str,
    at: datetime,
    read: str | None = None,
) -> Worry:
    """Release the text, send it back or close the worry. Idempotent.

    Args:
        choice: one of `CHOICES`.
        reason: 10 to 500 characters for the audit trail; neither the school nor the student reads it.
        read: stamp of `evidence_holds.read_before_deciding`.
    """
    worry = worries.opened_by_manager(session, account, reference)
    why = private_reason(reason)
    if choice == CLOSE:
        return worries.acknowledge(session, account, worry, at, close=True, reason=why)
    if choice == RELEASE:
        evidence_holds.release_opened(session, account, worry.evidence, at, read, why)
    elif choice in evidence_holds.REASONS:
        evidence_holds.send_back_opened(session, account, worry.evidence, choice, at, read, why)
    else:
        raise Refused(Reason.REASON_UNKNOWN)
    return worry
