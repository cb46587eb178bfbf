"""What stands on a PDF's pages and in it beside the text: form fields, notes, link targets, attached files.

A text page of pdfium has none of these. All of it is read within bounds; nothing is run, opened or followed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

# Per page; a form of ours or of a university has some hundred fields.
MOST_ANNOTATIONS = 2_000
# In letters (UTF-16 units of pdfium) and bytes.
LONGEST_VALUE, LONGEST_ADDRESS = 20_000, 8_000
MOST_ATTACHED, LARGEST_ATTACHED = 20, 1024 * 1024
WRITTEN = (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_UNKNOWN)
# Annotations without a look of their own on the page.
PLAIN = (pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_POPUP)
# Boxes whose middles are nearer than this, in parts of their height, stand in one row.
ONE_ROW = 0.5


@dataclass
class Annotations:
    """The annotations of one page.

    `fields` are the filled form fields, those of a row joined; `notes` the texts of boxes and comments;
    `links` the addresses that links lead to; `drawn` says whether any annotation is drawn on the page.
    """

    fields: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    drawn: bool = False


@dataclass(frozen=True)
class _Filled:
    value: str
    left: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    def is_in_row_of(self, other: _Filled) -> bool:
        height = max(abs(self.top - self.bottom), abs(other.top - other.bottom), 1.0)
        return abs(self.middle - other.middle) < ONE_ROW * height


def on_page(page: pypdfium2.PdfPage) -> Annotations:
    """Return what annotations a page has, the first ones of very many."""
    found = Annotations()
    filled: list[_Filled] = []
    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), MOST_ANNOTATIONS)):
        with _annotation(page, number) as annotation:
            kind = pdfium.FPDFAnnot_GetSubtype(annotation)
            found.drawn |= kind not in PLAIN
            if kind == pdfium.FPDF_ANNOT_WIDGET:
                filled += _filled(page, annotation)
            elif kind == pdfium.FPDF_ANNOT_LINK:
                found.links += _target(page, annotation)
            elif note := _value(annotation, b"Contents"):
                found.notes.append(note)
    found.fields = _rows(filled)
    return found


def attached(document: pypdfium2.PdfDocument) -> Iterator[bytes]:
    """Yield the attached files of a document, without those that are longer than a credential may be."""
    for number in range(min(pdfium.FPDFDoc_GetAttachmentCount(document), MOST_ATTACHED)):
        file = pdfium.FPDFDoc_GetAttachment(document, number)
        length = ctypes.c_ulong()
        if not file or not pdfium.FPDFAttachment_GetFile(file, None, 0, ctypes.byref(length)):
            continue
        if 0 < length.value <= LARGEST_ATTACHED:
            content = ctypes.create_string_buffer(length.value)
            if pdfium.FPDFAttachment_GetFile(file, content, length.value, ctypes.byref(length)):
                yield content.raw


@contextmanager
def _annotation(page: pypdfium2.PdfPage, number: int) -> Iterator[Any]:
    annotation = pdfium.FPDFPage_GetAnnot(page, number)
    try:
        yield annotation
    finally:
        pdfium.FPDFPage_CloseAnnot(annotation)


def _filled(page: pypdfium2.PdfPage, annotation: Any) -> list[_Filled]:
    """Return a form field that holds a text. The value may stand in its parent, which only a form knows."""
    form = page.pdf.formenv
    if form is None:
        value = _value(annotation, b"V")
    elif pdfium.FPDFAnnot_GetFormFieldType(form, annotation) not in WRITTEN:
        return []
    else:
        value = _text(
            lambda buffer, length: pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, length)
        )
    box = pdfium.FS_RECTF()
    if not value.strip() or not pdfium.FPDFAnnot_GetRect(annotation, box):
        return []
    return [_Filled(value.strip(), box.left, box.top, box.bottom)]


def _target(page: pypdfium2.PdfPage, annotation: Any) -> list[str]:
    """Return the address that a link leads to, if it leads out of the document."""
    link = pdfium.FPDFAnnot_GetLink(annotation)
    action = pdfium.FPDFLink_GetAction(link) if link else None
    if not action:
        return []
    length = pdfium.FPDFAction_GetURIPath(page.pdf, action, None, 0)
    if not 1 < length <= LONGEST_ADDRESS:
        return []
    buffer = ctypes.create_string_buffer(length)
    pdfium.FPDFAction_GetURIPath(page.pdf, action, buffer, length)
    return [buffer.value.decode("utf-8", errors="replace").strip()]


def _value(annotation: Any, key: bytes) -> str:
    """Return a text of an annotation's dictionary; empty where it has none."""
    return _text(lambda buffer, length: pdfium.FPDFAnnot_GetStringValue(annotation, key, buffer, length))


def _text(read: Callable[[Any, int], int]) -> str:
    """Return a text from pdfium, which gives its length in bytes first, then UTF-16 with a zero."""
    length = read(None, 0)
    if not 2 < length <= 2 * LONGEST_VALUE:
        return ""
    buffer = ctypes.create_string_buffer(length)
    read(ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), length)
    return buffer.raw[: length - 2].decode("utf-16-le", errors="replace")


def _rows(filled: list[_Filled]) -> list[str]:
    """Return the texts of fields from top to bottom, those beside each other joined into one.

    Boxes for one character each hold one word together; other neighbours are words of their own.
    """
    rows: list[list[_Filled]] = []
    for one in sorted(filled, key=lambda one: -one.middle):
        if rows and rows[-1][0].is_in_row_of(one):
            rows[-1].append(one)
        else:
            rows.append([one])
    return [_joined(sorted(row, key=lambda one: one.left)) for row in rows]


def _joined(row: list[_Filled]) -> str:
    text = row[0].value
    for before, one in pairwise(row):
        text += one.value if len(before.value) == len(one.value) == 1 else f" {one.value}"
    return text
