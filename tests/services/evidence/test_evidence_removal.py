"""What is removed is gone for everybody at once, and for good after thirty days: words and files."""

import sqlite3
from datetime import timedelta

import pytest

from passport.db.evidence.evidence import Evidence, EvidenceVersion
from passport.db.evidence.evidence_files import EvidenceFile, FileState
from passport.jobs import nightly, scan_files
from passport.services.core.errors import Refused
from passport.services.evidence import drafting, evidence_files, evidence_holds
from passport.services.privacy import evidence_removal
from tests.fixtures import hostile
from tests.fixtures.towns import STORY, Town
from tests.services.evidence.test_evidence_files import added, cleared, draft, kept_names, sent

REACHED = STORY + " Text me on 07700 900123."


def remove(town: Town, reference: str) -> None:
    """Amara takes it away."""
    with town.transaction() as session:
        evidence_removal.remove(session, town.account(session, "amara"), reference, town.clock())


def test_after_thirty_days_no_word_and_no_file_of_it_is_left(town: Town) -> None:
    reference = draft(town)
    file = added(town, reference, hostile.saved("JPEG"))
    cleared(town)
    sent(town, reference)
    remove(town, reference)
    scan_files.purge(town.runtime)
    assert len(kept_names(town)) == 1
    town.clock.forward(days=29, hours=23)
    scan_files.purge(town.runtime)
    with town.transaction() as session:
        assert session.query(EvidenceVersion).one().narrative == STORY
    town.clock.forward(hours=2)
    for _again in range(2):
        scan_files.purge(town.runtime)
    assert kept_names(town) == []
    with town.transaction() as session:
        gone = session.query(Evidence).filter_by(reference=reference).one()
        assert (gone.narrative, session.query(EvidenceVersion).one().narrative) == ("", "")
        assert session.query(EvidenceFile).filter_by(reference=file).one().state is FileState.PURGED


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_rest_of_the_passport_stays_and_the_database_holds_no_word_of_it(town: Town) -> None:
    town.issued()
    other = town.sent(story=STORY.replace("five", "seventeen"))
    remove(town, other)
    town.clock.forward(days=31)
    nightly.clean(town.runtime)
    file = town.runtime.database.url.removeprefix("sqlite:///")
    dump = "\n".join(sqlite3.connect(file).iterdump())
    assert "seventeen places" not in dump
    assert STORY in dump, "what an entry was made from stays"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_a_person_at_the_school_reads_is_not_removed_under_their_eyes(town: Town) -> None:
    held = town.sent(story=REACHED)
    with pytest.raises(Refused, match="being-read"):
        remove(town, held)
    with town.transaction() as session:
        casey = town.account(session, "casey")
        evidence_holds.send_back(session, casey, held, "contact-details", town.clock())
    remove(town, held)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_file_taken_away_from_what_was_sent_stays_with_that_version(town: Town) -> None:
    loose = draft(town)
    gone = added(town, loose, hostile.saved("JPEG"))
    kept = added(town, loose, hostile.saved("PNG"))
    cleared(town)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        evidence_files.remove(session, amara, loose, gone, town.clock())
    sent(town, loose)
    with town.transaction() as session:
        casey, amara = town.account(session, "casey"), town.account(session, "amara")
        evidence_holds.send_back(session, casey, loose, "say-what-happened", town.clock())
        evidence_files.remove(session, amara, loose, kept, town.clock())
    town.clock.forward(days=31)
    scan_files.purge(town.runtime)
    assert len(kept_names(town)) == 1
    with town.transaction() as session:
        assert session.query(EvidenceFile).filter_by(reference=kept).one().state is FileState.CLEAN
        assert drafting.own(session, town.account(session, "amara"), loose).version == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_a_killed_upload_left_behind_is_swept_away_after_a_day(town: Town) -> None:
    from datetime import UTC, datetime

    town.runtime.private.add(b"an upload whose transaction never ended")
    town.clock.now = datetime.now(UTC)
    scan_files.purge(town.runtime)
    assert len(kept_names(town)) == 1
    town.clock.now += timedelta(days=2)
    scan_files.purge(town.runtime)
    assert kept_names(town) == []
