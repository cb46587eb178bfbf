"""Worries about a text that a person read: who reads them, and who decides about the text meanwhile.

The safeguarding leads of the student's school read a worry; its coordinators where it has no lead. A
person whom a worry is about neither reads it nor decides about the text. Where no one at the school is
left, the managers of the programme do both, with a reason. While a reader's worry about a text is open,
only these people release the text or send it back: `evidence_holds` asks `may_decide`, which answers yes
or no and never why. A student's worry is not about their own text and does not hold it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog

from passport import db
from passport.db import Session
from passport.db.evidence.evidence import Evidence
from passport.db.people.accounts import Account, Student
from passport.db.safeguarding.worries import Worry, WorryState, WorrySubject
from passport.services.core import audit, notices
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How, allows
from passport.services.core.text_rules import readable
from passport.services.programmes.managing import active_staff, own_school, require

__all__ = [
    "LONGEST",
    "Worry",
    "WorryState",
    "about_text",
    "acknowledge",
    "follow",
    "handed_up",
    "in_charge",
    "is_any_open",
    "is_kept",
    "keep",
    "keep_for_the_lead",
    "may_decide",
    "name_self",
    "new_ones",
    "of_school",
    "opened",
    "opened_by_manager",
    "raised",
    "reads",
]

log = structlog.get_logger()

LONGEST = 5_000


def in_charge(session: Session, school_id: int) -> list[Account]:
    """Return who reads a school's worries: its safeguarding leads, its coordinators where there is none."""
    leads = active_staff(session, school_id, Action.WORRIES)
    return leads or active_staff(session, school_id, Action.RELEASE)


def raised(session: Session, evidence: Evidence, account: Account) -> Worry | None:
    """Return the worry that this person raised about the newest version; None where there is none."""
    return db.safeguarding.worries.same(session, evidence.id, evidence.version, account.id)


def keep(
    session: Session, evidence: Evidence, account: Account, words: str, subjects: Iterable[str], at: datetime
) -> Worry:
    """Store a worry and notify those who read it.

    Args:
        subjects: references of people in charge whom it is about. Unknown references are ignored.
        words: stored up to `LONGEST` characters.
    """
    school_id, named = evidence.student.school_id, set(subjects)
    about = [one for one in in_charge(session, school_id) if one.reference in named and one.id != account.id]
    worry = Worry(
        school_id=school_id,
        student_id=evidence.student_id,
        evidence=evidence,
        version=evidence.version,
        raised_by_id=account.id,
        state=WorryState.RAISED,
        words=readable(words.replace("\r\n", "\n"))[:LONGEST].strip(),
        raised_at=at,
        subjects=[WorrySubject(account_id=one.id) for one in about],
    )
    session.add(worry)
    session.flush()
    _notify(session, worry, at)
    audit.record(session, at, account.reference, "worry.raised", worry.reference)
    return worry


def is_kept(session: Session, evidence: Evidence) -> bool:
    """Return whether the text must wait for the school before a champion sees it or sees it again."""
    return bool(_about(session, evidence))


def may_decide(session: Session, account: Account, evidence: Evidence, *, for_lead: bool) -> bool:
    """Return whether this person may release a text or send it back now.

    Args:
        for_lead: the text is reserved for a safeguarding lead for another cause than a worry.
    """
    if account.id in _subjects(db.safeguarding.worries.open_about(session, evidence.id)):
        return False
    if not for_lead and not _about(session, evidence):
        return True
    return reads(session, account, evidence)


def reads(session: Session, account: Account, evidence: Evidence) -> bool:
    """Return whether this person is in charge of what was said about a text."""
    readers = _readers(session, evidence.student.school_id, _about(session, evidence))
    if readers:
        return account.id in readers
    is_theirs = account.programme_id == evidence.student.account.programme_id
    return is_theirs and allows(account.roles, Action.WORRIES, How.WITH_REASON)


def is_any_open(session: Session, student: Student) -> bool:
    """Return whether a worry about this student is open: nothing of theirs is erased before it is closed."""
    return bool(db.safeguarding.worries.open_of_student(session, student.account_id))


def keep_for_the_lead(session: Session, student: Student) -> None:
    """Write into each worry whom it was about and the text, before the student's own rows are erased.

    A school keeps its safeguarding records by law (Keeping children safe in education, part two).
    """
    for worry in db.safeguarding.worries.of_student(session, student.account_id):
        version = db.evidence.evidence.frozen(session, worry.evidence, worry.version)
        text = version.narrative if version is not None else worry.evidence.narrative
        worry.words = "\n\n".join(filter(None, (worry.words, student.account.name, text)))


def about_text(session: Session, account: Account, evidence: Evidence) -> list[Worry]:
    """Return what was said about a text and is open, for those in charge; nothing for anyone else."""
    if not reads(session, account, evidence):
        return []
    found = db.safeguarding.worries.open_about(session, evidence.id)
    return [worry for worry in found if account.id not in _subjects([worry])]


def of_school(session: Session, account: Account) -> list[Worry]:
    """Return the open worries of a lead's school that are not about them."""
    school = own_school(account, Action.WORRIES)
    return db.safeguarding.worries.open_of_school(session, school.id, account.id)


def new_ones(session: Session, account: Account) -> int:
    """Count the worries that this person reads and that are not acknowledged yet; 0 for other roles."""
    if account.staff is not None and allows(account.roles, Action.WORRIES):
        found = db.safeguarding.worries.open_of_school(session, account.staff.school_id, account.id)
    elif allows(account.roles, Action.WORRIES, How.WITH_REASON):
        found = handed_up(session, account)
    else:
        return 0
    return sum(worry.state is WorryState.RAISED for worry in found)


def opened(session: Session, account: Account, reference: str) -> Worry:
    """Return one worry that this lead reads. Raises NotFound for another school's and for one about them."""
    school = own_school(account, Action.WORRIES)
    found = db.safeguarding.worries.by_reference(session, reference)
    if found is None or found.school_id != school.id or account.id in _subjects([found]):
        raise NotFound
    return found


def handed_up(session: Session, account: Account) -> list[Worry]:
    """Return the open worries of a manager's programme that no one at the school may read."""
    require(account, Action.WORRIES, How.WITH_REASON)
    found = db.safeguarding.worries.open_of_programme(session, account.programme_id)
    return [worry for worry in found if not _readers(session, worry.school_id, [worry])]


def opened_by_manager(session: Session, account: Account, reference: str) -> Worry:
    """Return one worry, open or closed, that only managers read. Raises NotFound for any other."""
    require(account, Action.WORRIES, How.WITH_REASON)
    found = db.safeguarding.worries.by_reference(session, reference)
    is_theirs = found is not None and found.student.account.programme_id == account.programme_id
    if found is None or not is_theirs or _readers(session, found.school_id, [found]):
        log.warning("worry refused", actor=account.reference, worry=reference)
        raise NotFound
    return found


def follow(session: Session, student: Student, at: datetime) -> None:
    """Give the open worries of a student who moved to those in charge at the new school, and notify them."""
    for worry in db.safeguarding.worries.open_of_student(session, student.account_id):
        worry.school_id = student.school_id
        session.flush()
        _notify(session, worry, at)


def name_self(session: Session, account: Account, reference: str, at: datetime) -> None:
    """Record that a worry is about the lead who opened it: from now on other people read it."""
    worry = opened(session, account, reference)
    if worry.state is WorryState.CLOSED:
        raise Refused(Reason.ALREADY_DECIDED)
    worry.subjects.append(WorrySubject(account_id=account.id))
    session.flush()
    _notify(session, worry, at)
    audit.record(session, at, account.reference, "worry.handed_on", worry.reference)


def acknowledge(
    session: Session, account: Account, worry: Worry, at: datetime, *, close: bool, reason: str = ""
) -> Worry:
    """Record that a worry, opened by this person, is being dealt with or is closed. Idempotent."""
    db.safeguarding.worries.lock(session, worry)
    if worry.state is WorryState.CLOSED:
        if close:
            return worry
        raise Refused(Reason.ALREADY_DECIDED)
    target = WorryState.CLOSED if close else WorryState.ACKNOWLEDGED
    if worry.state is not target:
        worry.state, worry.closed_at = target, at if close else None
        why = {"reason": reason} if reason else {}
        audit.record(session, at, account.reference, f"worry.{target.value}", worry.reference, **why)
    return worry


def _about(session: Session, evidence: Evidence) -> list[Worry]:
    """Return the open worries of readers of a text."""
    found = db.safeguarding.worries.open_about(session, evidence.id)
    return [worry for worry in found if worry.raised_by_id != worry.student_id]


def _subjects(found: list[Worry]) -> set[int]:
    return {subject.account_id for worry in found for subject in worry.subjects}


def _readers(session: Session, school_id: int, found: list[Worry]) -> set[int]:
    """Return the people of the school who may read all of these worries."""
    return {one.id for one in in_charge(session, school_id)} - _subjects(found)


def _notify(session: Session, worry: Worry, at: datetime) -> None:
    readers = _readers(session, worry.school_id, [worry])
    for account_id in sorted(readers):
        notices.tell_account(session, account_id, "worry-raised", at, held=worry.evidence.reference)
    if not readers:
        for account_id in db.credentials.entry_search.managers(
            session, worry.evidence.student.account.programme_id
        ):
            notices.tell_account(session, account_id, "worry-handed-up", at, worry=worry.reference)
