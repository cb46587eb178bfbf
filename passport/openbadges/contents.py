"""What a compact entry says: twenty values and their limits. Its days are those of the programme's time zone.

An entry beyond the limits has no compact form and is printed with its share code alone: no name is ever
shortened or refused for it.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from typing import Any

from . import signed_texts
from .credential import Entry
from .days import day_of
from .errors import BadText, OpenBadgesError
from .status_list import POSITIONS
from .terms import LEVELS, Basis

# Bytes in UTF-8.
TEXTS = {
    "holder_name": 64,
    "school": 64,
    "skill": 96,
    "champion_name": 48,
    "champion_role": 48,
    "employer": 64,
}
MAX_NUMBER = MAX_SECONDS = 2**32 - 1
MAX_DAYS = 2**16 - 1
# Minimum and maximum. Texts and numbers at their limits still make fewer than 560 bytes.
NUMBERS = {
    "framework": (1, MAX_NUMBER),
    "framework_version": (1, MAX_NUMBER),
    "skill_number": (1, MAX_NUMBER),
    "level": (1, len(LEVELS)),
    "review_months": (1, 1200),
    "list_number": (1, MAX_NUMBER),
    "index": (0, POSITIONS - 1),
    "share_index": (0, POSITIONS - 1),
}
EPOCH = date(1970, 1, 1)
DAY = 86_400

_SKILL = re.compile(
    r".*/frameworks/(?P<framework>[0-9]{1,10})/(?P<version>[0-9]{1,10})/skills/(?P<number>[0-9]{1,10})"
)
_LIST = re.compile(r".*/status/(?P<number>[0-9]{1,10})/(suspension|revocation)")


class DoesNotFit(OpenBadgesError):
    """This entry has no compact form; the message says what is too long, or out of range."""


@dataclass(frozen=True)
class Contents:
    """What a compact entry says. From the day `share_ends` on, the share is no longer valid."""

    holder_name: str
    school: str
    framework: int
    framework_version: int
    skill_number: int
    skill: str
    level: int
    champion_name: str
    champion_role: str
    employer: str
    basis: Basis
    confirmed: bool
    endorsed_on: date
    issued_on: date
    review_months: int
    list_number: int
    index: int
    share_index: int
    share_made: date
    share_ends: date

    @property
    def review_on(self) -> date:
        """Return the review date."""
        return add_months(self.issued_on, self.review_months)


def contents_of(
    entry: Entry, where: tzinfo, *, share_made: date, share_ends: date, share_index: int
) -> Contents:
    """Return the contents of the compact form of an entry, for one share of it. Raises DoesNotFit.

    If the school confirmed it, the school takes the employer's place. Days are those in the time zone
    `where`; those in UTC for an entry whose review is whole months after its issue in UTC alone.
    """
    share = {"share_made": share_made, "share_ends": share_ends, "share_index": share_index}
    if _is_whole_months(entry, where) or not _is_whole_months(entry, UTC):
        return _contents_in(entry, where, **share)
    return _contents_in(entry, UTC, **share)


def _contents_in(entry: Entry, where: tzinfo, **share: Any) -> Contents:
    skill, status = _SKILL.fullmatch(entry.achievement.id), _LIST.fullmatch(entry.status.list_url)
    if skill is None or status is None:
        raise DoesNotFit("the skill or the status list has no number")
    issued_on, review_on = day_of(entry.issued_at, where), day_of(entry.review_at, where)
    contents = Contents(
        holder_name=entry.holder_name,
        school=entry.school,
        framework=int(skill["framework"]),
        framework_version=int(skill["version"]),
        skill_number=int(skill["number"]),
        skill=entry.achievement.skill,
        level=entry.level,
        champion_name=entry.champion.name,
        champion_role=entry.champion.role,
        employer=entry.vouching,
        basis=entry.basis,
        confirmed=entry.confirmed,
        endorsed_on=day_of(entry.endorsed_at, where),
        issued_on=issued_on,
        review_months=_months_between(issued_on, review_on),
        list_number=int(status["number"]),
        index=entry.status.index,
        **share,
    )
    check(contents)
    if contents.review_on != review_on:
        raise DoesNotFit("the review date is not whole months after the day of issue")
    return contents


def check(contents: Contents) -> None:
    """Raise DoesNotFit, naming the fault, unless the contents keep to the limits."""
    for name, limit in TEXTS.items():
        _check_text(name, getattr(contents, name), limit)
    for name, (least, greatest) in NUMBERS.items():
        if not least <= getattr(contents, name) <= greatest:
            raise DoesNotFit(f"{name} is out of its range")
    endorsed, share = days_since_1970(contents.endorsed_on), (contents.share_made, contents.share_ends)
    until_issued = days_since_1970(contents.issued_on) - endorsed
    if not 0 <= endorsed <= MAX_DAYS or not 0 <= until_issued <= MAX_DAYS:
        raise DoesNotFit("the day of endorsement or of issue is out of its range")
    if not all(0 <= days_since_1970(day) * DAY <= MAX_SECONDS for day in share):
        raise DoesNotFit("the days of the share are out of their range")


def fits(contents: Contents) -> bool:
    """Return whether these contents have a compact form."""
    try:
        check(contents)
    except DoesNotFit:
        return False
    return True


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return day.replace(year=day.year + years, month=month + 1, day=min(day.day, last))


def days_since_1970(day: date) -> int:
    """Return the number of days since 1970-01-01, as in the compact form."""
    return (day - EPOCH).days


def _check_text(name: str, text: Any, limit: int) -> None:
    if type(text) is not str:
        raise DoesNotFit(f"{name} is no text")
    if len(text) > limit or len(text.encode("utf-8", "surrogatepass")) > limit:
        raise DoesNotFit(f"{name} is longer than {limit} bytes")
    if text.isascii() and text.isprintable() and text and text == text.strip():
        return  # nothing that the rule forbids is printable ASCII
    try:
        signed_texts.check(text)
    except BadText as error:
        raise DoesNotFit(f"{name}: {error}") from error


def _is_whole_months(entry: Entry, where: tzinfo) -> bool:
    issued_on, review_on = day_of(entry.issued_at, where), day_of(entry.review_at, where)
    return add_months(issued_on, _months_between(issued_on, review_on)) == review_on


def _months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month
