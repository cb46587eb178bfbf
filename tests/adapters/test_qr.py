from __future__ import annotations

import re

import pytest

from passport.adapters import qr

ADDRESS = "https://passport.example/c/SP4F7K9QXM2TW9"


def test_a_camera_reads_the_address_back() -> None:
    zxingcpp = pytest.importorskip("zxingcpp")
    from PIL import Image

    rows = qr.modules(ADDRESS)
    picture = Image.new("L", (len(rows), len(rows)))
    picture.putdata([0 if black else 255 for row in rows for black in row])
    found = zxingcpp.read_barcodes(picture.resize((len(rows) * 4, len(rows) * 4), Image.Resampling.NEAREST))
    assert [code.text for code in found] == [ADDRESS]
    assert found[0].ec_level == "Q"


def test_the_margin_is_four_white_squares() -> None:
    rows = qr.modules(ADDRESS)
    assert not any(square for row in rows[:4] + rows[-4:] for square in row)
    assert not any(row[place] for row in rows for place in (0, 1, 2, 3, -1, -2, -3, -4))
    assert any(rows[4])


def test_the_picture_draws_every_black_square_and_no_other() -> None:
    picture = qr.svg(ADDRESS)
    rows = qr.modules(ADDRESS)
    drawn = [[False] * len(rows) for _ in rows]
    for left, top, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", picture):
        for place in range(int(left), int(left) + int(width)):
            drawn[int(top)][place] = True
    assert drawn == rows
    assert len(picture) < 12_000
