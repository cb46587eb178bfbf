"""Survey the sheets of an ODS workbook (OpenDocument 1.3 part 3, section 9)."""

from __future__ import annotations

from passport.adapters.pictures.errors import Unreadable
from passport.adapters.sheets.container import Parts
from passport.adapters.sheets.survey import MOST_ROWS, Attributes, Survey, number, walk

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
CONTENT, MANIFEST = "content.xml", "META-INF/manifest.xml"
HIDDEN = {"collapse", "filter"}
COMMENT = "annotation"
CELLS = {"table-cell", "covered-table-cell"}


def surveys(parts: Parts) -> list[Survey]:
    """Return a survey of each sheet. Raises Unreadable."""
    if b"encryption-data" in parts.get(MANIFEST, b""):
        raise Unreadable("password")
    if CONTENT not in parts:
        raise Unreadable("broken")
    found = _Document()
    walk(parts[CONTENT], found.start, found.end, found.text)
    return found.surveys


class _Document:
    """Handlers for `content.xml`, which holds all sheets."""

    def __init__(self) -> None:
        self.surveys: list[Survey] = []
        self._style = ""
        self._hidden_styles: set[str] = set()
        self._depth = 0
        self._row, self._rows = 1, 1
        self._column = 1
        self._hides = self._holds = self._written = self._commented = False
        self._cell: Attributes = {}

    def start(self, name: str, given: Attributes) -> None:
        if name == "style":
            self._style = given.get("name", "")
        elif name == "table-properties" and given.get("display") == "false":
            self._hidden_styles.add(self._style)
        elif name == "table":
            self._begin_table(given)
        elif name == "table-row":
            self._begin_row(given)
        elif name in CELLS:
            self._cell, self._written = given, False
        elif name == COMMENT:
            self._commented = True

    def _begin_table(self, given: Attributes) -> None:
        """A table inside a cell would count its cells for another place."""
        if self._depth:
            raise Unreadable("broken")
        self._depth += 1
        visible = given.get("style-name", "") not in self._hidden_styles
        self.surveys.append(Survey(given.get("name", ""), visible))
        self._row, self._rows = 1, 0

    def _begin_row(self, given: Attributes) -> None:
        if not self._depth:
            raise Unreadable("broken")
        self._row, self._column = self._row + self._rows, 1
        self._rows = number(given.get("number-rows-repeated"))
        self._hides, self._holds = given.get("visibility") in HIDDEN, False

    def text(self, text: str) -> None:
        if not self._commented and text.strip():
            self._written = True

    def end(self, name: str) -> None:
        if name == COMMENT:
            self._commented = False
        elif name == "table":
            self._depth -= 1
        elif name == "table-row" and self._hides and self._holds:
            self.surveys[-1].hide(self._row, self._rows)
        elif name in CELLS:
            self._end_cell(self._cell)
            self._cell = {}

    def _end_cell(self, given: Attributes) -> None:
        if not self.surveys:
            raise Unreadable("broken")
        survey, columns = self.surveys[-1], number(given.get("number-columns-repeated"))
        row, column, self._column = self._row, self._column, self._column + columns
        down, across = number(given.get("number-rows-spanned")), number(given.get("number-columns-spanned"))
        if (down, across) != (1, 1):
            survey.merge((row, column, row + down - 1, column + across - 1))
        typed = "value-type" in given
        if not (typed or self._written or "formula" in given):
            return
        self._holds = True
        survey.count(row, column, min(self._rows, MOST_ROWS + 1), columns)
        if given.get("value-type") == "error":  # LibreOffice's own, beside `office:value-type`
            survey.note(survey.faulty, row, column)
        elif not typed:  # the library reads no value of such a cell, though it may show a text
            survey.note(survey.unworked, row, column)
