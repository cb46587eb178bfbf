"""What can be wrong with a file that somebody hands in."""


class Unreadable(Exception):
    """The file cannot be looked into. `reason` is a key that pages put into words.

    "too large", "too many pages", "too slow", "password", "not a picture" (no kind of file that we read),
    "photo of a phone" (HEIC or AVIF, which we cannot read),
    "active" (a PDF that runs or carries something),
    "drawing" (an SVG without a credential: codes drawn in it are not seen) or "broken".
    """

    def __init__(self, reason: str) -> None:
        """Keep the key."""
        super().__init__(reason)
        self.reason = reason


class Busy(Exception):
    """No process was free to look into the file: nothing was read of it. It can be handed in again."""
