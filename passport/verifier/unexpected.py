"""An unforeseen exception as plain data: what it was and where, without any value.

An exception's message may hold what the document says (a `KeyError` names its key), and its traceback holds
the local variables of every frame. Neither leaves the verifier: kinds, files, lines and functions do.
"""

import traceback
from dataclasses import dataclass
from pathlib import PurePath

_MOST_FRAMES = 30
_PARTS_OF_PATH = 3


@dataclass(frozen=True)
class Unexpected:
    """The class of an exception, those of its causes, the nearest first, and its frames, outermost first."""

    kind: str
    causes: tuple[str, ...]
    trace: tuple[str, ...]

    @classmethod
    def of(cls, error: BaseException) -> "Unexpected":
        """Return what may be logged of an exception."""
        causes: list[str] = []
        cause = error.__cause__ or error.__context__
        while cause is not None and len(causes) < _MOST_FRAMES:
            causes.append(type(cause).__qualname__)
            cause = cause.__cause__ or cause.__context__
        frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
        return cls(type(error).__qualname__, tuple(causes), tuple(map(_line, frames)))


def _line(frame: traceback.FrameSummary) -> str:
    place = "/".join(PurePath(frame.filename).parts[-_PARTS_OF_PATH:])
    return f"{place}:{frame.lineno} {frame.name}"
