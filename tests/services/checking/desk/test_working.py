"""A list is worked off row by row: each has one answer, no matter who works, dies or comes again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from passport.db.checking.birthdate_attempts import BirthdateTry
from passport.db.checking.desk import Batch, BatchState, Group, Row, RowState
from passport.db.checking.receipts import Receipt
from passport.db.sharing.shares import Share
from passport.jobs import check_lists
from passport.jobs import queue as job_queue
from passport.openbadges import address
from passport.services.checking import desk
from passport.services.checking.desk import working
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from tests.fixtures import sheets
from tests.fixtures.databases import KINDS

if TYPE_CHECKING:
    from tests.fixtures.towns import Town
    from tests.services.checking.desk.conftest import Codes, HandIn, Lines


both = pytest.mark.parametrize("database_kind", KINDS, indirect=True)


def outcomes(lines: list[desk.Line]) -> list[tuple[object, ...]]:
    return [(line.group, line.answer.get("verdict"), line.answer.get("problem")) for line in lines]


@both
def test_each_row_has_the_verdict_of_its_code(codes: Codes, hand_in: HandIn, worked_off: Lines) -> None:
    typed = [
        codes.amara.lower().replace("-", " "),
        codes.stopped,
        codes.withdrawn,
        codes.nobody,
        "SP-0OO0",
        "",
    ]
    lines = worked_off(
        hand_in("ref;code\n" + "".join(f"{number};{code}\n" for number, code in enumerate(typed)))
    )
    assert outcomes(lines) == [
        (Group.FOUND, "V1", None),
        (Group.ATTENTION, "V10", None),
        (Group.ATTENTION, "V2", None),
        (Group.NOT_FOUND, "V9", None),
        (Group.NOT_FOUND, "V9", None),
        (Group.ATTENTION, None, "no code"),
    ]
    assert [line.name for line in lines] == ["0", "1", "2", "3", "4", "5"]


def test_a_row_says_what_the_verdict_page_shows_and_no_more(
    town: Town, codes: Codes, hand_in: HandIn, worked_off: Lines
) -> None:
    lines = worked_off(hand_in(f"code\n{codes.amara}\n{codes.withdrawn}\n{codes.stopped}\n"))
    good, withdrawn, stopped = (line.answer for line in lines)
    assert (good["holder"], good["school"]) == ("Amara Demoson", "Lanternmoor High School")
    assert good["skills"] == [["Measuring and checking", 3, "V1", False]]
    assert good["receipt"].startswith("R-")
    assert (withdrawn["holder"], withdrawn["school"]) == ("Amara Demoson", None)
    assert withdrawn["skills"] == [["Measuring and checking", None, "V2", False]]
    assert "Amara" not in json.dumps(stopped)
    assert "Measuring" not in json.dumps(stopped)


def test_names_and_days_are_compared_and_the_day_is_in_no_answer(
    town: Town, codes: Codes, hand_in: HandIn, worked_off: Lines
) -> None:
    rows = [
        (codes.amara, "DEMOSON", "06/05/2011"),
        (codes.amara, "Demoson", "2011-05-07"),
        (codes.amara, "Placeholder", ""),
        (codes.kit, "", "6 May 2011"),
        (codes.kit, "", "soon"),
        (codes.withdrawn, "Demoson", "06/05/2011"),
        (codes.nobody, "Demoson", "06/05/2011"),
    ]
    lines = worked_off(hand_in("code,surname,dob\n" + "".join(f"{','.join(row)}\n" for row in rows)))
    told = [(line.answer.get("last_name"), line.answer.get("born_on"), line.group) for line in lines]
    assert told == [
        ("match", "match", Group.FOUND),
        ("match", "no match", Group.ATTENTION),
        ("no match", None, Group.ATTENTION),
        (None, "match", Group.FOUND),
        (None, "not a day", Group.ATTENTION),
        ("match", None, Group.ATTENTION),
        (None, None, Group.NOT_FOUND),
    ]
    assert all("2011" not in json.dumps({**line.answer, "checked_at": ""}) for line in lines)


def test_a_list_is_no_way_to_try_dates_of_birth(codes: Codes, hand_in: HandIn, worked_off: Lines) -> None:
    days = "".join(f"{codes.amara},{day}/05/2011\n" for day in range(10, 20))
    lines = worked_off(hand_in(f"code,dob\n{days}"))
    assert [line.answer["born_on"] for line in lines] == ["no match"] * 5 + ["too often"] * 5


def test_one_day_in_a_list_is_one_try_however_often_and_in_whatever_form_it_is_given(
    town: Town, codes: Codes, hand_in: HandIn, worked_off: Lines
) -> None:
    same = ("06/05/2011", "2011-05-06", "6 May 2011", "40669", "Friday, 6 May 2011", "20110506")
    table = "code;dob\n" + "".join(f"{codes.amara};{day}\n" for day in same * 8)
    lines = worked_off(hand_in(table))
    assert [line.answer["born_on"] for line in lines] == ["match"] * 48
    with town.transaction() as session:
        assert session.scalar(select(func.count()).select_from(BirthdateTry)) == 1
    lines = worked_off(hand_in(f"code,dob\n{codes.amara},06/05/2011\n{codes.amara},07/05/2011\n"))
    assert [line.answer["born_on"] for line in lines] == ["match", "no match"]
    with town.transaction() as session:
        assert session.scalar(select(func.count()).select_from(BirthdateTry)) == 3, (
            "another list, another day"
        )


def test_a_date_that_can_be_read_in_two_ways_is_not_compared(
    codes: Codes, hand_in: HandIn, worked_off: Lines
) -> None:
    days = ("06/05/2011", "2011-05-06", "05/31/2011", "2011-05-05T23:00:00Z")
    lines = worked_off(hand_in("code,dob\n" + "".join(f"{codes.amara},{day}\n" for day in days)))
    assert [line.answer["born_on"] for line in lines] == ["two ways", "match", "not a day", "two ways"]
    assert [line.group for line in lines] == [Group.ATTENTION, Group.FOUND, Group.ATTENTION, Group.ATTENTION]


def test_another_first_name_needs_attention(codes: Codes, hand_in: HandIn, worked_off: Lines) -> None:
    lines = worked_off(hand_in(f"code;surname\n{codes.amara};DEMOSON, Kit\n{codes.amara};DEMOSON, Amara\n"))
    assert [(line.answer["last_name"], line.group) for line in lines] == [
        ("other first name", Group.ATTENTION),
        ("match", Group.FOUND),
    ]


def test_each_check_counts_once_for_the_holder_in_a_minute(
    town: Town, codes: Codes, hand_in: HandIn, worked_off: Lines
) -> None:
    lines = worked_off(hand_in(f"code\n{codes.amara}\n{codes.amara}\n"))
    assert lines[0].answer["receipt"] == lines[1].answer["receipt"]
    with town.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Receipt)) == 1
        assert session.scalar(select(func.max(Share.checks))) == 1


def test_blank_rows_are_no_work_and_keep_their_place(
    codes: Codes, hand_in: HandIn, worked_off: Lines
) -> None:
    batch = hand_in(f"code,note\n\n{codes.amara},x\n,\n{codes.kit},y\n,,\n")
    lines = worked_off(batch)
    assert batch.total == 2
    assert [line.group for line in lines] == [None, Group.FOUND, None, Group.FOUND]


@pytest.mark.parametrize(("institution", "most"), [(None, 50), (1, 1000)])
def test_one_row_too_many_is_refused_and_nothing_is_kept(
    town: Town, hand_in: HandIn, institution: int | None, most: int
) -> None:
    assert hand_in("code\n" + "x\n" * most, institution=institution).total == most
    with pytest.raises(Refused) as caught:
        hand_in("code\n" + "x\n" * (most + 1), institution=institution)
    reason = Reason.TABLE_TOO_LONG if institution else Reason.TABLE_TOO_LONG_WITHOUT_ACCOUNT
    assert (caught.value.reason, caught.value.details["count"]) == (reason, most + 1)
    with town.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Batch)) == 1


def test_too_many_files_are_refused(hand_in: HandIn) -> None:
    with pytest.raises(Refused, match="too-many-in-list"):
        hand_in(files=[("x.pdf", b"x")] * 51)


def test_a_file_is_forgotten_when_it_has_been_read(
    town: Town, codes: Codes, hand_in: HandIn, worked_off: Lines
) -> None:
    batch = hand_in(files=[("sheet.pdf", sheets.written(codes.amara)), ("words.doc", b"\x01hello")])
    assert outcomes(worked_off(batch)) == [
        (Group.FOUND, "V1", None),
        (Group.UNREAD, None, "not a picture"),
    ]
    with town.transaction() as session:
        assert session.scalars(select(Row.content)).all() == [None, None]


@both
def test_a_worker_that_dies_loses_nothing_and_one_that_comes_back_late_says_nothing_twice(
    town: Town, codes: Codes, hand_in: HandIn
) -> None:
    batch = hand_in("code\n" + f"{codes.amara}\n" * 30)
    with town.transaction() as session:
        dead = working.claim(session, batch.id, town.clock())
    assert dead is not None
    assert len(dead.rows) == working.ROWS_AT_ONCE
    assert check_lists.check_some(town.runtime, batch.id)
    assert not check_lists.check_some(town.runtime, batch.id), "what is claimed is left alone for a while"
    town.clock.forward(seconds=61)
    assert check_lists.check_some(town.runtime, batch.id)
    judge = working.Judge(town.published(), "http://localhost:8000", timedelta(hours=24), town.clock())
    with town.transaction() as session:
        assert working.finish(session, judge, dead, {}) == 0
    with town.transaction() as session:
        kept = session.get_one(Batch, batch.id)
        assert kept.state is BatchState.DONE
        assert kept.done_at == town.clock()
        assert desk.progress(session, kept).groups == {Group.FOUND: 30}


def test_a_row_that_kills_its_worker_is_given_up_and_the_list_ends(town: Town, hand_in: HandIn) -> None:
    batch = hand_in(files=[("poison.pdf", b"%PDF-1.7"), ("words.txt", b"hello")])
    for _attempt in range(working.ATTEMPTS):
        with town.transaction() as session:
            assert working.claim(session, batch.id, town.clock()) is not None
        town.clock.forward(seconds=61)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        states = session.scalars(select(Row.state).order_by(Row.number)).all()
        assert states == [RowState.FAILED, RowState.DONE]
        assert session.get_one(Batch, batch.id).state is BatchState.FAILED


@both
def test_after_seven_days_the_rows_are_gone(
    town: Town, codes: Codes, hand_in: HandIn, worked_off: Lines
) -> None:
    batch = hand_in(f"code,surname\n{codes.amara},Demoson\n")
    worked_off(batch)
    town.clock.forward(days=6, hours=23)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Row)) == 1
    town.clock.forward(hours=1)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Row)) == 0
        kept = session.get_one(Batch, batch.id)
        assert (kept.state, kept.layout, kept.total) == (BatchState.PURGED, "{}", 1)


@both
def test_a_list_that_is_deleted_while_it_is_worked_on_stays_deleted(
    town: Town, codes: Codes, hand_in: HandIn
) -> None:
    batch = hand_in(f"code\n{codes.amara}\n")
    with town.transaction() as session:
        claimed = working.claim(session, batch.id, town.clock())
        desk.delete(session, session.get_one(Batch, batch.id))
    assert claimed is not None
    judge = working.Judge(town.published(), "http://localhost:8000", timedelta(hours=24), town.clock())
    with town.transaction() as session:
        assert working.finish(session, judge, claimed, {}) == 0
        assert session.get_one(Batch, batch.id).state is BatchState.PURGED


def test_the_answer_has_the_order_and_the_columns_of_the_list(
    town: Town, codes: Codes, hand_in: HandIn, worked_off: Lines
) -> None:
    batch = hand_in(f'note;code\n"=HYPERLINK(""x"")";{codes.nobody}\n\nb;{codes.amara}\n')
    lines = worked_off(batch)
    ours = [[line.answer.get("verdict", "")] for line in lines]
    with town.transaction() as session:
        kept = session.get_one(Batch, batch.id)
        made = "".join(desk.as_csv(kept, lines, ["Verdict"], ours))
        assert desk.harmless_cells(session, kept) == 1
    assert made.splitlines() == [
        "\ufeffnote;code;Verdict",
        f'"\'=HYPERLINK(""x"")";{codes.nobody};V9',
        ";;",
        f"b;{codes.amara};V1",
    ]


def test_a_list_that_is_being_worked_on_is_not_started_again_until_its_worker_is_silent(
    town: Town, codes: Codes, hand_in: HandIn
) -> None:
    batch = hand_in("code\n" + f"{codes.nobody}\n" * 40)
    assert check_lists.waiting(town.runtime) == [batch.id]
    assert check_lists.check_some(town.runtime, batch.id)
    assert check_lists.waiting(town.runtime) == []
    town.clock.forward(seconds=61)
    assert check_lists.waiting(town.runtime) == [batch.id]


def test_the_cell_of_a_code_is_read_as_the_box_is(codes: Codes, hand_in: HandIn, worked_off: Lines) -> None:
    address = f"http://localhost:8000/c/{codes.amara.replace('-', '')}"
    cells = [address, f"{codes.amara}.", f"{codes.amara} and {codes.nobody}", f"https://evil.test/{address}"]
    lines = worked_off(hand_in("code;ref\n" + "".join(f"{cell};1\n" for cell in cells)))
    assert outcomes(lines) == [
        (Group.FOUND, "V1", None),
        (Group.FOUND, "V1", None),
        (Group.ATTENTION, None, "several codes"),
        (Group.ATTENTION, None, "other site"),
    ]
    assert lines[3].answer["typed"].startswith("https://evil.test/"), "it is shown and never opened"


def test_a_printed_codes_whole_text_in_a_cell_is_checked_for_what_it_holds(
    town: Town, codes: Codes, hand_in: HandIn, worked_off: Lines
) -> None:
    code = codes.amara.replace("-", "")
    with town.transaction() as session:
        share = session.query(Share).filter_by(code=code).one()
        whole = address.write("http://localhost:8000", share.code or "", share.entries[0].compact or b"")
    altered = whole[:-3] + ("111" if whole[-3:] != "111" else "222")
    lines = worked_off(hand_in(f"code,dob\n{whole},6/5/2011\n{altered},6/5/2011\n"))
    assert [line.answer["verdict"] for line in lines] == ["V1", "V7"]
    assert "holder" not in lines[1].answer
    assert "born_on" not in lines[1].answer


def test_a_letter_among_the_files_is_read(codes: Codes, hand_in: HandIn, worked_off: Lines) -> None:
    lines = worked_off(hand_in(files=[("copy.txt", f"Skills passport code: {codes.amara}\n".encode())]))
    assert outcomes(lines) == [(Group.FOUND, "V1", None)]
