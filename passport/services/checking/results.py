"""The results of checks, as pages and machines read them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from passport.openbadges.credential import Entry
from passport.openbadges.registry import RegisteredIssuer
from passport.verifier import CHECKS, Check, Outcome, Verdict
from passport.verifier.disclosure import DISCLOSURE, Disclosure
from passport.verifier.verdicts import Claim

NOTHING_CHECKED = tuple(
    Check(name, Outcome.NOT_CHECKED, "our list of issuers could not be read") for name in CHECKS
)
# of stored bytes that cannot be read: its holder did nothing to them
DAMAGED = tuple(Check(name, Outcome.NOT_CHECKED, "our own record of it is damaged") for name in CHECKS)


class Source(StrEnum):
    """The kind of thing that was checked."""

    CODE = "code"
    PAPER = "paper"  # the whole text of a printed code
    FILE = "file"


@dataclass(frozen=True)
class CheckedEntry:
    """The result of checking one entry. ``credential`` is None unless its signature is valid."""

    verdict: Verdict
    checks: tuple[Check, ...]
    credential: Entry | None = None
    status_age: timedelta | None = None
    issuer: RegisteredIssuer | None = None
    employer: RegisteredIssuer | None = None
    claim: Claim | None = None


@dataclass(frozen=True)
class Result:
    """The result of checking a code or a submitted entry: the worst of its entries.

    ``code`` is empty where there is none. ``share`` is the number of a known share, for its receipts and
    never for a page.
    """

    verdict: Verdict
    typed: str
    checked_at: datetime
    code: str = ""
    hint: str | None = None
    entries: tuple[CheckedEntry, ...] = ()
    counts: dict[Verdict, int] = field(default_factory=dict)
    share: int | None = None
    source: Source = Source.CODE

    @property
    def status_age(self) -> timedelta | None:
        """Return the age of the oldest status list that was read."""
        ages = [entry.status_age for entry in self.entries if entry.status_age is not None]
        return max(ages, default=None)

    @property
    def issuer(self) -> str | None:
        """Return the DID of the registered programme that issued the entries, if one is known."""
        return next((entry.issuer.did for entry in self.entries if entry.issuer is not None), None)

    @property
    def shows_person(self) -> bool:
        """Return whether an entry shows its holder in full, so that a date of birth can be compared."""
        return any(
            DISCLOSURE[entry.verdict] is Disclosure.WHOLE and entry.credential for entry in self.entries
        )
