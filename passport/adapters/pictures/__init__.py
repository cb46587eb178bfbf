"""A badge's own picture: skill, level and programme, as an SVG and as a PNG. Only this package uses Pillow.

Both show the same lines in the same places. The picture is no proof; the credential baked into it is.
"""

from __future__ import annotations

from pathlib import Path
from string import Template
from xml.sax.saxutils import escape

from passport.adapters.pictures.draw import draw
from passport.adapters.pictures.layout import DARK, STEPS, Badge, Line, colour_of, lines_of

__all__ = ["Badge", "png", "svg"]

TEMPLATE = Template((Path(__file__).parent / "badge.svg").read_text(encoding="utf-8"))


def png(badge: Badge) -> bytes:
    """Return the badge as a PNG of 600 × 600 pixels. The output is deterministic."""
    return draw(badge)


def svg(badge: Badge) -> bytes:
    """Return the badge as an SVG; a viewer may draw the letters that our font lacks."""
    written = TEMPLATE.substitute(
        title=escape(badge.title),
        colour=colour_of(badge),
        steps="\n".join(_step(badge, number) for number in range(len(STEPS))),
        lines="\n".join(_text(line) for line in lines_of(badge, drawn=False)),
    )
    return written.encode("utf-8")


def _step(badge: Badge, number: int) -> str:
    left, top, right, bottom = STEPS[number]
    fill = colour_of(badge) if number < badge.level else "#ffffff"
    return (
        f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" rx="8"'
        f' fill="{fill}" stroke="{colour_of(badge)}" stroke-width="4"/>'
    )


def _text(line: Line) -> str:
    weight = ' font-weight="700"' if line.bold else ""
    # with its length: text in another font must not run over the edge
    return (
        f'<text x="300" y="{line.baseline}" font-size="{line.size}"{weight} fill="{DARK}"'
        f' textLength="{line.width}" lengthAdjust="spacingAndGlyphs">{escape(line.text)}</text>'
    )
