"""What a check came to, as lists and machines are told it: no more than the verdict's own page shows."""

from __future__ import annotations

from dataclasses import dataclass

from passport.openbadges.credential import Entry
from passport.services.checking.results import CheckedEntry
from passport.verifier import Verdict

# product, section 4: which show the person, which name and skill, which the skill. Of a stranger's: nothing.
PERSON = frozenset({Verdict.V1, Verdict.V5})
NAME_AND_SKILL = frozenset({Verdict.V2, Verdict.V3})
SKILL = frozenset({Verdict.V4})


@dataclass(frozen=True)
class Shown:
    """What may be shown of one entry; what may not is None."""

    skill: str | None = None
    holder: str | None = None
    whole: Entry | None = None


def shown(entry: CheckedEntry) -> Shown:
    """What the verdict on an entry lets be seen of it."""
    found = entry.credential
    if found is None:
        return Shown()
    if entry.verdict in PERSON:
        return Shown(found.achievement.skill, found.holder_name, found)
    if entry.verdict in NAME_AND_SKILL:
        return Shown(found.achievement.skill, found.holder_name or None)
    return Shown(found.achievement.skill) if entry.verdict in SKILL else Shown()
