"""What is drawn on a page of a PDF: tells which pages need to be rendered, and how finely.

To render a scanned page is to scale its picture twice for nothing: such a page is read in its picture's own
pixels.
"""

from __future__ import annotations

import ctypes
import io
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from passport.adapters.pictures.errors import Unreadable

MAX_IMAGE_PIXELS = 50_000_000
FORM_DEPTH = 5
# A QR drawn with lines has more parts than this: 21 rows at least, each of rectangles or one dashed line.
FEW_STROKES = 40
# The share of a page that its scanned picture covers; scanners leave margins.
WHOLE = 0.8
# How far the scales across and down may be apart, and a side from its axis, in a picture that is not warped.
EVEN = 0.05
# A QR has 21 modules at least, each of some pixels.
SMALLEST_SIDE = 42
JPEG = b"DCTDecode"
POINTS_PER_INCH = 72


@dataclass(frozen=True)
class Scan:
    """A picture on a page: its pixels across and down, and how many of them there are to the inch."""

    picture: Any
    pixels: tuple[int, int]
    dots_per_inch: float
    is_even: bool
    covers: float

    def grey(self) -> Image.Image | None:
        """Return the picture's own pixels in grey; None where only the rendered page has them."""
        try:
            return _from_jpeg(self.picture) or _from_bitmap(self.picture)
        except (OSError, ValueError, SyntaxError, pypdfium2.PdfiumError):
            return None  # the page is rendered then, and pdfium says what is wrong with it


@dataclass
class Drawn:
    """The drawn things of a page: pictures, strokes up to a few more than `FEW_STROKES`, and all others."""

    scans: list[Scan] = field(default_factory=list)
    strokes: int = 0
    others: int = 0

    @property
    def is_text_alone(self) -> bool:
        """Return whether the page has nothing but text, if anything."""
        return not (self.scans or self.strokes or self.others)

    @property
    def has_strokes_for_a_code(self) -> bool:
        """Return whether a QR may be among the lines and areas."""
        return self.strokes > FEW_STROKES or self.others > 0

    @property
    def whole(self) -> Scan | None:
        """Return the picture that is the page: a scan with nothing else on it but text."""
        if len(self.scans) != 1 or self.has_strokes_for_a_code:
            return None
        [scan] = self.scans
        return scan if scan.is_even and scan.covers >= WHOLE else None


def on_page(page: pypdfium2.PdfPage) -> Drawn:
    """Return what is drawn on a page. Raises Unreadable if a picture on it is too large to unpack."""
    drawn = Drawn()
    area = max(1.0, page.get_width() * page.get_height())
    for thing in page.get_objects(max_depth=FORM_DEPTH):
        if thing.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            drawn.scans.append(_scan(thing, area))
        elif thing.type == pdfium.FPDF_PAGEOBJ_PATH:
            if drawn.strokes <= FEW_STROKES:
                drawn.strokes += max(1, pdfium.FPDFPath_CountSegments(thing))
        elif thing.type not in {pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_FORM}:
            drawn.others += 1
    return drawn


def _scan(picture: Any, area: float) -> Scan:
    across, down = picture.get_px_size()
    if across * down > MAX_IMAGE_PIXELS:
        raise Unreadable("too large")
    matrix = picture.get_matrix()
    width, height = (matrix.a**2 + matrix.b**2) ** 0.5, (matrix.c**2 + matrix.d**2) ** 0.5
    covers = abs(matrix.a * matrix.d - matrix.b * matrix.c) / area
    scales = (width / max(1, across), height / max(1, down))
    is_square = abs(matrix.a * matrix.c + matrix.b * matrix.d) <= EVEN * width * height
    is_even = is_square and min(scales) > 0 and max(scales) <= (1 + EVEN) * min(scales)
    # transparency: a mask of its own, which is not among the picture's pixels
    is_plain = not pdfium.FPDFPageObj_HasTransparency(picture) and picture.container is None
    dots_per_inch = POINTS_PER_INCH / max(scales) if max(scales) > 0 else 0.0
    return Scan(picture, (across, down), dots_per_inch, is_even and is_plain, covers)


def _from_jpeg(picture: Any) -> Image.Image | None:
    """Return the luminance of a JPEG, which is a third of the work; None for any other picture."""
    if picture.get_filters() != [JPEG.decode()]:
        return None
    length = pdfium.FPDFImageObj_GetImageDataRaw(picture, None, 0)
    data = ctypes.create_string_buffer(length)
    pdfium.FPDFImageObj_GetImageDataRaw(picture, data, length)
    opened = Image.open(io.BytesIO(data), formats=("JPEG",))
    if opened.width * opened.height > MAX_IMAGE_PIXELS or opened.mode not in {"L", "RGB"}:
        return None
    opened.draft("L", None)
    opened.load()
    return opened if opened.mode == "L" else opened.convert("L")


def _from_bitmap(picture: Any) -> Image.Image:
    # a copy; pdfium's own memory is freed with the last reference to it, never earlier
    drawn: Image.Image = picture.get_bitmap().to_pil().convert("L")
    return drawn
