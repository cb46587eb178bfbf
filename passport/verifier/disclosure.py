"""How much of an entry may be shown under each verdict: the one table of it (product, section 4).

Pages, desk, API, command and the page's own reader all ask this table; `static/check/disclosure.js` is made
from it. Whatever it allows, contents are shown only where their signature was found to hold.
"""

from dataclasses import dataclass
from enum import StrEnum

from passport.openbadges.credential import Entry

from .verdicts import Verdict


class Disclosure(StrEnum):
    """How much may be shown."""

    WHOLE = "whole"  # whose it is, and everything that was signed
    NAME = "name"  # the holder's name and the skill
    SKILL = "skill"  # the skill alone
    CLAIM = "claim"  # what it claims to be, folded, and as its own words
    NOTHING = "nothing"


DISCLOSURE = {
    Verdict.CURRENT: Disclosure.WHOLE,
    Verdict.WITHDRAWN: Disclosure.NAME,
    Verdict.ON_HOLD: Disclosure.NAME,
    Verdict.REPLACED: Disclosure.SKILL,
    Verdict.PAST_REVIEW: Disclosure.WHOLE,
    Verdict.UNKNOWN_ISSUER: Disclosure.CLAIM,
    Verdict.NOT_GENUINE: Disclosure.NOTHING,
    Verdict.UNFINISHED: Disclosure.NOTHING,
    Verdict.UNKNOWN_CODE: Disclosure.NOTHING,
    Verdict.SHARING_ENDED: Disclosure.NOTHING,
}
# Verdicts on what the registry's own issuers signed.
GENUINE = frozenset(
    verdict for verdict, shown in DISCLOSURE.items() if shown not in {Disclosure.CLAIM, Disclosure.NOTHING}
)


@dataclass(frozen=True)
class Shown:
    """What may be shown of one entry; a field that may not is None."""

    skill: str | None = None
    holder: str | None = None
    whole: Entry | None = None


def shows_any(verdict: Verdict) -> bool:
    """Return whether anything at all may be shown under a verdict."""
    return DISCLOSURE[verdict] is not Disclosure.NOTHING


def shown(verdict: Verdict, entry: Entry | None) -> Shown:
    """Return what a verdict allows to be shown of an entry whose signature holds; nothing under V6."""
    if entry is None or verdict not in GENUINE:
        return Shown()
    skill = entry.achievement.skill
    match DISCLOSURE[verdict]:
        case Disclosure.WHOLE:
            return Shown(skill, entry.holder_name, entry)
        case Disclosure.NAME:
            return Shown(skill, entry.holder_name or None)
    return Shown(skill)


def script() -> str:
    """Return the table as a module for the page's own reader."""
    rows = "\n".join(f'  {verdict}: "{shown}",' for verdict, shown in DISCLOSURE.items())
    return f"// Made from passport/verifier/disclosure.py.\nexport const DISCLOSURE = {{\n{rows}\n}};\n"
