"""Evidence that students removed, until its texts are deleted too."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from passport.db.credentials.records import Credential
from passport.db.endorsements.decisions import Decision
from passport.db.evidence.evidence import Evidence, EvidenceState


def due(session: Session, removed_before: datetime, limit: int = 500) -> list[Evidence]:
    """Return evidence that was removed before a time and whose texts are not deleted yet."""
    query = select(Evidence).where(
        Evidence.state == EvidenceState.REMOVED,
        Evidence.removed_at <= removed_before,
        Evidence.purged_at.is_(None),
    )
    return list(session.scalars(query.order_by(Evidence.id).limit(limit)))


def signed_versions(session: Session, evidence_id: int) -> set[int]:
    """Return the numbers of the versions of a piece of evidence from which an entry was ever made."""
    query = (
        select(Decision.version_id)
        .join(Credential, Credential.endorsement_id == Decision.id)
        .where(Decision.evidence_id == evidence_id)
    )
    return set(session.scalars(query))
