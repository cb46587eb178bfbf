"""Decode a submitted picture to grey pixels, within bounds. Called only in a separate process (`apart`)."""

from __future__ import annotations

import io
import warnings

import pi_heif
from PIL import AvifImagePlugin, Image, ImageFile, ImageOps, UnidentifiedImageError

from passport.adapters.pictures.errors import Unreadable

MAX_PIXELS = 50_000_000
# HEIF is registered by pi-heif. Its types and those of AVIF overlap: both look at a file of a phone.
FORMATS = ("JPEG", "PNG", "AVIF", "HEIF")
KINDS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
# ISO 14496-12: a file begins with a box of its types; these are photos and sequences of HEIF and AVIF.
PHONE_TYPES = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")

# One thread: a reader process has a processor's share at low priority, and each thread takes memory.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
pi_heif.register_heif_opener(thumbnails=False, decode_threads=1)
pi_heif.options.AUX_IMAGES = pi_heif.options.DEPTH_IMAGES = False


def is_of_a_phone(data: bytes) -> bool:
    """Return whether these are the first bytes of a HEIC or AVIF file."""
    return data[4:8] == b"ftyp" and data[8:12] in PHONE_TYPES


def grey(data: bytes) -> Image.Image:
    """Return a picture in grey on white, the right way up; its size is checked before it is decompressed.

    Raises Unreadable: "too large" above 50 megapixels, "broken", "photo of a phone" for a HEIC or AVIF in a
    way that no decoder here knows, "not a picture" for any other kind of file.
    """
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
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise Unreadable("too large") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        # Pillow's decoders and libheif raise each of these for truncated or malformed files
        raise Unreadable("broken") from error


def _opened(data: bytes) -> ImageFile.ImageFile:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise Unreadable("photo of a phone" if is_of_a_phone(data) else "not a picture") from error


def _flat(picture: Image.Image) -> Image.Image:
    """Return the picture on white, as codes are often drawn on a transparent background."""
    if picture.mode not in {"RGBA", "LA", "PA"} and "transparency" not in picture.info:
        return picture
    clear = picture.convert("RGBA")
    ground = Image.new("RGBA", clear.size, "white")
    ground.alpha_composite(clear)
    return ground
