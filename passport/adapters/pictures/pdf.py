"""Open a PDF and render its pages. Only this package uses pdfium, which is not thread-safe."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from passport.adapters.pictures import pdf_annotations, pdf_drawn
from passport.adapters.pictures.errors import Unreadable
from passport.adapters.pictures.pdf_drawn import POINTS_PER_INCH

MAX_PAGES = 50
MAX_PIXELS = 12_000_000
# Of a rendered page, in pixels: beyond 65,535 its codes cannot be looked for.
LONGEST_SIDE = 16_000
MAX_TEXT = 20_000
_ALONE = threading.RLock()


class Page:
    """One page, valid while its document is open."""

    def __init__(self, page: pypdfium2.PdfPage, deadline: float) -> None:
        """Set the page and its deadline. Raises Unreadable if a picture on it is too large to unpack."""
        self._page = page
        self._deadline = deadline
        self.drawn = pdf_drawn.on_page(page)
        self.annotations = pdf_annotations.on_page(page)

    def text(self) -> str:
        """Return the beginning of the page's text."""
        text = self._page.get_textpage()
        try:
            return text.get_text_range(0, min(text.count_chars(), MAX_TEXT)) if text.count_chars() > 0 else ""
        finally:
            text.close()

    def picture(self, dots_per_inch: int) -> Image.Image:
        """Return the page in grey, a very large one in less detail. Raises Unreadable if too slow."""
        across, down = self._page.get_size()
        fits = (MAX_PIXELS / max(1.0, across * down)) ** 0.5
        scale = min(dots_per_inch / POINTS_PER_INCH, fits, LONGEST_SIDE / max(1.0, across, down))
        size = (max(1, int(across * scale)), max(1, int(down * scale)))
        bitmap = pypdfium2.PdfBitmap.new_native(*size, pdfium.FPDFBitmap_Gray)
        try:
            bitmap.fill_rect((255, 255, 255, 255), 0, 0, *size)
            self._draw(bitmap, size)
            # a copy: the bitmap ends with this function
            return Image.frombytes("L", size, bytes(bitmap.buffer), "raw", "L", bitmap.stride)
        finally:
            bitmap.close()

    def _draw(self, bitmap: pypdfium2.PdfBitmap, size: tuple[int, int]) -> None:
        """Render progressively: pdfium asks at intervals whether to stop."""
        pause = pdfium.IFSDK_PAUSE(version=1)
        late = type(pause.NeedToPauseNow)(lambda _: time.monotonic() > self._deadline)
        pause.NeedToPauseNow = late
        flags = pdfium.FPDF_ANNOT | pdfium.FPDF_GRAYSCALE | pdfium.FPDF_RENDER_LIMITEDIMAGECACHE
        state = pdfium.FPDF_RenderPageBitmap_Start(
            bitmap, self._page, 0, 0, *size, 0, flags, ctypes.byref(pause)
        )
        pdfium.FPDF_RenderPage_Close(self._page)
        if state == pdfium.FPDF_RENDER_TOBECONTINUED:
            raise Unreadable("too slow")
        if state != pdfium.FPDF_RENDER_DONE:
            raise Unreadable("broken")


@contextmanager
def opened(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """Open a document for this thread alone. Raises Unreadable for one with a password, or a broken one."""
    with _ALONE:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            locked = error.err_code == pdfium.FPDF_ERR_PASSWORD
            raise Unreadable("password" if locked else "broken") from error
        try:
            document.init_forms()  # only a form knows what is typed into its fields
            yield document
        except pypdfium2.PdfiumError as error:
            raise Unreadable("broken") from error
        finally:
            document.close()


def pages(document: Any, deadline: float) -> Iterator[Page]:
    """Yield each page in order. Raises Unreadable for too many pages, and after the deadline."""
    if len(document) > MAX_PAGES:
        raise Unreadable("too many pages")
    for number in range(len(document)):
        if time.monotonic() > deadline:
            raise Unreadable("too slow")
        page = document[number]
        try:
            yield Page(page, deadline)
        finally:
            page.close()
