"""The text of a draft: an older form page never overwrites what it has not shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from passport.db.base import new_reference
from passport.db.evidence.evidence import Evidence
from passport.services.core.errors import Refused
from passport.services.core.hours import kept_hours
from passport.services.core.reasons import Reason
from passport.services.core.text_rules import readable

LONGEST_DRAFT = 10_000


@dataclass(frozen=True)
class Page:
    """A form page: its own name, and the name of the page that wrote the content it was opened with."""

    name: str
    seen: str


def new_page() -> str:
    """Return a fresh name for a form page that is being opened."""
    return new_reference()


@dataclass(frozen=True)
class Said:
    """What a student entered: the story, the day and the hours. Not validated."""

    narrative: str
    held_on: date | None
    hours: Decimal | None


def write(evidence: Evidence, said: Said, page: Page | None) -> None:
    """Write what was entered into a draft that the caller has locked.

    Args:
        page: the form page that sends it; None for a caller that cannot be out of date.

    One page may write any number of times. Raises Refused, and changes nothing, where another page has
    written something different since this one was opened.
    """
    new = Said(kept_story(said.narrative), said.held_on, kept_hours(said.hours))
    is_old = page is not None and evidence.written_on not in {page.name, page.seen}
    if is_old and new != Said(evidence.narrative, evidence.held_on, kept_hours(evidence.hours)):
        raise Refused(Reason.CHANGED_ELSEWHERE)
    evidence.narrative, evidence.held_on, evidence.hours = new.narrative, new.held_on, new.hours
    evidence.written_on = page.name if page else new_reference()


def kept_story(narrative: str) -> str:
    """Normalise a story: LF line ends, no bidirectional overrides, at most `LONGEST_DRAFT` characters."""
    return readable(narrative.replace("\r\n", "\n"))[:LONGEST_DRAFT]
