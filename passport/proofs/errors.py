"""What can go wrong with a key, a signature or the text that it signs."""

from typing import Any


class ProofError(Exception):
    """The parent of everything that this room raises."""


class NotJson(ProofError):
    """The bytes are not JSON that we read: too large, too deep, ambiguous or broken."""


class NotCanonical(ProofError):
    """The document holds something that a signature over it would not cover; the message names it."""


class BadProof(ProofError):
    """The proof has a wrong shape, or its signature does not hold."""


class UnknownProof(BadProof):
    """The proof is of a kind that exists, but that we do not check: another algorithm, or several at once.

    `claims` is what a token says that nobody has checked; it is empty where the document is at hand anyway.
    """

    def __init__(self, reason: str, claims: dict[str, Any] | None = None) -> None:
        """Say why."""
        super().__init__(reason)
        self.claims = claims or {}


class KeyProblem(ProofError):
    """A key that is missing, damaged or not fit for this use."""
