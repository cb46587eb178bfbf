"""Sheets of paper with codes: laid out by typst as accessible PDF. Only this package uses typst.

Everything that is printed is passed in as finished text; our fonts cover the scripts of names beyond Latin
(Gurmukhi, and Arabic letters for Urdu). A code is drawn in its size and never scaled.
"""

from __future__ import annotations

from passport.adapters.printing.press import CannotPrint, NoGlyph, pdf
from passport.adapters.printing.record import record_pdf
from passport.adapters.printing.sheet import Entry, Layout, Picture, Sheet, Words

__all__ = ["CannotPrint", "Entry", "Layout", "NoGlyph", "Picture", "Sheet", "Words", "pdf", "record_pdf"]
