"""Read each workbook in a process that ends with it: python-calamine may exhaust memory, or panic."""

from __future__ import annotations

import sys
import threading
from dataclasses import asdict
from typing import Any

from passport.adapters.pictures import reader_processes
from passport.adapters.pictures.errors import Busy, Unreadable
from passport.adapters.pictures.reader_processes import PATIENCE_SECONDS, Reader
from passport.adapters.sheets.survey import Sheet

__all__ = ["Busy", "Sheet", "Unreadable", "read"]

# 32 MB of XML, unpacked and as cells, takes less than half of it.
MEMORY = 768 * 1024 * 1024
SECONDS = 15.0
WORKBOOK = b"w"
PROGRAM = (sys.executable, "-m", "passport.adapters.sheets.reader_processes")
_one_at_a_time = threading.Lock()


def read(data: bytes, patience: float = PATIENCE_SECONDS) -> list[Sheet]:
    """Return the visible sheets of a workbook that hold something, in its order.

    Raises Unreadable ("too large", "password", "too slow", "broken"), and Busy when other workbooks are being
    read for longer than `patience` seconds. Not for use inside a transaction.
    """
    if not _one_at_a_time.acquire(timeout=patience):
        raise Busy
    reader = Reader(MEMORY, SECONDS, PROGRAM)
    try:
        return [Sheet(**told) for told in reader.ask(WORKBOOK, data)["sheets"]]
    finally:
        reader.stop()
        _one_at_a_time.release()


def _read(_kind: bytes, data: bytes) -> dict[str, Any]:
    # only this process loads the library
    from passport.adapters.sheets import reading

    try:
        return {"sheets": [asdict(sheet) for sheet in reading.sheets(data)]}
    except Unreadable as error:
        return {"unreadable": error.reason}
    except MemoryError:
        return {"unreadable": "too large"}


if __name__ == "__main__":
    reader_processes.main(int(sys.argv[1]), float(sys.argv[2]), _read)
