"""The words of a draft: an older page never writes over what it has not shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from passport.db.base import new_reference
from passport.db.evidence.drafts import Evidence
from passport.services.core.errors import Refused
from passport.services.core.hours import kept_hours
from passport.services.core.reasons import Reason
from passport.services.core.texts import readable

LONGEST_DRAFT = 10_000


@dataclass(frozen=True)
class Page:
    """A page with the form, opened once: its own name, and that of the page which wrote what it showed."""

    name: str
    seen: str


def new_page() -> str:
    """A name for a page that is opened now."""
    return new_reference()


@dataclass(frozen=True)
class Said:
    """What happened, when, and for how long, good or not."""

    narrative: str
    held_on: date | None
    hours: Decimal | None


def write(evidence: Evidence, said: Said, page: Page | None) -> None:
    """Put what was said into a draft that the caller has locked; no page is none that could be old.

    A page writes as often as it likes. Raises Refused once another one wrote something else since this one
    was opened; then nothing is changed.
    """
    new = Said(kept_story(said.narrative), said.held_on, kept_hours(said.hours))
    is_old = page is not None and evidence.written_on not in {page.name, page.seen}
    if is_old and new != Said(evidence.narrative, evidence.held_on, kept_hours(evidence.hours)):
        raise Refused(Reason.CHANGED_ELSEWHERE)
    evidence.narrative, evidence.held_on, evidence.hours = new.narrative, new.held_on, new.hours
    evidence.written_on = page.name if page else new_reference()


def kept_story(narrative: str) -> str:
    """What is kept of a text: line ends as one sign, and nothing that turns the words round."""
    return readable(narrative.replace("\r\n", "\n"))[:LONGEST_DRAFT]
