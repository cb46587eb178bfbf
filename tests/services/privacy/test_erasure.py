"""An erased student is nowhere: rows, files, journals and lists; what was not theirs stays as it was."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import inspect, text

from passport.db.checking.desk import Row
from passport.db.credentials.records import Credential, CredentialState
from passport.db.evidence.evidence import Evidence
from passport.db.people.accounts import Student
from passport.db.people.birthdates import Birthdate
from passport.db.people.imports import ImportRow, ImportState, StudentImport
from passport.db.safeguarding.worries import Worry, WorryState
from passport.jobs import erasures, nightly, scan_files
from passport.jobs import queue as job_queue
from passport.services.checking.desk import receiving, tables
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.credentials import lifecycle
from passport.services.endorsements import queue
from passport.services.evidence import drafting, evidence_files, worry_reports
from passport.services.people import students
from passport.services.privacy import erasure, my_data, requests
from passport.verifier import Verdict
from tests.fixtures.towns import STORY, Town
from tests.services.checking import test_handed_in as handed_in
from tests.services.trust.test_restored import Backup, published, start, verdict

# nothing of the student that this town holds may be found anywhere
TRACES = ("Amara", "amara", STORY[:25])


def erase(town: Town, who: str = "amara") -> None:
    with town.transaction() as session:
        erasure.erase(session, town.account(session, who), "test", town.clock())
    erasures.finish(town.runtime)
    job_queue.publish_due(town.runtime)


def cells(town: Town) -> Iterator[str]:
    """Every value in the database as text."""
    engine = town.runtime.database.engine
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):  # noqa: S608 - our own tables
                for value in row:
                    whole = (
                        bytes(value).decode("latin-1")
                        if isinstance(value, bytes | memoryview)
                        else str(value)
                    )
                    yield f"{table}: {whole}"


def photo(town: Town) -> Path:
    """A photo in a draft of Amara's, scanned and kept; gives its file."""
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, "JPEG")
    stored = evidence_files.store(town.runtime.private, picture.getvalue())
    with town.transaction() as session:
        amara = town.account(session, "amara")
        item = drafting.start(session, amara, town.activity, town.clock())
        evidence_files.add(session, amara, item.reference, stored, town.clock())
    for file in scan_files.waiting(town.runtime):
        scan_files.clear_one(town.runtime, file)
    [kept] = [one for one in (town.runtime.settings.instance / "files").rglob("*") if one.is_file()]
    return kept


def test_nothing_is_found_of_an_erased_student_and_others_stay(town: Town) -> None:
    code, file = town.shared(town.issued()), photo(town)
    town.sent()
    town.endorsed(town.sent())
    document = handed_in.document(town)
    town.endorsed(
        town.sent("kit", story="Kit swept the yard after the pump had been taken down and measured it."),
        "sky",
    )
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        amara = town.account(session, "amara").id
        kits_entry = lifecycle.mine(session, town.account(session, "kit"))[0].reference
    kits = town.shared(kits_entry, "kit")
    erase(town)
    found = [cell for cell in cells(town) if any(trace in cell for trace in TRACES)]
    assert found == []
    assert not file.exists()
    assert verdict(town, code) is Verdict.UNKNOWN_CODE
    assert handed_in.by_document(town, document).verdict is Verdict.UNKNOWN_CODE
    assert verdict(town, kits) is Verdict.CURRENT
    with town.transaction() as session:
        assert session.get(Birthdate, amara) is None
        entry = session.query(Credential).filter_by(state=CredentialState.ERASED).first()
        assert entry is not None
        position = entry.position.position
        assert queue.count(session, town.account(session, "robin"), town.clock()) == 0
        casey = town.account(session, "casey")
        assert casey.staff is not None
        listed = students.listed(session, casey, "", "", 1)
        assert "-" not in [one.account.name for one in listed.rows]
        assert audit.broken_at(session) is None
        assert audit.mismatches(session) == []
    assert published(town).bit(position)
    # a second time, and at night, nothing happens
    erase(town)
    nightly.run(town.runtime)
    job_queue.run_due(town.runtime)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_no_byte_of_an_erased_student_is_left_in_the_files(town: Town) -> None:
    town.shared(town.issued())
    town.sent()
    photo(town)
    erase(town)
    instance = town.runtime.settings.instance
    database = town.runtime.database.engine.url.database or ""
    files = [*instance.rglob("*"), *Path(database).parent.glob(f"{Path(database).name}*")]
    traces = [trace.encode() for trace in TRACES]
    found = {
        one.name for one in files if one.is_file() and any(trace in one.read_bytes() for trace in traces)
    }
    assert found == set()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_an_institution_holds_of_the_entries_is_emptied(town: Town) -> None:
    code = town.shared(town.issued())
    others = "SP-0000-0000-0000,Amara Demoson\nSP-0000-0000-0001,Amaranth Demosonovic\n"
    table = f"code,name\n{code},Amara Demoson\n{others}".encode()
    with town.transaction() as session:
        receiving.receive_table(session, tables.read(table), None, town.clock())
    job_queue.run_due(town.runtime)
    erase(town)
    with town.transaction() as session:
        rows = [json.loads(one.cells or "[]") for one in session.query(Row).order_by(Row.number)]
    # a row about another person of that name is not theirs, and a part of a name is no name
    assert rows[0] == ["", ""]
    assert [row[1] for row in rows[1:]] == ["Amara Demoson", "Amaranth Demosonovic"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_restored_backup_does_not_bring_an_erased_student_back(town: Town, tmp_path: Path) -> None:
    code = town.shared(town.issued())
    town.sent()
    last_night = Backup(town, tmp_path)
    town.clock.forward(hours=2)
    erase(town)
    last_night.restore()
    job_queue.erase_again(town.runtime)
    start(town)
    assert [cell for cell in cells(town) if any(trace in cell for trace in TRACES)] == []
    assert verdict(town, code) is Verdict.UNKNOWN_CODE


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_entry_that_is_being_signed_is_not_signed_after_an_erasure(town: Town) -> None:
    town.endorsed(town.sent())
    with town.transaction() as session:
        erasure.erase(session, town.account(session, "amara"), "test", town.clock())
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        assert session.query(Credential).count() == 0
        assert session.query(Student).filter(Student.erased_at.is_not(None)).count() == 1
        with pytest.raises(NotFound):
            erasure.erase(session, town.account(session, "robin"), "test", town.clock())


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_erased_student_has_no_data_left_to_see(town: Town) -> None:
    town.issued()
    with town.transaction() as session:
        amara = town.account(session, "amara")
        erasure.erase(session, amara, "test", town.clock())
        copy = my_data.copy_of(session, amara, town.clock(), with_files=True)
    assert (copy.entries, copy.stored) == ({}, {})


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_a_safeguarding_lead_must_keep_stays_with_them_alone(town: Town) -> None:
    sent = town.sent()
    with town.transaction() as session:
        casey, morgan, amara = (town.account(session, who) for who in ("casey", "morgan", "amara"))
        reference = worry_reports.raise_one(session, casey, sent, "They seem afraid.", town.clock()).reference
        asked = requests.ask(session, amara, "erasure", "", town.clock()).reference
        requests.pass_on(session, casey, asked, town.clock())
        with pytest.raises(Refused) as refused:
            requests.carry_out(session, morgan, asked, town.clock())
        assert refused.value.reason is Reason.ERASURE_WAITS
        assert amara.name == "Amara Demoson"
        worry = session.query(Worry).filter_by(reference=reference).one()
        worry.state, worry.closed_at = WorryState.CLOSED, town.clock()
        session.flush()
        requests.carry_out(session, morgan, asked, town.clock())
        kept = session.query(Worry).filter_by(reference=reference).one().words
        assert kept.startswith("They seem afraid.")
        assert "Amara Demoson" in kept
        assert STORY in kept


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_list_of_students_does_not_make_an_erased_one_again(town: Town) -> None:
    with town.transaction() as session:
        amara, casey = town.account(session, "amara"), town.account(session, "casey")
        assert casey.staff is not None
        made = StudentImport(
            school_id=casey.staff.school_id,
            made_by_id=casey.id,
            file_name="list.csv",
            state=ImportState.RECEIVED,
            layout="{}",
            total=3,
            made_at=town.clock(),
            purge_at=town.clock(),
        )
        session.add(made)
        session.flush()
        lines = (
            ["Amara Demoson", "6 May 2011"],
            ["Amara Demosonovic", "6 May 2011"],
            ["x", str(amara.email)],
        )
        for number, line in enumerate(lines, 1):
            session.add(ImportRow(import_id=made.id, number=number, cells=json.dumps(line)))
        session.flush()
        erasure.erase(session, amara, "test", town.clock())
        assert [row.number for row in session.query(ImportRow)] == [2]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_was_begun_before_an_erasure_goes_at_night(town: Town) -> None:
    town.sent()
    erase(town)
    with town.transaction() as session:
        student = session.query(Student).filter(Student.erased_at.is_not(None)).one()
        session.query(Evidence).filter_by(student_id=student.account_id).update({"narrative": "A late text."})
    nightly.run(town.runtime)
    assert not [cell for cell in cells(town) if "A late text." in cell]
