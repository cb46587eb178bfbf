"""Credentials that are no entries of a registered programme: V6, and all checks that can be made even so.

What is malformed or altered is refused, from any author. What we cannot check (an older data model, another
algorithm, a context that we do not have, a key that we were not given) stays "not checked", with the reason.
None of it can become more than V6.
"""

from datetime import datetime, timedelta
from typing import Any

from passport.openbadges import credential, data_model, did, status_list, texts
from passport.openbadges.credential import Entry
from passport.openbadges.errors import OpenBadgesError
from passport.openbadges.terms import CONTEXTS
from passport.proofs import json_text
from passport.proofs.errors import NotCanonical, ProofError
from passport.proofs.keys import Role

from . import checks, forms
from .errors import Broken, Failed, NotChecked
from .forms import Form, Secured
from .trust import Trust, key_id
from .verdicts import Claim, Verdict

Document = dict[str, Any]

# An author can make the schema's many alternatives slow to check: a second for this many bytes.
MAX_SCHEMA_BYTES = 64 * 1024

MAX_NAME = 200

_BADGES = {"OpenBadgeCredential", "AchievementCredential"}


def shape(secured: Secured) -> None:
    """Check the data model, and a badge against the published schema. Raises NotChecked, Broken."""
    if data_model.is_old(secured.document):
        raise NotChecked("it is written to an older version of the data model")
    try:
        data_model.check_credential(secured.document)
    except OpenBadgesError as error:
        raise Broken(str(error)) from error
    if not _BADGES.isdisjoint(secured.document["type"]):
        _check_schema(secured.document)


def signature(secured: Secured, trust: Trust) -> None:
    """Check the signature with the issuer's own key, if we have that. Raises NotChecked, Broken."""
    if secured.unknown:
        raise NotChecked(secured.unknown)
    public_key = _own_key(secured, checks.issuer_id(secured.document), trust)
    try:
        secured.verify(public_key)
    except NotCanonical as error:
        if _names_other_contexts(secured):
            raise NotChecked(str(error)) from error
        raise Broken(str(error)) from error
    except ProofError as error:
        raise Broken(str(error)) from error


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
    for status in data_model.several(secured.document.get("credentialStatus", [])):
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
    """Check that it is valid at this time (VC Data Model 2.0, section 4.9)."""
    start, end = (secured.document.get(name) for name in ("validFrom", "validUntil"))
    if start is not None and data_model.read_time(start) > now + checks.TOLERANCE:
        raise Failed(Verdict.UNKNOWN_ISSUER, "it is not valid yet")
    if end is not None and now >= data_model.read_time(end):
        raise Failed(Verdict.UNKNOWN_ISSUER, "it is not valid any more")


def _check_schema(document: Document) -> None:
    if len(json_text.write(document)) > MAX_SCHEMA_BYTES:
        raise NotChecked("it is too long to be held against the published schema")
    from passport.openbadges import schemas  # slow to prepare, and our own entries do without

    fault = schemas.violation(document)
    if fault:
        raise Broken(f"not as Open Badges 3.0 has it: {fault}")


def _own_key(secured: Secured, issuer: str, trust: Trust) -> bytes:
    """Return the key that the proof names, from its issuer. A key inside an address proves nothing."""
    if trust.registry.issuer(issuer) is not None:
        return _registered_key(secured, issuer, trust)
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


def _registered_key(secured: Secured, issuer: str, trust: Trust) -> bytes:
    """Return the key of an employer who signed something by itself: an endorsement out of its entry.

    For a registered issuer, the registry alone decides about keys.
    """
    kid = key_id(secured.method, issuer, Role.ENDORSE)
    key = trust.registry.key(issuer, Role.ENDORSE, kid) if kid else None
    if key is None:
        raise NotChecked("the registry knows this issuer, but no such key of it")
    if secured.created is None:
        raise NotChecked("it does not say when it was signed")
    try:
        checks.key_vouches(key, secured.created)
    except Failed as failed:
        raise NotChecked(str(failed)) from failed
    return key.public_key


def _names_other_contexts(secured: Secured) -> bool:
    contexts = data_model.several(secured.document["@context"])
    return secured.form is Form.DATA_INTEGRITY and any(context not in CONTEXTS for context in contexts)


def _list(status: Document, secured: Secured, trust: Trust, now: datetime, max_age: timedelta) -> bytes:
    """Return the bits of a list signed by the same issuer (Bitstring Status List 1.0, section 3.2)."""
    address = status.get("statusListCredential")
    given = trust.given_list(address) if isinstance(address, str) else None
    if given is None:
        raise NotChecked("its status list is not at hand")
    try:
        listed = forms.read_json(given)
        if checks.issuer_id(listed.document) != checks.issuer_id(secured.document):
            raise NotChecked("its status list is another issuer's")
        signature(listed, trust)
        made = data_model.read_time(listed.document.get("validFrom"))
        bits = status_list.read_bits(listed.document, "revocation")
    except (OpenBadgesError, ProofError, Failed) as error:
        raise NotChecked(f"its status list cannot be believed: {error}") from error
    if now - made > max_age:
        raise NotChecked("its status list is too old")
    return bits
