"""A programme's colour as a stylesheet, if white text is legible on it."""

from __future__ import annotations

import re

LEAST_CONTRAST = 4.5
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def rule(colour: str) -> str:
    """Return the one rule that sets the colour, or a comment for a colour that cannot be used."""
    if not COLOUR.fullmatch(colour) or contrast_with_white(colour) < LEAST_CONTRAST:
        return "/* the programme's colour cannot be read under white text */\n"
    return f":root{{--govuk-brand-colour:{colour}}}\n"


def contrast_with_white(colour: str) -> float:
    """Return the contrast of a colour with white (WCAG 2.2, definition of contrast ratio)."""
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
