"""Find the QR codes among the pixels of a picture, in several sizes and lights."""

from __future__ import annotations

import time
from typing import Any

import zxingcpp
from PIL import Image, ImageOps

from passport.adapters.pictures.errors import Unreadable

# Longest sides to scan, in pixels: a blurred photo is read better scaled down, a dense code in full size.
SIDES = (1200, 2400)
SMALL = 600
ENLARGED = 3
# Of scanned pages, in dots per inch: what is finer than each resolution is looked at again in another size
# if its own pixels show no code. A coarse scan is enlarged, a fine one loses its noise.
REDUCED = 250
AGAIN = ((450, 0.5), (180, 2 / 3), (120, 1.5), (0, 2.0))
# A worn scan of these resolutions may show a code when it is enlarged: that takes as long as all other looks,
# and is for documents that have shown none. A larger page than A4 would take memory that the process keeps.
WORN, MORE, WORN_PIXELS = (180, 250), 1.5, 6_200_000
# In which a code is looked for that was seen and could not be read.
FINE = 300
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
    """Return the codes on a scanned page: in its own pixels, and if there are none, in another size."""
    is_fine = dots_per_inch >= REDUCED
    # a white code on black is looked for once, in the smaller of both sizes
    seen = _read(page, return_errors=True, try_invert=not is_fine)
    if found := _texts(seen):
        return found
    factors = [next(factor for finer_than, factor in AGAIN if dots_per_inch >= finer_than)]
    if seen and 0 < dots_per_inch < FINE:
        factors.append(min(FINE / dots_per_inch, MOST_ENLARGED))
    for factor in factors:
        way = Image.Resampling.BILINEAR if factor > 1 else Image.Resampling.BOX
        again = _in_size(page, round(max(page.size) * factor), way)
        if found := _texts(_read(again, try_invert=is_fine)):
            return found
    if is_fine:
        return []
    return _texts(_read(page, binarizer=zxingcpp.Binarizer.GlobalHistogram, try_invert=False))


def is_worth_more(page: Image.Image, dots_per_inch: float) -> bool:
    """Return whether a scanned page of this size and resolution may show more to `in_worn_scan`."""
    return WORN[0] <= dots_per_inch < WORN[1] and page.width * page.height <= WORN_PIXELS


def in_worn_scan(page: Image.Image) -> list[str]:
    """Return the codes on a scanned page in which `in_scan` has found none."""
    return _texts(_read(_in_size(page, round(max(page.size) * MORE), Image.Resampling.BILINEAR)))


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
    return _texts(_read(picture, binarizer=binarizer))


def _read(picture: Image.Image, **options: Any) -> list[zxingcpp.Barcode]:
    # handed a picture of Pillow, the library copies it several times, which takes longer than to read it
    pixels = memoryview(picture.tobytes()).cast("B", (picture.height, picture.width))
    return zxingcpp.read_barcodes(pixels, formats=QR, text_mode=zxingcpp.TextMode.Plain, **options)


def _texts(codes: list[zxingcpp.Barcode]) -> list[str]:
    placed = sorted(codes, key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    return [code.text for code in placed if code.valid and code.text]


def once(texts: list[str]) -> list[str]:
    """Return the texts in their order, each once."""
    return list(dict.fromkeys(texts))
