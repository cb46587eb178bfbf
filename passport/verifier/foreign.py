"""Credentials of issuers that are not registered: V6, and all checks that can be made even so.

Each check has its true outcome and its reason. What we cannot check (an older data model, another algorithm,
a context that we do not have, a key that we were not given) is "not checked". Only one finding gives another
verdict: a signature that does not hold under the issuer's own key is V7. None of it can become more than V6.
"""

from datetime import datetime, timedelta
from typing import Any, NoReturn

from passport.openbadges import credential, data_model, did, status_list, texts
from passport.openbadges.credential import Entry
from passport.openbadges.errors import OpenBadgesError
from passport.openbadges.terms import CONTEXTS
from passport.proofs import json_text
from passport.proofs.errors import NotCanonical, ProofError

from . import checks, forms
from .errors import Broken, Failed, NotChecked
from .findings import EntryFindings
from .forms import Form, Secured
from .trust import Trust
from .verdicts import Claim, Verdict

Document = dict[str, Any]

# An author can make the schema's many alternatives slow to check: a second for this many bytes.
MAX_SCHEMA_BYTES = 64 * 1024

MAX_NAME = 200

_BADGES = {"OpenBadgeCredential", "AchievementCredential"}

NO_LIST = "its issuer names no list"
NO_END = "it names no end"
_AFTER_THE_SIGNATURE = ("withdrawn", "review date")
TWO_ISSUERS = "it names two issuers"


def check(
    secured: Secured, trust: Trust, now: datetime, max_age: timedelta, found: EntryFindings
) -> NoReturn:
    """Make every check that can be made. Raises Failed (V6), or Broken for a signature that does not hold."""
    name = checks.issuer_id(secured.document)
    unknown = _unlike(
        f"the registry knows no programme {name:.200}" if name else "it does not say who issued it"
    )
    with found.attempt("issuer"):
        raise unknown
    with found.attempt("shape"):
        shape(secured)
    with found.attempt("signature"):
        signature(secured, trust)
        found.entry, found.claim = claimed(secured), claim(secured.document)
    if found.passed("signature"):
        with found.attempt("withdrawn"):
            not_withdrawn(secured, trust, now, max_age)
        with found.attempt("review date"):
            in_its_time(secured, now)
    else:
        found.not_checked(_AFTER_THE_SIGNATURE, "its signature was not found to hold")
    raise unknown


def shape(secured: Secured) -> None:
    """Check the data model, and a badge against the published schema. Raises NotChecked, Failed."""
    if len(secured.issuers) > 1:
        raise _unlike(TWO_ISSUERS)
    if data_model.is_old(secured.document):
        raise NotChecked("it is written to an older version of the data model")
    if secured.odd:
        raise _unlike(secured.odd)
    try:
        data_model.check_credential(secured.document)
    except OpenBadgesError as error:
        raise _unlike(str(error)) from error
    if not _BADGES.isdisjoint(secured.document["type"]):
        _check_schema(secured.document)


def signature(secured: Secured, trust: Trust) -> None:
    """Check the signature with the issuer's own key, if we have that.

    Raises NotChecked; Broken when it does not hold under that key; Failed when it covers less than is said.
    """
    if secured.missing or secured.unknown:
        raise NotChecked(secured.missing or secured.unknown)
    if secured.fault:
        raise _unlike(secured.fault)
    if len(secured.issuers) > 1:
        raise NotChecked(TWO_ISSUERS)
    public_key = _own_key(secured, checks.issuer_id(secured.document), trust)
    try:
        secured.verify(public_key)
    except NotCanonical as error:
        if _names_other_contexts(secured):
            raise NotChecked(str(error)) from error
        raise _unlike(str(error)) from error
    except ProofError as error:
        raise Broken(str(error)) from error


def _unlike(reason: str) -> Failed:
    """Return a failed check from which no other verdict follows than that its issuer is unknown."""
    return Failed(Verdict.UNKNOWN_ISSUER, reason)


def claimed(secured: Secured) -> Entry | None:
    """Return it as one of our own entries, if it has that form."""
    try:
        return credential.read(secured.document)
    except OpenBadgesError:
        return None


def claim(document: Document) -> Claim:
    """Return the names that it gives to its issuer and to the achievement, as far as it has any."""
    issuer, subject = document.get("issuer"), data_model.several(document.get("credentialSubject"))[:1]
    achievement = subject[0].get("achievement") if subject and isinstance(subject[0], dict) else None
    return Claim(_name(issuer) or texts.shown(checks.issuer_id(document))[:MAX_NAME], _name(achievement))


def _name(thing: Any) -> str:
    """Return the visible part of a name, or ""."""
    name = thing.get("name") if isinstance(thing, dict) else None
    return texts.shown(name)[:MAX_NAME].strip() if isinstance(name, str) else ""


def not_withdrawn(secured: Secured, trust: Trust, now: datetime, max_age: timedelta) -> None:
    """Check its issuer's status list, if we were given that. Raises NotChecked, Failed."""
    named = data_model.several(secured.document.get("credentialStatus", []))
    if not named:
        raise NotChecked(NO_LIST)
    for status in named:
        if not isinstance(status, dict):
            raise NotChecked("its place in the status list cannot be read")
        if status.get("type") != "BitstringStatusListEntry" or status.get("statusPurpose") != "revocation":
            raise NotChecked("it has a status of a kind that we do not check")
        bits = _list(status, secured, trust, now, max_age)
        try:
            withdrawn = status_list.bit(bits, int(status.get("statusListIndex", "")))
        except (OpenBadgesError, TypeError, ValueError) as error:
            raise NotChecked("its place in the status list cannot be read") from error
        if withdrawn:
            raise Failed(Verdict.UNKNOWN_ISSUER, "its issuer has withdrawn it")


def in_its_time(secured: Secured, now: datetime) -> None:
    """Check that it is valid at this time (VC Data Model 2.0, section 4.9). Raises NotChecked, Failed."""
    try:
        start, end = (_time(secured.document.get(name)) for name in ("validFrom", "validUntil"))
    except OpenBadgesError as error:
        raise NotChecked(str(error)) from error
    if start is not None and start > now + checks.TOLERANCE:
        raise Failed(Verdict.UNKNOWN_ISSUER, "it is not valid yet")
    if end is None:
        raise NotChecked(NO_END)
    if now >= end:
        raise Failed(Verdict.UNKNOWN_ISSUER, "it is not valid any more")


def _time(value: Any) -> datetime | None:
    return None if value is None else data_model.read_time(value)


def _check_schema(document: Document) -> None:
    if len(json_text.write(document)) > MAX_SCHEMA_BYTES:
        raise NotChecked("it is too long to be held against the published schema")
    from passport.openbadges import schemas  # slow to prepare, and our own entries do without

    fault = schemas.violation(document)
    if fault:
        raise _unlike(f"not as Open Badges 3.0 has it: {fault}")


def _own_key(secured: Secured, issuer: str, trust: Trust) -> bytes:
    """Return the key that the proof names, from its issuer. A key inside an address proves nothing."""
    try:
        document = trust.did_documents.get(issuer)
        key = (
            did.key_of(issuer, secured.method)
            if document is None
            else did.find_key(document, issuer, secured.method)
        )
    except ProofError as error:
        raise NotChecked("the key that it names cannot be used") from error
    if key is None:
        raise NotChecked("we do not know this issuer's keys")
    return key


def _names_other_contexts(secured: Secured) -> bool:
    contexts = data_model.several(secured.document["@context"])
    return secured.form is Form.DATA_INTEGRITY and any(context not in CONTEXTS for context in contexts)


def _list(status: Document, secured: Secured, trust: Trust, now: datetime, max_age: timedelta) -> bytes:
    """Return the bits of a list signed by the same issuer (Bitstring Status List 1.0, section 3.2)."""
    address = status.get("statusListCredential")
    given = trust.given_list(address) if isinstance(address, str) else None
    if given is None:
        raise NotChecked("its status list is not at hand")
    listed = forms.read_json(given)
    if listed.issuers != secured.issuers:
        raise NotChecked("its status list is another issuer's")
    try:
        signature(listed, trust)
        made = data_model.read_time(listed.document.get("validFrom"))
        bits = status_list.read_bits(listed.document, "revocation")
    except (OpenBadgesError, ProofError, Failed, NotChecked) as error:
        raise NotChecked(f"its status list cannot be believed: {error}") from error
    if now - made > max_age:
        raise NotChecked("its status list is too old")
    return bits
