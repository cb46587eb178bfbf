"""The one rule for days: a time is on its day in the programme's time zone, which the registry names.

A day that is only written down (on paper, in a printed code) ends when it ends in that zone. A reader that
does not know the zone takes the day to last as long as it is that day anywhere on Earth: nothing ends for it
too early. `check/times.js` has the same rule.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
# Where a day begins first and where it ends last
_FIRST, _LAST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))


def zone(name: str | None) -> tzinfo | None:
    """Return the time zone of an IANA name; None without a name, and for one that is not known here."""
    try:
        return None if name is None else ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def day_of(at: datetime, where: tzinfo) -> date:
    """Return the day on which a time is, in a time zone."""
    return at.astimezone(where).date()


def ends(day: date, where: tzinfo | None) -> datetime:
    """Return when a day is over in a time zone; where that is None, when it is over everywhere on Earth."""
    return _midnight(day + _DAY, where or _LAST)


def last_second(day: date, where: tzinfo) -> datetime:
    """Return the last second of a day in a time zone, in UTC: what ends then is good on that whole day."""
    return ends(day, where) - timedelta(seconds=1)


def span(day: date, where: tzinfo | None) -> tuple[datetime, datetime]:
    """Return the earliest and the latest time that may be meant by a day that was written down.

    Printed codes have the programme's day, and those made before this rule the day in UTC: both are within.
    """
    if where is None:
        return _midnight(day, _FIRST), ends(day, None)
    begin = min(_midnight(day, where), _midnight(day, UTC))
    return begin, max(ends(day, where), ends(day, UTC))


def _midnight(day: date, where: tzinfo) -> datetime:
    """Return the first moment of a day: where a clock is put forward at midnight, when that happens."""
    return datetime.combine(day, time(), where).astimezone(UTC)
