"""What lists and machines may show of a check: no more than the verdict's own page shows."""

from __future__ import annotations

import re

from passport.services.checking.results import CheckedEntry
from passport.verifier import Check, Verdict, disclosure
from passport.verifier.disclosure import Shown

__all__ = ["Shown", "reason", "shown", "shows"]

LONGEST_REASON = 160
# where a reason begins to quote what was handed in
QUOTE = re.compile(r"\s*(?:['\"“]|: | did:| https?:)")


def reason(check: Check, verdict: Verdict) -> str:
    """Return why a check failed or was not made. A verdict that shows nothing quotes nothing either."""
    said = check.reason if disclosure.shows_any(verdict) else QUOTE.split(check.reason, maxsplit=1)[0]
    return said if len(said) <= LONGEST_REASON else f"{said[:LONGEST_REASON]}…"


def shows(verdict: str) -> str:
    """Return how much may be shown under a verdict, for templates: the value of a `Disclosure`."""
    return disclosure.DISCLOSURE[Verdict(verdict)].value


def shown(entry: CheckedEntry) -> Shown:
    """Return what the verdict on an entry allows to be shown."""
    return disclosure.shown(entry.verdict, entry.credential)
