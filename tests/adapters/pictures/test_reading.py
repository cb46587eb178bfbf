"""Codes are found in what people photograph and scan, and nothing that is handed in does harm."""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from random import Random

import pypdf
import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter, ImageOps

from passport.adapters.pictures import codes, pdf, pdf_drawn, reading
from passport.adapters.pictures.errors import Unreadable
from tests.fixtures import sheets
from tests.vectors.compact.vector import URL

SHARE = "https://passport.example/c/SP4F7K9QXM2TW9"
OTHERS = [f"https://passport.example/c/SP22222222222{sign}" for sign in "2BC"]


def reason(data: bytes, *, of_pdf: bool = False) -> str:
    with pytest.raises(Unreadable) as caught:
        (reading.codes_in_pdf if of_pdf else reading.codes_in_picture)(data)
    return caught.value.reason


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says that it is very large, and is."""
    rows = zlib.compress(b"\0" * min(50_000_000, height * (width // 8 + 1)), 9)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        (b"IDAT", rows),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_every_code_on_a_sheet_is_read_from_top_to_bottom(form: str) -> None:
    data = sheets.encoded(sheets.sheet([SHARE, URL]), form)
    assert reading.codes_in_picture(data) == [SHARE, URL]


@pytest.mark.parametrize(
    ("turned", "light", "blur"),
    [(0, 1.0, 2.0), (12, 0.5, 1.0), (45, 0.3, 1.0), (90, 0.15, 0.5), (180, 0.1, 1.0), (275, 0.6, 1.5)],
)
def test_a_photo_is_read_however_it_is_turned_and_lit(turned: int, light: float, blur: float) -> None:
    page = sheets.sheet([URL]).resize((2480, 3508)).rotate(turned, expand=True, fillcolor=180)
    photo = page.point([int(value * light) for value in range(256)]).filter(ImageFilter.GaussianBlur(blur))
    assert reading.codes_in_picture(sheets.encoded(photo, "JPEG", quality=80)) == [URL]


def test_a_sheet_held_at_a_slant_is_read() -> None:
    page = sheets.sheet([URL]).resize((2480, 3508))
    corners = (-300, -200, 0, 3600, 2700, 3400, 2400, 100)
    photo = page.transform(page.size, Image.Transform.QUAD, corners, fillcolor=150)
    assert reading.codes_in_picture(sheets.encoded(photo, "JPEG", quality=85)) == [URL]


def test_a_phone_that_turns_by_a_note_in_the_file_is_followed() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    assert reading.codes_in_picture(sheets.encoded(sheets.drawn(SHARE), "JPEG", exif=turned)) == [SHARE]


def test_a_code_on_nothing_is_read_as_if_on_white() -> None:
    code = sheets.drawn(SHARE)
    clear = Image.new("RGBA", code.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=code.point(lambda value: 255 - value))
    assert reading.codes_in_picture(sheets.encoded(clear)) == [SHARE]


def test_no_code_is_no_error() -> None:
    assert reading.codes_in_picture(sheets.encoded(Image.effect_noise((1500, 1100), 90), "JPEG")) == []
    assert reading.codes_in_pdf(sheets.empty_pages(1)) == []


def test_a_photo_of_fifty_megapixels_is_read_and_one_of_sixty_is_refused() -> None:
    large = Image.new("L", (10_000, 5_000), 255)
    large.paste(sheets.drawn(SHARE, 60), (200, 200))
    assert reading.codes_in_picture(sheets.encoded(large)) == [SHARE]
    assert reason(sheets.encoded(Image.new("L", (10_000, 6_000), 255), "JPEG")) == "too large"


@pytest.mark.parametrize("size", [(20_000, 20_000), (100_000, 100_000), (2_000_000_000, 2)])
def test_a_bomb_is_refused_before_it_goes_off(size: tuple[int, int]) -> None:
    before = time.monotonic()
    assert reason(bomb(*size)) in {"too large", "broken"}
    assert time.monotonic() - before < 5


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"GIF89a" + b"\0" * 99, b"<svg/>", b"\xff\xd8", b"PK\x03\x04" + b"\0" * 99],
    ids=["empty", "words", "gif", "svg", "two bytes", "zip"],
)
def test_what_is_no_picture_is_called_so(data: bytes) -> None:
    assert reason(data) in {"not a picture", "broken"}


@pytest.mark.parametrize("kept", [0.2, 0.6, 0.99])
def test_a_picture_that_is_cut_off_is_broken(kept: float) -> None:
    data = sheets.encoded(sheets.sheet([SHARE]))
    assert reason(data[: int(len(data) * kept)]) == "broken"


def test_more_than_twelve_megabytes_are_not_looked_at() -> None:
    assert reason(b"\xff\xd8\xff" + b"\0" * reading.MAX_BYTES) == "too large"
    assert reason(b"%PDF-1.7" + b"\0" * reading.MAX_BYTES, of_pdf=True) == "too large"


def test_a_pdf_gives_its_codes_in_the_order_of_its_pages() -> None:
    found = sheets.pdf([sheets.sheet(OTHERS[:2]), sheets.sheet([SHARE, OTHERS[2]])])
    assert reading.codes_in_pdf(found) == [*OTHERS[:2], SHARE, OTHERS[2]]


def test_a_scan_that_is_hard_to_read_is_drawn_finer() -> None:
    code = sheets.drawn(URL, 3)
    page = Image.new("L", (2480, 3508), 255)
    page.paste(code, (300, 300))
    assert reading.codes_in_pdf(sheets.pdf([page], 300)) == [URL]


def test_a_pdf_gives_its_text_as_well() -> None:
    assert "SP-4F7K" in reading.read_pdf(sheets.written("My code", "SP-4F7K-9QXM-2TW9")).text


def test_a_pdf_with_a_password_and_one_with_300_pages_are_refused_in_words_of_their_own() -> None:
    assert reason(sheets.locked(sheets.pdf([sheets.small_page(SHARE)])), of_pdf=True) == "password"
    assert reason(sheets.empty_pages(300), of_pdf=True) == "too many pages"
    assert reading.codes_in_pdf(sheets.empty_pages(pdf.MAX_PAGES)) == []


def test_a_zip_is_no_pdf_by_its_name_and_neither_is_half_a_pdf() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("sheet.pdf", b"%PDF-1.7")
    assert reason(file.getvalue(), of_pdf=True) == "broken"
    assert reason(sheets.pdf([sheets.small_page(SHARE)])[:400], of_pdf=True) == "broken"


def test_a_page_as_large_as_a_house_is_drawn_small() -> None:
    before = time.monotonic()
    assert reading.codes_in_pdf(sheets.empty_pages(1).replace(b"200", b"200000")) == []
    assert time.monotonic() - before < 5


@pytest.mark.parametrize("side", [b"[ 0 0 1 200000 ]", b"[ 0 0 200000 1 ]"])
def test_a_page_as_long_as_a_road_is_read_like_any_other(side: bytes) -> None:
    assert reading.codes_in_pdf(sheets.empty_pages(1).replace(b"[ 0.0 0.0 200 200 ]", side)) == []


def test_a_scan_that_is_no_jpeg_is_read_in_its_own_pixels(caplog: pytest.LogCaptureFixture) -> None:
    for mode in ("1", "P"):
        page = sheets.sheet([SHARE]).convert(mode)
        assert reading.codes_in_pdf(sheets.pdf([page])) == [SHARE]
    assert not caplog.records, "pdfium's memory is not freed while it is in use"


def test_a_pdf_whose_picture_is_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_drawn, "MAX_IMAGE_PIXELS", 1000)
    assert reason(sheets.pdf([sheets.small_page(SHARE)]), of_pdf=True) == "too large"


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_SECONDS", -1.0)
    assert reason(sheets.pdf([sheets.small_page(SHARE)]), of_pdf=True) == "too slow"
    assert reason(sheets.encoded(Image.new("L", (900, 900), 255))) == "too slow"


def scans(*texts: str, dots_per_inch: int) -> bytes:
    """Seven scanned pages, a code on the last of them if any."""
    size = (round(8.27 * dots_per_inch), round(11.69 * dots_per_inch))
    blank = sheets.sheet([], "An application " * 9).resize(size)
    last = sheets.sheet(texts).resize(size)
    return sheets.pdf([*[blank] * 6, last], dots_per_inch)


def rendered_twice(data: bytes) -> list[str]:
    """What was done before with each page: render it at 200 and at 300 dots per inch, and scan both."""
    found: list[str] = []
    with pdf.opened(data) as document:
        for page in pdf.pages(document, time.monotonic() + 60):
            for dots_per_inch in (200, 300):
                here = [
                    code.text
                    for code in zxingcpp.read_barcodes(page.picture(dots_per_inch), formats=codes.QR)
                ]
                found += here
                if here:
                    break
    return found


@pytest.mark.parametrize("dots_per_inch", [150, 200])
def test_seven_scanned_pages_take_a_third_of_what_it_takes_to_render_them_twice(dots_per_inch: int) -> None:
    data = scans(SHARE, dots_per_inch=dots_per_inch)
    fastest: dict[object, float] = {}
    for way in (reading.codes_in_pdf, rendered_twice) * 3:
        before = time.process_time()
        assert way(data) == [SHARE]
        fastest[way] = min(time.process_time() - before, fastest.get(way, float("inf")))
    assert fastest[rendered_twice] > 3 * fastest[reading.codes_in_pdf]


@pytest.mark.parametrize("dots_per_inch", [100, 150, 200, 300, 600])
@pytest.mark.parametrize("turned", [0, 0.7, 90])
def test_a_scan_is_read_in_its_own_pixels(dots_per_inch: int, turned: float) -> None:
    page = sheets.sheet([SHARE]).rotate(turned, expand=True, fillcolor=230)
    scale = dots_per_inch / 150
    page = page.resize((round(page.width * scale), round(page.height * scale)), Image.Resampling.BOX)
    assert reading.codes_in_pdf(sheets.pdf([page], dots_per_inch)) == [SHARE]


def test_a_white_code_on_black_is_read_off_scans_of_any_resolution() -> None:
    for dots_per_inch in (150, 300):
        page = ImageOps.invert(sheets.drawn(SHARE, 6)).resize((dots_per_inch * 4, dots_per_inch * 4))
        assert reading.codes_in_pdf(sheets.pdf([page], dots_per_inch)) == [SHARE]


def test_a_code_that_is_stamped_on_a_scan_is_read() -> None:
    scan = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(scans(dots_per_inch=100))))
    stamp = pypdf.PdfReader(io.BytesIO(sheets.pdf([sheets.small_page(SHARE)]))).pages[0]
    scan.pages[3].merge_page(stamp)
    file = io.BytesIO()
    scan.write(file)
    assert reading.codes_in_pdf(file.getvalue()) == [SHARE]


def worn(seed: int) -> Image.Image:
    """A page with a code of 35 mm at 200 dots per inch: turned, blurred, faded, and with grain."""
    random = Random(seed)
    side = 276
    code = sheets.drawn(URL, 12).rotate(
        random.uniform(-3, 3), Image.Resampling.BICUBIC, expand=True, fillcolor=255
    )
    page = Image.new("L", (1654, 2339), 255)
    page.paste(code.resize((side, side), Image.Resampling.BOX), (200, 300))
    page = page.filter(ImageFilter.GaussianBlur(random.uniform(0.8, 1.5)))
    grain = Image.frombytes("L", page.size, random.randbytes(page.width * page.height))
    grain = grain.point([128 + int((value - 128) * 0.45) for value in range(256)])
    return ImageChops.add(
        page.point([int(255 - (255 - value) * 0.7) for value in range(256)]), grain, 1, -128
    )


def test_a_worn_scan_is_looked_at_again_where_a_document_has_shown_no_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages = [worn(seed) for seed in (3, 9)]
    assert not any(codes.in_scan(page, 200) for page in pages)
    assert [reading.codes_in_pdf(sheets.pdf([page], 200)) for page in pages] == [[URL], [URL]]
    monkeypatch.delattr(codes, "in_worn_scan")
    assert reading.codes_in_pdf(sheets.pdf([sheets.sheet([SHARE]), pages[0]], 200)) == [SHARE]
