"""Failed checks as machine-readable problem details (VC Data Model 2.0, section 7.1; RFC 9457).

A page says what a check means for people. Here the same checks become problem details, for the VC-API.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .checks import FUTURE, UNTRIED
from .forms import UNREADABLE
from .verdicts import Check, Outcome

_DATA_MODEL = "https://www.w3.org/TR/vc-data-model#"
_STATUS = "https://www.w3.org/ns/credentials/status-list#"

PARSING = f"{_DATA_MODEL}PARSING_ERROR"
CRYPTOGRAPHIC = f"{_DATA_MODEL}CRYPTOGRAPHIC_SECURITY_ERROR"
MALFORMED = f"{_DATA_MODEL}MALFORMED_VALUE_ERROR"
RANGE = f"{_DATA_MODEL}RANGE_ERROR"
STATUS_RETRIEVAL = f"{_STATUS}STATUS_RETRIEVAL_ERROR"
STATUS_VERIFICATION = f"{_STATUS}STATUS_VERIFICATION_ERROR"

_TITLES = {
    PARSING: "The input cannot be parsed",
    CRYPTOGRAPHIC: "A proof could not be verified",
    MALFORMED: "A value is malformed, or not one that is accepted",
    RANGE: "A value is out of its range",
    STATUS_RETRIEVAL: "A status list could not be had",
    STATUS_VERIFICATION: "The credential has lost its status",
}
# Of every check that exists: an entry's, a printed code's, and the holder's.
_TYPES = {
    "shape": MALFORMED,
    "issuer": CRYPTOGRAPHIC,
    "signature": CRYPTOGRAPHIC,
    "key": CRYPTOGRAPHIC,
    "endorsement": CRYPTOGRAPHIC,
    "registry": RANGE,
    "status list": STATUS_RETRIEVAL,
    "replaced": STATUS_VERIFICATION,
    "withdrawn": STATUS_VERIFICATION,
    "on hold": STATUS_VERIFICATION,
    "review date": RANGE,
    "public log": CRYPTOGRAPHIC,
    "share end": RANGE,
    "share stopped": STATUS_VERIFICATION,
    "holder": CRYPTOGRAPHIC,
    "proof": CRYPTOGRAPHIC,
    "own record": CRYPTOGRAPHIC,
}


@dataclass(frozen=True)
class Problem:
    """One ProblemDetails object: `type` says which kind it is, `detail` is about this very one."""

    type: str
    title: str
    detail: str
    check: str


def of_checks(checks: Iterable[Check]) -> list[Problem]:
    """Return a problem for each check that failed, or could not be made, in their order."""
    return [_problem(each) for each in checks if each.outcome is Outcome.FAILED or each.reason in UNTRIED]


def _problem(check: Check) -> Problem:
    kind = _TYPES[check.name]
    if check.name == "shape" and check.reason.startswith(UNREADABLE):
        kind = PARSING
    if check.name == "signature" and check.reason == FUTURE:
        kind = RANGE
    return Problem(kind, _TITLES[kind], check.reason or check.name, check.name)
