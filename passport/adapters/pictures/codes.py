"""Find the QR codes among the pixels of a picture, in several sizes and lights."""

from __future__ import annotations

import time

import zxingcpp
from PIL import Image, ImageOps

from passport.adapters.pictures.errors import Unreadable

# Longest sides to scan, in pixels: a blurred photo is read better scaled down, a dense code in full size.
SIDES = (1200, 2400)
SMALL = 600
ENLARGED = 3
# Dots per inch in which the codes that we print are read off a scanned page, however coarse it is.
FINE = 300
# A scan from this resolution on is as fine as that; one from the second on is also tried in half its size.
IS_FINE, IS_VERY_FINE = 250, 450
MOST_ENLARGED = 4.0
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def in_photo(picture: Image.Image, deadline: float) -> list[str]:
    """Return the codes found at several sizes; only if there are none, retry with corrected contrast."""
    found = scanned(picture)
    for side in SIDES:
        if max(picture.size) > side:
            found += scanned(_smaller(picture, side))
    if not found:
        found = _in_bad_light(picture, deadline)
    return once(found)


def in_scan(page: Image.Image, dots_per_inch: float) -> list[str]:
    """Return the codes on a scanned page: in its own pixels, then enlarged or reduced if there are none."""
    found = scanned(page)
    if found or IS_FINE <= dots_per_inch < IS_VERY_FINE or dots_per_inch <= 0:
        return found
    factor = FINE / dots_per_inch if dots_per_inch < IS_FINE else 0.5
    longest = round(max(page.size) * min(factor, MOST_ENLARGED))
    return scanned(_in_size(page, longest, Image.Resampling.BILINEAR))


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
                found = scanned(candidate, binarizer)
                if found:
                    return found
    return []


def _smaller(picture: Image.Image, side: int) -> Image.Image:
    if max(picture.size) <= side:
        return picture
    return _in_size(picture, side, Image.Resampling.BOX)


def _in_size(picture: Image.Image, side: int, way: Image.Resampling) -> Image.Image:
    """Return a picture so large that its longest side has so many pixels."""
    factor = side / max(picture.size)
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, way, reducing_gap=2)


def scanned(
    picture: Image.Image, binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage
) -> list[str]:
    """Return the texts of the codes, from top to bottom."""
    found = zxingcpp.read_barcodes(
        picture, formats=QR, binarizer=binarizer, text_mode=zxingcpp.TextMode.Plain
    )
    placed = sorted(found, key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    return [code.text for code in placed if code.text]


def once(texts: list[str]) -> list[str]:
    """Return the texts in their order, each once."""
    return list(dict.fromkeys(texts))
