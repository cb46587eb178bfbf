"""The reading log: each access of an adult to a student's things is recorded for the student to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential
from passport.db.evidence.evidence import Evidence
from passport.db.evidence.reading_log import Look
from passport.db.people.accounts import Account
from passport.services.core import paging
from passport.services.core.dates import today
from passport.services.core.paging import Page

ENTRY, EVIDENCE, RECORD = "entry", "evidence", "record"
PAGE = 200


@dataclass(frozen=True)
class Looked:
    """One line of the log: who looked at what on a day, the reason where one was required, and how often.

    ``what`` is an entry, a piece of evidence or the student's record as a whole; ``title`` is the skill, or
    the activity of a piece of evidence without one; "" for the whole record.
    """

    day: date
    name: str
    role: str
    what: str
    title: str
    reason: str
    times: int


@dataclass(frozen=True)
class LogPage:
    """One page of the reading log."""

    looked: list[Looked]
    page: Page


def record(
    session: Session,
    account: Account,
    student_id: int,
    at: datetime,
    *,
    credential: Credential | None = None,
    evidence: Evidence | None = None,
    reason: str = "",
) -> None:
    """Record that a person opened a page with an entry, a piece of evidence or, without either, the record.

    A student's access to their own record is not recorded.
    """
    if account.id == student_id:
        return
    session.add(
        Look(
            student_id=student_id,
            actor_id=account.id,
            credential_id=credential.id if credential else None,
            evidence_id=evidence.id if evidence else None,
            reason=reason,
            at=at,
        )
    )
    session.flush()


def record_each(session: Session, account: Account, evidence: list[Evidence], at: datetime) -> None:
    """Record that a person opened a page with several pieces of evidence."""
    seen = [one for one in evidence if one.student_id != account.id]
    db.evidence.reading_log.add_each(session, seen, account.id, at)


def of_student(session: Session, account: Account) -> list[Looked]:
    """Return the newest page of the student's reading log."""
    return opened(session, account, 1).looked


def opened(session: Session, account: Account, number: int) -> LogPage:
    """Return a page of the student's reading log, newest day first.

    One line for each person, thing, reason and day.
    """
    found = db.evidence.reading_log.of_student(session, account.id, paging.start(number, PAGE), PAGE + 1)
    rows, page = paging.cut(number, found, PAGE)
    counted: dict[tuple[date, str, str, str, str, str], int] = {}
    for look in rows:
        line = today(look.at), look.actor.name, look.actor.role.value, *_thing(look), look.reason
        counted[line] = counted.get(line, 0) + 1
    looked = [Looked(*line, times=times) for line, times in counted.items()]
    return LogPage(looked, page)


def _thing(look: Look) -> tuple[str, str]:
    if look.evidence is not None:
        skill = look.evidence.skill
        return EVIDENCE, skill.name if skill else look.evidence.activity.title
    if look.credential is not None:
        return ENTRY, look.credential.skill_name
    return RECORD, ""
