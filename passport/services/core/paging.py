"""Pages of a list: a bounded number, the first row of a page, and whether there is a page after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["MOST", "Page", "bounded", "counted", "cut", "start"]

# no list has so many pages, and the number of a page's first row stays far below the 64 bits of a database
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
    """Return a page number from 1 to `MOST`: the nearest one to what somebody asked for."""
    return max(1, min(number, MOST))


def start(number: int, size: int) -> int:
    """Return how many rows stand before a page of ``size`` rows."""
    return (bounded(number) - 1) * size


def counted(number: int, total: int, size: int) -> Page:
    """Return the page of a list of ``total`` rows; the last one where the list has no page ``number``."""
    pages = max(1, -(-total // size))
    number = min(bounded(number), pages)
    return Page(number, number < pages, pages)


def cut(number: int, found: Sequence[Row], size: int) -> tuple[list[Row], Page]:
    """Return the rows of a page and the page, where up to ``size + 1`` rows were read and none counted."""
    return list(found[:size]), Page(bounded(number), len(found) > size)
