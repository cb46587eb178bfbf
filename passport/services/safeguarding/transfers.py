"""Move a student to another school of the programme: one school offers, the other accepts.

Until it is accepted, nothing changes for the student, who keeps logging, and the offer can be taken back.
The receiving school reads first name, initial, year and sending school (`Incoming`) and nothing else. An
offer ends by acceptance, refusal, taking back, or after `ANSWERED_WITHIN` without an answer. On
acceptance the old school and its champions lose access in the same transaction; entries, shares and
drafts stay the student's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, EnrolmentState, Student
from passport.db.programmes.programme import School
from passport.db.safeguarding.transfers import Transfer, TransferState
from passport.services.core import audit, notices
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.people import enrolments, students
from passport.services.programmes.activities import sign_ups
from passport.services.programmes.managing import own_school
from passport.services.safeguarding import worries

__all__ = [
    "ANSWERED_WITHIN",
    "Incoming",
    "Transfer",
    "accept",
    "counts",
    "incoming",
    "lapse_due",
    "move",
    "offer",
    "opened",
    "outgoing",
    "refuse",
    "school_for",
    "take_back",
    "waiting",
]

log = structlog.get_logger()
ANSWERED_WITHIN = timedelta(days=14)
SERVICE = "service"
MOST = 500


@dataclass(frozen=True)
class Incoming:
    """All that a receiving school may read before it accepts."""

    reference: str
    first_name: str
    initial: str
    year_group: int
    from_school: str
    ends_at: datetime


def school_for(session: Session, actor: Account, reference: str) -> School:
    """Return another school of the actor's programme. Raises NotFound for any other reference."""
    chosen = [one for one in students.other_schools(session, actor) if one.reference == reference]
    if not chosen:
        raise NotFound
    return chosen[0]


def offer(session: Session, actor: Account, reference: str, to: str, note: str, at: datetime) -> Transfer:
    """Offer a student of the actor's school to another one, and notify the student. Idempotent.

    Args:
        to: reference of the receiving school.
        note: up to `enrolments.LONGEST_NOTE` characters for the actor's school alone.

    Raises Refused where another offer for this student is open.
    """
    note = note.replace("\r\n", "\n").strip()
    if len(note) > enrolments.LONGEST_NOTE:
        raise Refused(Reason.NOTE_TOO_LONG)
    student = students.find(session, actor, reference, lock=True)
    chosen = school_for(session, actor, to)
    standing = waiting(session, student.account_id)
    if standing is not None and standing.ends_at <= at:
        _end(session, standing, TransferState.LAPSED, None, at)
        standing = None
    if standing is not None:
        if standing.to_school_id == chosen.id:
            return standing
        raise Refused(Reason.TRANSFER_OPEN)
    made = Transfer(
        student=student,
        from_school=student.school,
        to_school=chosen,
        state=TransferState.OFFERED,
        note=note,
        offered_by=actor,
        offered_at=at,
        ends_at=at + ANSWERED_WITHIN,
    )
    if not db.safeguarding.transfers.add_open(session, made):
        raise Refused(Reason.TRANSFER_OPEN)
    notices.tell(session, student.account, "transfer-offered", at, school=chosen.name)
    for person in db.endorsements.queue.coordinators(session, [chosen.id]):
        notices.tell(
            session, person, "transfer-waits", at, transfer=made.reference, school=made.from_school.name
        )
    _record(session, made, actor.reference, "student.transfer-offered", at)
    return made


def waiting(session: Session, student_id: int) -> Transfer | None:
    """Return the open offer for a student."""
    return db.safeguarding.transfers.open_of_student(session, student_id)


def outgoing(session: Session, actor: Account) -> list[Transfer]:
    """Return the open offers of the actor's school."""
    return db.safeguarding.transfers.outgoing(session, own_school(actor, Action.BRING_IN_STUDENTS).id)


def incoming(session: Session, actor: Account, at: datetime) -> list[Incoming]:
    """Return the offers of other schools to the actor's school that can still be answered."""
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    return [_shown(one) for one in db.safeguarding.transfers.incoming(session, school.id, at)]


def counts(session: Session, account: Account, at: datetime) -> tuple[int, int]:
    """Count the open offers to and from this person's school; (0, 0) where they may not move students."""
    try:
        school = own_school(account, Action.BRING_IN_STUDENTS)
    except NotFound:
        return 0, 0
    return db.safeguarding.transfers.counts(session, school.id, at)


def opened(session: Session, actor: Account, reference: str, at: datetime) -> Incoming:
    """Return an offer that the actor's school can answer. Raises Refused for one that has ended."""
    found = _theirs(session, actor, reference, receiving=True)
    if not _is_open(found, at):
        raise Refused(Reason.TRANSFER_OVER)
    return _shown(found)


def take_back(session: Session, actor: Account, reference: str, at: datetime) -> None:
    """End an offer of the actor's school before it is answered. Idempotent."""
    transfer = _theirs(session, actor, reference, receiving=False)
    if _decide(session, transfer, TransferState.TAKEN_BACK, actor, at):
        _record(session, transfer, actor.reference, "student.transfer-taken-back", at)


def refuse(session: Session, actor: Account, reference: str, at: datetime) -> None:
    """Refuse an offer to the actor's school, and notify the student and the sending school. Idempotent."""
    transfer = _theirs(session, actor, reference, receiving=True)
    if _decide(session, transfer, TransferState.REFUSED, actor, at):
        _notify_sender(session, transfer, "transfer-refused", at)
        _record(session, transfer, actor.reference, "student.transfer-refused", at)


def accept(session: Session, actor: Account, reference: str, at: datetime) -> str:
    """Accept an offer to the actor's school and return the student's reference. Idempotent.

    The student belongs to the actor's school from this transaction on. Open worries about what they wrote are
    read by the people in charge of the new school from now on.
    """
    transfer = _theirs(session, actor, reference, receiving=True)
    student = transfer.student
    if not _decide(session, transfer, TransferState.ACCEPTED, actor, at):
        return student.account.reference
    move(session, student, transfer.to_school, (transfer.offered_by, actor), at, transfer.note)
    _notify_sender(session, transfer, "transfer-accepted", at)
    _record(session, transfer, actor.reference, "student.transferred", at)
    return student.account.reference


def move(
    session: Session, student: Student, to: School, by: tuple[Account, Account], at: datetime, note: str = ""
) -> None:
    """Move a student to another school and tell them and its coordinators.

    Their sign-ups for what is to come end: the school that they leave had approved them.

    Args:
        by: who let them go, and who took them in.
        note: for the school that they leave.
    """
    was, (sender, receiver) = student.enrolment, by
    enrolments.note(session, student, sender, EnrolmentState.TRANSFERRED, at, "", note)
    sign_ups.end_all(session, [student.account_id], receiver.reference, at)
    student.school = to
    session.flush()
    enrolments.note(session, student, receiver, was, at)
    worries.follow(session, student, at)
    notices.tell(session, student.account, "moved-school", at, school=to.name)
    for person in db.endorsements.queue.coordinators(session, [to.id]):
        if person.id != receiver.id:
            notices.tell(session, person, "student-moved-in", at, student=student.account.reference)


def lapse_due(session: Session, at: datetime) -> int:
    """End the offers that were not answered in time, in every programme; return how many."""
    ended = 0
    for transfer in db.safeguarding.transfers.due(session, at, MOST):
        db.safeguarding.transfers.lock(session, transfer)
        if transfer.state is TransferState.OFFERED:
            _end(session, transfer, TransferState.LAPSED, None, at)
            ended += 1
    return ended


def _theirs(session: Session, actor: Account, reference: str, *, receiving: bool) -> Transfer:
    """Return a transfer to or from the actor's school. Raises NotFound, and logs it, for any other."""
    school = own_school(actor, Action.BRING_IN_STUDENTS)
    found = db.safeguarding.transfers.by_reference(session, reference)
    if found is None or school.id != (found.to_school_id if receiving else found.from_school_id):
        log.warning("transfer refused", actor=actor.reference, transfer=reference)
        raise NotFound
    return found


def _is_open(transfer: Transfer, at: datetime) -> bool:
    return transfer.state is TransferState.OFFERED and at < transfer.ends_at


def _shown(transfer: Transfer) -> Incoming:
    student = transfer.student
    return Incoming(
        transfer.reference,
        student.first_name,
        student.initial,
        student.year_group,
        transfer.from_school.name,
        transfer.ends_at,
    )


def _decide(session: Session, transfer: Transfer, state: TransferState, actor: Account, at: datetime) -> bool:
    """End an offer. Returns False where it ended so before; raises Refused where it ended otherwise."""
    db.safeguarding.transfers.lock(session, transfer)
    if transfer.state is state:
        return False
    if not _is_open(transfer, at):
        raise Refused(Reason.TRANSFER_OVER)
    transfer.state, transfer.decided_by_id, transfer.decided_at = state, actor.id, at
    session.flush()
    if state is not TransferState.ACCEPTED:
        notices.tell(session, transfer.student.account, "transfer-ended", at, school=transfer.to_school.name)
    return True


def _end(
    session: Session, transfer: Transfer, state: TransferState, actor_id: int | None, at: datetime
) -> None:
    transfer.state, transfer.decided_by_id, transfer.decided_at = state, actor_id, at
    session.flush()
    notices.tell(session, transfer.student.account, "transfer-ended", at, school=transfer.to_school.name)
    _notify_sender(session, transfer, "transfer-lapsed", at)
    _record(session, transfer, SERVICE, "student.transfer-lapsed", at)


def _notify_sender(session: Session, transfer: Transfer, kind: str, at: datetime) -> None:
    for person in db.endorsements.queue.coordinators(session, [transfer.from_school_id]):
        notices.tell(session, person, kind, at, school=transfer.to_school.name)


def _record(session: Session, transfer: Transfer, actor: str, act: str, at: datetime) -> None:
    schools = {"from_school": transfer.from_school.reference, "to_school": transfer.to_school.reference}
    subject = transfer.student.account.reference
    audit.record(session, at, actor, act, subject, transfer=transfer.reference, **schools)
