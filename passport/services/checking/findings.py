"""What lists and machines may show of a check: no more than the verdict's own page shows."""

from __future__ import annotations

from dataclasses import dataclass

from passport.openbadges.credential import Entry
from passport.services.checking.results import CheckedEntry
from passport.verifier import Verdict

# product, section 4: verdicts that show the person, name and skill, or the skill. Unknown issuers: nothing.
PERSON = frozenset({Verdict.CURRENT, Verdict.PAST_REVIEW})
NAME_AND_SKILL = frozenset({Verdict.WITHDRAWN, Verdict.ON_HOLD})
SKILL = frozenset({Verdict.REPLACED})


@dataclass(frozen=True)
class Shown:
    """What may be shown of one entry; a field that may not is None."""

    skill: str | None = None
    holder: str | None = None
    whole: Entry | None = None


def shown(entry: CheckedEntry) -> Shown:
    """Return what the verdict on an entry allows to be shown."""
    found = entry.credential
    if found is None:
        return Shown()
    if entry.verdict in PERSON:
        return Shown(found.achievement.skill, found.holder_name, found)
    if entry.verdict in NAME_AND_SKILL:
        return Shown(found.achievement.skill, found.holder_name or None)
    return Shown(found.achievement.skill) if entry.verdict in SKILL else Shown()
