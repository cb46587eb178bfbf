"""What is kept of a submitted photo or PDF: a re-encoded picture, or a PDF without active content.

This is called only in a separate process (`apart`).
"""

from __future__ import annotations

import io
import time
import warnings

import pypdfium2.raw as pdfium
from PIL import Image, ImageOps

from passport.adapters.pictures import pdf, reading
from passport.adapters.pictures.errors import Unreadable

__all__ = ["KEPT_BYTES", "document_text", "photo"]

KEPT_BYTES = 1_000_000
FORMATS = ("JPEG", "PNG")
# Tried in order until the result is small enough; the last one always is.
SIDES = (2000, 1400, 900)
QUALITIES = (85, 70, 50)
# Keywords of active content in a PDF. They may also be in compressed parts, where pdfium counts them.
RUNS = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")


def photo(data: bytes) -> bytes:
    """Re-encode a JPEG or PNG as a JPEG of at most 1 MB that holds only the visible pixels.

    Raises Unreadable for more than 50 megapixels, for any other kind of file, and for a broken one.
    """
    reading.refuse_length(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture = _small(data)
    for side in SIDES:
        picture.thumbnail((side, side))
        for quality in QUALITIES:
            file = io.BytesIO()
            picture.save(file, "JPEG", quality=quality, optimize=True)
            if file.tell() <= KEPT_BYTES:
                return file.getvalue()
    raise Unreadable("too large")


def _small(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > reading.MAX_PIXELS:
                raise Unreadable("too large")
            opened.draft("RGB", (SIDES[0], SIDES[0]))
            opened.load()
            opened.thumbnail((SIDES[0], SIDES[0]))
            turned = ImageOps.exif_transpose(opened)
            return _only_what_is_seen(turned)
    except Unreadable:
        raise
    except (Image.DecompressionBombError, MemoryError) as error:
        raise Unreadable("too large") from error
    except Exception as error:  # Pillow's decoders can raise anything for a malformed file
        raise Unreadable("broken") from error


def _only_what_is_seen(picture: Image.Image) -> Image.Image:
    """Return the pixels on white in a new picture, without metadata."""
    clear = picture.convert("RGBA")
    ground = Image.new("RGBA", clear.size, "white")
    ground.alpha_composite(clear)
    seen = ground.convert("RGB")
    return Image.frombytes("RGB", seen.size, seen.tobytes())


def document_text(data: bytes) -> str:
    """Open a PDF page by page; return its text. Raises Unreadable for active content or attachments."""
    reading.refuse_length(data)
    if any(word in data for word in RUNS):
        raise Unreadable("active")
    deadline = time.monotonic() + reading.MAX_SECONDS
    with pdf.opened(data) as document:
        if (
            pdfium.FPDFDoc_GetAttachmentCount(document) > 0
            or pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0
        ):
            raise Unreadable("active")
        return "\n".join(page.text() for page in pdf.pages(document, deadline))
