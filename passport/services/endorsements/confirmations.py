"""School or college confirmed: staff of the student's own school say that they know it.

Like an endorsement, but no employer stands behind it: its label is another one everywhere, and the programme
signs for the school. A coordinator confirms what waits; it can be undone until it is signed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from passport import db
from passport.db import Session
from passport.db.endorsements.decisions import Decision, Endorsement
from passport.db.evidence.drafts import Evidence, EvidenceState
from passport.db.people.accounts import Account
from passport.proofs.signing import KeyRing
from passport.services.core.errors import NotFound
from passport.services.core.rights import Action, How, allows
from passport.services.endorsements import endorsing
from passport.services.evidence import evidence_holds
from passport.services.programmes import issuers

__all__ = ["among", "confirm", "given", "open_evidence"]


def open_evidence(session: Session, account: Account, reference: str) -> Evidence:
    """Something of the coordinator's own school. Raises NotFound for another's, and for other staff."""
    if not allows(account.roles, Action.DECIDE, How.CONFIRM):
        raise NotFound
    evidence = evidence_holds.theirs(session, account, reference)
    if evidence.state is EvidenceState.HELD:
        raise NotFound
    return evidence


def confirm(
    session: Session,
    keys: KeyRing,
    account: Account,
    reference: str,
    version: int,
    basis: int,
    level: int,
    at: datetime,
) -> Endorsement:
    """Confirm one version. The same click twice finds the first one's.

    Raises IssuingClosed before anything is written when it could not be signed.
    """
    evidence = open_evidence(session, account, reference)
    db.evidence.drafts.lock(session, evidence)
    evidence_holds.require_decider(session, account, evidence)
    endorsing.possible(session, evidence, version, basis, level)
    issuers.require_signers(session, keys, account.programme, account.programme.issuer)
    undo = timedelta(minutes=account.programme.undo_minutes)
    decided = Endorsement(decision=Decision.ENDORSED, basis=basis, level=level, due_at=at + undo)
    decided.confirmed_by = account
    return endorsing.stand(session, account, evidence, version, decided, EvidenceState.ENDORSED, at)


def given(session: Session, account: Account) -> list[Endorsement]:
    """Return what this person confirmed for students who are still at their school, newest first."""
    school_id = account.staff.school_id if account.staff else 0
    found = db.endorsements.decisions.confirmed_by(session, account.id)
    return [one for one in found if one.evidence.student.school_id == school_id]


def among(session: Session, evidence: Iterable[Evidence]) -> set[int]:
    """The numbers of those that a school confirmed: lists show that label, not the one of an employer."""
    endorsed = [one.id for one in evidence if one.state is EvidenceState.ENDORSED]
    return db.endorsements.decisions.confirmed_among(session, endorsed) if endorsed else set()
