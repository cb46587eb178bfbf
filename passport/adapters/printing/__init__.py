"""Sheets of paper with codes: laid out by typst as accessible PDF. The only room that knows typst.

Everything that is printed comes in as values, in words already; what a name needs beyond Latin letters
(Gurmukhi, and Arabic letters for Urdu) our own fonts have. A code is drawn in its size and never scaled.
"""

from __future__ import annotations

from passport.adapters.printing.press import CannotPrint, NoGlyph, pdf
from passport.adapters.printing.sheet import Entry, Layout, Picture, Sheet, Words

__all__ = ["CannotPrint", "Entry", "Layout", "NoGlyph", "Picture", "Sheet", "Words", "pdf"]
