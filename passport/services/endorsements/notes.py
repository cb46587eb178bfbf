"""A champion's note to a student whose text was returned: short, screened, and always readable by the school.

The school's coordinators read every note. A note that screening flags is held: the student does not learn
of it until staff of the school release it.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from passport import db
from passport.db import Session
from passport.db.endorsements.decisions import Decision, NoteState
from passport.db.people.accounts import Account
from passport.services.core import audit, notices
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.core.text_rules import readable
from passport.services.evidence import evidence_holds
from passport.services.programmes import screening
from passport.services.programmes.managing import active_staff

log = structlog.get_logger()

__all__ = ["LONGEST", "decide", "listed", "screened", "tell_school"]

LONGEST = 300


def screened(session: Session, account: Account, note: str) -> tuple[str, NoteState]:
    """Return what is stored of a note, and its state. Raises Refused for one that is too long.

    A note that screening flags is held; the student sees any other.
    """
    kept = readable(note.replace("\r\n", "\n")).strip()
    if len(kept) > LONGEST:
        raise Refused(Reason.NOTE_TOO_LONG)
    if not kept:
        return "", NoteState.NONE
    flags = screening.flags(session, account.programme_id, kept)
    return kept, NoteState.HELD if flags else NoteState.SHOWN


def tell_school(session: Session, decided: Decision, at: datetime) -> None:
    """Notify the staff who may release a note that it is held; does nothing for other notes."""
    if decided.note_state is NoteState.HELD:
        for person in active_staff(session, decided.evidence.student.school_id, Action.RELEASE):
            notices.tell(session, person, "note-held", at)


def listed(session: Session, account: Account) -> list[Decision]:
    """Return the notes to students of this person's school, those that are held first."""
    return db.endorsements.notes.with_notes(session, [evidence_holds.their_school(account)])


def decide(session: Session, account: Account, reference: str, good: bool, at: datetime) -> Decision:
    """Release a held note, or stop it for good. Idempotent.

    Raises NotFound, and logs it, for another school's; Refused where it was decided otherwise.
    """
    found = next((one for one in listed(session, account) if one.reference == reference), None)
    if found is None:
        log.warning("note refused", actor=account.reference, endorsement=reference)
        raise NotFound
    state = NoteState.RELEASED if good else NoteState.STOPPED
    if db.endorsements.notes.judge_note(session, found, state, account, at):
        audit.record(session, at, account.reference, f"note.{state.value}", reference)
    elif found.note_state is not state:
        raise Refused(Reason.ALREADY_DECIDED)
    return found
