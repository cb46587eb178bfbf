"""A ZIP is looked into and never unpacked anywhere; what is wrong with it is said, and does no harm."""

from __future__ import annotations

import io
import struct
import time
import zipfile

import pytest

from passport.services.checking.desk import packed
from passport.services.checking.handed_in import MAX_BYTES
from passport.services.core.errors import Refused

MOST = 400 * 1024 * 1024


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        for name, content in members:
            made.writestr(name, content)
    return file


def reason(file: io.BytesIO, limit: int = 200) -> str:
    with pytest.raises(Refused) as caught:
        list(packed.files(file, limit, MOST))
    return caught.value.reason


def test_the_files_come_in_order_without_folders_and_what_systems_add() -> None:
    file = zipped(
        ("b/two.pdf", b"2"),
        ("one.pdf", b"1"),
        ("__MACOSX/b/._two.pdf", b"x"),
        ("b/.DS_Store", b"x"),
        ("b/", b""),
    )
    assert [(one.name, one.content) for one in packed.files(file, 2, MOST)] == [
        ("two.pdf", b"2"),
        ("one.pdf", b"1"),
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\x\\sheet.pdf", "sheet.pdf"),
        ("a\nb\u202e.pdf", "a b .pdf"),
        ("x" * 500, "x" * 100),
        ("", "?"),
    ],
)
def test_a_name_is_text_for_people_and_no_path(name: str, shown: str) -> None:
    assert packed.shown_name(name) == shown


def test_more_files_than_are_taken_are_refused_with_both_numbers() -> None:
    with pytest.raises(Refused) as caught:
        list(packed.files(zipped(*((f"{number}.pdf", b"x") for number in range(201))), 200, MOST))
    assert caught.value.details == {"count": 201, "most": 200}
    assert reason(zipped()) == "zip-empty"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    megabytes = b"\0" * (11 * 1024 * 1024)
    bomb = zipped(*((f"{number}.pdf", megabytes) for number in range(40)))
    assert len(bomb.getvalue()) < 1024 * 1024
    before = time.monotonic()
    assert reason(bomb) == "zip-too-large"
    assert time.monotonic() - before < 2


def test_one_file_that_is_too_long_does_not_spoil_the_others_even_if_it_lies_about_its_length() -> None:
    file = zipped(("long.pdf", b"\0" * (MAX_BYTES + 1)), ("short.pdf", b"x"))
    assert [one.problem for one in packed.files(file, 9, MOST)] == ["too large", ""]
    lying = file.getvalue().replace(struct.pack("<L", MAX_BYTES + 1), struct.pack("<L", 10))
    assert next(packed.files(io.BytesIO(lying), 9, MOST)).problem in {"too large", "broken"}


def test_a_zip_in_a_zip_is_not_opened() -> None:
    inner = zipped(("sheet.pdf", b"%PDF")).getvalue()
    assert [one.problem for one in packed.files(zipped(("more.zip", inner)), 9, MOST)] == ["zip"]


def test_a_locked_file_is_said_to_be_locked() -> None:
    file = zipped(("sheet.pdf", b"x"), method=zipfile.ZIP_STORED).getvalue()
    place = file.index(b"PK\x01\x02")
    locked = bytearray(file)
    locked[6] |= 1
    locked[place + 8] |= 1
    assert [one.problem for one in packed.files(io.BytesIO(bytes(locked)), 9, MOST)] == ["password"]


def test_a_spoiled_file_does_not_spoil_the_others() -> None:
    file = bytearray(zipped(("one.pdf", b"1" * 5000), ("two.pdf", b"2")).getvalue())
    file[45] ^= 255
    assert [one.problem for one in packed.files(io.BytesIO(bytes(file)), 9, MOST)] == ["broken", ""]


def test_a_list_of_contents_without_end_is_not_read() -> None:
    file = bytearray(zipped(("one.pdf", b"1")).getvalue())
    file[-10:-6] = struct.pack("<L", 500_000_000)
    assert reason(io.BytesIO(bytes(file))) == "zip-too-large"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x05\x06", b"PK\x03\x04" + b"x" * 500])
def test_half_a_zip_is_broken(data: bytes) -> None:
    assert reason(io.BytesIO(data)) == "zip-broken"


ODS = b"application/vnd.oasis.opendocument.spreadsheet"
ODT = b"application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ((("[Content_Types].xml", b"x"), ("xl/workbook.xml", b"x")), True),
        ((("xl/workbook.bin", b"x"),), True),
        ((("mimetype", ODS), ("content.xml", b"x")), True),
        ((("one.pdf", b"x"),), False),
        ((("mimetype", ODS), ("notes.xml", b"x")), False),
    ],
)
def test_a_workbook_is_told_from_a_pile_of_files(
    members: tuple[tuple[str, bytes], ...], expected: bool
) -> None:
    file = zipped(*members)
    assert packed.is_workbook(file) is expected
    assert file.tell() == 0


@pytest.mark.parametrize(
    "members",
    [
        (("[Content_Types].xml", b"x"), ("word/document.xml", b"x")),
        (("mimetype", ODT), ("content.xml", b"x")),
        (("content.xml", b"x"),),
    ],
)
def test_a_letter_is_neither(members: tuple[tuple[str, bytes], ...]) -> None:
    with pytest.raises(Refused) as caught:
        packed.is_workbook(zipped(*members))
    assert caught.value.reason == "list-is-document"


def test_a_workbook_among_the_files_is_named() -> None:
    inside = zipped(("xl/workbook.xml", b"x")).getvalue()
    found = packed.files(zipped(("list.xlsx", inside), ("more.zip", zipped(("a", b"x")).getvalue())), 9, MOST)
    assert [one.problem for one in found] == ["workbook", "zip"]
