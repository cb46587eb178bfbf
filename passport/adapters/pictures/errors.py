"""Errors of submitted files."""


class Unreadable(Exception):
    """The file cannot be read. `reason` is a key that pages translate to text.

    "too large", "too many pages", "too slow", "password", "not a picture" (no kind of file that we read),
    "photo of a phone" (HEIC or AVIF in a way that we cannot read),
    "active" (a PDF that runs or carries something),
    "drawing" (an SVG without a credential and without a code that is made of black areas),
    "lost its data" (the picture of one of our badges, without its credential) or "broken".
    """

    def __init__(self, reason: str) -> None:
        """Set `reason`."""
        super().__init__(reason)
        self.reason = reason


class Busy(Exception):
    """No process was free to read the file, so nothing of it was read. It can be submitted again."""
