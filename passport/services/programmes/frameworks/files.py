"""Frameworks as files: a table (CSV, XLSX) that the import reads again, and a CASE package."""

from __future__ import annotations

import csv
import io
import json

from passport.adapters.sheets import writing
from passport.db import Session
from passport.db.programmes.frameworks.versions import FrameworkVersion
from passport.services.core.tables import harmless
from passport.services.programmes.frameworks import provider
from passport.services.programmes.frameworks.tables import LEVELS

HEADINGS = ("group", "skill", *(level.capitalize() for level in LEVELS))
WIDTHS = (24, 32, 40, 40, 40, 40)
BYTE_ORDER_MARK = "\ufeff"


def rows(version: FrameworkVersion) -> list[tuple[str, ...]]:
    """Return the table of a version: the headings, then one row for each skill."""
    return [HEADINGS, *((skill.group, skill.name, *skill.descriptors) for skill in version.skills)]


def as_csv(version: FrameworkVersion) -> bytes:
    """Return the table as CSV in UTF-8. A cell that a spreadsheet would calculate gets an apostrophe."""
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerows(map(harmless, row) for row in rows(version))
    return (BYTE_ORDER_MARK + file.getvalue()).encode("utf-8")


def as_xlsx(version: FrameworkVersion) -> bytes:
    """Return the table as a workbook, in which every cell is a text."""
    return writing.xlsx(version.framework.title, rows(version), WIDTHS)


def as_case(session: Session, version: FrameworkVersion, base: str) -> bytes:
    """Return the version as a CASE 1.1 package. `base` is the service's public address."""
    package = provider.writer(session, version, base).package()
    return json.dumps(package, ensure_ascii=False, indent=1).encode("utf-8")
