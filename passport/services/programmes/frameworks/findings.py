"""What reading a framework from a file finds: problems, which stop it, and notes.

Their words stand in `web.programmes.frameworks.import_words`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum, auto


class What(StrEnum):
    """What was found. The comment names the details that the words need."""

    # of the file
    ABOVE_HEADINGS = auto()
    CELL_ERROR = auto()
    FORMULA = auto()
    HEADINGS_AGAIN = auto()
    HIDDEN_ROWS = auto()  # rows
    LEVELS_IN_ORDER = auto()  # names
    MACROS = auto()
    MERGED = auto()  # cells
    NOT_CSV = auto()  # said
    NO_HEADINGS = auto()  # columns, missing
    NO_ROWS = auto()
    OTHER_SHEETS = auto()  # sheet, others
    OTHER_WIDTH = auto()  # wanted, found
    SAME_HEADING = auto()  # first, second
    TIDIED = auto()  # number
    UNUSED_COLUMN = auto()  # name
    WINDOWS = auto()
    # of a cell
    EMPTY = auto()
    LEVEL_MISSING = auto()  # missing
    LEVEL_TWICE = auto()  # other
    LEVEL_UNKNOWN = auto()  # levels
    MARKUP = auto()  # markup
    SAME_WORDING = auto()
    TOO_LONG = auto()  # most
    TWIN = auto()  # other, group
    TWIN_BUT_CAPITALS = auto()  # name, other, group
    UNREADABLE = auto()
    UNUSABLE = auto()  # advice
    # of a CASE package
    CLEANED = auto()  # name
    NO_WORDING = auto()
    NO_ALIGNMENT = auto()  # name, url
    RENAMED = auto()  # name, now
    SHORTENED = auto()  # name, text
    LOST = auto()  # kind, name, more


@dataclass(frozen=True)
class Finding:
    """Something found: where, by line and column (line 0 stands for no place in a table), and its details."""

    what: What
    line: int = 0
    column: str = ""
    details: dict[str, str] = field(default_factory=dict)


def found(what: What, line: int = 0, column: str = "", **details: object) -> Finding:
    """Return a finding with its details as texts."""
    return Finding(what, line, column, {name: str(value) for name, value in details.items()})
