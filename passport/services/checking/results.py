"""What a check came to, as pages and machines read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from passport.openbadges.credential import Entry
from passport.openbadges.registry import RegisteredIssuer
from passport.verifier import CHECKS, Check, Outcome, Verdict
from passport.verifier.verdicts import Claim

NOTHING_CHECKED = tuple(
    Check(name, Outcome.NOT_CHECKED, "our list of issuers could not be read") for name in CHECKS
)


class Source(StrEnum):
    """What was checked."""

    CODE = "code"
    PAPER = "paper"  # the whole text of a printed code
    FILE = "file"


@dataclass(frozen=True)
class CheckedEntry:
    """What the check of one entry came to. ``credential`` is None unless its signature held."""

    verdict: Verdict
    checks: tuple[Check, ...]
    credential: Entry | None = None
    status_age: timedelta | None = None
    issuer: RegisteredIssuer | None = None
    employer: RegisteredIssuer | None = None
    claim: Claim | None = None


@dataclass(frozen=True)
class Result:
    """What the check of a code, or of an entry that was handed in, came to: the worst of its entries.

    ``code`` is empty for what has none. ``share`` is the number of a share that is known, for its receipts,
    and never for a page.
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
        """The age of the oldest status list that was read."""
        ages = [entry.status_age for entry in self.entries if entry.status_age is not None]
        return max(ages, default=None)

    @property
    def issuer(self) -> str | None:
        """The DID of the registered programme that issued the entries, if one is known."""
        return next((entry.issuer.did for entry in self.entries if entry.issuer is not None), None)

    @property
    def shows_person(self) -> bool:
        """Whether an entry in it shows whose it is in full: then a date of birth can be compared."""
        return any(entry.verdict in {Verdict.V1, Verdict.V5} and entry.credential for entry in self.entries)
