"""Read a workbook: survey it, then take the values of its visible sheets as text."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta

import python_calamine

from passport.adapters.pictures.errors import Unreadable
from passport.adapters.sheets import container, excel, opendocument
from passport.adapters.sheets.container import Parts
from passport.adapters.sheets.survey import Sheet, Survey

MOST_LETTERS = 4 * 1024 * 1024
# Whole numbers beyond it are not exact in a workbook, where all numbers are doubles.
EXACT = 10**15
HOUR = timedelta(hours=1)
Value = int | float | str | bool | date | datetime | time | timedelta


def sheets(data: bytes) -> list[Sheet]:
    """Return the visible sheets that hold something, with their values as text. Raises Unreadable."""
    parts = container.unpack(data)
    surveys = [survey for survey in _surveys(parts) if survey.visible and survey.cells]
    if not surveys:
        return []
    try:
        with python_calamine.load_workbook(io.BytesIO(container.packed(parts))) as workbook:
            found = [_sheet(workbook, survey) for survey in surveys]
    except python_calamine.PasswordError as error:
        raise Unreadable("password") from error
    except python_calamine.CalamineError as error:
        raise Unreadable("broken") from error
    if sum(len(cell) for sheet in found for row in sheet.rows for cell in row) > MOST_LETTERS:
        raise Unreadable("too large")
    return found


def _surveys(parts: Parts) -> list[Survey]:
    return excel.surveys(parts) if excel.WORKBOOK in parts else opendocument.surveys(parts)


def _sheet(workbook: python_calamine.CalamineWorkbook, survey: Survey) -> Sheet:
    values = workbook.get_sheet_by_name(survey.name).to_python(skip_empty_area=False)
    return survey.with_values([[as_text(value) for value in row] for row in values[: survey.height]])


def as_text(value: Value) -> str:
    """Return a cell's value as text: days as 2012-11-03, whole numbers without a point."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, time):
        return value.isoformat(timespec="seconds")
    if isinstance(value, timedelta):
        hours, rest = divmod(value, HOUR)
        return f"{hours}:{rest.seconds // 60:02}:{rest.seconds % 60:02}"
    return value.isoformat() if isinstance(value, date) else str(value)
