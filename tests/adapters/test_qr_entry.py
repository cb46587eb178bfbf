"""The code of an entry: two segments, its size on paper, and a reader that is not ours."""

from __future__ import annotations

import re

import pytest
import zxingcpp
from PIL import Image

from passport.adapters import qr
from passport.openbadges import address
from tests.vectors.compact import make

SHARE = f"{make.ORIGIN}/c/{make.CODE}"


def read_back(rows: list[list[bool]], scale: int = 4) -> zxingcpp.Barcode:
    picture = Image.new("L", (len(rows), len(rows)))
    picture.putdata([0 if black else 255 for row in rows for black in row])
    side = len(rows) * scale
    (found,) = zxingcpp.read_barcodes(picture.resize((side, side), Image.Resampling.NEAREST))
    return found


def of_length(length: int) -> str:
    assert len(make.ORIGIN.removeprefix("https://")) == 16
    return address.write(
        make.ORIGIN, make.CODE, bytes(range(256)) * 2 + bytes(48) if length == 560 else b"\xab" * length
    )


def test_the_worked_example_is_version_13_m_in_35_millimetres() -> None:
    code = qr.entry_code(make.URL)
    assert (code.version, code.level, code.side_mm, round(code.square_mm, 2)) == (13, "M", 35, 0.51)
    found = read_back(code.rows)
    assert (found.text, found.ec_level) == (make.URL, "M")
    assert address.parse(found.text).data() == make.VECTOR


@pytest.mark.parametrize(
    ("most", "version"), [(204, 11), (240, 12), (283, 13), (314, 14), (363, 15), (454, 17)]
)
def test_how_many_bytes_fit_which_version(most: int, version: int) -> None:
    assert qr.entry_code(of_length(most)).version == version
    assert qr.entry_code(of_length(most + 1)).version == version + 1


def test_a_long_entry_grows_on_paper_and_is_read() -> None:
    code = qr.entry_code(of_length(560))
    assert code.level == "M"
    assert code.side_mm == pytest.approx(qr.SQUARE_MM * code.squares)
    assert read_back(code.rows).text == of_length(560)


def test_a_short_one_has_more_correction_in_the_same_size() -> None:
    code = qr.entry_code(of_length(150))
    assert (code.level, code.side_mm) == ("Q", 35)
    assert code.square_mm >= qr.SQUARE_FOR_Q_MM
    assert read_back(code.rows).ec_level == "Q"


def test_digits_take_the_numeric_segment() -> None:
    """As bytes, the same text would take three versions more."""
    assert qr.entry_code(make.URL).squares < len(qr.modules(make.URL)) - 2 * qr.MARGIN - 8


def test_a_share_alone_is_30_millimetres_with_correction_q() -> None:
    code = qr.share_code(SHARE)
    assert (code.level, code.side_mm) == ("Q", 30)
    assert read_back(code.rows).text == SHARE
    assert code.square_mm > 0.8


@pytest.mark.parametrize("text", [SHARE, f"{SHARE}#", f"{SHARE}#1a", f"{SHARE}#1²", f"{SHARE}#١"])
def test_what_is_no_entry_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the address of an entry"):
        qr.entry_code(text)


def test_the_picture_says_its_size_with_the_margin() -> None:
    code = qr.entry_code(make.URL)
    picture = qr.printed_svg(code)
    width, height = re.findall(r'(?:width|height)="([0-9.]+)mm"', picture)
    assert width == height
    assert float(width) == pytest.approx(35 * (69 + 8) / 69, abs=0.001)
    assert 'viewBox="0 0 77 77"' in picture
    assert len(picture) < 40_000
