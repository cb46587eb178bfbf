"""A file is what its bytes say, whatever it is called; what it holds comes out sorted, and unchecked."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from passport.adapters import pictures, qr
from passport.openbadges.baking import bake_png, bake_svg
from passport.services.checking import handed_in
from passport.services.checking.handed_in import Found, Unreadable
from passport.verifier import Kind
from tests.fixtures import sheets
from tests.vectors.compact.vector import URL

INPUTS = Path(__file__).parents[2] / "inputs"

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
        (b"{" + b" " * 2_000_000 + b"}", "long text"),
        (b"\0" * (handed_in.MAX_BYTES + 1), "too large"),
        (b"%PDF-1.7 and no more", "broken"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_cannot_be_looked_into_says_why(data: bytes, expected: str) -> None:
    assert reason(data) == expected


@pytest.mark.parametrize("data", [b"{" * 3000, b'{"a": 1, "a": 2}', DOCUMENT[:-9], TOKEN.rpartition(b".")[0]])
def test_a_badge_file_that_is_cut_off_or_damaged_is_handed_to_the_check(data: bytes) -> None:
    """It says whose badge it is: of one of ours the code is asked for."""
    assert found(data + b"\n") == Found(documents=(data,))


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


# ------------------------------------------------------------------------- forms, links, files in PDFs


@pytest.mark.parametrize(
    "form",
    [
        sheets.form("SP-4F7K-9QXM-2TW9", beside=200),
        sheets.form(CODE, beside=280, flags=sheets.COMB),
        sheets.form(*CODE, beside=22),
        sheets.form("SP", "4F7K", "9QXM", "2TW9"),
        sheets.form("4F7K", "9QXM", "2TW9"),
        sheets.form("Amara Demoson", "sp-4f7k-9qxm-2tw9", beside=150),
        sheets.form(f"My passport: {SHARE}", beside=300),
        sheets.noted("My code: SP-4F7K-9QXM-2TW9"),
        sheets.linked(SHARE),
        sheets.linked(f"{SHARE}/?utm_source=letter"),
        sheets.written(" ".join(CODE)),
    ],
    ids=[
        "field", "comb", "boxes", "groups", "no prefix", "beside a name", "address", "note", "link",
        "link with a tail", "boxes that were printed",
    ],
)  # fmt: skip
def test_a_code_is_found_wherever_a_pdf_has_room_for_one(form: bytes) -> None:
    assert found(form) == Found(codes=(CODE,))


def test_a_link_with_an_entry_inside_is_a_printed_code() -> None:
    assert found(sheets.linked(URL)).fragments == (URL,)


def test_a_letter_may_link_to_other_pages_but_not_to_a_code_elsewhere() -> None:
    assert found(sheets.linked("https://linkedin.example/in/amara")).nothing
    assert found(sheets.linked(f"{OURS}/help")).nothing
    away = f"https://elsewhere.example/c/{CODE}"
    assert found(sheets.linked(away)) == Found(others=(away,))


def test_other_fields_of_a_form_are_no_codes() -> None:
    assert found(sheets.form("447700900123", "2345", "Amara", "SP", "12 High Street")).nothing
    assert found(sheets.form("447729922228", beside=200)).nothing, "a number that happens to add up"


def test_a_pdf_hands_on_the_credentials_that_it_carries_and_no_other_file() -> None:
    picture = bake_png(sheets.encoded(sheets.small_page("hello")), TOKEN)
    document = sheets.carrying(
        entry=DOCUMENT, token=TOKEN, picture=picture, invoice=b"<rsm/>", settings=b'{"a": 1}', empty=b""
    )
    assert set(found(document).documents) == {DOCUMENT, TOKEN}
    assert found(sheets.carrying(settings=b'{"a": 1}', long=b"{" + b" " * 2_000_000)).nothing


# ------------------------------------------------------------------------- pictures


def test_photos_of_phones_are_read() -> None:
    assert found((INPUTS / "phone-photo.heic").read_bytes()).codes == (CODE,)
    assert found(sheets.encoded(sheets.drawn(SHARE), "AVIF")).codes == (CODE,)


def test_a_photo_of_a_phone_has_the_bounds_of_any_other() -> None:
    photo = (INPUTS / "phone-photo.heic").read_bytes()
    assert reason((INPUTS / "phone-photo-of-54-megapixels.heic").read_bytes()) == "too large"
    assert reason(photo[:-2000]) == "broken"
    assert reason(photo[:60]) == "photo of a phone"


@pytest.mark.parametrize("svg", [qr.svg(SHARE), qr.printed_svg(qr.share_code(SHARE))], ids=["page", "paper"])
def test_a_code_of_ours_that_was_saved_as_a_drawing_is_read_back(svg: str) -> None:
    assert found(svg.encode()) == Found(codes=(CODE,))


def test_the_whole_entry_is_read_from_its_drawing() -> None:
    assert found(qr.printed_svg(qr.entry_code(URL)).encode()).fragments == (URL,)


@pytest.mark.parametrize("name", ["ob1-text-url.png", "ob2-itxt.png", "svg-ob2.svg"])
def test_an_older_badge_is_called_so(name: str) -> None:
    assert found((INPUTS / "old-badges" / name).read_bytes()) == Found(kinds=(Kind.OLD_BADGE,))


@pytest.mark.parametrize("side", [600, 480, 200])
@pytest.mark.parametrize("ground", ["white", "black"])
@pytest.mark.parametrize("level", [1, 4])
def test_a_badge_that_a_chat_has_saved_again_has_lost_its_data(side: int, ground: str, level: int) -> None:
    badge = pictures.Badge("Measuring", level, "On my own", "Made in Brindlemoor", "#1d5c63", note="Demo")
    picture = Image.open(io.BytesIO(bake_png(pictures.png(badge), DOCUMENT))).convert("RGBA")
    seen = Image.new("RGBA", picture.size, ground)
    seen.alpha_composite(picture)
    again = seen.convert("RGB").resize((side, side))
    assert reason(sheets.encoded(again, "JPEG", quality=40)) == "lost its data"
    assert reason(sheets.encoded(again)) == "lost its data"


def test_no_other_picture_is_said_to_have_lost_anything() -> None:
    frame = Image.new("L", (600, 600), 90)
    frame.paste(255, (18, 18, 582, 582))
    for picture in (frame, Image.new("L", (600, 600), 255), Image.effect_noise((600, 600), 60)):
        assert found(sheets.encoded(picture)).nothing


def test_a_picture_carries_its_credential_up_to_the_size_that_is_stated() -> None:
    noise = Image.effect_noise((2_600, 2_000), 90)
    baked = bake_png(sheets.encoded(noise), DOCUMENT)
    assert 4 * 1024 * 1024 < len(baked) < handed_in.MAX_BYTES
    assert found(baked).documents == (DOCUMENT,)
