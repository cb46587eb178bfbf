"""Read written days as offices and spreadsheets have them: 14/03/2011, 2011-03-14, 40616, 14 March 2011."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from passport.services.core.dates import HOME


class Unclear(StrEnum):
    """Why a written day is not read."""

    NOT_A_DAY = "not a day"
    TWO_WAYS = "two ways"


MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST = 60
FIRST_YEAR = 1900
# The day before day 1 of spreadsheets, which count a 29 February 1900 (ECMA-376 part 1, 18.17.4.1)
SERIAL_ZERO = date(1899, 12, 30)

TIME = re.compile(
    r"[t ]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?\s*(?P<half>[ap]m)?"
    r"\s*(?P<zone>z|[+-]\d{2}:?\d{2})?$"
)
SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
EIGHT = re.compile(r"\d{8}")
YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})")
YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
WEEKDAY = r"(?:(?P<weekday>[a-z]{3,9})\.? )?"
DAY, MONTH, YEAR = (
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?",
    r"(?P<month>[a-z]{3,9})\.?",
    r"(?P<year>\d{4}|\d{2})",
)
WORDED = (
    re.compile(rf"{WEEKDAY}{DAY}(?: of)?[-/. ]?{MONTH}[-/. ]?{YEAR}"),
    re.compile(rf"{WEEKDAY}{MONTH}[- ]{DAY}[- ]{YEAR}"),
)


def day(text: str, today: date, *, month_first: bool = False) -> date | Unclear:
    """Read a written day, in numbers the day before the month as in the United Kingdom.

    With `month_first`, another date of the list has its month first: then a date of numbers that could be
    either is not read. A time is ignored, except one with a time zone that makes it another day here.
    """
    plain = " ".join(text.casefold().replace(",", " ").split())[: LONGEST + 1].rstrip(".")
    clock = TIME.search(plain)
    body = plain[: clock.start()] if clock else plain
    found = _read(body, today)
    if found is None or found.year < FIRST_YEAR or found > today:
        return Unclear.NOT_A_DAY
    if (month_first and _is_either(body)) or (clock and _is_another_day_here(found, clock)):
        return Unclear.TWO_WAYS
    return found


def is_month_first(text: str) -> bool:
    """Return whether a date of numbers can only have its month before its day: 05/31/2011."""
    numbers = YEAR_LAST.match(text.strip())
    return numbers is not None and int(numbers[1]) <= len(MONTHS) < int(numbers[2]) <= 31


def _is_either(body: str) -> bool:
    numbers = YEAR_LAST.fullmatch(body)
    if numbers is None:
        return False
    first, second = int(numbers[1]), int(numbers[2])
    return first != second and max(first, second) <= len(MONTHS)


def _read(body: str, today: date) -> date | None:
    if serial := SERIAL.fullmatch(body):
        return SERIAL_ZERO + timedelta(days=int(serial[1]))
    if EIGHT.fullmatch(body):
        # the second has a year from 1900 only where the first has no month
        return _date(body[:4], body[4:6], body[6:], today) or _date(body[4:], body[2:4], body[:2], today)
    if numbers := YEAR_FIRST.fullmatch(body):
        return _date(numbers[1], numbers[2], numbers[3], today)
    if numbers := YEAR_LAST.fullmatch(body):
        return _date(numbers[3], numbers[2], numbers[1], today)
    worded = next((match for form in WORDED if (match := form.fullmatch(body))), None)
    return _worded(worded, today) if worded else None


def _worded(match: re.Match[str], today: date) -> date | None:
    """Return the date; none where a weekday is named that it was not."""
    month = _number_of(match["month"], MONTHS)
    found = _date(match["year"], str(month), match["day"], today)
    if found and match["weekday"] and _number_of(match["weekday"], WEEKDAYS) != found.isoweekday():
        return None
    return found


def _number_of(word: str, words: tuple[str, ...]) -> int:
    """Return the number of a month or weekday, whole or cut short, from 1; 0 for another word."""
    return next((number for number, whole in enumerate(words, 1) if whole.startswith(word)), 0)


def _date(year: str, month: str, day: str, today: date) -> date | None:
    """Return the date; a year of two digits is the last such year that has begun."""
    number = int(year)
    if len(year) == len("11"):
        number += today.year // 100 * 100
        number -= 100 if number > today.year else 0
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


def _is_another_day_here(found: date, clock: re.Match[str]) -> bool:
    """Return whether a time with its zone stands for another day in our own zone; midnight is as written."""
    hour, minute, second = (int(clock[part] or 0) for part in ("hour", "minute", "second"))
    if clock["zone"] is None or not (hour or minute or second):
        return False
    written = clock["zone"].replace(":", "")
    away = timedelta() if written == "z" else timedelta(hours=int(written[1:3]), minutes=int(written[3:]))
    try:
        zone = timezone(-away if written.startswith("-") else away)
        at = datetime(found.year, found.month, found.day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return True
    return at.astimezone(HOME).date() != found
