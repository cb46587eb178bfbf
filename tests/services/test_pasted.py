"""What people paste or write into a cell: read as they meant it, however long, in time that grows with it."""

from __future__ import annotations

import time

import pytest

from passport.services import pasted

OURS = "https://passport.example"


@pytest.mark.parametrize("text", ["a", "SP", "a.", "code ", "a://b ", f"{OURS}/c/x "])
def test_a_long_text_takes_no_longer_than_its_length(text: str) -> None:
    """Anybody may paste two million letters: 40,000 took half a minute when each was a new beginning."""
    started = time.process_time()
    assert not pasted.everything_in(text * (40_000 // len(text)), OURS).codes
    assert time.process_time() - started < 2
