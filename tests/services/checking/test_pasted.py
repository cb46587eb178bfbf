"""What people paste or write into a cell: read as they meant it, however long, in time that grows with it."""

from __future__ import annotations

import time

import pytest

from passport.services.checking import handed_in, pasted, text_search
from passport.services.checking.handed_in import Unreadable

OURS = "https://passport.example"


@pytest.mark.parametrize("text", ["a", "SP", "a.", "code ", "a://b ", f"{OURS}/c/x "])
def test_a_long_text_takes_no_longer_than_its_length(text: str) -> None:
    """Anybody may paste two million letters: 40,000 took half a minute when each was a new beginning."""
    started = time.process_time()
    assert not pasted.everything_in(text * (40_000 // len(text)), OURS).codes
    assert time.process_time() - started < 2


CODE, OTHER = "SP4F7K9QXM2TW9", "SP222222222222"
PRETTY = "SP-4F7K-9QXM-2TW9"


@pytest.mark.parametrize(
    "cell",
    [
        PRETTY,
        f" {PRETTY.lower()}. ",
        f"Code: {PRETTY}",
        f"“{PRETTY}”",
        f"{OURS}/c/{CODE}",
        f"{OURS}/c/{PRETTY}/",
        f"passport.example/c/{CODE}",
        f"My code is {PRETTY}, thank you",
        f"Check it at: {OURS}/c/{CODE}.",
    ],
)
def test_a_cell_may_hold_a_code_in_every_way_that_the_box_takes(cell: str) -> None:
    assert pasted.in_cell(cell, OURS).codes == (CODE,)


def test_a_cell_with_two_codes_with_another_persons_address_and_with_neither() -> None:
    assert pasted.in_cell(f"{PRETTY} / {OTHER}", OURS).codes == (CODE, OTHER)
    for away in (f"https://evil.test/c/{CODE}", f"evil.test/c/{CODE}", f"{OURS}@evil.test/c/{CODE}"):
        assert pasted.in_cell(away, OURS).others, away
        assert not pasted.in_cell(away, OURS).codes, away
    for nothing in ("n/a", "SP-4F7K-9QXM-2TW0", "-", "{", "see email", f"{OURS}/help"):
        assert pasted.in_cell(nothing, OURS).nothing, nothing


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_file_is_read_for_its_codes(encoding: str) -> None:
    letter = f"Müller\r\n\r\nSkills passport code: {PRETTY}\r\nCheck it at: {OURS}/c/{CODE}\r\n"
    assert handed_in.read_upload(letter.encode(encoding), OURS).codes == (CODE,)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"GIF89a\x01\x02" + CODE.encode(), "not a picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + CODE.encode(), "photo of a phone"),
        (b"x" * (text_search.LONGEST + 1), "long text"),
    ],
)
def test_what_is_no_text_says_what_it_is(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        handed_in.read_upload(data, OURS)
    assert caught.value.reason == reason
