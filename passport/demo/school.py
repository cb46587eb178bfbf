"""What waits for the demo's school to read: held texts, a photo, a worry, a dictated text."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from passport.db.evidence.evidence import Evidence
from passport.demo.story import STORIES, Teller
from passport.services.evidence import drafting, evidence_files, evidence_holds, scribing, worry_reports
from passport.services.evidence.evidence_files import Stored
from passport.services.evidence.scribing import Dictation

# drawn for the demo: it shows nothing real
PHOTO = Path(__file__).with_name("photo.jpg").read_bytes()
WORRY = "She writes that she had not eaten since the day before."


def settle(teller: Teller, photo: Stored) -> None:
    """Make evidence that was sent back weeks ago and is still with the student, and more of the last days."""
    robin, casey = teller.people["robin"], teller.people["casey"]
    back = teller.sends("amara", "checkout", 11, 2, STORIES["testing team"])
    evidence_holds.send_back(teller.session, casey, back.reference, "say-what-you-did", teller.at)
    teller.at += timedelta(days=18)
    teller.sends("amara", "women", 2, 2, STORIES["reached"])
    worried = teller.sends("amara", "hygiene", 5, 1, STORIES["tired"])
    worry_reports.raise_one(teller.session, robin, worried.reference, WORRY, teller.at)
    _with_a_photo(teller, photo)
    teller.at += timedelta(hours=1)
    held = teller.activities["waste"]
    told = Dictation(held.reference, 1, 2, STORIES["dictated"], held.held_on, held.hours)
    scribing.write(teller.session, casey, teller.people["amara"].reference, told, teller.at)


def _with_a_photo(teller: Teller, stored: Stored) -> Evidence:
    """Return submitted evidence with a photo that the job has already scanned."""
    amara = teller.people["amara"]
    draft = teller.logs("amara", "gauges", 4, 3, STORIES["gauges"])
    photo = evidence_files.add(teller.session, amara, draft.reference, stored, teller.at)
    taken = evidence_files.claim(teller.session, photo.id, teller.at)
    if taken is not None:
        evidence_files.clear(teller.session, taken, taken.name, PHOTO, "")
    return drafting.submit(teller.session, amara, draft.reference, teller.at)
