"""Accounts: creation, passwords, suspension. The only writer of dates of birth."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from passport import db
from passport.db import Session
from passport.db.people.accounts import (
    Account,
    Attachment,
    Champion,
    EnrolmentState,
    Role,
    Staff,
    Student,
)
from passport.db.people.birthdates import Birthdate
from passport.db.programmes.cohorts import Cohort
from passport.db.programmes.programme import Employer, Programme, School, Sector
from passport.db.safeguarding.suspensions import Suspension
from passport.services.core import audit, mailboxes
from passport.services.core.errors import NotFound, Refused, SharedMailbox, WrongPassword
from passport.services.core.reasons import Reason
from passport.services.core.text_rules import usable

__all__ = [
    "Account",
    "NewStudent",
    "Role",
    "attach",
    "born_on",
    "by_email",
    "change_birthdate",
    "get",
    "is_born_on",
    "known",
    "known_student",
    "make",
    "make_champion",
    "make_staff",
    "make_student",
    "make_students",
    "readmit",
    "require_free",
    "sign_in",
    "suspend",
    "taken",
]

log = structlog.get_logger()
# 19 MiB, not the library's default of 64: each concurrent sign-in takes that much
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NO_ACCOUNT = HASHER.hash("nobody has this password")
LONGEST_PASSWORD = 512
STAFF = frozenset(Role) - {Role.STUDENT, Role.ADMISSIONS}


def sign_in(session: Session, email: str, password: str) -> Account:
    """Return the account with this address and password.

    Raises WrongPassword, after the same work, for a wrong password and for an unknown address.
    """
    account = db.people.accounts.by_email(session, email)
    if not matches(account.password_hash if account else "", password) or account is None:
        raise WrongPassword
    return account


def hashed(password: str) -> str:
    """Return the argon2id hash of a password, normalised to NFC."""
    return HASHER.hash(unicodedata.normalize("NFC", password))


def matches(password_hash: str, password: str) -> bool:
    """Return whether a password matches a hash; an empty hash never matches, after the same work."""
    return _matches(password_hash or NO_ACCOUNT, password) and password_hash != ""


def _matches(password_hash: str, password: str) -> bool:
    """Return whether a password matches. One over the maximum length never matches, at no extra cost."""
    try:
        HASHER.verify(password_hash, unicodedata.normalize("NFC", password[:LONGEST_PASSWORD]))
    except (VerificationError, InvalidHashError):
        return False
    return len(password) <= LONGEST_PASSWORD


def get(session: Session, reference: str) -> Account | None:
    """Return the account with that reference, or None."""
    return db.people.accounts.by_reference(session, reference)


def by_email(session: Session, email: str) -> Account | None:
    """Return the account with that address, or None."""
    return db.people.accounts.by_email(session, email)


def known(session: Session, reference: str) -> Account:
    """Return the account with that reference. Raises NotFound."""
    account = get(session, reference)
    if account is None:
        raise NotFound
    return account


def make(
    session: Session,
    programme: Programme,
    role: Role,
    *,
    email: str | None,
    name: str,
    first_name: str,
    password: str | None,
    at: datetime,
) -> Account:
    """Make an account. ``name`` will be signed in entries: it comes from the school's record.

    ``email`` is None for pupils without an address, ``password`` is None for accounts that will be invited.

    Raises UnusableText for a name that cannot be signed, SharedMailbox for staff with a shared address,
    Refused for an overlong password.
    """
    for text in (name, first_name):
        usable("name", text, quoted=True)
    if email is not None and role in STAFF and mailboxes.is_shared(email):
        raise SharedMailbox
    if password is not None and len(password) > LONGEST_PASSWORD:
        raise Refused(Reason.PASSWORD_TOO_LONG)
    account = Account(
        programme_id=programme.id,
        role=role,
        email=None if email is None else db.people.accounts.kept_email(email),
        name=name,
        first_name=first_name,
        password_hash=db.people.accounts.NO_PASSWORD if password is None else hashed(password),
        made_at=at,
        programme=programme,
    )
    session.add(account)
    session.flush()
    return account


def require_free(session: Session, email: str, by: str) -> None:
    """Raise Refused for an address that an account has, in this programme or another one."""
    if db.people.accounts.by_email(session, email) is not None:
        raise taken(by)


def taken(by: str) -> Refused:
    """Return the refusal of an address that an account has.

    The caller learns that the address is taken, but not by which account or where. Each such refusal is
    logged with ``by``, so that repeated probing is visible.
    """
    log.warning("address taken", actor=by)
    return Refused(Reason.EMAIL_TAKEN)


def make_student(
    session: Session, account: Account, school: School, sector: Sector, year_group: int, born_on: date
) -> Student:
    """Make an account a student of a school, and store the date of birth."""
    student = Student(
        account=account, school=school, school_id=school.id, sector_id=sector.id, year_group=year_group
    )
    session.add_all([student, Birthdate(account_id=account.id, born_on=born_on)])
    session.flush()
    return student


@dataclass(frozen=True)
class NewStudent:
    """A student whom a school's list brings in; `make_students` makes many at once."""

    name: str
    first_name: str
    born_on: date
    year_group: int
    email: str | None


def make_students(
    session: Session,
    school: School,
    sector: Sector,
    cohort: Cohort | None,
    newcomers: Sequence[NewStudent],
    at: datetime,
) -> list[Student]:
    """Make accounts for students of a school, all in a few statements, and return them in order.

    The caller has judged their ages and that their addresses are free.
    """
    # in one flush: an account that is stored already would be asked, each by itself, whose it was before
    students = [
        Student(
            account=Account(
                programme_id=school.programme_id,
                role=Role.STUDENT,
                email=one.email,
                name=usable("name", one.name, quoted=True),
                first_name=usable("name", one.first_name, quoted=True),
                password_hash=db.people.accounts.NO_PASSWORD,
                made_at=at,
            ),
            school=school,
            sector_id=sector.id,
            cohort_id=cohort.id if cohort else None,
            year_group=one.year_group,
            enrolment=EnrolmentState.INVITED,
        )
        for one in newcomers
    ]
    session.add_all(students)
    session.flush()
    session.add_all(
        Birthdate(account_id=student.account_id, born_on=one.born_on)
        for student, one in zip(students, newcomers, strict=True)
    )
    session.flush()
    return students


def born_on(session: Session, school_ids: Collection[int], days: Collection[date]) -> dict[date, set[int]]:
    """Return which students of these schools were born on each of these days; no other date is read."""
    return db.people.birthdates.born_on(session, school_ids, days)


def is_born_on(session: Session, student: Student, day: date) -> bool:
    """Return whether a student was born on that day; the date itself is never read."""
    return db.people.birthdates.is_born_on(session, student.account_id, day)


def change_birthdate(session: Session, student: Student, day: date) -> None:
    """Replace a student's date of birth."""
    db.people.birthdates.change(session, student.account_id, day)


def known_student(session: Session, school: School, name: str, born_on: date) -> Student | None:
    """Return the student of a school with this name and date of birth, or None."""
    for one in db.people.enrolments.same_name(session, school.id, name):
        if db.people.birthdates.is_born_on(session, one.account_id, born_on):
            return one
    return None


def make_champion(session: Session, account: Account, employer: Employer, job_title: str) -> Champion:
    """Make an account a champion of an employer. Raises UnusableText for an unusable job title."""
    usable("job title", job_title, quoted=True)
    champion = Champion(account=account, employer=employer, employer_id=employer.id, job_title=job_title)
    session.add(champion)
    session.flush()
    return champion


def make_staff(session: Session, account: Account, school: School) -> Staff:
    """Make an account a member of staff of a school."""
    staff = Staff(account=account, school=school, school_id=school.id)
    session.add(staff)
    session.flush()
    return staff


def suspend(
    session: Session,
    actor: Account,
    account: Account,
    at: datetime,
    reason: str = "",
    about: Sequence[Suspension] = (),
) -> None:
    """Suspend an account: its sign-ins and the links mailed to it end with this transaction.

    ``about`` holds the row of the suspension, for the audit record.
    """
    account.suspended_at = at
    db.access.sign_ins.end(session, account.id, at)
    db.access.links.end(session, account.id, at)
    audit.record(session, at, actor.reference, "account.suspended", account.reference, about, reason=reason)


def readmit(
    session: Session, actor: Account, account: Account, at: datetime, about: Sequence[Suspension] = ()
) -> None:
    """Let a suspended account sign in again. ``about``: the suspensions that end, for the audit record."""
    account.suspended_at = None
    audit.record(session, at, actor.reference, "account.readmitted", account.reference, about)


def attach(session: Session, champion: Champion, school: School, since: date, until: date) -> None:
    """Attach a champion to a school from ``since`` to ``until``, both included."""
    session.add(Attachment(champion_id=champion.account_id, school_id=school.id, since=since, until=until))
    session.flush()
