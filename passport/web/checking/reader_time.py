"""Look into a file for a request, within the time of the readers that its network may use."""

from __future__ import annotations

import math

from passport.limits import READER_TIME
from passport.services.checking import pasted
from passport.services.checking.handed_in import Found, Turn
from passport.web.core import limits
from passport.web.core.runtime import runtime


class UsedUp(Exception):
    """The network has used its share; `retry_after` says in how many seconds it has one again."""

    def __init__(self, retry_after: int) -> None:
        """Keep the seconds."""
        super().__init__(retry_after)
        self.retry_after = retry_after


def read(data: bytes) -> Found:
    """Look into what was handed in. Raises Unreadable, Busy and UsedUp: then nothing of it was read."""
    if seconds := limits.seconds_to_wait(READER_TIME):
        raise UsedUp(seconds)
    turn = Turn()
    try:
        return pasted.read_file(data, runtime().settings.public_url, turn)
    finally:
        if turn.worked:
            limits.take(READER_TIME, math.ceil(turn.worked * 1000))
