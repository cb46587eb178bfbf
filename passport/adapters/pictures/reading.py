"""Find what a submitted picture, drawing or PDF holds, within bounds.

Nothing that is read here is trusted: a code is text of unknown origin.
"""

from __future__ import annotations

import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from PIL import Image

from passport.adapters.pictures import codes, decoding, drawings, our_badge, pdf, pdf_annotations
from passport.adapters.pictures.decoding import MAX_PIXELS
from passport.adapters.pictures.errors import Unreadable

__all__ = [
    "MAX_BYTES", "MAX_PIXELS", "Contents", "Unreadable",
    "codes_in_pdf", "codes_in_picture", "read_drawing", "read_pdf", "read_picture",
]  # fmt: skip

MAX_BYTES = 12 * 1024 * 1024
MAX_SECONDS = 20.0
# Dots per inch: enough for the codes that we print; finer where a page may hold one that was not seen.
USUAL, FINER = 200, 300
# Text alone holds no code but of large signs.
COARSE = 150
DARK = 64
# A page is decoded while those before it are scanned: the service has two processors at least.
THREADS = 2


@dataclass(frozen=True)
class Contents:
    """What a picture or a PDF holds.

    `codes` are the texts of its QR codes, in the order of its pages, `text` is its own text with its notes,
    `fields` what is typed into its form, `links` the addresses that it links to, `attached` the files in it.
    `is_our_badge` says that a picture without codes looks like one of our badges.
    """

    codes: list[str]
    text: str = ""
    fields: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    attached: list[bytes] = field(default_factory=list)
    is_our_badge: bool = False


def read_picture(data: bytes) -> Contents:
    """Return the codes in a JPEG, PNG, HEIC or AVIF, in any orientation.

    Raises Unreadable for more than 50 megapixels or 12 MB, for any other kind of file, and for a broken one.
    """
    refuse_length(data)
    picture = decoding.grey(data)
    found = codes.in_photo(picture, time.monotonic() + MAX_SECONDS)
    return Contents(found, is_our_badge=not found and our_badge.is_shown_in(picture))


def read_drawing(data: bytes) -> Contents:
    """Return the codes that are drawn in an SVG as black areas. Raises Unreadable for one that is broken."""
    refuse_length(data)
    picture = drawings.areas(data, time.monotonic() + MAX_SECONDS)
    return Contents([] if picture is None else codes.once(codes.scanned(picture)))


def codes_in_picture(data: bytes) -> list[str]:
    """Return the text of each QR code in a picture. Raises Unreadable like `read_picture`."""
    return read_picture(data).codes


def codes_in_pdf(data: bytes) -> list[str]:
    """Return the text of each QR code on the pages of a PDF. Raises Unreadable like `read_pdf`."""
    return read_pdf(data).codes


def read_pdf(data: bytes) -> Contents:
    """Return what a PDF holds.

    Raises Unreadable for one with a password, with too many pages, too large, too slow or broken.
    """
    refuse_length(data)
    looks: list[Future[list[str]]] = []
    text: list[str] = []
    fields: list[str] = []
    links: list[str] = []
    deadline = time.monotonic() + MAX_SECONDS
    with ThreadPoolExecutor(THREADS) as pool, pdf.opened(data) as document:
        attached = list(pdf_annotations.attached(document))
        for page in pdf.pages(document, deadline):
            text += [page.text(), *page.annotations.notes]
            fields += page.annotations.fields
            links += page.annotations.links
            looks.append(_on_page(page, pool))
            if len(looks) > THREADS:
                looks[-THREADS].result()  # no more pictures in memory than are looked at
        found = [text for look in looks for text in look.result()]
        if not found:
            found = [text for page in pdf.pages(document, deadline) for text in _on_worn_page(page)]
    return Contents(codes.once(found), "\n".join(text), fields, codes.once(links), attached)


def refuse_length(data: bytes) -> None:
    """Raise Unreadable for a file above the size limit."""
    if len(data) > MAX_BYTES:
        raise Unreadable("too large")


def _on_page(page: pdf.Page, pool: Executor) -> Future[list[str]]:
    """Look for the codes on a page: a scanned one is handed to another thread, any other is rendered here."""
    scan = None if page.annotations.drawn else page.drawn.whole
    picture = scan.grey() if scan else None
    if scan and picture and not _is_dark_alone(picture):
        return pool.submit(codes.in_scan, picture, scan.dots_per_inch)
    done: Future[list[str]] = Future()
    done.set_result(_on_drawn_page(page))
    return done


def _on_drawn_page(page: pdf.Page) -> list[str]:
    """Return the codes on a page, which is rendered only as finely as what is drawn on it needs."""
    drawn = page.drawn
    if drawn.is_text_alone and not page.annotations.drawn:
        return _rendered(page, COARSE)
    found = _rendered(page, USUAL)
    if found or not (drawn.scans or drawn.has_strokes_for_a_code or page.annotations.drawn):
        return found
    return _rendered(page, FINER)


def _on_worn_page(page: pdf.Page) -> list[str]:
    scan = None if page.annotations.drawn else page.drawn.whole
    picture = scan.grey() if scan else None
    if scan is None or picture is None or _is_dark_alone(picture):
        return []
    return codes.in_worn_scan(picture) if codes.is_worth_more(picture, scan.dots_per_inch) else []


def _rendered(page: pdf.Page, dots_per_inch: int) -> list[str]:
    return codes.scanned(page.picture(dots_per_inch))


def _is_dark_alone(picture: Image.Image) -> bool:
    """Return whether a picture is one dark area: what it shows is in a mask beside it, or nothing."""
    _darkest, lightest = picture.getextrema()
    return isinstance(lightest, int) and lightest < DARK
