"""Checks of codes for machines, with data about an applicant: each as on the code's page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from passport.db import Reading, Session
from passport.services.checking import checks, receipts
from passport.services.checking.checks import Match, Result
from passport.services.checking.desk.applicants import Name, compare_name
from passport.services.checking.shown_contents import shown
from passport.services.checking.stored_entries import Published


@dataclass(frozen=True)
class Asked:
    """A code as it was typed, and the data to compare."""

    code: str
    last_name: str | None = None
    born_on: date | None = None


@dataclass(frozen=True)
class MachineCheck:
    """The result of a machine's check."""

    result: Result
    last_name: Match | None = None
    born_on: Match | None = None
    receipt: str | None = None

    @property
    def needs_receipt(self) -> bool:
        """Return whether the check is of a share and has no receipt yet."""
        return self.receipt is None and self.result.share is not None


def look_up(
    session: Reading, published: Published, asked: Asked, at: datetime, max_age: timedelta
) -> MachineCheck:
    """Check a code without changing anything; a date of birth is not compared."""
    result = checks.by_code(session, published, asked.code, at, max_age)
    return MachineCheck(result, _last_name(result, asked), None, receipts.of_this_minute(session, result))


def compare(
    session: Session, published: Published, asked: Asked, at: datetime, max_age: timedelta
) -> MachineCheck:
    """Check a code and compare the date of birth. The attempt is counted: commit before answering."""
    if asked.born_on is None:
        return noted(session, look_up(session, published, asked, at, max_age))
    result, match = checks.match_birthdate(session, published, asked.code, asked.born_on, at, max_age)
    return noted(session, MachineCheck(result, _last_name(result, asked), match))


def noted(session: Session, told: MachineCheck) -> MachineCheck:
    """Return the check with a receipt, kept now unless there is one of this minute."""
    return replace(told, receipt=receipts.keep(session, told.result)) if told.needs_receipt else told


def _last_name(result: Result, asked: Asked) -> Match | None:
    """Compare the last name with a name that the verdict's page shows; return None where it shows none."""
    holder = next((name for name in (shown(entry).holder for entry in result.entries) if name), None)
    if not asked.last_name or holder is None:
        return None
    fits = compare_name(holder, asked.last_name) is Name.MATCH
    return Match.MATCH if fits else Match.NO_MATCH
