"""The possible verdicts of a check, and what it reports."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from passport.openbadges.credential import Entry
from passport.openbadges.registry import RegisteredIssuer

from .unexpected import Unexpected


class Verdict(StrEnum):
    """The ten outcomes of a check. V9 and V10 are about a share code and are given by the service."""

    CURRENT = "V1"  # genuine and current
    WITHDRAWN = "V2"  # genuine, but withdrawn
    ON_HOLD = "V3"  # genuine, but on hold
    REPLACED = "V4"  # genuine, but replaced by a newer entry
    PAST_REVIEW = "V5"  # genuine, but past its review date
    UNKNOWN_ISSUER = "V6"  # we do not recognise who issued this
    NOT_GENUINE = "V7"  # not genuine
    UNFINISHED = "V8"  # we could not finish the check
    UNKNOWN_CODE = "V9"  # we cannot find this code
    SHARING_ENDED = "V10"  # the holder has stopped sharing this


# The worst first. V9 and V10 are about a whole code and are never compared with the others.
SEVERITY = (
    Verdict.NOT_GENUINE,
    Verdict.WITHDRAWN,
    Verdict.UNFINISHED,
    Verdict.SHARING_ENDED,
    Verdict.UNKNOWN_CODE,
    Verdict.UNKNOWN_ISSUER,
    Verdict.ON_HOLD,
    Verdict.REPLACED,
    Verdict.PAST_REVIEW,
    Verdict.CURRENT,
)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the most serious of several verdicts. Raises ValueError for none at all."""
    return min(verdicts, key=SEVERITY.index)


class Outcome(StrEnum):
    """The outcome of one check. A check that did not run never looks like a pass."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True)
class Check:
    """One named check. A page has words for the name; the reason is for closer inspection.

    `unexpected` is set if an unforeseen exception kept the check from being made.
    """

    name: str
    outcome: Outcome
    reason: str = ""
    unexpected: Unexpected | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Claim:
    """What a credential of an unregistered issuer says of itself: who issued it, and for what."""

    issuer: str
    achievement: str


@dataclass(frozen=True)
class Verification:
    """The verdict on one entry, and all that a page may say about it.

    `credential` is None unless the signature held and the verdict is one of V1 to V6. `issuer` and `employer`
    are the registry's own names for them, which a page shows in place of what the document says.
    `claim` is set under V6 alone, and only if the signature could be checked, and held.
    `unexpected` is set if an unforeseen exception ended the check: then the verdict is V8.
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
