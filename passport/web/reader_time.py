"""Look into a file for a request, within the time of the readers that its network may use."""

from __future__ import annotations

import math

from limits import parse

from passport.services import pasted
from passport.services.reading import Found, Turn
from passport.web.api import limits
from passport.web.runtime import runtime

# A fifth of the time of both readers. An ordinary PDF takes less than half a second.
SECONDS, MINUTES = 120, 5
LIMIT = f"{SECONDS * 1000} per {MINUTES} minutes"


class UsedUp(Exception):
    """The network has used its share; `retry_after` says in how many seconds it has one again."""

    def __init__(self, retry_after: int) -> None:
        """Keep the seconds."""
        super().__init__(retry_after)
        self.retry_after = retry_after


def read(data: bytes) -> Found:
    """Look into what was handed in. Raises Unreadable, Busy and UsedUp: then nothing of it was read."""
    counter = limits.counter()
    rule = limits.Rule(parse(LIMIT), "milliseconds of readers", limits.who_asks, lambda _answer: 0)
    if not counter.has_room(rule):
        raise UsedUp(counter.seconds_until_reset(rule))
    turn = Turn()
    try:
        return pasted.read_file(data, runtime().settings.public_url, turn)
    finally:
        if turn.worked:
            counter.take(rule, math.ceil(turn.worked * 1000))
