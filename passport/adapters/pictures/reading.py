"""Find the QR codes in a submitted picture or PDF, within bounds.

Nothing that is read here is trusted: a code is text of unknown origin.
"""

from __future__ import annotations

import io
import time
import warnings
from dataclasses import dataclass

import zxingcpp
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from passport.adapters.pictures import pdf
from passport.adapters.pictures.errors import Unreadable

__all__ = ["MAX_BYTES", "Contents", "Unreadable", "codes_in_pdf", "codes_in_picture", "read_pdf"]

MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SECONDS = 20.0
FORMATS = ("JPEG", "PNG")
# Longest sides to scan, in pixels: a blurred photo is read better scaled down, a dense code in full size.
SIDES = (1200, 2400)
SMALL = 600
ENLARGED = 3
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


@dataclass(frozen=True)
class Contents:
    """The texts of the codes in a PDF, in the order of its pages, and its own text."""

    codes: list[str]
    text: str


def codes_in_picture(data: bytes) -> list[str]:
    """Return the text of each QR code in a JPEG or PNG, in any orientation; an empty list if there is none.

    Raises Unreadable for more than 50 megapixels or 12 MB, for any other kind of file, and for a broken one.
    """
    refuse_length(data)
    return _in_photo(_decoded(data), time.monotonic() + MAX_SECONDS)


def codes_in_pdf(data: bytes) -> list[str]:
    """Return the text of each QR code on the pages of a PDF. Raises Unreadable like `read_pdf`."""
    return read_pdf(data).codes


def read_pdf(data: bytes) -> Contents:
    """Return the codes and the text of a PDF.

    Raises Unreadable for one with a password, with too many pages, too large, too slow or broken.
    """
    refuse_length(data)
    found: list[str] = []
    text: list[str] = []
    deadline = time.monotonic() + MAX_SECONDS
    with pdf.opened(data) as document:
        for page in pdf.pages(document, deadline):
            text.append(page.text())
            here: list[str] = []
            for dots_per_inch in pdf.RESOLUTIONS:
                here = _scanned(page.picture(dots_per_inch))
                if here:
                    break
            found += here
    return Contents(_once(found), "\n".join(text))


def refuse_length(data: bytes) -> None:
    """Raise Unreadable for a file above the size limit."""
    if len(data) > MAX_BYTES:
        raise Unreadable("too large")


def _decoded(data: bytes) -> Image.Image:
    """Return the picture in grey, the right way up; its size is checked before it is decompressed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = _opened(data)
            if picture.width * picture.height > MAX_PIXELS:
                raise Unreadable("too large")
            # decode only the JPEG's luminance: a third of the memory
            picture.draft("L", None)
            picture.load()
            return ImageOps.exif_transpose(_flat(picture)).convert("L")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable("too large") from error
    except (OSError, ValueError, SyntaxError, MemoryError) as error:
        # Pillow's decoders raise each of these for truncated or malformed files
        raise Unreadable("broken") from error


def _opened(data: bytes) -> ImageFile.ImageFile:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise Unreadable("not a picture") from error


def _flat(picture: Image.Image) -> Image.Image:
    """Return the picture on white, as codes are often drawn on a transparent background."""
    if picture.mode not in {"RGBA", "LA", "PA"} and "transparency" not in picture.info:
        return picture
    clear = picture.convert("RGBA")
    ground = Image.new("RGBA", clear.size, "white")
    ground.alpha_composite(clear)
    return ground


def _in_photo(picture: Image.Image, deadline: float) -> list[str]:
    """Return the codes found at several sizes; only if there are none, retry with corrected contrast."""
    found = _scanned(picture)
    for side in SIDES:
        if max(picture.size) > side:
            found += _scanned(_smaller(picture, side))
    if not found:
        found = _in_bad_light(picture, deadline)
    return _once(found)


def _in_bad_light(picture: Image.Image, deadline: float) -> list[str]:
    """Return the codes of a dark, pale, small or unevenly lit photo, after correcting it."""
    for side in SIDES:
        reduced = _smaller(picture, side)
        lit = ImageOps.autocontrast(reduced, cutoff=2)
        tries = [lit, ImageOps.equalize(reduced)]
        if max(picture.size) <= SMALL:
            tries.append(ImageOps.scale(lit, ENLARGED, Image.Resampling.BICUBIC))
        for candidate in tries:
            for binarizer in (zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram):
                if time.monotonic() > deadline:
                    raise Unreadable("too slow")
                found = _scanned(candidate, binarizer)
                if found:
                    return found
    return []


def _smaller(picture: Image.Image, side: int) -> Image.Image:
    if max(picture.size) <= side:
        return picture
    factor = side / max(picture.size)
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, Image.Resampling.BOX, reducing_gap=2)


def _scanned(
    picture: Image.Image, binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage
) -> list[str]:
    """Return the texts of the codes, from top to bottom."""
    found = zxingcpp.read_barcodes(
        picture, formats=QR, binarizer=binarizer, text_mode=zxingcpp.TextMode.Plain
    )
    placed = sorted(found, key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    return [code.text for code in placed if code.text]


def _once(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(texts))
