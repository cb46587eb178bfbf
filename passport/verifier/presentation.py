"""A presentation: several credentials presented at once (VC Data Model 2.0, section 4.13).

Each credential in it is checked by itself, as if it had come alone. Who presents it is checked in `holder`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote_to_bytes

from passport.openbadges import data_model
from passport.openbadges.errors import MalformedCredential
from passport.proofs import json_text
from passport.proofs.errors import NotJson

from .entry import MAX_AGE, verify
from .errors import NotGenuine
from .trust import Trust
from .verdicts import Check, Outcome, Verdict, Verification

MAX_CREDENTIALS = 100

_ENVELOPE = "data:application/vc+jwt,"


@dataclass(frozen=True)
class Presented:
    """The result for one credential: a verification, or the checks of one that is not genuine."""

    verdict: Verdict
    checks: tuple[Check, ...]
    verification: Verification | None


def verify_presentation(
    unverified: bytes, trust: Trust, at: datetime, *, max_age: timedelta = MAX_AGE
) -> tuple[Presented, ...]:
    """Check every credential in a presentation. Raises NotGenuine when it is no presentation at all."""
    try:
        document = json_text.read_object(unverified)
        data_model.check_presentation(document)
        credentials = data_model.several(document.get("verifiableCredential", []))
        if len(credentials) > MAX_CREDENTIALS:
            raise MalformedCredential(f"more than {MAX_CREDENTIALS} credentials")
    except (NotJson, MalformedCredential) as error:
        raise NotGenuine((Check("shape", Outcome.FAILED, str(error)),)) from error
    return tuple(_verify_one(credential, trust, at, max_age) for credential in credentials)


def _verify_one(credential: dict[str, Any], trust: Trust, at: datetime, max_age: timedelta) -> Presented:
    try:
        found = verify(_unwrapped(credential), trust, at, max_age=max_age)
    except NotGenuine as error:
        return Presented(error.verdict, error.checks, None)
    return Presented(found.verdict, found.checks, found)


def _unwrapped(credential: dict[str, Any]) -> bytes:
    """Return the bytes to verify: an enveloped credential is a token in a data: address (RFC 2397)."""
    if not data_model.is_enveloped(credential):
        return json_text.write(credential)
    address = credential.get("id")
    if not isinstance(address, str) or not address.startswith(_ENVELOPE):
        raise NotGenuine((Check("shape", Outcome.FAILED, "an envelope that holds no vc+jwt"),))
    return unquote_to_bytes(address.removeprefix(_ENVELOPE))
