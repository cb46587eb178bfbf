"""Confirmations by a school or college: staff of the student's own school confirm evidence.

Like an endorsement, but no employer stands behind it: it has its own label everywhere, and the programme
signs for the school. A coordinator confirms waiting evidence and can undo that until it is signed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.endorsements.decisions import Decision
from passport.db.evidence.evidence import Evidence, EvidenceState
from passport.db.people.accounts import Account
from passport.proofs.signing import KeyRing
from passport.services.core.errors import NotFound
from passport.services.core.rights import Action, How, allows
from passport.services.endorsements import decisions
from passport.services.evidence import evidence_holds
from passport.services.programmes import issuers

__all__ = ["among", "confirm", "given", "open_evidence"]


def open_evidence(session: Session, account: Account, reference: str) -> Evidence:
    """Return evidence of the coordinator's own school that is not held.

    Raises NotFound for another school's and for other staff.
    """
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
) -> Decision:
    """Confirm one version. Idempotent.

    Raises Refused where this person may not decide about it or it cannot be confirmed, and IssuingClosed
    before anything is written when it could not be signed.
    """
    evidence = open_evidence(session, account, reference)
    db.evidence.row_lock.lock(session, evidence)
    evidence_holds.require_decider(session, account, evidence)
    decisions.require_endorsable(session, evidence, version, basis, level)
    issuers.require_signers(session, keys, account.programme, account.programme.issuer)
    decided = decisions.endorsed(account, basis, level, at)
    decided.confirmed_by = account
    return decisions.record_decision(session, account, evidence, version, decided, EvidenceState.ENDORSED, at)


def given(session: Session, account: Account) -> list[Decision]:
    """Return what this person confirmed for students who are still at their school, newest first."""
    school_id = account.staff.school_id if account.staff else 0
    found = db.endorsements.decisions.confirmed_by(session, account.id)
    return [one for one in found if one.evidence.student.school_id == school_id]


def among(session: Session, evidence: Iterable[Evidence]) -> set[int]:
    """Return the ids of the evidence that a school confirmed: lists label it unlike an employer's."""
    endorsed = [one.id for one in evidence if one.state is EvidenceState.ENDORSED]
    return db.endorsements.decisions.confirmed_among(session, endorsed) if endorsed else set()
