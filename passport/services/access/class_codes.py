"""Class codes: how pupils without an email address sign in, on shared computers, during a lesson.

Two codes are needed. The class code is short, is shown to a whole class, belongs to one school and expires
with the lesson. The pupil's own code is on their card; it is of no use without a class code of their school.
A wrong code of either kind has the same response after the same work, and after a hundred failed attempts the
class code ends. Only the coordinator, who has it anyway, sees a list of names here.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from passport import db
from passport.db import Session
from passport.db.access.class_codes import ClassCode, PupilCode
from passport.db.base import REFERENCE_ALPHABET
from passport.db.people.accounts import Account, Student
from passport.limits import CLASS_CODE
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, allows
from passport.services.people import accounts

__all__ = [
    "LENGTHS",
    "Card",
    "ClassCode",
    "Pupil",
    "end",
    "find",
    "forget_old",
    "give",
    "grouped",
    "make",
    "open_one",
    "open_ones",
    "pupils",
    "record_attempt",
]

CLASS_LETTERS = 6
HANDLE_LETTERS = 3
SECRET_LETTERS = 6
# minutes: a lesson, two, and a school day
LENGTHS = (60, 120, 360)
MOST_OPEN = 10
KNOWN_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Card:
    """The card that is printed for one pupil, once."""

    name: str
    year_group: int
    code: str


@dataclass(frozen=True)
class Pupil:
    """A row of the coordinator's list; ``since`` is when the pupil's code was made, None without a code."""

    reference: str
    name: str
    year_group: int
    since: datetime | None


def make(session: Session, coordinator: Account, minutes: int, at: datetime) -> ClassCode:
    """Make a class code for the coordinator's school, valid for ``minutes``.

    Raises Refused for a length that is not in `LENGTHS`, and where `MOST_OPEN` codes are open already.
    """
    school_id = _school(coordinator)
    if minutes not in LENGTHS:
        raise Refused(Reason.LENGTH_UNKNOWN)
    if len(db.access.class_codes.open_ones(session, school_id, at)) >= MOST_OPEN:
        raise Refused(Reason.TOO_MANY_CLASS_CODES, most=MOST_OPEN)
    made = ClassCode(
        school_id=school_id,
        made_by_id=coordinator.id,
        code=_letters(CLASS_LETTERS),
        made_at=at,
        ends_at=at + timedelta(minutes=minutes),
    )
    session.add(made)
    session.flush()
    audit.record(session, at, coordinator.reference, "class-code.made", made.reference, minutes=minutes)
    return made


def open_ones(session: Session, coordinator: Account, at: datetime) -> list[ClassCode]:
    """Return the class codes of the coordinator's school that can be used now."""
    return db.access.class_codes.open_ones(session, _school(coordinator), at)


def open_one(session: Session, coordinator: Account, reference: str, at: datetime) -> ClassCode:
    """Return an open class code of the coordinator's school. Raises NotFound for any other code."""
    found = [one for one in open_ones(session, coordinator, at) if one.reference == reference]
    if not found:
        raise NotFound
    return found[0]


def end(session: Session, coordinator: Account, reference: str, at: datetime) -> None:
    """End an open class code of the coordinator's school. Raises NotFound for any other code."""
    open_one(session, coordinator, reference, at).ended_at = at
    audit.record(session, at, coordinator.reference, "class-code.ended", reference)


def pupils(session: Session, coordinator: Account) -> list[Pupil]:
    """Return the students of the coordinator's school, by name, with the time their code was made."""
    school_id = _school(coordinator)
    since = db.access.class_codes.with_codes(session, school_id)
    return [
        Pupil(one.account.reference, one.account.name, one.year_group, since.get(one.account_id))
        for one in db.access.class_codes.pupils(session, school_id)
    ]


def give(session: Session, coordinator: Account, references: list[str], at: datetime) -> list[Card]:
    """Give new codes to pupils of the coordinator's school; their older codes stop working at once.

    Raises NotFound where a pupil is not of that school, Refused where none was chosen.
    """
    school_id = _school(coordinator)
    own = {one.account.reference: one for one in db.access.class_codes.pupils(session, school_id)}
    if not references:
        raise Refused(Reason.NO_STUDENT_CHOSEN)
    if not set(references) <= own.keys():
        raise NotFound
    taken = db.access.class_codes.handles(session, school_id)
    cards = [_give_one(session, own[reference], taken, at) for reference in dict.fromkeys(references)]
    audit.record(session, at, coordinator.reference, "pupil-codes.given", "school", number=len(cards))
    return cards


def _give_one(session: Session, student: Student, taken: set[str], at: datetime) -> Card:
    handle = next(found for found in iter(lambda: _letters(HANDLE_LETTERS), "") if found not in taken)
    taken.add(handle)
    secret = _letters(SECRET_LETTERS)
    row = session.get(PupilCode, student.account_id) or PupilCode(account_id=student.account_id)
    row.school_id, row.handle, row.made_at = student.school_id, handle, at
    row.secret_hash = accounts.hashed(secret)
    session.add(row)
    session.flush()
    return Card(student.account.name, student.year_group, grouped(handle + secret))


def find(session: Session, class_code: str, pupil_code: str, at: datetime) -> Account | None:
    """Return the account that both codes belong to; None where either is wrong, after the same work.

    Call `record_attempt` beforehand, in a transaction of its own: an attempt is counted before it is checked.
    """
    code, own = _bare(class_code), _bare(pupil_code)
    found = db.access.class_codes.by_code(session, code)
    lesson = found if found is not None and _is_open(found, at) else None
    handle, secret = own[:HANDLE_LETTERS], own[HANDLE_LETTERS:]
    pupil = db.access.class_codes.by_handle(session, lesson.school_id if lesson else 0, handle)
    if not accounts.matches(pupil.secret_hash if pupil else "", secret) or pupil is None or lesson is None:
        return None
    # a student who moved to another school needs a code from the coordinator there
    student = pupil.account.student
    if student is None or student.school_id != lesson.school_id:
        return None
    lesson.failures = max(0, lesson.failures - 1)
    return pupil.account


def record_attempt(session: Session, class_code: str, at: datetime) -> bool:
    """Count a failed attempt at a class code before the codes are checked; `find` reverses it on success.

    Return whether the class code is open now, after the same statements for one that does not exist.
    """
    code = _bare(class_code)
    db.access.class_codes.count_failure(session, code)
    lesson = db.access.class_codes.by_code(session, code)
    return lesson is not None and _is_open(lesson, at)


def grouped(code: str) -> str:
    """Return a code in groups of three characters, joined by hyphens, to be read aloud."""
    return "-".join(code[place : place + 3] for place in range(0, len(code), 3))


def forget_old(session: Session, at: datetime) -> None:
    """Delete class codes that ended more than a week ago."""
    db.access.class_codes.forget(session, at - KNOWN_FOR)


def _is_open(lesson: ClassCode, at: datetime) -> bool:
    return lesson.ended_at is None and at < lesson.ends_at and lesson.failures <= CLASS_CODE.most


def _bare(typed: str) -> str:
    return "".join(filter(str.isalnum, typed[:100])).upper()


def _letters(number: int) -> str:
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(number))


def _school(coordinator: Account) -> int:
    if not allows(coordinator.roles, Action.BRING_IN_STUDENTS) or coordinator.staff is None:
        raise NotFound
    return coordinator.staff.school_id
