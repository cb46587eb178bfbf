"""How a check of an entry can fail."""

from .verdicts import Verdict


class VerifierError(Exception):
    """The base class of every exception of this package."""


class TrustError(VerifierError):
    """The given trust cannot be believed: the registry is unreadable, or no trusted key signed it."""


class Unreadable(VerifierError):
    """The bytes are neither JSON nor a token. It does not leave this package."""


class Failed(VerifierError):
    """One check failed, and the verdict follows from it. It does not leave this package."""

    def __init__(self, verdict: Verdict, reason: str) -> None:
        """Keep the verdict and the reason."""
        super().__init__(reason)
        self.verdict = verdict


class Broken(Failed):
    """A signature was tried and does not hold, or what it covers cannot be true: V7."""

    def __init__(self, reason: str) -> None:
        """Say why."""
        super().__init__(Verdict.NOT_GENUINE, reason)


class Unlisted(Failed):
    """The registry at hand does not know the key or its owner, or not as one in use. A newer one may."""


class Untried(Failed):
    """With what is at hand the check could not be made: V8."""

    def __init__(self, reason: str) -> None:
        """Say why."""
        super().__init__(Verdict.UNFINISHED, reason)


class NotChecked(VerifierError):
    """One check could not be made, and nothing follows from it. It does not leave this package."""
