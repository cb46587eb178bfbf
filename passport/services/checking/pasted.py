"""Read what people paste, upload as text, or write into a table's cell."""

from __future__ import annotations

from passport.services.checking.handed_in import Unreadable
from passport.services.checking.parsed_input import Found
from passport.services.checking.text_search import everything_in, holds_entry, written_codes

__all__ = ["everything_in", "holds_entry", "in_cell", "written_codes"]


def in_cell(text: str, public_url: str) -> Found:
    """Return what a table's cell holds: a code in any notation, an address, or either within a sentence."""
    try:
        return everything_in(text.strip(), public_url)
    except Unreadable:
        return Found()
