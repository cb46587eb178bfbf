"""Read a file for a request, within the reader time that its network may use."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from passport.limits import READER_TIME
from passport.services.checking import handed_in
from passport.services.checking.handed_in import Found, Turn
from passport.web.core import limits
from passport.web.core.runtime import runtime


class UsedUp(Exception):
    """The network has used up its reader time; `retry_after` is the number of seconds to wait."""

    def __init__(self, retry_after: int) -> None:
        """Take the seconds to wait."""
        super().__init__(retry_after)
        self.retry_after = retry_after


@contextmanager
def counted() -> Iterator[None]:
    """Count the time of a block as reader time. Raises UsedUp instead of running it where none is left."""
    if seconds := limits.seconds_to_wait(READER_TIME):
        raise UsedUp(seconds)
    began = time.monotonic()
    try:
        yield
    finally:
        limits.take(READER_TIME, math.ceil((time.monotonic() - began) * 1000))


def read(data: bytes) -> Found:
    """Read codes and entries from the data. Raises Unreadable, Busy or UsedUp; then no result is returned."""
    if seconds := limits.seconds_to_wait(READER_TIME):
        raise UsedUp(seconds)
    turn = Turn()
    try:
        return handed_in.read_upload(data, runtime().settings.public_url, turn)
    finally:
        if turn.worked:
            limits.take(READER_TIME, math.ceil(turn.worked * 1000))
