#!/usr/bin/env bash
# python-calamine 0.9.1 (PyPI): a cell of an ODS sheet that has text and no office:value-type is taken for empty.
#
# OpenDocument makes the attribute optional, and a program that writes a sheet without it leaves the words in text:p
# alone. odfpy 1.4.1 finds them there; python-calamine takes the cell for an empty one and gives no error. A column of
# such cells at the edge of a sheet is left out by default (skip_empty_area), and the values beside it move over.
# A reader of such lists has to look for cells with text and without a type in content.xml, and to name them.
# Seen on Linux. Exits 1 when the behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "python-calamine==0.9.1" "odfpy==1.4.1"
"$folder/venv/bin/python" - "$folder/names.ods" <<'PYTHON'
import sys

from odf import teletype
from odf.opendocument import OpenDocumentSpreadsheet, load
from odf.table import Table, TableCell, TableRow
from odf.text import P
from python_calamine import CalamineWorkbook

written = OpenDocumentSpreadsheet()
table, row = Table(name="names"), TableRow()
for words, kind in (("without a type", {}), ("typed", {"valuetype": "string"})):
    cell = TableCell(**kind)
    cell.addElement(P(text=words))
    row.addElement(cell)
table.addElement(row)
written.spreadsheet.addElement(table)
written.save(sys.argv[1])

by_odfpy = [teletype.extractText(cell) for cell in load(sys.argv[1]).getElementsByType(TableCell)]
sheet = CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0)
by_calamine = sheet.to_python(), sheet.to_python(skip_empty_area=False)
print("odfpy:", by_odfpy)
print("python-calamine:", *by_calamine)
seen = by_calamine == ([["typed"]], [["", "typed"]])
sys.exit(0 if seen and by_odfpy == ["without a type", "typed"] else 1)
PYTHON
echo "as seen with python-calamine 0.9.1 and odfpy 1.4.1"
