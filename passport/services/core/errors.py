"""What a use case can answer besides its result."""

from __future__ import annotations

from passport.limits import Limit
from passport.services.core.reasons import Reason


class ServiceError(Exception):
    """The common ancestor."""


class NotFound(ServiceError):
    """There is no such thing, or it is somebody else's: both look the same."""


class NotAnyMore(NotFound):
    """It was a champion's to decide about, and is not now: said only to one who was at that school."""


class WrongPassword(ServiceError):
    """The address and the password do not belong together, or there is no such account."""


class TooSoon(ServiceError):
    """There were several failed attempts: the next one has to wait for so many ``seconds``.

    ``limit`` is that of a whole network, where it is one.
    """

    def __init__(self, seconds: int, limit: Limit | None = None) -> None:
        """Keep how long, and for which limit."""
        super().__init__(seconds)
        self.seconds = seconds
        self.limit = limit


class Locked(ServiceError):
    """There were too many wrong tries for a name. Its owner opens it again by mail."""


class WrongCode(ServiceError):
    """A code that does not fit: a clock seems to be ``minutes`` fast or slow, or it was ``used`` before.

    ``step`` is the time step (RFC 6238, section 4.2) that a code of a wrong clock belongs to, otherwise None.
    """

    def __init__(self, *, minutes: int = 0, used: bool = False, step: int | None = None) -> None:
        """Keep what is known."""
        super().__init__(minutes, used)
        self.minutes = minutes
        self.used = used
        self.step = step


class WrongPasskey(ServiceError):
    """A passkey that is not known here or whose answer does not fit; the message is for the log."""


class LinkGone(ServiceError):
    """A link that cannot be used. ``reason`` is "unknown", "used" or "old"."""

    def __init__(self, reason: str) -> None:
        """Keep the key."""
        super().__init__(reason)
        self.reason = reason


class Suspended(ServiceError):
    """The account is closed for now. Said only to somebody who has just shown that it is theirs."""


class Refused(ServiceError):
    """A rule says no. ``details`` are the values of the ``%(name)s`` in the words of ``reason``."""

    def __init__(self, reason: Reason, **details: object) -> None:
        """Keep the reason and the values. The exception's own text is the reason's value."""
        super().__init__(reason.value)
        self.reason = reason
        self.details = details


class Overtaken(Refused):
    """Somebody else changed it while this person had it open."""

    def __init__(self) -> None:
        """Take the reason that other refusals of this sort have."""
        super().__init__(Reason.CHANGED_MEANWHILE)


class UnusableText(Refused):
    """A name or a wording that could not be signed. The message says which, and what to do."""

    def __init__(self, what: str, advice: str) -> None:
        """Keep the reason for pages and the words for the operator."""
        super().__init__(Reason.TEXT_UNUSABLE)
        self.args = (f"{what}: {advice}",)


class SharedMailbox(UnusableText):
    """An address that several people read cannot be that of an account with power."""

    def __init__(self) -> None:
        """Say it for pages and for the operator."""
        super().__init__("email address", "several people seem to read it: take one of the person's own")
        self.reason = Reason.SHARED_MAILBOX


class IssuingClosed(ServiceError):
    """Nothing can be signed now; the message is for the operator alone."""


class ChecksClosed(ServiceError):
    """What we publish cannot be read, so nothing can be checked; the message is for the operator alone."""


class NotReady(ServiceError):
    """The service was not made yet, or does not fit its settings; one line for the operator."""
