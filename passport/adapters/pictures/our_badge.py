"""Recognise the picture of one of our badges by its look, for the words about a picture that lost its data.

Chats and mail programs save a picture again: its pixels stay about the same, the credential in it is gone.
The look proves nothing.
"""

from __future__ import annotations

from PIL import Image

from passport.adapters.pictures.layout import SIZE, STEPS

SMALLEST = 96
# A badge is square; a picture that was scaled may have lost a row of pixels.
UNEVEN = 0.03
# Of 256 shades of grey: how far a compressed area may be off, and what is white.
OFF, WHITE = 28, 215
# The middle of the frame, and a line on the white ground inside it which letters may reach, in pixels from
# the edge.
FRAME, INSIDE = 9, 26
MOSTLY = 0.85
ALONG = range(90, SIZE - 89, 20)


def is_shown_in(picture: Image.Image) -> bool:
    """Return whether a picture in grey has the frame, the white ground and the steps of our badges."""
    width, height = picture.size
    if min(width, height) < SMALLEST or abs(width - height) > UNEVEN * max(width, height):
        return False
    badge = picture.resize((SIZE, SIZE), Image.Resampling.BILINEAR, reducing_gap=2).tobytes()
    frame, inside = _around(badge, FRAME), _around(badge, INSIDE)
    white = sum(shade >= WHITE for shade in inside)
    if max(frame) - min(frame) > OFF or max(frame) >= WHITE or white < MOSTLY * len(inside):
        return False
    colour = sum(frame) / len(frame)
    steps = [_middle(badge, *step) for step in STEPS]
    level = sum(abs(shade - colour) <= OFF for shade in steps)
    return (
        level > 0
        and all(abs(shade - colour) <= OFF for shade in steps[:level])
        and min(steps[level:], default=WHITE) >= WHITE
    )


def _around(badge: bytes, from_edge: int) -> list[int]:
    """Return the shades of points along the four edges."""
    last = SIZE - 1 - from_edge
    return [
        badge[down * SIZE + across]
        for along in ALONG
        for across, down in ((along, from_edge), (along, last), (from_edge, along), (last, along))
    ]


def _middle(badge: bytes, left: int, top: int, right: int, bottom: int) -> int:
    return badge[(top + bottom) // 2 * SIZE + (left + right) // 2]
