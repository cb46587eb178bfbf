"""Endorsements: how a champion's decision about submitted evidence is made and recorded.

1. Only a champion who is attached to the student's school that day, and onboarded, may read or decide; not
   one who is related to the student, or whose decision the student asked another endorser to replace.
2. A decision is about the version that was read: if the student submitted another, it is refused.
3. Only one decision is recorded for a version, however often and by however many people it is sent.
4. An endorsement says how the champion knows (the basis) and a level, never higher than claimed. Who saw
   what another employer hosted says how they came to be there.
5. It can be undone until it is signed; `services.credentials.issuing` signs it after `due_at`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from passport import db
from passport.db import Session
from passport.db.endorsements.decisions import Decision, DecisionOutcome, DecisionState
from passport.db.evidence.evidence import Evidence, EvidenceState
from passport.db.people.accounts import Account, Champion
from passport.openbadges.credential import Basis
from passport.proofs.signing import KeyRing
from passport.services.core import audit, notices
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.endorsements import notes
from passport.services.evidence import evidence_access, evidence_holds
from passport.services.people import onboarding
from passport.services.programmes import issuers

log = structlog.get_logger()

LEVEL_NUMBERS = range(1, 5)
ALL = 1_000_000
# keys: templates put them into words
RETURN_REASONS = ("say-what-you-did", "say-what-happened", "different-level", "not-there", "about-others")
DECLINE_REASONS = ("cannot-say", "not-this-skill")
# how a champion came to see what another employer hosted; the last one did not see it, and was told
SEEN_AS = ("helped", "guest", "together", "told")
NOT_SEEN = "told"


def queue(session: Session, account: Account, at: datetime) -> list[Evidence]:
    """Return all that waits for this champion, in the order of `services.endorsements.queue`."""
    schools = onboarding.open_schools(session, account, at)
    return [evidence for evidence, _ in db.endorsements.queue.waiting(session, account.id, schools, 0, ALL)]


def endorse(
    session: Session,
    keys: KeyRing,
    account: Account,
    reference: str,
    version: int,
    basis: int,
    level: int,
    at: datetime,
    seen_as: str = "",
) -> Decision:
    """Endorse one version (T0 of issuing). Idempotent for the same decision by the same champion.

    ``seen_as`` is one of `SEEN_AS` where the champion saw what another employer hosted, see `how_known`.
    Raises Refused where it cannot be endorsed, and IssuingClosed before anything is written when it could not
    be signed.
    """
    evidence = evidence_access.open_evidence(session, account, reference, at)
    require_endorsable(session, evidence, version, basis, level)
    require_signers(session, keys, account)
    return endorse_opened(session, account, evidence, version, basis, level, at, seen_as)


def is_of_another(account: Account, evidence: Evidence) -> bool:
    """Return whether a person other than the champion's employer hosted what the evidence is about."""
    return evidence.activity.employer_id != _champion(account).employer_id


def how_known(account: Account, evidence: Evidence, basis: int, seen_as: str) -> tuple[int, str | None]:
    """Return the basis to record, and how the champion came to see it: None where no one has to say.

    "I saw it" of what another employer hosted needs one of `SEEN_AS`. Who was told makes it an endorsement
    of what they were told. Raises Refused for a missing or unknown answer.
    """
    if basis != Basis.SAW_IT or not is_of_another(account, evidence):
        return basis, None
    if seen_as not in SEEN_AS:
        raise Refused(Reason.HOW_SEEN_MISSING)
    return (Basis.TOLD.value if seen_as == NOT_SEEN else basis), seen_as


def require_signers(session: Session, keys: KeyRing, account: Account) -> None:
    """Raise IssuingClosed unless what this champion endorses can be signed."""
    issuers.require_signers(session, keys, account.programme, _champion(account).employer.issuer)


def endorse_opened(
    session: Session,
    account: Account,
    evidence: Evidence,
    version: int,
    basis: int,
    level: int,
    at: datetime,
    seen_as: str = "",
) -> Decision:
    """Endorse evidence that the caller already opened, after `require_signers`. Idempotent as `endorse`."""
    require_endorsable(session, evidence, version, basis, level)
    basis, seen = how_known(account, evidence, basis, seen_as)
    decided = endorsed(account, basis, level, at)
    decided.champion, decided.seen_as = _champion(account), seen
    return record_decision(session, account, evidence, version, decided, EvidenceState.ENDORSED, at)


def endorsed(account: Account, basis: int, level: int, at: datetime) -> Decision:
    """Return a decision to endorse or confirm, due when it can no longer be undone; the caller adds who."""
    undo = timedelta(minutes=account.programme.undo_minutes)
    return Decision(decision=DecisionOutcome.ENDORSED, basis=basis, level=level, due_at=at + undo)


def require_endorsable(session: Session, evidence: Evidence, version: int, basis: int, level: int) -> None:
    """Raise Refused unless this version can be endorsed or confirmed with this basis, at this level."""
    if version != evidence.version:
        raise Refused(Reason.CHANGED_MEANWHILE)
    if basis not in {known.value for known in Basis}:
        raise Refused(Reason.BASIS_UNKNOWN)
    if level not in LEVEL_NUMBERS:
        raise Refused(Reason.LEVEL_UNKNOWN)
    if level > evidence_access.sent_version(session, evidence).level:
        raise Refused(Reason.LEVEL_HIGHER_THAN_CLAIMED)


def send_back(
    session: Session,
    account: Account,
    reference: str,
    version: int,
    reason: str,
    at: datetime,
    note: str = "",
) -> Decision:
    """Return one version to the student with a fixed reason, and a note if there is one.

    The note is screened: a text that could bring an adult and a child into unseen contact is held for the
    school.
    """
    if reason not in RETURN_REASONS:
        raise Refused(Reason.REASON_UNKNOWN)
    evidence = evidence_access.open_evidence(session, account, reference, at)
    decided = Decision(decision=DecisionOutcome.RETURNED, reason=reason)
    decided.note, decided.note_state = notes.screened(session, account, note)
    decided.champion = _champion(account)
    return record_decision(session, account, evidence, version, decided, EvidenceState.RETURNED, at)


def decline(
    session: Session, account: Account, reference: str, version: int, reason: str, at: datetime
) -> Decision:
    """Record that this champion cannot endorse it, with a fixed reason."""
    if reason not in DECLINE_REASONS:
        raise Refused(Reason.REASON_UNKNOWN)
    evidence = evidence_access.open_evidence(session, account, reference, at)
    decided = Decision(decision=DecisionOutcome.DECLINED, reason=reason)
    decided.champion = _champion(account)
    return record_decision(session, account, evidence, version, decided, EvidenceState.DECLINED, at)


def record_decision(
    session: Session,
    account: Account,
    evidence: Evidence,
    version: int,
    decided: Decision,
    target: EvidenceState,
    at: datetime,
) -> Decision:
    """Record the one decision on a version, and move the evidence to the state `target`.

    Idempotent for the same decision by the same person. The caller has set in `decided` who decides: a
    champion, or staff of the school. Raises Refused where another version was submitted, or it was decided
    otherwise.
    """
    if version != evidence.version:
        raise Refused(Reason.CHANGED_MEANWHILE)
    frozen = evidence_access.sent_version(session, evidence)
    decided.evidence, decided.version = evidence, frozen
    decided.decided_at, decided.state = at, DecisionState.PENDING
    if not db.evidence.row_lock.move(session, evidence, EvidenceState.SUBMITTED, target):
        # a repeated request, or another person was first: a successful move locks the row until the commit
        return _same(db.endorsements.decisions.live(session, frozen.id), account, decided)
    if not db.endorsements.decisions.add_live(session, decided):
        raise Refused(Reason.ALREADY_DECIDED)
    evidence.updated_at = at
    kind = "confirmed" if decided.confirmed_by is not None else decided.decision.value
    _tell_student(session, evidence, f"evidence-{kind}", at)
    notes.tell_school(session, decided, at)
    audit.record(
        session,
        at,
        account.reference,
        f"evidence.{decided.decision.value}",
        evidence.reference,
        [decided],
        version=version,
        endorsement=decided.reference,
    )
    return decided


def _same(standing: Decision | None, account: Account, decided: Decision) -> Decision:
    """Return the recorded decision if `decided` repeats it; raise Refused for a different one."""
    if standing is None:
        raise Refused(Reason.CHANGED_MEANWHILE)
    if standing.person.id == account.id and _says(standing) == _says(decided):
        return standing
    raise Refused(Reason.ALREADY_DECIDED)


def _says(decided: Decision) -> tuple[object, ...]:
    said = decided.decision, decided.basis, decided.level, decided.reason, decided.note or ""
    return *said, decided.seen_as


def decided(session: Session, account: Account) -> list[Decision]:
    """Return what this champion decided, newest first."""
    return db.endorsements.decisions.of_champion(session, _champion(account).account_id)


def undo(session: Session, account: Account, reference: str, at: datetime) -> Decision:
    """Undo an endorsement before it is signed; the evidence waits again. Idempotent.

    The person who gave it may, also when a champion's attachment to the school has ended since. Raises
    Refused for what is being signed, is signed, or is no endorsement.
    """
    endorsement = db.endorsements.decisions.by_reference(session, account.id, reference)
    if endorsement is None:
        raise NotFound
    if endorsement.state is DecisionState.UNDONE:
        return endorsement
    if endorsement.decision is not DecisionOutcome.ENDORSED or not take_back(session, endorsement, at):
        raise Refused(Reason.ALREADY_SIGNED)
    audit.record(session, at, account.reference, "endorsement.undone", endorsement.reference, [endorsement])
    return endorsement


def issue_now(session: Session, account: Account, reference: str, at: datetime) -> None:
    """End the time in which an endorsement can be undone: it is signed next. Idempotent.

    Raises NotFound for an endorsement of another person, Refused for one that was undone.
    """
    endorsement = db.endorsements.decisions.by_reference(session, account.id, reference)
    if endorsement is None or endorsement.decision is not DecisionOutcome.ENDORSED:
        raise NotFound
    if endorsement.state is DecisionState.UNDONE:
        raise Refused(Reason.CHANGED_MEANWHILE)
    if endorsement.due_at is not None and endorsement.due_at > at:
        endorsement.due_at = at


def take_back(session: Session, endorsement: Decision, at: datetime) -> bool:
    """Let the evidence wait again, for the school first where it must be read there; notify the student.

    Returns False for what is being signed or is signed.
    """
    pending, undone = DecisionState.PENDING, DecisionState.UNDONE
    if not db.endorsements.decisions.move(session, endorsement, pending, undone):
        return False
    evidence = endorsement.evidence
    evidence_holds.wait(session, evidence, EvidenceState.ENDORSED, at)
    _tell_student(session, evidence, "endorsement-undone", at)
    return True


def _tell_student(session: Session, evidence: Evidence, kind: str, at: datetime) -> None:
    facts = {"evidence": evidence.reference, "activity": evidence.activity.title}
    notices.tell_account(session, evidence.student_id, kind, at, **facts)


def _champion(account: Account) -> Champion:
    if account.champion is None:
        raise NotFound
    return account.champion
