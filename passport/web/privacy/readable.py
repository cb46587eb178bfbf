"""A copy of a student's own data in words, for the page and for paper."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import get_template_attribute
from flask_babel import format_decimal
from flask_babel import gettext as _

from passport.services.privacy.my_data import Chapter, Table
from passport.web.core.filters import as_date, as_date_time

WORDS, SHARED, NOTICES = "privacy/_words.html", "words.html", "core/notices/_words.html"
# columns whose keys have words of their own
KEYS = {
    ("endorsements", "basis"): "basis",
    ("endorsements", "reason"): "reason",
    ("evidence", "level"): "level",
    ("evidence_versions", "level"): "level",
    ("endorsements", "level"): "level",
    ("credentials", "level"): "level",
}
# columns that hold one of the keys that the macro "value" words; others may hold such a word as text
KEYED = frozenset({"decision", "enrolment", "kind", "purpose", "role", "setting", "state", "way"})


@dataclass(frozen=True)
class Block:
    """A table's rows in words: its name, and for each row its columns' names and values."""

    title: str
    rows: list[list[tuple[str, str]]]


@dataclass(frozen=True)
class Part:
    """A chapter in words."""

    title: str
    number: int
    blocks: list[Block]


def part_of(chapter: Chapter) -> Part:
    """Return a chapter in the language of the request; empty values are left out."""
    title = _word(WORDS, "section", chapter.section.value)
    return Part(title, chapter.number, [_block(one) for one in chapter.tables])


def _block(table: Table) -> Block:
    row_in_words = _notice if table.name == "notices" else _row
    return Block(_word(WORDS, "table", table.name), [row_in_words(table.name, row) for row in table.rows])


def _row(table: str, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    told = [(_word(WORDS, "column", name), _value(table, name, value)) for name, value in row.items()]
    return [(name, value) for name, value in told if value]


def _notice(_table: str, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    said = _word(NOTICES, "says", row["kind"], json.loads(row["facts"] or "{}"))
    told = [("at", _text(row["at"])), ("facts", said), ("read_at", _text(row["read_at"]))]
    return [(_word(WORDS, "column", name), value) for name, value in told if value]


def _value(table: str, column: str, value: Any) -> str:
    macro = KEYS.get((table, column))
    if macro and value:
        return _word(SHARED, macro, value)
    return (column in KEYED and _word(WORDS, "value", str(value))) or _text(value)


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return as_date_time(value)
    if isinstance(value, date):
        return as_date(value)
    if isinstance(value, Decimal):
        return format_decimal(value)
    return str(value)


def _word(template: str, macro: str, *values: Any) -> str:
    said = get_template_attribute(template, macro)(*values)
    return " ".join(str(said.unescape()).split())
