"""Paper: accessible, in everybody's letters, with codes of the right size that a scanner reads."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pypdf
import pytest
import zxingcpp

from passport.adapters.printing import Layout, NoGlyph
from passport.web import ROOT
from tests.fixtures.paper import (
    ENTRY,
    MM,
    PROOF,
    SHARE,
    SHEET,
    WORDS,
    codes_on,
    named,
    pages,
    printed,
    scanned,
    side_mm,
    text_of,
)
from tests.vectors.compact import make
from tests.web.core.test_vendor import listed_and_there

CARDS = {Layout.CARD, Layout.CARD_PAGE}
NAMES = {
    "latin": "Amara Demoson",
    "polish": "Zażółć Gęślą-Jaźń",
    "gurmukhi": "ਅਮਰਾ ਕੌਰ ਡੈਮੋਸਨ",
    "urdu": "محمد عمران نمونہ",
}


@pytest.mark.parametrize("layout", Layout)
def test_the_codes_on_paper_are_read_back_and_have_their_size(layout: Layout) -> None:
    document = printed(SHEET, layout=layout)
    found: dict[str, zxingcpp.Barcode] = {}
    for page in range(pages(document)):
        found |= codes_on(scanned(document, page))
    share = found.pop(SHARE)
    assert share.ec_level == "Q"
    assert side_mm(share) == pytest.approx(30, abs=0.2)
    if layout in CARDS:
        assert found == {}
    else:
        entry = found.pop(make.URL)
        assert entry.ec_level == "M"
        assert side_mm(entry) == pytest.approx(35, abs=0.2)


@pytest.mark.parametrize("layout", Layout)
def test_a_code_has_four_white_squares_around_it(layout: Layout) -> None:
    page = scanned(printed(SHEET, layout=layout))
    there = codes_on(page)[SHARE].position
    margin = int(4 * 30 / 33 * MM) - 3
    box = (
        there.top_left.x - margin,
        there.top_left.y - margin,
        there.bottom_right.x + margin,
        there.bottom_right.y + margin,
    )
    inside = (margin - 3, margin - 3, box[2] - box[0] - margin + 3, box[3] - box[1] - margin + 3)
    around = page.crop(box).convert("L")
    around.paste(255, inside)
    assert around.getextrema() == (255, 255)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("layout", Layout)
def test_names_in_the_letters_of_our_students_are_printed_and_can_be_read_out(
    name: str, layout: Layout
) -> None:
    document = printed(named(NAMES[name]), layout=layout)
    told = text_of(document)
    assert [word for word in NAMES[name].split() if word not in told] == []


def test_a_name_with_letters_that_we_have_no_print_for_is_told() -> None:
    entry = replace(ENTRY, employer="日本 Works")
    with pytest.raises(NoGlyph) as told:
        printed(SHEET, replace(SHEET, entries=(ENTRY, entry)))
    assert (told.value.text, told.value.sheet) == ("日本 Works", 1)
    with pytest.raises(NoGlyph) as told:
        printed(named("Amara 😀"))
    assert (told.value.text, told.value.sheet) == ("Amara 😀", 0)


@pytest.mark.parametrize("layout", Layout)
def test_a_screen_reader_is_told_language_title_headings_and_every_picture(layout: Layout) -> None:
    document = pypdf.PdfReader(io.BytesIO(printed(SHEET, layout=layout)))
    root: Any = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert (root["/Lang"], root["/ViewerPreferences"]["/DisplayDocTitle"]) == ("en-GB", True)
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()
    assert document.metadata is not None
    assert document.metadata.title == "Skills passport"
    tagged = list(_elements(root["/StructTreeRoot"]))
    told = [str(one["/Alt"]) for one in tagged if one.get("/S") == "/Figure"]
    pictures = [SHEET.picture] if layout in CARDS else [SHEET.picture, ENTRY.picture]
    assert told == [picture.alt for picture in pictures if picture]
    assert "/H1" in [one.get("/S") for one in tagged]


def _elements(node: object) -> list[pypdf.generic.DictionaryObject]:
    """Every element of the structure, in reading order."""
    if isinstance(node, pypdf.generic.IndirectObject):
        node = node.get_object()
    if isinstance(node, list):
        return [one for child in node for one in _elements(child)]
    if not isinstance(node, dict):
        return []
    return [node, *_elements(node.get("/K"))]  # type: ignore[list-item]


def test_grey_is_grey_and_colour_is_the_programmes() -> None:
    for grey in (True, False):
        page = scanned(printed(SHEET, grey=grey), dots_per_inch=60)
        saturation = max(page.convert("HSV").getchannel("S").tobytes())
        assert (saturation > 100) is not grey
        assert grey is (saturation == 0)


def test_large_print_has_nothing_under_16_points_and_one_column() -> None:
    long = replace(SHEET, entries=(ENTRY, ENTRY, replace(ENTRY, picture=None)))
    document = printed(replace(long, note="Demo data: not real people"), layout=Layout.LARGE)
    sizes: set[float] = set()

    def note(text: str, _current: object, matrix: list[float], _font: object, size: float) -> None:
        if text.strip():
            sizes.add(round(abs(size * matrix[3]), 1))

    for page in pypdf.PdfReader(io.BytesIO(document)).pages:
        page.extract_text(visitor_text=note)
    assert min(sizes) >= 16
    for number in range(pages(document)):
        seen = scanned(document, number)
        for code in codes_on(seen).values():
            corner, end = code.position.top_right, code.position.bottom_right
            beside = seen.crop((corner.x + 3, corner.y, seen.width, end.y))
            assert beside.convert("L").getextrema() == (255, 255)


@pytest.mark.parametrize("layout", Layout)
def test_paper_says_that_it_is_no_proof_and_claims_nothing(layout: Layout) -> None:
    told = " ".join(text_of(printed(SHEET, layout=layout)).split())
    assert PROOF in told
    assert SHEET.code in told
    if layout is not Layout.CARD_PAGE:
        assert SHARE in told
    for claim in ("verified", "genuine", "certif", "✓", "✔", "☑"):
        assert claim not in told.lower()


def test_a_card_is_as_large_as_a_bank_card() -> None:
    long = printed(named("Wolfeschlegelsteinhausenbergerdorff Konstantinopolitanska"), layout=Layout.CARD)
    page = scanned(long)
    shades = page.convert("L").tobytes()
    rows = [shades[start : start + page.width] for start in range(0, len(shades), page.width)]
    lines = [row for row, there in enumerate(rows) if sum(shade < 200 for shade in there) > 900]
    columns = [column for column, shade in enumerate(rows[lines[0]]) if shade < 200]
    assert (max(columns) - min(columns)) / MM == pytest.approx(85.6, abs=0.3)
    assert (lines[-1] - lines[0]) / MM == pytest.approx(54, abs=0.3)
    assert "Wolfeschlegelsteinhausenbergerdorff" in text_of(long)
    assert codes_on(page)[SHARE].position.bottom_right.x < max(columns)


def test_a_page_for_a_printer_of_cards_is_exactly_a_card() -> None:
    long = named("Wolfeschlegelsteinhausenbergerdorff Konstantinopolitanska")
    document = pypdf.PdfReader(io.BytesIO(printed(SHEET, long, layout=Layout.CARD_PAGE)))
    assert len(document.pages) == 2, "however long a name is, a card has one page"
    for page in document.pages:
        size = [float(side) / 72 * 25.4 for side in (page.mediabox.width, page.mediabox.height)]
        assert size == pytest.approx([85.6, 54], abs=0.01)
    told = text_of(printed(long, layout=Layout.CARD_PAGE))
    assert "Wolfeschlegelsteinhausenbergerdorff" in told
    assert WORDS.cut not in told


def test_thirty_sheets_are_thirty_pages_and_the_same_again() -> None:
    sheets = [named(f"Student Number{number}") for number in range(30)]
    document = printed(*sheets)
    assert pages(document) == 30
    assert printed(*sheets) == document


def test_entries_that_do_not_fit_one_page_go_on_with_the_next_and_none_is_torn() -> None:
    document = printed(replace(SHEET, entries=(ENTRY,) * 7))
    assert pages(document) == 2
    codes = [text for page in range(2) for text in _texts(document, page)]
    assert codes.count(make.URL) == 7


def _texts(document: bytes, page: int) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(scanned(document, page))]


def test_the_letters_are_those_that_are_listed() -> None:
    listed, there = listed_and_there(ROOT / "passport/adapters/printing/fonts")
    assert listed == there
