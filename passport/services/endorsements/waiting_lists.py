"""What waits at a school: for its staff, for a champion, for a student. The lists show no student's text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from passport import db
from passport.db import Session
from passport.db.endorsements.waiting_lists import Since, Waits
from passport.db.evidence.evidence import Evidence
from passport.db.people.accounts import Account
from passport.services.core import paging
from passport.services.core.dates import day_ends, today
from passport.services.core.paging import Page
from passport.services.evidence import evidence_holds
from passport.services.programmes import school_days

__all__ = ["WaitingPage", "Waits", "counts", "listed"]

PAGE = 25
CHAMPION_DAYS = 10
STUDENT_DAYS = timedelta(days=14)


@dataclass(frozen=True)
class WaitingPage:
    """A page of one list, and the lengths of all lists."""

    waits: Waits
    rows: list[Evidence]
    counts: dict[Waits, int]
    page: Page


def counts(session: Session, account: Account, at: datetime) -> dict[Waits, int]:
    """Return how much waits at this person's school, by list."""
    school_id = evidence_holds.their_school(account)
    return db.endorsements.waiting_lists.counts(session, school_id, _since(session, account, at))


def listed(session: Session, account: Account, waits: Waits, number: int, at: datetime) -> WaitingPage:
    """Return a page of what waits at this person's school.

    Raises NotFound unless this person may release the texts of a school.
    """
    school_id = evidence_holds.their_school(account)
    since = _since(session, account, at)
    found = db.endorsements.waiting_lists.counts(session, school_id, since)
    page = paging.counted(number, found[waits], PAGE)
    before = paging.start(page.number, PAGE)
    rows = db.endorsements.waiting_lists.page(session, school_id, waits, since, before, PAGE)
    return WaitingPage(waits, rows, found, page)


def _since(session: Session, account: Account, at: datetime) -> Since:
    """Return the thresholds: over ten school days with a champion, over fourteen days with a student."""
    last = school_days.before(session, account.programme_id, today(at), CHAMPION_DAYS + 1)
    return Since(day_ends(last), at - STUDENT_DAYS)
