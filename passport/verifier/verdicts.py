"""What a check of an entry can end in, and what it reports."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from passport.openbadges.credential import Entry
from passport.openbadges.registry import RegisteredIssuer

from .unexpected import Unexpected


class Verdict(StrEnum):
    """The ten outcomes of a check. V9 and V10 speak of a share code and are given by the service."""

    V1 = "V1"  # genuine and current
    V2 = "V2"  # genuine, but withdrawn
    V3 = "V3"  # genuine, but on hold
    V4 = "V4"  # genuine, but replaced by a newer entry
    V5 = "V5"  # genuine, but past its review date
    V6 = "V6"  # we do not recognise who issued this
    V7 = "V7"  # not genuine
    V8 = "V8"  # we could not finish the check
    V9 = "V9"  # we cannot find this code
    V10 = "V10"  # the holder has stopped sharing this


# The worst first. V9 and V10 are about a whole code and never meet the others.
SEVERITY = (
    Verdict.V7,
    Verdict.V2,
    Verdict.V8,
    Verdict.V10,
    Verdict.V9,
    Verdict.V6,
    Verdict.V3,
    Verdict.V4,
    Verdict.V5,
    Verdict.V1,
)

# Verdicts under which anything of an entry may be shown, and then only if its signature held.
SHOWN = frozenset({Verdict.V1, Verdict.V2, Verdict.V3, Verdict.V4, Verdict.V5, Verdict.V6})


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Give the most serious of several verdicts. Raises ValueError for none at all."""
    return min(verdicts, key=SEVERITY.index)


class Outcome(StrEnum):
    """What became of one check. A check that did not run never looks like a pass."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True)
class Check:
    """One named check. A page gives the name its words; the reason is for whoever looks closer.

    `unexpected` is set where an exception that nobody foresaw kept the check from being made.
    """

    name: str
    outcome: Outcome
    reason: str = ""
    unexpected: Unexpected | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Claim:
    """What a credential of an issuer whom nobody vouches for says of itself: who issued it, and for what."""

    issuer: str
    achievement: str


@dataclass(frozen=True)
class Verification:
    """The verdict on one entry, and all that a page may say about it.

    `credential` is None unless the signature held and the verdict is one of V1 to V6. `issuer` and `employer`
    are the registry's own words for who they are, which a page shows in place of what the document says.
    `claim` is there under V6 alone, and only where the signature could be checked, and held.
    `unexpected` is there where an exception that nobody foresaw ended the check: then the verdict is V8.
    """

    verdict: Verdict
    checks: tuple[Check, ...]
    credential: Entry | None
    status_age: timedelta | None
    checked_at: datetime
    status_from: datetime | None = None
    issuer: RegisteredIssuer | None = None
    employer: RegisteredIssuer | None = None
    claim: Claim | None = None
    unexpected: Unexpected | None = field(default=None, compare=False)
