"""Draw the badge's picture."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from passport.adapters.pictures.layout import DARK, SIZE, STEPS, Badge, colour_of, font, lines_of

FINER = 3
COLOURS = 64


def draw(badge: Badge) -> bytes:
    """Return a PNG of a few kilobytes, with transparent corners."""
    picture = _ground(badge)
    pen = ImageDraw.Draw(picture)
    for line in lines_of(badge, drawn=True):
        letters = font(line.size, bold=line.bold)
        pen.text((SIZE // 2, line.baseline), line.text, font=letters, fill=DARK, anchor="ms")
    file = io.BytesIO()
    picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _ground(badge: Badge) -> Image.Image:
    """Return frame and steps, drawn larger and scaled down for smooth edges."""
    colour = colour_of(badge)
    large = Image.new("RGBA", (SIZE * FINER, SIZE * FINER), (255, 255, 255, 0))
    pen = ImageDraw.Draw(large)
    pen.rounded_rectangle(_scaled(0, 0, SIZE, SIZE), 56 * FINER, fill=colour)
    pen.rounded_rectangle(_scaled(18, 18, SIZE - 18, SIZE - 18), 40 * FINER, fill="#ffffff")
    for number, (left, top, right, bottom) in enumerate(STEPS):
        fill = colour if number < badge.level else "#ffffff"
        box = _scaled(left - 2, top - 2, right + 2, bottom + 2)
        pen.rounded_rectangle(box, 10 * FINER, fill=fill, outline=colour, width=4 * FINER)
    return large.resize((SIZE, SIZE), Image.Resampling.LANCZOS)


def _scaled(left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
    return left * FINER, top * FINER, right * FINER - 1, bottom * FINER - 1
