"""What a school holds until somebody there has read it, and what it decides: to pass it on or send it back.

A text is held by the rules of screening, by a coordinator, or because a reader was worried. While it is held,
and for good where it was sent back from there, no champion sees that version.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

import structlog

from passport import db
from passport.db import Session
from passport.db.accounts import Account
from passport.db.evidence import Evidence, EvidenceState
from passport.db.evidence_holds import EvidenceHold, HoldCause, HoldOutcome
from passport.services import audit, notices
from passport.services.errors import NotFound, Refused
from passport.services.reasons import Reason
from passport.services.rights import Action, allows
from passport.services.screening import Flag

__all__ = [
    "REASONS",
    "EvidenceHold",
    "HoldCause",
    "begin",
    "flags_of",
    "hides",
    "hold",
    "open_hold",
    "release",
    "returned_reason",
    "send_back",
    "their_school",
    "theirs",
]

log = structlog.get_logger()

# keys: templates put them into words
REASONS = ("contact-details", "say-what-you-did", "say-what-happened", "different-level", "about-others")
UNSEEN = {EvidenceState.DRAFT, EvidenceState.REMOVED}


def begin(session: Session, evidence: Evidence, cause: HoldCause, flags: list[Flag], at: datetime) -> bool:
    """Note why its newest version is held, and tell the school. False where it is held already."""
    found = json.dumps([asdict(flag) for flag in flags], ensure_ascii=False)
    row = EvidenceHold(
        evidence_id=evidence.id,
        version=evidence.version,
        cause=cause,
        found=found,
        held_at=at,
        outcome=HoldOutcome.OPEN,
    )
    if not db.evidence_holds.add_open(session, row):
        return False
    for person in releasing(session, evidence.student.school_id):
        notices.tell(session, person, "evidence-held", at, held=evidence.reference)
    return True


def releasing(session: Session, school_id: int) -> list[Account]:
    """Who at a school may pass on what is held."""
    there = db.staff.of_school(session, school_id)
    return [one for one in there if one.suspended_at is None and allows(one.roles, Action.RELEASE)]


def flags_of(hold: EvidenceHold) -> list[Flag]:
    """What screening had found."""
    return [Flag(**one) for one in json.loads(hold.found or "[]")]


def their_school(account: Account) -> int:
    """The school that somebody may release texts for. Raises NotFound for whoever may for none."""
    if account.staff is None or not allows(account.roles, Action.RELEASE):
        raise NotFound
    return account.staff.school_id


def theirs(session: Session, account: Account, reference: str) -> Evidence:
    """Something that a student of their school has sent. Raises NotFound, and logs it, for another's."""
    school_id = their_school(account)
    evidence = db.evidence.by_reference(session, reference)
    if evidence is None or evidence.version == 0 or evidence.state in UNSEEN:
        raise NotFound
    if evidence.student.school_id != school_id:
        log.warning("evidence refused", actor=account.reference, evidence=evidence.reference)
        raise NotFound
    return evidence


def open_hold(session: Session, evidence: Evidence) -> EvidenceHold | None:
    """Why it is held now."""
    return db.evidence_holds.open_for(session, evidence.id)


def hides(session: Session, evidence: Evidence) -> bool:
    """Whether its newest version is kept from champions: it is held, or the school sent it back unread."""
    if evidence.state is EvidenceState.HELD:
        return True
    last = db.evidence_holds.last(session, evidence.id, evidence.version)
    return last is not None and last.outcome is not HoldOutcome.RELEASED


def returned_reason(session: Session, evidence: Evidence) -> str | None:
    """Why the school sent its newest version back, as a key; None where it did not."""
    last = db.evidence_holds.last(session, evidence.id, evidence.version)
    return last.reason if last is not None and last.outcome is HoldOutcome.RETURNED else None


def hold(session: Session, account: Account, reference: str, at: datetime) -> Evidence:
    """Keep something that waits for a champion until the school has looked into it."""
    evidence = theirs(session, account, reference)
    if evidence.state is EvidenceState.HELD:
        return evidence
    if not db.evidence.move(session, evidence, EvidenceState.SUBMITTED, EvidenceState.HELD):
        raise Refused(Reason.ALREADY_DECIDED)
    begin(session, evidence, HoldCause.STAFF, [], at)
    evidence.updated_at = at
    audit.record(session, at, account.reference, "evidence.held", reference, version=evidence.version)
    return evidence


def release(session: Session, account: Account, reference: str, at: datetime) -> Evidence:
    """Let it go on to a champion. A second click finds it released."""
    evidence = theirs(session, account, reference)
    if not db.evidence.move(session, evidence, EvidenceState.HELD, EvidenceState.SUBMITTED):
        return _decided_before(session, account, evidence, HoldOutcome.RELEASED, None)
    _end(session, account, evidence, HoldOutcome.RELEASED, None, at)
    notices.tell_account(
        session,
        evidence.student_id,
        "evidence-released",
        at,
        evidence=reference,
        activity=evidence.activity.title,
    )
    audit.record(session, at, account.reference, "evidence.released", reference, version=evidence.version)
    return evidence


def send_back(session: Session, account: Account, reference: str, reason: str, at: datetime) -> Evidence:
    """Send it back to the student with a fixed reason, whether it was held or waited. Safe to click twice."""
    if reason not in REASONS:
        raise Refused(Reason.REASON_UNKNOWN)
    evidence = theirs(session, account, reference)
    was_held = db.evidence.move(session, evidence, EvidenceState.HELD, EvidenceState.RETURNED)
    if not was_held:
        if not db.evidence.move(session, evidence, EvidenceState.SUBMITTED, EvidenceState.RETURNED):
            return _decided_before(session, account, evidence, HoldOutcome.RETURNED, reason)
        row = EvidenceHold(
            evidence_id=evidence.id, version=evidence.version, cause=HoldCause.STAFF, held_at=at
        )
        row.outcome = HoldOutcome.OPEN
        session.add(row)
        session.flush()
    _end(session, account, evidence, HoldOutcome.RETURNED, reason, at)
    evidence.updated_at = at
    notices.tell_account(
        session,
        evidence.student_id,
        "evidence-returned-by-school",
        at,
        evidence=reference,
        activity=evidence.activity.title,
    )
    audit.record(session, at, account.reference, "evidence.returned", reference, version=evidence.version)
    return evidence


def _end(
    session: Session,
    account: Account,
    evidence: Evidence,
    outcome: HoldOutcome,
    reason: str | None,
    at: datetime,
) -> None:
    row = db.evidence_holds.open_for(session, evidence.id)
    if row is not None:
        row.outcome, row.reason = outcome, reason
        row.decided_by_id, row.decided_at = account.id, at
    session.flush()


def _decided_before(
    session: Session, account: Account, evidence: Evidence, outcome: HoldOutcome, reason: str | None
) -> Evidence:
    """Only the second click of the same decision is no refusal."""
    last = db.evidence_holds.last(session, evidence.id, evidence.version)
    if last is None or (last.outcome, last.reason, last.decided_by_id) != (outcome, reason, account.id):
        raise Refused(Reason.ALREADY_DECIDED)
    return evidence
