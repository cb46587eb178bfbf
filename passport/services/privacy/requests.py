"""What students ask for about their own data, and how the school and the programme answer.

A mistake and a request for what staff wrote are answered by the school. An erasure is prepared by the school,
which talks to the student first, and carried out by a manager: it cannot be undone. Each has an answer within
a month (UK GDPR, article 12 (3)).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.privacy.requests import PrivacyRequest, RequestKind, RequestState
from passport.services.core import audit, notices, paging
from passport.services.core.dates import today
from passport.services.core.errors import NotFound, Refused
from passport.services.core.paging import Page
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How, allows
from passport.services.core.text_rules import private_reason, readable
from passport.services.evidence import reading_log
from passport.services.privacy import erasure
from passport.services.programmes.managing import active_staff, require
from passport.services.safeguarding import worries

__all__ = [
    "LONGEST",
    "Listed",
    "PrivacyRequest",
    "RequestKind",
    "RequestState",
    "answer",
    "ask",
    "carry_out",
    "listed",
    "mine",
    "pass_on",
    "refuse",
    "show",
    "take_back",
]

LONGEST = 1_000
PAGE = 50


@dataclass(frozen=True)
class Listed:
    """A page of requests, for those who answer them."""

    rows: list[PrivacyRequest]
    page: Page


def mine(session: Session, account: Account) -> Sequence[PrivacyRequest]:
    """Return the student's own requests, newest first."""
    require(account, Action.OWN_RECORD, How.OWN)
    return db.privacy.requests.of_student(session, account.id)


def ask(session: Session, account: Account, kind: str, words: str, at: datetime) -> PrivacyRequest:
    """Ask for something about one's own data, and notify those who answer. Idempotent while it is open.

    Raises Refused for an unknown kind, for a mistake without words, and for words that are too long.
    """
    require(account, Action.OWN_RECORD, How.OWN)
    words = readable(words.replace("\r\n", "\n")).strip()
    if kind not in set(RequestKind) or (kind == RequestKind.MISTAKE and not words) or len(words) > LONGEST:
        raise Refused(Reason.NOT_COMPLETE)
    made = PrivacyRequest(
        student_id=account.id,
        kind=RequestKind(kind),
        state=RequestState.RECEIVED,
        words=words,
        asked_at=at,
        due_on=_a_month_after(today(at)),
    )
    if not db.privacy.requests.add_open(session, made):
        standing = db.privacy.requests.open_one(session, account.id, RequestKind(kind))
        if standing is not None and standing.words == words:
            return standing
        raise Refused(Reason.PRIVACY_ASKED)
    for person in _who_answers(session, account):
        notices.tell(session, person, "privacy-asked", at, privacy=made.reference)
    audit.record(session, at, account.reference, "privacy.asked", made.reference, kind=made.kind.value)
    return made


def take_back(session: Session, account: Account, reference: str, at: datetime) -> PrivacyRequest:
    """Take one's own request back. Idempotent. Raises Refused for one that was answered."""
    asked = db.privacy.requests.by_reference(session, reference)
    if asked is None or asked.student_id != account.id:
        raise NotFound
    if asked.state is RequestState.TAKEN_BACK:
        return asked
    _end(session, asked, account, RequestState.TAKEN_BACK, "", at)
    return asked


def listed(session: Session, account: Account, number: int, at: datetime) -> Listed:
    """Return a page of the requests that this person answers.

    A school's own; for managers those that schools passed on, and those that no one answered in time.
    """
    start = paging.start(number, PAGE)
    if account.staff is not None and allows(account.roles, Action.SUBJECT_ACCESS, How.PREPARE):
        found = db.privacy.requests.of_school(session, account.staff.school_id, start, PAGE + 1)
    elif allows(account.roles, Action.SUBJECT_ACCESS, How.APPROVE):
        found = db.privacy.requests.for_managers(session, account.programme_id, today(at), start, PAGE + 1)
    else:
        raise NotFound
    return Listed(*paging.cut(number, found, PAGE))


def show(session: Session, account: Account, reference: str, at: datetime) -> PrivacyRequest:
    """Return a request to those who answer it, and record for the student that they read it."""
    asked = db.privacy.requests.shown(session, reference)
    if asked is None or not _answers(account, asked):
        raise NotFound
    reading_log.record(session, account, asked.student_id, at)
    return asked


def answer(session: Session, account: Account, reference: str, words: str, at: datetime) -> PrivacyRequest:
    """Answer a mistake or a request for what staff wrote: it is done. The student reads the words."""
    asked = _open(session, account, reference)
    if asked.kind is RequestKind.ERASURE:
        raise NotFound
    return _answered(session, asked, account, RequestState.DONE, words, at)


def refuse(session: Session, account: Account, reference: str, words: str, at: datetime) -> PrivacyRequest:
    """Refuse a request with a reason that the student reads."""
    asked = _open(session, account, reference)
    return _answered(session, asked, account, RequestState.REFUSED, words, at)


def pass_on(session: Session, account: Account, reference: str, at: datetime) -> PrivacyRequest:
    """Pass an erasure on to the programme's managers, after talking to the student. Idempotent."""
    asked = _open(session, account, reference)
    if account.staff is None or asked.kind is not RequestKind.ERASURE:
        raise NotFound
    if asked.state is RequestState.RECEIVED:
        asked.state, asked.prepared_by = RequestState.IN_PROGRESS, account
        for manager in db.credentials.entry_search.managers(session, account.programme_id):
            notices.tell_account(session, manager, "privacy-asked", at, privacy=asked.reference)
        session.flush()
        audit.record(session, at, account.reference, "privacy.passed_on", asked.reference)
    return asked


def carry_out(session: Session, account: Account, reference: str, at: datetime) -> None:
    """Erase the student who asked for it, as a manager and for good. Idempotent.

    Raises Refused where the person who passed it on is the same, or was suspended, and while the school's
    safeguarding lead has something open about the student: the record of a child in danger must not vanish.
    """
    asked = db.privacy.requests.by_reference(session, reference)
    if asked is None or not _answers(account, asked) or account.staff is not None:
        raise NotFound
    if asked.state is RequestState.DONE:
        return
    if asked.state is not RequestState.IN_PROGRESS or asked.prepared_by is None:
        raise Refused(Reason.REQUEST_DECIDED)
    if asked.prepared_by_id == account.id:
        raise Refused(Reason.REQUEST_OWN)
    if asked.prepared_by.suspended_at is not None:
        raise Refused(Reason.REQUEST_OF_THE_PAST)
    if worries.is_any_open(session, asked.student):
        raise Refused(Reason.ERASURE_WAITS)
    student = asked.student.account
    asked.state, asked.decided_by_id, asked.decided_at = RequestState.DONE, account.id, at
    session.flush()
    erasure.erase(session, student, account.reference, at)


def _answered(
    session: Session, asked: PrivacyRequest, account: Account, state: RequestState, words: str, at: datetime
) -> PrivacyRequest:
    _end(session, asked, account, state, private_reason(words), at)
    notices.tell(session, asked.student.account, "privacy-answered", at, asked=asked.reference)
    return asked


def _end(
    session: Session, asked: PrivacyRequest, account: Account, state: RequestState, words: str, at: datetime
) -> None:
    if not asked.is_open:
        raise Refused(Reason.REQUEST_DECIDED)
    asked.state, asked.answer, asked.decided_by_id, asked.decided_at = state, words, account.id, at
    session.flush()
    audit.record(session, at, account.reference, f"privacy.{state.value}", asked.reference)


def _open(session: Session, account: Account, reference: str) -> PrivacyRequest:
    asked = db.privacy.requests.by_reference(session, reference)
    if asked is None or not _answers(account, asked):
        raise NotFound
    if not asked.is_open:
        raise Refused(Reason.REQUEST_DECIDED)
    return asked


def _answers(account: Account, asked: PrivacyRequest) -> bool:
    """Return whether this person answers it: the student's school, or a manager, who also helps out."""
    if account.staff is not None and allows(account.roles, Action.SUBJECT_ACCESS, How.PREPARE):
        return account.staff.school_id == asked.student.school_id
    is_theirs = asked.student.account.programme_id == account.programme_id
    return is_theirs and allows(account.roles, Action.SUBJECT_ACCESS, How.APPROVE)


def _who_answers(session: Session, account: Account) -> list[Account]:
    if account.student is None:
        raise NotFound
    return active_staff(session, account.student.school_id, Action.BRING_IN_STUDENTS)


def _a_month_after(day: date) -> date:
    """Return the same day of the next month, or its last day."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))
