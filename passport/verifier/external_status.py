"""Whether a external credential has been withdrawn: its issuer's lists, where we were given them.

A list counts only if the same issuer signed it (Bitstring Status List 1.0), or as far as it withdraws the
credential (1EdTech Revocation List, which is not signed and has no date).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from passport.openbadges import data_model, revocation_list, status_list
from passport.openbadges.errors import OpenBadgesError
from passport.openbadges.terms import Document
from passport.proofs.errors import ProofError

from . import checks, external_forms
from .errors import Failed, NotChecked
from .external_forms import ExternalCredential
from .trust import Trust
from .verdicts import Verdict

# What checks a list's own signature: `external.signature`.
CheckSignature = Callable[[ExternalCredential, Trust, datetime], str]

NO_LIST = "its issuer names no list"
UNDATED = "it is not in its issuer's list, which does not say when it was made"
# What a set bit means for the credential.
_PURPOSES = {"revocation": "its issuer has withdrawn it", "suspension": "its issuer has suspended it"}
_MAX_STATUSES = 8


def not_withdrawn(
    external: ExternalCredential,
    trust: Trust,
    now: datetime,
    max_age: timedelta,
    check_signature: CheckSignature,
) -> None:
    """Check each status that it names. Raises Failed for one that ends it, else NotChecked."""
    named = data_model.several(external.document.get("credentialStatus", []))
    if not named:
        raise NotChecked(NO_LIST)
    if len(named) > _MAX_STATUSES:
        raise NotChecked(f"it names more than {_MAX_STATUSES} lists")
    open_: NotChecked | None = None
    for status in named:
        try:
            _check_one(status, external, trust, now, max_age, check_signature)
        except NotChecked as reason:
            open_ = open_ or reason
    if open_ is not None:
        raise open_


def _check_one(
    status: Any,
    external: ExternalCredential,
    trust: Trust,
    now: datetime,
    max_age: timedelta,
    check_signature: CheckSignature,
) -> None:
    kind = status.get("type") if isinstance(status, dict) else None
    if kind == revocation_list.TYPE:
        _not_revoked(status, external.document, trust)
        return
    purpose = status.get("statusPurpose") if kind == "BitstringStatusListEntry" else None
    if not isinstance(purpose, str) or purpose not in _PURPOSES:
        raise NotChecked("it has a status of a kind that we do not check")
    if status.get("statusSize", 1) != 1:
        raise NotChecked("its status has more than one bit, which we do not check")
    bits = _bits(status, purpose, external, trust, now, max_age, check_signature)
    try:
        ended = status_list.bit(bits, int(status.get("statusListIndex", "")))
    except (OpenBadgesError, TypeError, ValueError) as error:
        raise NotChecked("its place in the status list cannot be read") from error
    if ended:
        raise Failed(Verdict.UNKNOWN_ISSUER, _PURPOSES[purpose])


def _bits(
    status: Document,
    purpose: str,
    external: ExternalCredential,
    trust: Trust,
    now: datetime,
    max_age: timedelta,
    check_signature: CheckSignature,
) -> bytes:
    """Return the bits of a list signed by the same issuer (Bitstring Status List 1.0, section 3.2)."""
    address = status.get("statusListCredential")
    given = trust.given_list(address) if isinstance(address, str) else None
    if given is None:
        raise NotChecked("its status list is not at hand")
    listed = external_forms.of_json(given)
    if listed.issuers != external.issuers:
        raise NotChecked("its status list is another issuer's")
    try:
        check_signature(listed, trust, now)
        made = data_model.read_time(listed.document.get("validFrom"))
        bits = status_list.read_bits(listed.document, purpose)
    except (OpenBadgesError, ProofError, Failed, NotChecked) as error:
        raise NotChecked(f"its status list cannot be believed: {error}") from error
    if now - made > max_age:
        raise NotChecked("its status list is too old")
    return bits


def _not_revoked(status: Document, document: Document, trust: Trust) -> None:
    address = status.get("id")
    given = trust.given_list(address) if isinstance(address, str) else None
    if given is None:
        raise NotChecked("its status list is not at hand")
    try:
        ended = revocation_list.withdraws(given, checks.issuer_id(document), str(document.get("id")))
    except OpenBadgesError as error:
        raise NotChecked(f"its status list cannot be believed: {error}") from error
    if ended:
        raise Failed(Verdict.UNKNOWN_ISSUER, _PURPOSES["revocation"])
    raise NotChecked(UNDATED)
