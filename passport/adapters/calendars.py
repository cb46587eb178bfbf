"""Calendars as files (RFC 5545). Only this module uses icalendar.

Times are in UTC: readers differ in how they read a zone (some take the first of its changes alone, and show a
winter's visit an hour early), and in UTC there is nothing to read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True)
class Entry:
    """One thing in a calendar. ``starts`` and ``ends`` are times, or one day without a time (``day``)."""

    uid: str
    title: str
    day: date
    starts: datetime | None
    ends: datetime | None


def ics(name: str, entries: Iterable[Entry], at: datetime) -> bytes:
    """Return a calendar with these entries: title and time alone. ``at`` is when it was made."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Skills Passport//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        event = Event()
        event.add("uid", entry.uid)
        event.add("dtstamp", at.astimezone(UTC))
        event.add("summary", entry.title)
        if entry.starts is None:
            event.add("dtstart", entry.day)
        else:
            event.add("dtstart", entry.starts.astimezone(UTC))
            if entry.ends is not None:
                event.add("dtend", entry.ends.astimezone(UTC))
        calendar.add_component(event)
    return bytes(calendar.to_ical())
