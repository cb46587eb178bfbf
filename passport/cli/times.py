"""Times given as command-line options."""

from __future__ import annotations

from datetime import datetime

_EXAMPLE = "2026-03-15T12:00:00Z"


def a_time(option: str, text: str) -> datetime:
    """Return the time, with its zone. Raises ValueError with a message for the terminal."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{option} needs a time, for example {_EXAMPLE}") from None
    if at.tzinfo is None:
        raise ValueError(f"{option} needs a zone, for example {_EXAMPLE}")
    return at
