"""Pages of a list: a bounded number, the first row of a page, and whether there is a page after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["MOST", "Page", "bounded", "counted", "cut", "start"]

# no list has this many pages, and a page's first row number stays far below the 64 bits of a database
MOST = 100_000
Row = TypeVar("Row")


@dataclass(frozen=True)
class Page:
    """One page of a list. Numbers begin at 1; ``pages`` is None where the rows are not counted."""

    number: int
    has_next: bool
    pages: int | None = None

    @property
    def is_only(self) -> bool:
        """Whether the list has no other page."""
        return self.number == 1 and not self.has_next


def bounded(number: int) -> int:
    """Clamp a requested page number to 1 … `MOST`."""
    return max(1, min(number, MOST))


def start(number: int, size: int) -> int:
    """Return the offset of a page's first row, for pages of ``size`` rows."""
    return (bounded(number) - 1) * size


def counted(number: int, total: int, size: int) -> Page:
    """Return the page of a list of ``total`` rows; the last page where the list has no page ``number``."""
    pages = max(1, -(-total // size))
    number = min(bounded(number), pages)
    return Page(number, number < pages, pages)


def cut(number: int, found: Sequence[Row], size: int) -> tuple[list[Row], Page]:
    """Return a page's rows and the page, given up to ``size + 1`` rows: the extra one shows a next page."""
    return list(found[:size]), Page(bounded(number), len(found) > size)
