"""A file is what its bytes say, whatever it is called; what it holds comes out sorted, and unchecked."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from passport.adapters import pictures
from passport.openbadges.baking import bake_png, bake_svg
from passport.services.checking import handed_in
from passport.services.checking.handed_in import Found, Unreadable
from tests.fixtures import sheets
from tests.vectors.compact.vector import URL

OURS = "https://passport.example"
CODE = "SP4F7K9QXM2TW9"
SHARE = f"{OURS}/c/{CODE}"
DOCUMENT = json.dumps({"type": ["VerifiableCredential"], "name": "a" * 50}).encode()
TOKEN = b"eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"
BADGE = pictures.Badge("Measuring", 3, "On my own", "Made in Brindlemoor", "#1d5c63")


def found(data: bytes) -> Found:
    return handed_in.read_upload(data, OURS)


def reason(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        found(data)
    return caught.value.reason


def test_codes_and_addresses_with_an_entry_are_told_apart_from_those_of_others() -> None:
    sheet = sheets.sheet([SHARE, URL, "https://elsewhere.example/c/SP4F7K9QXM2TW9", "hello"])
    entry = URL.partition("#")[0].rpartition("/")[2]
    assert found(sheets.encoded(sheet)) == Found(
        codes=(CODE, entry),
        fragments=(URL,),
        others=("https://elsewhere.example/c/SP4F7K9QXM2TW9",),
    )


def test_a_pdf_may_carry_three_codes_or_none() -> None:
    three = [f"{OURS}/c/{code}" for code in ("SP222222222222", "SPZX9BCD3456KK", CODE)]
    assert found(sheets.pdf([sheets.sheet(three)])).codes == ("SP222222222222", "SPZX9BCD3456KK", CODE)
    assert found(sheets.empty_pages(1)).nothing


def test_a_code_in_words_is_found_also_where_a_line_ends_in_it() -> None:
    page = sheets.written(
        "Code: SP-4F7K-9QXM-", "2TW9, and sp 2222 2222 2222", "not SP-4F7K-9QXM-2TW8", "XSP-2222"
    )
    assert found(page).codes == (CODE, "SP222222222222")


def test_the_same_code_in_words_and_as_a_qr_is_one() -> None:
    both = sheets.written("SP-4F7K-9QXM-2TW9", "SP-4F7K-9QXM-2TW9")
    assert found(both).codes == (CODE,)


def test_a_baked_picture_gives_its_credential_and_its_codes() -> None:
    picture = bake_png(sheets.encoded(sheets.sheet([SHARE])), DOCUMENT)
    assert found(picture) == Found(codes=(CODE,), documents=(DOCUMENT,))
    assert found(bake_svg(pictures.svg(BADGE), TOKEN)) == Found(documents=(TOKEN,))
    assert reason(pictures.png(BADGE)) == "lost its data"


@pytest.mark.parametrize("around", [b"", b"\xef\xbb\xbf", b"\r\n  "], ids=["bare", "mark", "blanks"])
@pytest.mark.parametrize("document", [DOCUMENT, TOKEN], ids=["json", "token"])
def test_a_credential_file_is_handed_on_as_it_is(document: bytes, around: bytes) -> None:
    assert found(around + document + b"\n") == Found(documents=(document,))


def packed() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("sheet.pdf", b"%PDF")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "not a picture"),
        (b"MZ\x90\x00" + b"\0" * 2000, "not a picture"),
        (packed() + b"\0" * 2000, "not a picture"),
        (b"\x89PNG\r\n\x1a\n" + b"MZ" * 400, "broken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing"),
        (b"{" * 3000, "broken"),
        (b'{"a": 1, "a": 2}', "broken"),
        (b"{" + b" " * 2_000_000 + b"}", "long text"),
        (b"\0" * (handed_in.MAX_BYTES + 1), "too large"),
        (b"%PDF-1.7 and no more", "broken"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_cannot_be_looked_into_says_why(data: bytes, expected: str) -> None:
    assert reason(data) == expected


def test_a_text_file_is_read_for_what_it_says() -> None:
    assert found(b"<html><script>alert(1)</script></html>").nothing
    assert found(b"Dear madam, my code is SP-4F7K-9QXM-2TW9").codes == (CODE,)


def test_a_baked_picture_whose_credential_is_spoiled_is_broken() -> None:
    baked = bake_png(sheets.encoded(sheets.drawn(SHARE)), DOCUMENT)
    assert reason(bake_png_twice(baked)) == "broken"
    assert reason(bake_svg(pictures.svg(BADGE), TOKEN)[:-20]) == "broken"


def bake_png_twice(baked: bytes) -> bytes:
    start = baked.index(b"iTXt") - 4
    chunk = baked[start : baked.index(b"IDAT") - 4]
    return baked[:start] + chunk + baked[start:]
