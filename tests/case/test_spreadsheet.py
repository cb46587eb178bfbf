"""The spreadsheets of OpenSALT."""

from __future__ import annotations

import csv

import pytest

from passport.adapters.sheets import reading as sheets
from passport.case import outline, spreadsheet
from passport.case.errors import Fault, NotAPackage
from passport.case.outline import Kind, Loss
from passport.setup import ROOT

SAMPLES = ROOT / "tests" / "inputs" / "case"


def test_the_workbook_is_read() -> None:
    workbook = sheets.sheets((SAMPLES / "spreadsheet_import_sample.xlsx").read_bytes())
    tables = {sheet.name: sheet.rows for sheet in workbook}
    assert spreadsheet.has_items(tables)
    package = spreadsheet.read(tables)
    found = outline.outline(package, outline.Grouping.NEAREST)
    assert found.title == "SampleFramework"
    assert [(one.group, one.item.statement, one.item.code) for one in found.skills] == [
        ("Statement 1", "Statement 2", "S.1"),
        ("Statement 3", "Statement 4", "S.2.1"),
    ]
    assert Loss(Kind.ASSOCIATION, "precedes", "1") in found.losses
    assert Loss(Kind.MEMBER, "CFItems: educationlevel", "3") in found.losses


def test_the_older_table_is_read_with_its_references() -> None:
    rows = list(csv.reader((SAMPLES / "sample_case.csv").read_text().splitlines()))
    found = outline.outline(spreadsheet.read({"": rows}, "Maths"))
    assert found.title == "Maths"
    assert [(one.group, one.item.code) for one in found.skills] == [
        ("Everything about math", "M.F.1-2.S1a"),
        ("Everything about math", "M.F.1-2.S1b"),
        ("Everything about math", "M.F.C2.S1"),
        # the table says of neither what it is below
        ("", "M.E"),
        ("", "M.E.C1"),
    ]


def test_smart_levels_place_items_that_no_association_places() -> None:
    rows = [
        ["identifier", "fullStatement", "smartLevel"],
        *([f"i{level}", f"At {level}", level] for level in ("1", "1.1", "1.10", "2")),
    ]
    found = outline.outline(spreadsheet.read({"CF Item": rows}, "T"))
    assert [(one.group, one.item.statement) for one in found.skills] == [
        ("At 1", "At 1.1"),
        ("At 1", "At 1.10"),
        ("", "At 2"),
    ]


def test_what_is_no_such_spreadsheet_says_so() -> None:
    table = [["group", "skill"], ["All", "Listening"]]
    assert not spreadsheet.has_items({"Sheet1": table})
    for sheets_, title, fault in (
        ({"Sheet1": table}, "T", Fault.NO_ITEMS),
        ({"CF Item": [["fullStatement"]]}, "T", Fault.NO_ITEMS),
        ({"CF Item": [["fullStatement"], ["x"]]}, "", Fault.NO_TITLE),
        ({"CF Item": [["identifier", "fullStatement"], ["1", "x"], ["1", "y"]]}, "T", Fault.SAME_IDENTIFIER),
    ):
        with pytest.raises(NotAPackage) as caught:
            spreadsheet.read(sheets_, title)
        assert caught.value.fault is fault
