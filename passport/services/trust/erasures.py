"""Erased entries, in a file beside the database: a restored backup must not bring them back.

Each line is the number of a status list and a position in it, and says nothing of a person. The publisher
adds the entries that are erased in the rows before it publishes their lists; `recover` erases them again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from passport.adapters.files import write_whole
from passport.services.core.errors import NotReady

FILE = "erased-entries.txt"
LINE = re.compile(r"(\d+) (\d+)")


def read(instance: Path) -> set[tuple[int, int]]:
    """Return list number and position of each erased entry. Raises NotReady for a malformed line."""
    file = instance / FILE
    if not file.exists():
        return set()
    found = set()
    for line in file.read_text(encoding="ascii", errors="replace").splitlines():
        match = LINE.fullmatch(line)
        if match is None:
            raise NotReady(f"{file.name} has a line that is not two numbers: {line!r}")
        found.add((int(match[1]), int(match[2])))
    return found


def add(instance: Path, erased: Iterable[tuple[int, int]]) -> None:
    """Add erased entries, durably. Nothing is ever removed."""
    added = set(erased)
    known = read(instance) if added else set()
    if not added <= known:
        lines = "".join(f"{number} {position}\n" for number, position in sorted(known | added))
        write_whole(instance / FILE, lines.encode("ascii"))
