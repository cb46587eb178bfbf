"""What can be wrong with a key, a signature or the text that it signs."""

from typing import Any


class ProofError(Exception):
    """The base class of every exception of this package."""


class NotJson(ProofError):
    """The bytes are not JSON that we read: too large, too deep, ambiguous or broken."""


class NotCanonical(ProofError):
    """The document holds something that a signature over it would not cover; the message names it."""


class NotCovered(NotCanonical):
    """A part of the document makes no statement, so that no signature covers it: `part` names it."""

    def __init__(self, reason: str, part: str) -> None:
        """Say why, and name the part."""
        super().__init__(reason)
        self.part = part


class UnknownContext(NotCanonical):
    """A context is not one that we have, so that nothing can be said about the document's statements."""


class BadProof(ProofError):
    """The proof has a wrong shape, or its signature does not hold."""


class UnknownProof(BadProof):
    """The proof is of an existing kind that we do not check: another algorithm, or several at once.

    `claims` are the unverified claims of a token; empty if the caller has the document anyway.
    """

    def __init__(self, reason: str, claims: dict[str, Any] | None = None) -> None:
        """Say why."""
        super().__init__(reason)
        self.claims = claims or {}


class KeyProblem(ProofError):
    """A key that is missing, damaged or not fit for this use."""
