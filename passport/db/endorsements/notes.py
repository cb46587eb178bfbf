"""Notes by champions to students whose texts they returned, for the school that reads each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from passport.db.endorsements.decisions import Decision, NoteState
from passport.db.evidence.evidence import Evidence
from passport.db.people.accounts import Account, Student


def with_notes(session: Session, school_ids: list[int], limit: int = 200) -> list[Decision]:
    """Return notes to students of some schools: held ones first, then the newest."""
    query = (
        select(Decision)
        .join(Evidence, Evidence.id == Decision.evidence_id)
        .join(Student, Student.account_id == Evidence.student_id)
        .where(Student.school_id.in_(school_ids), Decision.note_state != NoteState.NONE)
        .order_by(Decision.note_state != NoteState.HELD, Decision.id.desc())
    )
    return list(session.scalars(query.limit(limit)))


def judge_note(session: Session, endorsement: Decision, state: NoteState, by: Account, at: datetime) -> bool:
    """Release or stop a held note; False if another person decided first."""
    taken = session.execute(
        update(Decision)
        .where(Decision.id == endorsement.id, Decision.note_state == NoteState.HELD)
        .values(note_state=state, note_judged_by_id=by.id, note_judged_at=at)
        .execution_options(synchronize_session=False)
        .returning(Decision.id)
    ).scalar()
    session.refresh(endorsement, ["note_state"])
    return taken is not None
