"""Who has looked: each time an adult opens something of a student's it is kept, and she can read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential
from passport.db.evidence.drafts import Evidence
from passport.db.evidence.reading_log import Look
from passport.db.people.accounts import Account
from passport.services.core import paging
from passport.services.core.dates import today
from passport.services.core.paging import Page

ENTRY, EVIDENCE, RECORD = "entry", "evidence", "record"
PAGE = 200


@dataclass(frozen=True)
class Looked:
    """What somebody looked at on a day, why where it had to be said, and how often.

    ``what`` is an entry, a piece of evidence (what she wrote) or her record as a whole; ``title`` is the
    skill, or the activity of a piece of evidence that has none yet; nothing for the whole record.
    """

    day: date
    name: str
    role: str
    what: str
    title: str
    reason: str
    times: int


@dataclass(frozen=True)
class Opened:
    """A page of what a student reads about who looked."""

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
    """Note that somebody opened a page with an entry, a piece of evidence or, without either, the record.

    The student's own looking is nobody's business.
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
    """Note that somebody opened a page with several pieces of evidence."""
    seen = [one for one in evidence if one.student_id != account.id]
    db.evidence.reading_log.add_each(session, seen, account.id, at)


def of_student(session: Session, account: Account) -> list[Looked]:
    """Who looked at the student's things last."""
    return opened(session, account, 1).looked


def opened(session: Session, account: Account, number: int) -> Opened:
    """Who looked at the student's things, newest day first, one line a person, thing, reason and day."""
    found = db.evidence.reading_log.of_student(session, account.id, paging.start(number, PAGE), PAGE + 1)
    rows, page = paging.cut(number, found, PAGE)
    counted: dict[tuple[date, str, str, str, str, str], int] = {}
    for look in rows:
        line = today(look.at), look.actor.name, look.actor.role.value, *_thing(look), look.reason
        counted[line] = counted.get(line, 0) + 1
    looked = [Looked(*line, times=times) for line, times in counted.items()]
    return Opened(looked, page)


def _thing(look: Look) -> tuple[str, str]:
    if look.evidence is not None:
        skill = look.evidence.skill
        return EVIDENCE, skill.name if skill else look.evidence.activity.title
    if look.credential is not None:
        return ENTRY, look.credential.skill_name
    return RECORD, ""
