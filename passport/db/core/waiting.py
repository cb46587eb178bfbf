"""Since when the work of the jobs has been due: how late the sweep is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from passport.db.checking.desk import Batch, BatchState
from passport.db.endorsements.decisions import Decision, DecisionOutcome, DecisionState
from passport.db.evidence.evidence_files import EvidenceFile, FileState
from passport.db.sharing.prints import Print, PrintState

_ENDORSEMENTS = select(func.min(Decision.due_at)).where(
    Decision.decision == DecisionOutcome.ENDORSED,
    Decision.state.in_([DecisionState.PENDING, DecisionState.SIGNING]),
)
_FILES = select(func.min(EvidenceFile.made_at)).where(
    EvidenceFile.state.in_([FileState.WAITING, FileState.CLAIMED])
)
_LISTS = select(func.min(Batch.made_at)).where(Batch.state == BatchState.RECEIVED)
_PRINTS = select(func.min(Print.asked_at)).where(Print.state == PrintState.RECEIVED)


def oldest(session: Session) -> datetime | None:
    """Return since when the oldest entry, photo, list or print has waited for a job, if any waits."""
    times = [session.scalar(query) for query in (_ENDORSEMENTS, _FILES, _LISTS, _PRINTS)]
    return min((time for time in times if time is not None), default=None)
