"""A reader is worried about what a student wrote: one button. The text is held and the school is told.

Who told it, and what, is read by the people who keep that school's children safe, and by nobody else.
"""

from __future__ import annotations

from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.accounts import Account
from passport.db.evidence import Evidence, EvidenceState
from passport.db.evidence_holds import HoldCause
from passport.db.worries import Worry, WorryState
from passport.services import audit, endorsements, evidence, evidence_holds, notices
from passport.services.errors import NotFound, Refused
from passport.services.managing import own_school
from passport.services.reasons import Reason
from passport.services.rights import Action, How, allows
from passport.services.texts import readable

__all__ = [
    "LONGEST",
    "Worry",
    "WorryState",
    "about",
    "about_text",
    "acknowledge",
    "new_ones",
    "of_school",
    "opened",
    "raise_one",
]

LONGEST = 5_000


def about(session: Session, account: Account, reference: str, at: datetime) -> Evidence:
    """What somebody wrote or reads and may be worried about. Raises NotFound for anybody else's."""
    if not allows(account.roles, Action.WORRIES, How.RAISE, How.FULLY):
        raise NotFound
    if account.student is not None:
        return evidence.own(session, account, reference)
    if account.champion is not None:
        return endorsements.open_evidence(session, account, reference, at)
    return evidence_holds.theirs(session, account, reference)


def raise_one(session: Session, account: Account, reference: str, words: str, at: datetime) -> Worry:
    """Keep the worry, hold the text if it waits, and tell the school. A second click finds the same.

    A student's worry is not about her own text: that goes on its way.
    """
    item = _known(session, account, reference, at)
    same = db.worries.same(session, item.id, item.version, account.id)
    if same is not None:
        return same
    worry = Worry(
        school_id=item.student.school_id,
        student_id=item.student_id,
        evidence_id=item.id,
        version=item.version,
        raised_by_id=account.id,
        state=WorryState.RAISED,
        words=readable(words.replace("\r\n", "\n"))[:LONGEST].strip(),
        raised_at=at,
    )
    session.add(worry)
    is_readers = account.id != item.student_id
    if is_readers and db.evidence.move(session, item, EvidenceState.SUBMITTED, EvidenceState.HELD):
        evidence_holds.begin(session, item, HoldCause.WORRY, [], at)
    session.flush()
    for person in in_charge(session, worry.school_id):
        notices.tell(session, person, "worry-raised", at, held=item.reference)
    audit.record(session, at, account.reference, "worry.raised", worry.reference)
    return worry


def _known(session: Session, account: Account, reference: str, at: datetime) -> Evidence:
    """The evidence that may be worried about; what the same person has just held is theirs still."""
    try:
        return about(session, account, reference, at)
    except NotFound:
        item = db.evidence.by_reference(session, reference)
        if item is None or db.worries.same(session, item.id, item.version, account.id) is None:
            raise
        return item


def in_charge(session: Session, school_id: int) -> list[Account]:
    """Who reads a school's worries: its safeguarding leads; its coordinators where there is none."""
    there = evidence_holds.releasing(session, school_id)
    return [one for one in there if allows(one.roles, Action.WORRIES)] or there


def about_text(session: Session, account: Account, item: Evidence) -> list[Worry]:
    """What was said about a text and is not closed, for whoever is in charge; nothing for anybody else."""
    people = in_charge(session, item.student.school_id)
    if account.id not in {one.id for one in people}:
        return []
    open_ones = db.worries.open_of_school(session, item.student.school_id)
    return [one for one in open_ones if one.evidence_id == item.id]


def of_school(session: Session, account: Account) -> list[Worry]:
    """What was raised at a lead's school and is not closed."""
    return db.worries.open_of_school(session, own_school(account, Action.WORRIES).id)


def new_ones(session: Session, account: Account) -> int:
    """How many nobody deals with yet at a lead's school; none for anybody else."""
    if account.staff is None or not allows(account.roles, Action.WORRIES):
        return 0
    found = db.worries.open_of_school(session, account.staff.school_id)
    return sum(one.state is WorryState.RAISED for one in found)


def opened(session: Session, account: Account, reference: str) -> Worry:
    """One worry of a lead's school. Raises NotFound for another's."""
    found = db.worries.by_reference(session, own_school(account, Action.WORRIES).id, reference)
    if found is None:
        raise NotFound
    return found


def acknowledge(session: Session, account: Account, reference: str, at: datetime, *, close: bool) -> Worry:
    """Say that somebody is dealing with it, or that it is done. A second click changes nothing."""
    worry = opened(session, account, reference)
    if worry.state is WorryState.CLOSED:
        if close:
            return worry
        raise Refused(Reason.ALREADY_DECIDED)
    target = WorryState.CLOSED if close else WorryState.ACKNOWLEDGED
    if worry.state is not target:
        worry.state, worry.closed_at = target, at if close else None
        audit.record(session, at, account.reference, f"worry.{target.value}", worry.reference)
    return worry
