"""Access to evidence for the champions who may decide about it."""

from __future__ import annotations

from datetime import datetime

import structlog

from passport import db
from passport.db import Session
from passport.db.evidence.evidence import Evidence, EvidenceState, EvidenceVersion
from passport.db.people.accounts import Account
from passport.services.core.errors import NotAnyMore, NotFound
from passport.services.evidence import evidence_holds
from passport.services.people import onboarding

log = structlog.get_logger()


def open_evidence(session: Session, account: Account, reference: str, at: datetime) -> Evidence:
    """Return one piece of evidence for a champion to read. Raises NotFound, and logs it, for another school.

    Raises NotAnyMore for a champion who is or was attached to the school but may not work for it now: the
    attachment ended, or onboarding is incomplete.
    """
    evidence = db.evidence.evidence.by_reference(session, reference)
    seen = {EvidenceState.SUBMITTED, EvidenceState.ENDORSED, EvidenceState.RETURNED, EvidenceState.DECLINED}
    if evidence is None or evidence.state not in seen or evidence_holds.hides(session, evidence):
        raise NotFound
    school = evidence.student.school_id
    excluded = account.id in db.endorsements.exclusions.of_evidence(session, evidence.id)
    if excluded or school not in onboarding.open_schools(session, account, at):
        log.warning("evidence refused", actor=account.reference, evidence=evidence.reference)
        if not excluded and onboarding.was_attached(session, account, school, at):
            raise NotAnyMore
        raise NotFound
    return evidence


def sent_version(session: Session, evidence: Evidence) -> EvidenceVersion:
    """Return the version that was submitted last, a frozen copy: champions never read the current edits."""
    version = db.evidence.evidence.frozen(session, evidence, evidence.version)
    if version is None:
        raise NotFound
    return version
