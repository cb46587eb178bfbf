"""A champion who knows or is related to a student does not decide about their evidence."""

from __future__ import annotations

from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.endorsements.exclusions import Why
from passport.db.evidence.evidence import EvidenceState
from passport.db.people.accounts import Account
from passport.services.core import audit
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.endorsements import exclusions
from passport.services.evidence import evidence_access


def declare_related(session: Session, account: Account, reference: str, at: datetime) -> None:
    """Exclude this champion because they know or are related to the student. Idempotent.

    Raises Refused where it is no longer waiting.
    """
    evidence = db.evidence.evidence.by_reference(session, reference)
    if (
        evidence
        and db.endorsements.exclusions.of_evidence(session, evidence.id).get(account.id) is Why.RELATED
    ):
        return
    evidence = evidence_access.open_evidence(session, account, reference, at)
    if evidence.state is not EvidenceState.SUBMITTED:
        raise Refused(Reason.ALREADY_DECIDED)
    db.endorsements.exclusions.add(session, evidence.id, account.id, Why.RELATED, at)
    exclusions.notify_if_none_is_left(session, evidence, at)
    audit.record(session, at, account.reference, "evidence.passed_on", reference, why=Why.RELATED.value)
