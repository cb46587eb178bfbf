"""Every adult view of a student's things is kept, with the reason, and that student alone reads it."""

from __future__ import annotations

import pytest

from passport.db.credentials.records import Credential
from passport.db.evidence.evidence import Evidence
from passport.services.evidence import reading_log
from tests.fixtures.towns import Town


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_look_at_an_entry_at_evidence_and_at_a_record_is_read_by_the_student(town: Town) -> None:
    entry, sent = town.issued(), town.sent()
    with town.transaction() as session:
        amara, casey, morgan = (town.account(session, who) for who in ("amara", "casey", "morgan"))
        credential = session.query(Credential).filter_by(reference=entry).one()
        evidence = session.query(Evidence).filter_by(reference=sent).one()
        for _twice in range(2):
            reading_log.record(session, casey, amara.id, town.clock(), credential=credential)
        reading_log.record(session, morgan, amara.id, town.clock(), evidence=evidence, reason="A complaint.")
        reading_log.record(session, casey, amara.id, town.clock())
        reading_log.record(session, amara, amara.id, town.clock())
        found = [
            (one.name, one.role, one.what, one.title, one.reason, one.times)
            for one in reading_log.of_student(session, amara)
        ]
        skill = "Measuring and checking"
        assert found == [
            ("Casey Exampleby", "coordinator", "record", "", "", 1),
            ("Morgan Samplewright", "manager", "evidence", skill, "A complaint.", 1),
            ("Casey Exampleby", "coordinator", "entry", skill, "", 2),
        ]
        assert reading_log.of_student(session, town.account(session, "kit")) == []
