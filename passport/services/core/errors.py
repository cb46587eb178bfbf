"""Exceptions that use cases raise."""

from __future__ import annotations

from passport.limits import Limit
from passport.services.core.reasons import Reason


class ServiceError(Exception):
    """Base class of all exceptions of the services."""


class NotFound(ServiceError):
    """The object does not exist or belongs to another account; the caller cannot distinguish the two."""


class NotAnyMore(NotFound):
    """The champion lost access to the evidence. Raised only for one who is or was attached to its school."""


class WrongPassword(ServiceError):
    """The password does not match the address, or there is no such account."""


class TooSoon(ServiceError):
    """There were several failed attempts: the next one has to wait ``seconds``.

    ``limit`` is the limit of the whole network, where that one was reached; otherwise None.
    """

    def __init__(self, seconds: int, limit: Limit | None = None) -> None:
        """Store the wait in seconds and the limit."""
        super().__init__(seconds)
        self.seconds = seconds
        self.limit = limit


class Locked(ServiceError):
    """There were too many failed attempts for a name. Its owner unlocks it by mail."""


class WrongCode(ServiceError):
    """The code does not match: a clock seems to be ``minutes`` fast or slow, or it was ``used`` before.

    ``step`` is the time step (RFC 6238, section 4.2) of a code from a wrong clock, otherwise None.
    """

    def __init__(self, *, minutes: int = 0, used: bool = False, step: int | None = None) -> None:
        """Store what is known about the failure."""
        super().__init__(minutes, used)
        self.minutes = minutes
        self.used = used
        self.step = step


class WrongPasskey(ServiceError):
    """The passkey is unknown or its response does not verify; the message is for the log."""


class LinkGone(ServiceError):
    """The link cannot be used. ``reason`` is "unknown", "used" or "old"; for invitations also "accepted"."""

    def __init__(self, reason: str) -> None:
        """Store the reason."""
        super().__init__(reason)
        self.reason = reason


class Suspended(ServiceError):
    """The account is suspended. Raised only after the caller has just proved that it is their account."""


class Refused(ServiceError):
    """A rule refuses the request. ``details`` fill the ``%(name)s`` in the words of ``reason``."""

    def __init__(self, reason: Reason, **details: object) -> None:
        """Store the reason and the values. The exception's own text is the reason's value."""
        super().__init__(reason.value)
        self.reason = reason
        self.details = details


class EditConflict(Refused):
    """The stored values changed after the form was loaded (see `edit_conflict`)."""

    def __init__(self) -> None:
        """Set the reason CHANGED_MEANWHILE."""
        super().__init__(Reason.CHANGED_MEANWHILE)


class UnusableText(Refused):
    """A name or a text cannot be signed. The message says which, and what to do."""

    def __init__(self, what: str, advice: str) -> None:
        """Set the reason for pages, and the message for the operator."""
        super().__init__(Reason.TEXT_UNUSABLE)
        self.args = (f"{what}: {advice}",)


class SharedMailbox(UnusableText):
    """The address is a mailbox that several people read; a privileged account may not have one."""

    def __init__(self) -> None:
        """Set the reason for pages, and the message for the operator."""
        super().__init__("email address", "several people seem to read it: take one of the person's own")
        self.reason = Reason.SHARED_MAILBOX


class IssuingClosed(ServiceError):
    """Nothing can be signed now; the message is for the operator only."""


class ChecksClosed(ServiceError):
    """The published files cannot be read, so nothing can be checked; the message is for the operator only."""


class NotReady(ServiceError):
    """The service was not created yet, or does not match its settings; one line for the operator."""
