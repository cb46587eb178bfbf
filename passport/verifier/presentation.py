"""A presentation: several credentials presented at once (VC Data Model 2.0, section 4.13).

Each credential in it is checked by itself, as if it had come alone. Its own proof is checked in `holder`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from passport.openbadges import data_model, wrappers
from passport.openbadges.errors import MalformedCredential, WrappedTooOften
from passport.openbadges.terms import Document
from passport.proofs.errors import NotJson

from .entry import MAX_AGE, verify
from .errors import VerifierError
from .kinds import Kind, NotACredential
from .trust import Trust
from .verdicts import Check, Outcome, Verification

SHAPE = "shape"
OLD = "it is written to an older version of the data model"


class NotAPresentation(VerifierError):
    """It is neither JSON nor a token, or holds more than is opened; the message says why."""


@dataclass(frozen=True)
class Presented:
    """The result for one credential: a verification, or what it seems to be if it is none."""

    verification: Verification | None
    kind: Kind | None = None


def shape(document: Document) -> Check:
    """Check the shape of a presentation. That of an older version of the data model is not checked."""
    if data_model.is_old(document):
        return Check(SHAPE, Outcome.NOT_CHECKED, OLD)
    try:
        data_model.check_presentation(document)
    except MalformedCredential as error:
        return Check(SHAPE, Outcome.FAILED, str(error))
    return Check(SHAPE, Outcome.PASSED)


def verify_presentation(
    unverified: bytes, trust: Trust, at: datetime, *, max_age: timedelta = MAX_AGE
) -> tuple[Presented, ...]:
    """Check every credential in a presentation, or in any other wrapper, in any version of the data model.

    Raises NotAPresentation for bytes that are neither JSON nor a token, and for more than is opened.
    """
    try:
        credentials = wrappers.opened(unverified).credentials
    except (NotJson, WrappedTooOften) as error:
        raise NotAPresentation(str(error)) from error
    return tuple(_verify_one(credential, trust, at, max_age) for credential in credentials)


def _verify_one(credential: bytes, trust: Trust, at: datetime, max_age: timedelta) -> Presented:
    try:
        return Presented(verify(credential, trust, at, max_age=max_age))
    except NotACredential as error:
        return Presented(None, error.kind)
