"""Black and white modules as a PNG, for pages and documents that cannot embed an SVG."""

from __future__ import annotations

import io

from PIL import Image

SCALE = 12
MM_PER_INCH = 25.4


def png(rows: list[list[bool]], square_mm: float) -> bytes:
    """Return the modules as a PNG, true is black, with its size on paper. The output is deterministic."""
    picture = Image.new("1", (len(rows[0]), len(rows)), 1)
    picture.putdata([0 if black else 1 for row in rows for black in row])
    large = picture.resize((picture.width * SCALE, picture.height * SCALE), Image.Resampling.NEAREST)
    dots_per_inch = SCALE / square_mm * MM_PER_INCH
    file = io.BytesIO()
    large.save(file, "PNG", optimize=True, dpi=(dots_per_inch, dots_per_inch))
    return file.getvalue()
