"""Hold a text until the school has read it, then release it or send it back.

A text is held by the rules of screening, by staff, or because a reader raised a worry. No champion sees a
version while it is held, nor ever one that the school sent back. What a safeguarding lead holds or
reserves, and what `worries` says, is decided by the people in charge alone; a coordinator gets the same
refusal in each case. Every decision locks the evidence first, so that it excludes a worry that is raised
at the same time.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

import structlog

from passport import db
from passport.db import Session
from passport.db.evidence.evidence import Evidence, EvidenceState
from passport.db.evidence.evidence_holds import EvidenceHold, HoldCause, HoldOutcome
from passport.db.people.accounts import Account
from passport.services.core import audit, notices
from passport.services.core.edit_conflict import Stored, stamp
from passport.services.core.errors import EditConflict, NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, allows
from passport.services.programmes.managing import active_staff
from passport.services.programmes.screening import Flag
from passport.services.safeguarding import worries

__all__ = [
    "REASONS",
    "EvidenceHold",
    "HoldCause",
    "begin",
    "cause_for",
    "flags_of",
    "hides",
    "hold",
    "may_decide",
    "open_hold",
    "read_before_deciding",
    "release",
    "release_opened",
    "require_decider",
    "returned_reason",
    "send_back",
    "send_back_opened",
    "their_school",
    "theirs",
    "wait",
]

log = structlog.get_logger()

# keys: templates put them into words
REASONS = ("contact-details", "say-what-you-did", "say-what-happened", "different-level", "about-others")
NOTICES = {HoldOutcome.RELEASED: "evidence-released", HoldOutcome.RETURNED: "evidence-returned-by-school"}
UNSEEN = {EvidenceState.DRAFT, EvidenceState.REMOVED}


def begin(
    session: Session,
    evidence: Evidence,
    cause: HoldCause,
    flags: list[Flag],
    at: datetime,
    by: Account | None = None,
) -> bool:
    """Store why the newest version is held, and notify the school. Returns False where it is held already."""
    found = json.dumps([asdict(flag) for flag in flags], ensure_ascii=False)
    row = EvidenceHold(
        evidence_id=evidence.id,
        version=evidence.version,
        cause=cause,
        found=found,
        held_at=at,
        held_by_id=by.id if by else None,
        for_lead=by is not None and allows(by.roles, Action.WORRIES),
        outcome=HoldOutcome.OPEN,
    )
    if not db.evidence.evidence_holds.add_open(session, row):
        return False
    for person in active_staff(session, evidence.student.school_id, Action.RELEASE):
        notices.tell(session, person, "evidence-held", at, held=evidence.reference)
    return True


def wait(session: Session, evidence: Evidence, source: EvidenceState, at: datetime) -> bool:
    """Let evidence wait for a champion again, or for the school where it must be read there first.

    Returns False where it is no longer in the state `source`.
    """
    if not db.evidence.row_lock.move(session, evidence, source, EvidenceState.SUBMITTED):
        return False
    if worries.is_kept(session, evidence):
        db.evidence.row_lock.move(session, evidence, EvidenceState.SUBMITTED, EvidenceState.HELD)
        begin(session, evidence, HoldCause.WORRY, [], at)
    return True


def cause_for(session: Session, account: Account, evidence: Evidence, hold: EvidenceHold) -> HoldCause:
    """Return why it is held, as this person may read it: others see a worry as an ordinary hold by staff."""
    if hold.cause is HoldCause.WORRY and not worries.reads(session, account, evidence):
        return HoldCause.STAFF
    return hold.cause


def may_decide(session: Session, account: Account, evidence: Evidence) -> bool:
    """Return whether this person may release the text or send it back now."""
    hold = open_hold(session, evidence)
    for_lead = hold is not None and hold.for_lead
    return worries.may_decide(session, account, evidence, for_lead=for_lead)


def require_decider(session: Session, account: Account, evidence: Evidence) -> None:
    """Raise Refused while people in charge of safeguarding decide about a text and this person is not one."""
    if not may_decide(session, account, evidence):
        raise Refused(Reason.WITH_LEAD)


def read_before_deciding(session: Session, account: Account, evidence: Evidence) -> Stored:
    """Return what this person read before they decide: `release` and `send_back` refuse an older form."""
    hold = open_hold(session, evidence)
    said = [worry.reference for worry in worries.about_text(session, account, evidence)]
    return evidence.version, hold.id if hold else 0, *said


def flags_of(hold: EvidenceHold) -> list[Flag]:
    """Return what screening found."""
    return [Flag(**one) for one in json.loads(hold.found or "[]")]


def their_school(account: Account) -> int:
    """Return the id of the school whose texts this person may release. Raises NotFound without one."""
    if account.staff is None or not allows(account.roles, Action.RELEASE):
        raise NotFound
    return account.staff.school_id


def theirs(session: Session, account: Account, reference: str) -> Evidence:
    """Return submitted evidence of a student of this person's school.

    Raises NotFound for a draft, for removed evidence and, with a log entry, for another school's.
    """
    school_id = their_school(account)
    evidence = db.evidence.evidence.by_reference(session, reference)
    if evidence is None or evidence.version == 0 or evidence.state in UNSEEN:
        raise NotFound
    if evidence.student.school_id != school_id:
        log.warning("evidence refused", actor=account.reference, evidence=evidence.reference)
        raise NotFound
    return evidence


def open_hold(session: Session, evidence: Evidence) -> EvidenceHold | None:
    """Return the open hold on the evidence; None where it is not held."""
    return db.evidence.evidence_holds.open_for(session, evidence.id)


def hides(session: Session, evidence: Evidence) -> bool:
    """Return whether the newest version is kept from champions: held, or not released by the school."""
    if evidence.state is EvidenceState.HELD:
        return True
    last = db.evidence.evidence_holds.last(session, evidence.id, evidence.version)
    return last is not None and last.outcome is not HoldOutcome.RELEASED


def returned_reason(session: Session, evidence: Evidence) -> str | None:
    """Return why the school sent the newest version back, as a key; None where it did not."""
    last = db.evidence.evidence_holds.last(session, evidence.id, evidence.version)
    return last.reason if last is not None and last.outcome is HoldOutcome.RETURNED else None


def hold(session: Session, account: Account, reference: str, at: datetime) -> Evidence:
    """Hold a text that waits for a champion. Idempotent. Only a lead may decide about what a lead holds.

    Raises Refused where it was decided already.
    """
    evidence = theirs(session, account, reference)
    db.evidence.row_lock.lock(session, evidence)
    if evidence.state is EvidenceState.HELD:
        _keep_for_lead(session, account, evidence, at)
        return evidence
    if not db.evidence.row_lock.move(session, evidence, EvidenceState.SUBMITTED, EvidenceState.HELD):
        raise Refused(Reason.ALREADY_DECIDED)
    begin(session, evidence, HoldCause.STAFF, [], at, by=account)
    evidence.updated_at = at
    audit.record(session, at, account.reference, "evidence.held", reference, version=evidence.version)
    return evidence


def _keep_for_lead(session: Session, account: Account, evidence: Evidence, at: datetime) -> None:
    held = open_hold(session, evidence)
    if held is None or held.for_lead or not allows(account.roles, Action.WORRIES):
        return
    require_decider(session, account, evidence)
    held.for_lead = True
    audit.record(session, at, account.reference, "evidence.kept_for_lead", evidence.reference)


def release(
    session: Session, account: Account, reference: str, at: datetime, read: str | None = None
) -> Evidence:
    """Release a held text to champions. Idempotent for the same person. Arguments as for `release_opened`."""
    return release_opened(session, account, theirs(session, account, reference), at, read)


def release_opened(
    session: Session,
    account: Account,
    evidence: Evidence,
    at: datetime,
    read: str | None = None,
    why: str = "",
) -> Evidence:
    """Release evidence that the caller may open.

    Args:
        read: stamp of `read_before_deciding` that the form carried; None for a job.
        why: the reason of a manager, for the audit trail alone.

    Raises:
        Refused: ``with-lead`` while only people in charge may decide.
        Overtaken: it was sent again, held again or a worry was raised since the form was shown.
    """
    db.evidence.row_lock.lock(session, evidence)
    if evidence.state is not EvidenceState.HELD:
        return _decided_before(session, account, evidence, HoldOutcome.RELEASED, None)
    _require_decision(session, account, evidence, read)
    db.evidence.row_lock.move(session, evidence, EvidenceState.HELD, EvidenceState.SUBMITTED)
    _end(session, account, evidence, HoldOutcome.RELEASED, None, at, why)
    return evidence


def send_back(
    session: Session, account: Account, reference: str, reason: str, at: datetime, read: str | None = None
) -> Evidence:
    """Send a text back to the student, held or waiting. Idempotent. Arguments as for `send_back_opened`."""
    if reason not in REASONS:
        raise Refused(Reason.REASON_UNKNOWN)
    return send_back_opened(session, account, theirs(session, account, reference), reason, at, read)


def send_back_opened(
    session: Session,
    account: Account,
    evidence: Evidence,
    reason: str,
    at: datetime,
    read: str | None = None,
    why: str = "",
) -> Evidence:
    """Send back evidence that the caller may open.

    Args:
        reason: one of `REASONS`.
        read, why: as for `release_opened`, which also raises the same errors.
    """
    db.evidence.row_lock.lock(session, evidence)
    if evidence.state not in {EvidenceState.HELD, EvidenceState.SUBMITTED}:
        return _decided_before(session, account, evidence, HoldOutcome.RETURNED, reason)
    _require_decision(session, account, evidence, read)
    if db.evidence.row_lock.move(session, evidence, EvidenceState.SUBMITTED, EvidenceState.RETURNED):
        row = EvidenceHold(
            evidence_id=evidence.id, version=evidence.version, cause=HoldCause.STAFF, held_at=at
        )
        row.outcome, row.held_by_id = HoldOutcome.OPEN, account.id
        session.add(row)
        session.flush()
    db.evidence.row_lock.move(session, evidence, EvidenceState.HELD, EvidenceState.RETURNED)
    evidence.updated_at = at
    _end(session, account, evidence, HoldOutcome.RETURNED, reason, at, why)
    return evidence


def _require_decision(session: Session, account: Account, evidence: Evidence, read: str | None) -> None:
    require_decider(session, account, evidence)
    if read is not None and read != stamp(read_before_deciding(session, account, evidence)):
        raise EditConflict


def _end(
    session: Session,
    account: Account,
    evidence: Evidence,
    outcome: HoldOutcome,
    reason: str | None,
    at: datetime,
    why: str,
) -> None:
    row = open_hold(session, evidence)
    if row is not None:
        row.outcome, row.reason = outcome, reason
        row.decided_by_id, row.decided_at = account.id, at
    session.flush()
    facts = {"evidence": evidence.reference, "activity": evidence.activity.title}
    notices.tell_account(session, evidence.student_id, NOTICES[outcome], at, **facts)
    act, detail = f"evidence.{outcome.value}", {"why": why} if why else {}
    audit.record(session, at, account.reference, act, evidence.reference, version=evidence.version, **detail)


def _decided_before(
    session: Session, account: Account, evidence: Evidence, outcome: HoldOutcome, reason: str | None
) -> Evidence:
    """Return the evidence where this person made the same decision before; raise Refused otherwise."""
    last = db.evidence.evidence_holds.last(session, evidence.id, evidence.version)
    if last is None or (last.outcome, last.reason, last.decided_by_id) != (outcome, reason, account.id):
        raise Refused(Reason.ALREADY_DECIDED)
    return evidence
