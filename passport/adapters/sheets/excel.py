"""Survey the sheets of an XLSX workbook (ECMA-376 part 1, section 18; transitional and strict)."""

from __future__ import annotations

import posixpath
import re

from passport.adapters.pictures.errors import Unreadable
from passport.adapters.sheets.container import Parts
from passport.adapters.sheets.survey import Attributes, Survey, number, walk

WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
WORKSHEET = "/worksheet"
CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")
TRUE = {"1", "true"}


def surveys(parts: Parts) -> list[Survey]:
    """Return a survey of each worksheet. Raises Unreadable."""
    if WORKBOOK not in parts:
        raise Unreadable("broken")
    files = _files(parts)
    found: list[Survey] = []

    def start(name: str, given: Attributes) -> None:
        # a chart's sheet has another type of relation, and a part that is missing holds nothing
        if name == "sheet" and given.get("id", "") in files:
            survey = Survey(given.get("name", ""), given.get("state", "visible") == "visible")
            if survey.visible:
                _Cells(survey).read(parts[files[given["id"]]])
            found.append(survey)

    walk(parts[WORKBOOK], start)
    return found


def _files(parts: Parts) -> dict[str, str]:
    """Return the part of each worksheet by its relation's id."""
    found: dict[str, str] = {}

    def start(name: str, given: Attributes) -> None:
        if name == "Relationship" and given.get("Type", "").endswith(WORKSHEET):
            part = posixpath.normpath(posixpath.join("/xl", given.get("Target", ""))).lstrip("/")
            if part in parts:
                found[given.get("Id", "")] = part

    walk(parts.get(RELATIONS, b"<none/>"), start)
    return found


def place(reference: str) -> tuple[int, int]:
    """Return the row and column of a cell such as B7."""
    match = CELL.fullmatch(reference)
    if match is None:
        raise Unreadable("broken")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column


class _Cells:
    """Handlers for the XML of one worksheet."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._row = self._column = 0
        self._kind, self._inside = "", ""
        self._hides = self._holds = self._formula = self._stored = False

    def read(self, data: bytes) -> None:
        walk(data, self._start, self._end, self._text)

    def _start(self, name: str, given: Attributes) -> None:
        self._inside = name
        if name == "row":
            self._begin_row(given)
        elif name == "c":
            self._begin_cell(given)
        elif name == "f":
            self._formula = True
        elif name == "v":
            # a formula whose result is no text at all stores an empty value of type str
            self._stored |= self._kind == "str"
        elif name == "mergeCell":
            first, _, last = given.get("ref", "").partition(":")
            self._survey.merge((*place(first), *place(last or first)))

    def _begin_row(self, given: Attributes) -> None:
        """Rows stand in order; one that goes back would be given another place by the library."""
        row = number(given.get("r"), self._row + 1)
        if row <= self._row:
            raise Unreadable("broken")
        self._row, self._column = row, 0
        self._hides, self._holds = given.get("hidden") in TRUE, False

    def _begin_cell(self, given: Attributes) -> None:
        row, column = place(given["r"]) if "r" in given else (self._row, self._column + 1)
        if row != self._row or column <= self._column:
            raise Unreadable("broken")
        self._column, self._kind = column, given.get("t", "n")
        self._formula = self._stored = False

    def _text(self, text: str) -> None:
        if self._inside in {"v", "t"} and text:
            self._stored = True

    def _end(self, name: str) -> None:
        self._inside = ""
        if name == "c":
            self._end_cell()
        elif name == "row" and self._hides and self._holds:
            self._survey.hide(self._row)

    def _end_cell(self) -> None:
        if not (self._stored or self._formula):
            return
        self._holds = True
        self._survey.count(self._row, self._column)
        if self._kind == "e":
            self._survey.note(self._survey.faulty, self._row, self._column)
        elif not self._stored:
            self._survey.note(self._survey.unworked, self._row, self._column)
