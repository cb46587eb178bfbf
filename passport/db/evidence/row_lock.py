"""The row lock on a piece of evidence: of two decisions at once the second one finds the first."""

from __future__ import annotations

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from passport.db.base import move_state
from passport.db.evidence.evidence import Evidence, EvidenceState


def lock(session: Session, evidence: Evidence) -> None:
    """Reload a piece of evidence with a row lock (FOR UPDATE), held until the transaction ends."""
    columns = [attribute.key for attribute in inspect(Evidence).column_attrs]
    session.refresh(evidence, columns, with_for_update=True)


def move(session: Session, evidence: Evidence, source: EvidenceState, target: EvidenceState) -> bool:
    """Change the state if it is still ``source``; False if another transaction changed it first."""
    return move_state(session, evidence, source, target)
