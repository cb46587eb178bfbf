"""Workbooks that are written: read again, every cell is the text that it was."""

from __future__ import annotations

from passport.adapters.sheets import reading, writing

ROWS = [
    ("group", "skill"),
    ("=1+1", "2026-03-14"),
    ("007", " two  spaces "),
    ("<b>&amp;", "_x000D_"),
    ("a\nb", "𝑑 ਕੌਰ عبدالله"),
    ("\x01bell", ""),
]


def test_cells_come_back_as_texts() -> None:
    [sheet] = reading.sheets(writing.xlsx("Glass: [2]/'x'", ROWS, (10, 20)))
    assert sheet.name == "Glass   2   x"
    assert sheet.rows == [["bell" if cell == "\x01bell" else cell for cell in row] for row in ROWS]
    assert (sheet.unworked, sheet.faulty, sheet.merged) == ([], [], [])


def test_the_same_table_gives_the_same_bytes() -> None:
    assert writing.xlsx("A", ROWS, (10, 20)) == writing.xlsx("A", ROWS, (10, 20))
