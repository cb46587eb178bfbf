"""What makes an entry genuine: bytes, trust and a time in, one verdict out. Start with `entry`."""

from .entry import CHECKS, MAX_AGE, unshown, verify
from .errors import TrustError, VerifierError
from .kinds import Kind, NotACredential
from .presentation import NotAPresentation, Presented, verify_presentation
from .trust import Trust, accept_next
from .verdicts import SEVERITY, Check, Outcome, Verdict, Verification, worst

__all__ = [
    "CHECKS",
    "MAX_AGE",
    "SEVERITY",
    "Check",
    "Kind",
    "NotACredential",
    "NotAPresentation",
    "Outcome",
    "Presented",
    "Trust",
    "TrustError",
    "Verdict",
    "Verification",
    "VerifierError",
    "accept_next",
    "unshown",
    "verify",
    "verify_presentation",
    "worst",
]
