"""How a check of an entry can fail."""

from .verdicts import Check, Verdict


class VerifierError(Exception):
    """The base class of every exception of this package."""


class TrustError(VerifierError):
    """The given trust cannot be believed: the registry is unreadable, or no trusted key signed it."""


class NotGenuine(VerifierError):
    """The document is malformed, or a proof does not hold. It carries its list of checks, like a verdict."""

    verdict = Verdict.NOT_GENUINE

    def __init__(self, checks: tuple[Check, ...]) -> None:
        """Keep the checks."""
        super().__init__(next((check.reason for check in checks if check.reason), "not genuine"))
        self.checks = checks


class Failed(VerifierError):
    """One check failed, and the verdict follows from it. It does not leave this package."""

    def __init__(self, verdict: Verdict, reason: str) -> None:
        """Keep the verdict and the reason."""
        super().__init__(reason)
        self.verdict = verdict


class Broken(Failed):
    """The document itself is wrong: malformed, altered or signed by another. It becomes NotGenuine."""

    def __init__(self, reason: str) -> None:
        """Say why."""
        super().__init__(Verdict.NOT_GENUINE, reason)


class NotChecked(VerifierError):
    """One check could not be made, and nothing follows from it. It does not leave this package."""
