"""ical.js, which Thunderbird and Nextcloud read calendars with, finds our visits at the right hour."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

from passport.adapters.calendars import Entry, ics

ZONELESS = datetime(2027, 1, 12, 9, 30, tzinfo=UTC)


def test_a_visit_of_january_and_one_of_june_and_a_day_without_a_time(
    node_libraries: Path, tmp_path: Path
) -> None:
    entries = [
        Entry("visit-1@host", "Copperlark; Cobaltfield, Glassworks", ZONELESS.date(), ZONELESS, None),
        Entry("visit-2@host", "Ü" * 60, date(2026, 6, 23), summer(8), summer(11)),
        Entry("session-3@host", "Event", date(2027, 1, 13), None, None),
    ]
    (tmp_path / "calendar.ics").write_bytes(ics("Made in B", entries, ZONELESS))
    done = subprocess.run(
        ["node", "calendar.mjs", str(tmp_path / "calendar.ics")],
        cwd=node_libraries,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    january, june, day = json.loads(done.stdout)
    assert january["starts"] == "2027-01-12T09:30:00.000Z", "in winter London is at UTC, not an hour early"
    assert january["summary"] == "Copperlark; Cobaltfield, Glassworks"
    assert (june["starts"], june["ends"]) == ("2026-06-23T08:30:00.000Z", "2026-06-23T11:30:00.000Z")
    assert june["summary"] == "Ü" * 60, "long lines are folded and come back whole"
    assert day["starts"] == "2027-01-13"
    assert day["names"] == ["dtstamp", "dtstart", "summary", "uid"]


def summer(hour: int) -> datetime:
    """Half past an hour of a day in June, in UTC."""
    return datetime(2026, 6, 23, hour, 30, tzinfo=UTC)
