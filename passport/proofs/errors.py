"""What can go wrong with a key, a signature or the text that it signs."""


class ProofError(Exception):
    """The parent of everything that this room raises."""


class NotJson(ProofError):
    """The bytes are not JSON that we read: too large, too deep, ambiguous or broken."""


class NotCanonical(ProofError):
    """The document holds something that a signature over it would not cover; the message names it."""


class BadProof(ProofError):
    """The proof has a wrong shape, or its signature does not hold."""


class KeyProblem(ProofError):
    """A key that is missing, damaged or not fit for this use."""
