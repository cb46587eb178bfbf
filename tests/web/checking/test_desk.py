"""The desk: a list or a pile of files goes in, and each has its result, without an account or with one."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from passport import limits
from passport.db.people.birthdates import Birthdate
from passport.jobs import queue as job_queue
from passport.openbadges import share_code
from passport.setup import ROOT
from passport.web.checking import reader_time
from tests.fixtures import sheets, workbooks
from tests.fixtures.workbooks import Formula

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.fixtures.towns import Town
    from tests.fixtures.workbooks import Rows
    from tests.web.conftest import Arrive, Visitor

INPUTS = ROOT / "tests" / "inputs"
NOBODY = "SP-2222-2222-2222"


@pytest.fixture
def code(town: Town) -> str:
    return share_code.pretty(town.shared(town.issued()))


def hand_in(
    visitor: Visitor, *files: tuple[str, bytes], pasted: str = "", at: str = "/desk", **more: str
) -> TestResponse:
    data: dict[str, Any] = {"pasted": pasted, **more}
    data["files"] = [FileStorage(io.BytesIO(content), name) for name, content in files]
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    return visitor.client.post(at, data=body, content_type=kind, buffered=True)


def results(town: Town, visitor: Visitor, taken: TestResponse) -> str:
    """The address of a list's page, when it has been worked off."""
    assert taken.status_code == 303, unescape(taken.text)
    job_queue.run_due(town.runtime)
    return taken.location


def answer(visitor: Visitor, place: str, delimiter: str = ",") -> list[list[str]]:
    got = visitor.open(f"{place}/answer.csv")
    assert got.mimetype == "text/csv"
    assert got.headers["Content-Disposition"].startswith("attachment; filename=skills-passport-")
    return list(csv.reader(io.StringIO(got.get_data().decode("utf-8-sig"), newline=""), delimiter=delimiter))


def problem(page: TestResponse) -> str:
    """What the page says is wrong."""
    assert page.status_code == 400
    found = re.search(r'error-summary__list">\s*<li>\s*<a[^>]*>(.*?)</a>', page.text, re.DOTALL)
    assert found, page.text
    return unescape(found[1]).strip()


def test_a_list_comes_back_in_its_order_with_every_result(town: Town, code: str, arrive: Arrive) -> None:
    visitor = arrive()
    table = f"Ref;Code;Surname\r\n7;{NOBODY};\r\n\r\n5;{code};Demoson\r\n6;{code};Other\r\n".encode("cp1252")
    place = results(town, visitor, hand_in(visitor, ("list.csv", table)))
    head, *rows = answer(visitor, place, ";")
    assert head[:3] == ["Ref", "Code", "Surname"]
    assert [row[0] for row in rows] == ["7", "", "5", "6"]
    by_name = [
        dict(zip((name.partition(": ")[2] or name for name in head), row, strict=True)) for row in rows
    ]
    assert [row["verdict"] for row in by_name] == ["V9", "", "V1", "V1"]
    assert by_name[2]["result"] == "Genuine and current"
    assert by_name[2]["skills"] == "Measuring and checking: On my own"
    assert [row["last name"] for row in by_name] == ["", "", "Match", "No match"]
    assert "Set-Cookie" not in visitor.open(place).headers


def test_the_three_pages_show_each_its_own_rows(town: Town, code: str, arrive: Arrive) -> None:
    visitor = arrive()
    place = results(
        town, visitor, hand_in(visitor, pasted=f"code,ref,surname\n{code},A,\n{code},B,X\n{NOBODY},C,")
    )
    page = visitor.read(place)
    assert "Found (1)" in page
    assert "Amara Demoson" in page
    assert "Last name: No match" in visitor.read(f"{place}?show=attention")
    missing = visitor.read(f"{place}?show=not-found")
    assert NOBODY in missing
    assert "Amara" not in missing
    for odd in ("?show=../x", "?page=0", "?page=99", "?page=x", "?show=found&page=-1"):
        assert visitor.open(place + odd).status_code == 200


def test_until_it_is_done_the_page_says_how_far_it_is(town: Town, code: str, arrive: Arrive) -> None:
    visitor = arrive()
    taken = hand_in(visitor, pasted=f"code\n{code}\n{NOBODY}")
    page = visitor.read(taken.location)
    assert "0 of 2" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert visitor.open(f"{taken.location}/progress").get_json() == {"done": 0, "total": 2, "finished": False}
    assert visitor.open(f"{taken.location}/answer.csv").status_code == 302
    job_queue.run_due(town.runtime)
    assert visitor.open(f"{taken.location}/progress").get_json()["finished"] is True


def test_no_one_but_who_has_the_address_finds_a_list(town: Town, code: str, arrive: Arrive) -> None:
    visitor = arrive()
    place = results(town, visitor, hand_in(visitor, pasted=code))
    assert len(place.rpartition("/")[2]) >= 32
    assert visitor.open(place[:-1]).status_code == 404
    assert visitor.open(place).headers["Referrer-Policy"] == "no-referrer"
    ash = arrive("ash")
    own = results(
        town, ash, hand_in(ash, pasted=code, at="/institution", csrf_token=ash.token("/institution"))
    )
    assert "Amara" in ash.read(own)
    for other in (own, own.replace("/institution/lists/", "/desk/")):
        assert visitor.open(other).status_code in {302, 404}
        assert arrive("morgan").open(other).status_code == 404
    assert ash.open(place.replace("/desk/", "/institution/lists/")).status_code == 404


def test_a_list_is_deleted_when_a_person_says_so(town: Town, code: str, arrive: Arrive) -> None:
    visitor = arrive()
    place = results(town, visitor, hand_in(visitor, pasted=code))
    assert visitor.client.post(f"{place}/delete").status_code == 303
    gone = visitor.open(place)
    assert (gone.status_code, "Amara" in gone.text) == (410, False)
    assert "This list has been deleted" in gone.text
    assert visitor.open(f"{place}/answer.csv").status_code == 302
    assert visitor.client.post(f"{place}/delete").status_code == 303


def test_an_institution_checks_a_thousand_rows_and_sees_its_lists(
    town: Town, code: str, arrive: Arrive
) -> None:
    ash = arrive("ash")
    token = ash.token("/institution")
    table = b"code\n" + f"{code}\n".encode() * 1000
    place = results(town, ash, hand_in(ash, ("list.csv", table), at="/institution", csrf_token=token))
    page = ash.read(place)
    assert "Found (1000)" in page
    assert "Page 1 of 10" in page
    assert "1000 rows" in ash.read("/institution")
    over = hand_in(ash, ("list.csv", table + code.encode()), at="/institution", csrf_token=token)
    assert problem(over) == ("There are 1001 rows, and we take 1000 at a time. Split the list into 2 files")


def test_without_its_token_an_institutions_list_is_not_taken(town: Town, arrive: Arrive) -> None:
    ash = arrive("ash")
    assert hand_in(ash, pasted=NOBODY, at="/institution").status_code == 400
    assert hand_in(arrive(), pasted=NOBODY, at="/institution").status_code in {302, 400}


def zipped(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in members:
            made.writestr(name, content)
    return file.getvalue()


WRONG = {
    "nothing": ((), "Choose a file, or paste your codes"),
    "no codes": ((("a.csv", b"name,school\nA,B\n"),), "There is no column of codes"),
    "too long": (
        (("a.csv", b"code\n" + b"x\n" * 51),),
        "There are 51 rows, and without an account we take 50",
    ),
    "spoilt workbook": ((("a.xlsx", zipped(("xl/workbook.xml", b"x"))),), "We cannot read this workbook"),
    "binary workbook": ((("a.xlsb", zipped(("xl/workbook.bin", b"x"))),), "We cannot read this workbook"),
    "old workbook": (
        (("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 99),),
        "This is an Excel workbook of an older kind",
    ),
    "empty workbook": (
        (("l.ods", (INPUTS / "tables" / "l.ods").read_bytes()),),
        "There are no rows in this list",
    ),
    "workbook among files": (
        (("a.xls", b"\xd0\xcf\x11\xe0"), ("b.pdf", b"%PDF")),
        "Send one list, or one ZIP",
    ),
    "document": ((("a.docx", zipped(("[Content_Types].xml", b"x"))),), "This is a Word document"),
    "half a zip": ((("a.zip", b"PK\x03\x04xx"),), "This ZIP is damaged"),
    "mixture": ((("a.csv", b"code\nx"), ("b.pdf", b"%PDF")), "Send one list, or one ZIP"),
    "too many": (
        tuple((f"{number}.pdf", b"%PDF") for number in range(51)),
        "There are 51 files, and we take 50",
    ),
    "packed too many": (
        (("a.zip", zipped(*((f"{number}.pdf", b"x") for number in range(51)))),),
        "There are 51 files, and we take 50",
    ),
    "late": ((("a.zip", zipped(("a.pdf", b"x"), ("b.pdf", b"y"))[:-4] + b"zzzz"),), "This ZIP is damaged"),
}


@pytest.mark.parametrize("files, words", WRONG.values(), ids=WRONG)  # noqa: PT006
def test_what_cannot_be_taken_says_what_to_do_and_keeps_nothing(
    files: tuple[tuple[str, bytes], ...], words: str, town: Town, arrive: Arrive
) -> None:
    from sqlalchemy import text

    page = hand_in(arrive(), *files)
    assert words in problem(page)
    assert "<title>Error:" in page.text
    with town.transaction() as session:
        assert session.execute(text("SELECT count(*) FROM desk_batches")).scalar() == 0


def test_what_was_pasted_is_not_lost(arrive: Arrive) -> None:
    page = hand_in(arrive(), pasted="name,school\nA,<b>")
    assert "The headings we found: name, school" in problem(page)
    assert "name,school\nA,<b>" in unescape(page.text).replace("\r", "")


def test_too_much_at_once_is_said_in_words(arrive: Arrive) -> None:
    large = {"CONTENT_LENGTH": str(62 * 1024 * 1024)}
    page = arrive().client.post("/desk", data={"pasted": "x"}, environ_overrides=large)
    assert "too much at once" in problem(page)


def test_files_of_every_kind_are_told_apart_by_what_is_in_them(town: Town, code: str, arrive: Arrive) -> None:
    visitor = arrive()
    address = f"{town.runtime.settings.public_url}/c/{code.replace('-', '')}"
    place = results(
        town,
        visitor,
        hand_in(
            visitor,
            ("photo.pdf", sheets.encoded(sheets.drawn(address), "JPEG")),
            ("sheet.jpg", sheets.pdf([sheets.small_page(address)])),
            ("words.pdf", sheets.written(code)),
            ("elsewhere.png", sheets.encoded(sheets.drawn("https://elsewhere.example/x"))),
            ("<b>.png", sheets.encoded(sheets.drawn(address))),
        ),
    )
    rows = answer(visitor, place)
    assert [(row[0], row[2]) for row in rows[1:]] == [
        ("photo.pdf", "V1"),
        ("sheet.jpg", "V1"),
        ("words.pdf", "V1"),
        ("elsewhere.png", ""),
        ("<b>.png", "V1"),
    ]
    page = visitor.open(f"{place}?show=attention")
    assert "leads to another website" in page.text
    assert "<b>" not in visitor.open(place).text


def test_the_eleventh_list_within_an_hour_is_refused_but_mistakes_do_not_count(arrive: Arrive) -> None:
    visitor = arrive()
    for _mistake in range(12):
        assert hand_in(visitor, pasted="a,b\nc,d").status_code == 400
    taken = [hand_in(visitor, pasted=NOBODY).status_code for _list in range(11)]
    assert taken == [303] * 10 + [429]
    slowed = hand_in(visitor, pasted=f"code\n{NOBODY}")
    minutes = -(-int(slowed.headers["Retry-After"]) // 60)
    assert f"Wait {minutes} minute" in slowed.text, "the hour is not over in a minute"
    assert f"code\n{NOBODY}</textarea>" in slowed.text, "what was pasted stays"


def test_the_page_says_how_the_list_was_read(town: Town, code: str, arrive: Arrive) -> None:
    visitor = arrive()
    table = f"Applicants 2026;;;\r\n\r\nSurname;Café;DOB;\r\nDemoson;x;05/31/2011;see {code}\r\n"
    place = results(town, visitor, hand_in(visitor, ("list.csv", table.encode("cp1252"))))
    page = unescape(visitor.read(place))
    for sentence in (
        "Code: column D, by the codes in it",
        "1 row above the headings is given back as it is",
        "Last name: column A, “Surname”",
        "Date of birth: column C, “DOB”",
        "Not used, and given back as they are: Café",
        "has its month first",
        "read as Windows-1252",
    ):
        assert sentence in page
    assert [row[0] for row in answer(visitor, place, ";")] == ["Applicants 2026", "Surname", "Demoson"]


def test_headings_that_stand_in_a_list_again_are_named(town: Town, code: str, arrive: Arrive) -> None:
    visitor = arrive()
    place = results(town, visitor, hand_in(visitor, pasted=f"code,ref\n{code},1\nCode,Ref\n{code},2"))
    said = [row[2] for row in answer(visitor, place)[1:]]
    again = "These are the headings again. There is nothing to check in this row"
    assert said == ["Genuine and current", again, "Genuine and current"]


def test_a_workbook_is_read_and_what_its_cells_do_not_show_is_said(
    town: Town, code: str, arrive: Arrive
) -> None:
    visitor = arrive()
    rows: Rows = [
        ["Applicants 2026"],
        ["Ref", "Code", "Surname", "Date of birth", "Note"],
        [1, code, "DEMOSON, Amara", date(2011, 5, 6), "=2+2"],
        [2, code, "Ms Demoson", 40669, Formula("1+1")],
        [3, NOBODY],
    ]
    book = workbooks.xlsx({"Cover": [["Read me"]], "List": rows}, hidden=[5], merged=["A3:A4"], sheet="List")
    place = results(town, visitor, hand_in(visitor, ("list.xlsx", book)))
    table = answer(visitor, place)
    assert [row[0] for row in table] == ["Applicants 2026", "Ref", "1", "2", "3"]
    assert table[2][3:5] == ["2011-05-06", "'=2+2"]
    named = [
        dict(zip((name.rpartition(": ")[2] for name in table[1]), row, strict=True)) for row in table[2:]
    ]
    assert [(row["verdict"], row["last name"], row["date of birth"]) for row in named] == [
        ("V1", "Match", "Match"),
        ("V1", "Match", "Match"),
        ("V9", "", ""),
    ]
    page = unescape(visitor.read(place))
    for sentence in (
        "We read the sheet “List”",
        "were not read: Cover",
        "hides these rows, and we read them all the same: 5",
        "Merged cells have their value in the first cell alone: A3:A4",
        "whose value was not saved, so they are empty: E4",
    ):
        assert sentence in page


def test_workbooks_take_the_reader_time_of_their_network(
    arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = replace(limits.READER_TIME, most=1)
    monkeypatch.setattr(reader_time, "READER_TIME", short)
    visitor = arrive()
    book = ("list.xlsx", workbooks.xlsx({"List": [["Code"], [NOBODY]]}))
    assert hand_in(visitor, book).status_code == 303
    assert "or as CSV" in problem(hand_in(visitor, book))
    assert hand_in(visitor, pasted=NOBODY).status_code == 303


def test_days_and_names_are_read_as_a_registrar_means_them(town: Town, code: str, arrive: Arrive) -> None:
    """`tables/days-and-names.csv`: its last column says what a reader would say of each row."""
    with town.transaction() as session:
        session.get_one(Birthdate, town.account(session, "amara").id).born_on = date(2012, 11, 3)
    table = (INPUTS / "tables" / "days-and-names.csv").read_text().replace("SP-RKFP-5S67-5NXZ", code)
    visitor = arrive()
    place = results(town, visitor, hand_in(visitor, ("days-and-names.csv", table.encode())))
    head, *rows = answer(visitor, place)
    by_name = [dict(zip((name.rpartition(": ")[2] for name in head), row, strict=True)) for row in rows]
    assert len(by_name) == 8
    for row in by_name:
        assert (row["verdict"], row["last name"], row["date of birth"]) == ("V1", "Match", "Match"), row


@pytest.mark.parametrize(("who", "words"), [(None, "Sign in"), ("ash", "Go to the lists"), ("amara", "")])
def test_the_way_to_an_institutions_lists_is_shown_to_whom_it_helps(
    arrive: Arrive, who: str | None, words: str
) -> None:
    visitor = arrive(who) if who else arrive()
    page = visitor.read("/desk")
    assert ('href="/institution"' in page.partition("<main")[2]) is bool(words)
    assert words in page
    if words:
        assert visitor.open("/institution").status_code in {200, 302}


def test_a_mistyped_code_says_so_and_what_was_perhaps_meant(town: Town, code: str, arrive: Arrive) -> None:
    visitor = arrive()
    swapped = code[:-2] + code[-1] + code[-2]
    place = results(town, visitor, hand_in(visitor, pasted=f"code\n{swapped}\nnone yet\n{NOBODY}"))
    said = [row[1] for row in answer(visitor, place)[1:]]
    assert said[0].startswith("This code is mistyped. Compare it with what you were given")
    assert said[1] == "This is not a code of ours. A code looks like SP-4F7K-9QXM-2TW9"
    assert said[2] == "We cannot find this code"
    assert "This code is mistyped" in visitor.read(f"{place}?show=not-found")


def test_our_own_plain_text_copy_is_taken_among_files_and_alone(
    town: Town, code: str, arrive: Arrive
) -> None:
    visitor = arrive()
    amara = arrive("amara")
    share = re.search(r'href="(/shares/[A-Z0-9]+)"', amara.read("/shares"))
    assert share is not None
    copy = amara.open(f"{share[1]}/code.txt").get_data()
    alone = hand_in(visitor, ("skills-passport.txt", copy))
    among = hand_in(visitor, ("skills-passport.txt", copy), ("photo.heic", b"\0\0\0\x18ftypheic\0\0"))
    place = results(town, visitor, alone)
    assert [row[2] for row in answer(visitor, place)[1:]] == ["V1"]
    first, second = answer(visitor, results(town, visitor, among))[1:]
    assert first[:3] == ["skills-passport.txt", "Genuine and current", "V1"]
    assert "format that only phones read (HEIC)" in second[1]


def test_a_code_that_two_people_gave_is_named(town: Town, code: str, arrive: Arrive) -> None:
    visitor = arrive()
    place = results(
        town, visitor, hand_in(visitor, pasted=f"code,ref\n{code},A\n{NOBODY},B\n{code.lower()},C")
    )
    page = unescape(visitor.read(place))
    assert "1 code was given more than once. If those are different people, ask them:" in page
    assert f"{code} in rows 1, 3" in page
    assert f"{NOBODY} in rows" not in page


def test_while_other_lists_are_taken_in_one_more_is_asked_to_come_again(
    town: Town, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    from passport.web.checking import desk as pages

    monkeypatch.setattr(pages, "WAIT_SECONDS", 0.0)
    visitor, code = arrive(), town.shared(town.issued())
    with pages.taking_in(), pages.taking_in():
        answer = hand_in(visitor, pasted=code)
        assert "We are taking in other lists" in answer.text
        assert code in answer.text, "what was pasted is not lost"
    results(town, visitor, hand_in(visitor, pasted=code))


def test_a_zip_is_unpacked_before_the_transaction_begins(
    town: Town, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    from passport.services.checking.desk import packed

    steps: list[str] = []
    files = packed.files

    def unpacking(*given: Any) -> Any:
        for file in files(*given):
            steps.append("unpacked")
            yield file

    monkeypatch.setattr(packed, "files", unpacking)
    event.listen(town.runtime.database.engine, "begin", lambda _connection: steps.append("begin"))
    pile = io.BytesIO()
    with zipfile.ZipFile(pile, "w") as made:
        for number in range(3):
            made.writestr(f"{number}.txt", "no code in here")
    assert hand_in(arrive(), ("pile.zip", pile.getvalue())).status_code == 303
    assert "unpacked" in steps
    last = max(place for place, step in enumerate(steps) if step == "unpacked")
    assert "begin" in steps[last:], "rows are written after the last file was unpacked"
    first = steps.index("unpacked")
    assert steps[first : last + 1] == ["unpacked"] * 3
