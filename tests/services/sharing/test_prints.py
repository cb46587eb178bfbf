"""Paper for a ceremony: what students let their school print, made by jobs, whatever stops them half-way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import typst

from passport.adapters.printing import Layout, press
from passport.db.programmes.programme import Sector
from passport.db.sharing.prints import Print, PrintState
from passport.db.sharing.shares import Share
from passport.jobs import print_batches
from passport.jobs import queue as job_queue
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.evidence import reading_log
from passport.services.people import accounts
from passport.services.sharing import prints, shares
from tests.fixtures.paper import PHRASES, codes_on, pages, scanned, text_of
from tests.fixtures.towns import PASSWORD, Town

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])


def shared(town: Town, who: str = "amara", by: str = "robin", *, allowed: bool = True) -> str:
    """A person's share of a new entry, which the school may print."""
    code = town.shared(town.issued(who, by), who)
    with town.transaction() as session:
        reference = session.query(Share).filter_by(code=code).one().reference
        if allowed:
            prints.allow(session, town.account(session, who), reference, allowed=True, at=town.clock())
    return reference


def asked(town: Town, *references: str, layout: Layout = Layout.SHEET) -> int:
    """Casey has them printed."""
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        return prints.ask(session, casey, list(references), layout, PHRASES, at, grey=False).id


def batch(town: Town, number: int) -> Print:
    """A batch as its rows stand, with its document."""
    with town.transaction() as session:
        found = session.get_one(Print, number)
        assert found.document is None or found.document
        return found


def test_the_school_sees_what_its_students_let_it_print_and_nothing_else(town: Town) -> None:
    private, open_ = shared(town, allowed=False), shared(town)
    theirs = shared(town, "kit", "sky")
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        assert [share.reference for share in prints.offered(session, casey, at)] == [open_]
        for chosen in ([], [private], [theirs], [open_, theirs], ["NOSUCHREF"]):
            with pytest.raises(Refused, match="no-student-chosen"):
                prints.ask(session, casey, chosen, Layout.SHEET, PHRASES, at, grey=False)
        for who in ("amara", "robin", "morgan"):
            with pytest.raises(NotFound):
                prints.offered(session, town.account(session, who), at)
        amara = town.account(session, "amara")
        prints.allow(session, amara, open_, allowed=False, at=at)
        with pytest.raises(NotFound):
            prints.allow(session, amara, theirs, allowed=True, at=at)
        assert prints.offered(session, casey, at) == []
        assert audit.broken_at(session) is None


def test_a_batch_is_made_by_the_jobs_and_told_to_the_student(town: Town) -> None:
    number = asked(town, shared(town), shared(town))
    job_queue.run_due(town.runtime)
    made = batch(town, number)
    assert (made.state, made.ready, made.done_at) == (PrintState.DONE, 2, town.clock())
    assert made.document is not None
    assert pages(made.document) == 2
    assert len({text for page in range(2) for text in codes_on(scanned(made.document, page))}) == 4
    with town.transaction() as session:
        [looked, *_] = reading_log.of_student(session, town.account(session, "amara"))
        assert (looked.name, looked.role) == ("Casey Exampleby", "coordinator")
        assert audit.broken_at(session) is None
    job_queue.run_due(town.runtime)
    assert batch(town, number).document == made.document


@SQLITE
def test_what_was_stopped_meanwhile_is_left_out_and_said(town: Town) -> None:
    stopped, other, taken_back = shared(town), shared(town), shared(town)
    number = asked(town, stopped, other, taken_back)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        shares.stop(session, amara, stopped, town.clock())
        prints.allow(session, amara, taken_back, allowed=False, at=town.clock())
    job_queue.run_due(town.runtime)
    made = batch(town, number)
    assert made.document is not None
    assert pages(made.document) == 1
    assert [sheet.left_out for sheet in made.sheets] == ["over", "", "over"]


@SQLITE
def test_a_name_that_cannot_be_printed_keeps_no_other_from_being_printed(town: Town) -> None:
    good = shared(town)
    with town.transaction() as session:
        town.account(session, "amara").name = "Amara 日本"
    bad = shared(town)
    number = asked(town, bad, good)
    job_queue.run_due(town.runtime)
    made = batch(town, number)
    assert [sheet.left_out for sheet in made.sheets] == ["", "letters"]
    assert made.state is PrintState.DONE
    number = asked(town, bad)
    job_queue.run_due(town.runtime)
    assert batch(town, number).state is PrintState.FAILED


def test_a_batch_whose_worker_died_is_begun_again_and_no_two_work_on_one(town: Town) -> None:
    number = asked(town, shared(town))
    with town.transaction() as session:
        assert prints.claim(session, number, town.clock())
    with town.transaction() as session:
        assert not prints.claim(session, number, town.clock())
    assert print_batches.waiting(town.runtime) == []
    print_batches.print_one(town.runtime, number)
    assert batch(town, number).state is PrintState.RECEIVED
    town.clock.forward(minutes=2)
    job_queue.run_due(town.runtime)
    assert batch(town, number).state is PrintState.DONE


@SQLITE
def test_what_fails_again_and_again_is_given_up(town: Town) -> None:
    number = asked(town, shared(town))
    for _dies in range(prints.MOST_TRIES):
        with town.transaction() as session:
            assert prints.claim(session, number, town.clock())
        town.clock.forward(minutes=2)
    job_queue.run_due(town.runtime)
    assert batch(town, number).state is PrintState.FAILED
    assert print_batches.waiting(town.runtime) == []


@SQLITE
def test_after_seven_days_it_is_gone(town: Town) -> None:
    number = asked(town, shared(town))
    job_queue.run_due(town.runtime)
    town.clock.forward(days=7, minutes=-1)
    job_queue.run_due(town.runtime)
    assert batch(town, number).document is not None
    town.clock.forward(minutes=1)
    job_queue.run_due(town.runtime)
    gone = batch(town, number)
    assert (gone.state, gone.document, gone.sheets) == (PrintState.PURGED, None, [])
    with town.transaction() as session:
        assert prints.of_school(session, town.account(session, "casey")) == []


@SQLITE
def test_thirty_sheets_are_one_pdf_in_the_order_of_their_names(town: Town) -> None:
    with town.transaction() as session:
        amara = town.account(session, "amara")
        assert amara.student is not None
        sector = session.get_one(Sector, amara.student.sector_id)
        people = [
            accounts.make(
                session,
                amara.programme,
                amara.role,
                email=f"student{number}@example.test",
                name=f"Student Number{number:02}",
                first_name="Student",
                password=PASSWORD,
                at=town.clock(),
            )
            for number in range(29)
        ]
        for one in people:
            accounts.make_student(session, one, amara.student.school, sector, 9, date(2011, 1, 1))
        town.references |= {f"student{number}": one.reference for number, one in enumerate(people)}
    references = [shared(town)] + [shared(town, f"student{number}") for number in range(29)]
    number = asked(town, *references, layout=Layout.CARD)
    job_queue.run_due(town.runtime)
    made = batch(town, number)
    assert made.document is not None
    assert pages(made.document) == 30
    told = text_of(made.document)
    names = ["Amara Demoson", *(f"Student Number{number:02}" for number in range(29))]
    assert [told.count(name) for name in names] == [1] * 30


@SQLITE
def test_no_one_asks_for_more_sheets_than_are_made_at_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prints, "MOST_SHEETS", 1)
    with pytest.raises(Refused, match="too-many-sheets"):
        asked(town, shared(town), shared(town))


def test_phrases_are_kept_with_the_batch_as_they_were() -> None:
    other = replace(PHRASES, paper="Papier is geen bewijs. %(address)s “é”")
    assert type(other).from_json(other.as_json()) == other
    assert timedelta(days=7) == prints.KEPT


@SQLITE
def test_a_damaged_entry_is_named_and_the_other_sheets_are_printed(town: Town) -> None:
    good, bad = shared(town), shared(town)
    with town.transaction() as session:
        [entry] = session.query(Share).filter_by(reference=bad).one().credentials
        entry.document = (entry.document or b"")[:-20]
    number = asked(town, good, bad)
    job_queue.run_due(town.runtime)
    made = batch(town, number)
    assert (made.state, made.document is not None and pages(made.document)) == (PrintState.DONE, 1)
    assert {one.share.reference: one.left_out for one in made.sheets} == {good: "", bad: prints.DAMAGED}


@SQLITE
def test_without_its_fonts_nothing_is_printed_and_the_batch_says_so(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typst only warns of a missing font, and gives a blank page that claims to be accessible."""
    number = asked(town, shared(town), shared(town))
    none = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[tmp_path])
    monkeypatch.setattr(press, "_fonts", lambda: none)
    job_queue.run_due(town.runtime)
    made = batch(town, number)
    assert (made.state, made.document) == (PrintState.FAILED, None)
    assert {one.left_out for one in made.sheets} == {prints.NOTHING_PRINTS}
