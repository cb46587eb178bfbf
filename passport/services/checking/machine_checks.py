"""Codes that machines ask about, with what they know of an applicant: each checked like on its page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from passport.db import Reading, Session
from passport.services.checking import checks, receipts
from passport.services.checking.checks import Match, Result
from passport.services.checking.desk.applicants import same_last_name
from passport.services.checking.findings import shown
from passport.services.checking.judging import Published


@dataclass(frozen=True)
class Asked:
    """A code as somebody typed it, and what to compare."""

    code: str
    last_name: str | None = None
    born_on: date | None = None


@dataclass(frozen=True)
class Told:
    """What came of it."""

    result: Result
    last_name: Match | None = None
    born_on: Match | None = None
    receipt: str | None = None

    @property
    def needs_receipt(self) -> bool:
        """Whether it is a check of a share, and not noted yet."""
        return self.receipt is None and self.result.share is not None


def look_up(session: Reading, published: Published, asked: Asked, at: datetime, max_age: timedelta) -> Told:
    """Check a code without changing anything; a date of birth is not compared."""
    result = checks.by_code(session, published, asked.code, at, max_age)
    return Told(result, _last_name(result, asked), None, receipts.of_this_minute(session, result))


def compare(session: Session, published: Published, asked: Asked, at: datetime, max_age: timedelta) -> Told:
    """The same with the date of birth, whose try is counted: commit before anything is told of it."""
    if asked.born_on is None:
        return noted(session, look_up(session, published, asked, at, max_age))
    result, match = checks.match_birthdate(session, published, asked.code, asked.born_on, at, max_age)
    return noted(session, Told(result, _last_name(result, asked), match))


def noted(session: Session, told: Told) -> Told:
    """Keep a receipt of a check that has none in this minute."""
    return replace(told, receipt=receipts.keep(session, told.result)) if told.needs_receipt else told


def _last_name(result: Result, asked: Asked) -> Match | None:
    """Compared with a name that the verdict's page shows, and with no other."""
    holder = next((name for name in (shown(entry).holder for entry in result.entries) if name), None)
    if not asked.last_name or holder is None:
        return None
    return Match.MATCH if same_last_name(holder, asked.last_name) else Match.NO_MATCH
