"""How a check of an entry can fail."""

from .verdicts import Check, Verdict


class VerifierError(Exception):
    """The parent of everything that this room raises."""


class TrustError(VerifierError):
    """What should be trusted cannot be: the registry is unreadable, or nobody we trust signed it."""


class NotGenuine(VerifierError):
    """The document is malformed, or a proof does not hold. It carries its list of checks, like a verdict."""

    verdict = Verdict.NOT_GENUINE

    def __init__(self, checks: tuple[Check, ...]) -> None:
        """Keep the checks."""
        super().__init__(next((check.reason for check in checks if check.reason), "not genuine"))
        self.checks = checks


class Failed(VerifierError):
    """One check failed, and the verdict follows from it. It does not leave this room."""

    def __init__(self, verdict: Verdict, reason: str) -> None:
        """Say which verdict, and why."""
        super().__init__(reason)
        self.verdict = verdict


class Broken(Failed):
    """The document itself is wrong: malformed, altered or signed by another. It becomes NotGenuine."""

    def __init__(self, reason: str) -> None:
        """Say why."""
        super().__init__(Verdict.NOT_GENUINE, reason)


class NotChecked(VerifierError):
    """One check could not be made, and nothing follows from it. It does not leave this room."""
