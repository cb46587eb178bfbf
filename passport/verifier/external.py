"""Credentials of issuers that are not registered: V6, and all checks that can be made even so.

Each check has its true outcome and its reason. What we cannot check (an older data model, another algorithm,
a context that we do not have, a key that we were not given) is "not checked". Only one finding gives another
verdict: a signature that does not hold under the issuer's own key is V7. None of it can become more than V6.

The key is always the issuer's: from the DID document that we were given, or out of its own did:key or
did:jwk.
"""

import re
from datetime import datetime, timedelta
from typing import Any, NoReturn

from passport.openbadges import credential, data_model, did_keys, signed_texts
from passport.openbadges.credential import Entry
from passport.openbadges.errors import OpenBadgesError
from passport.openbadges.terms import Document
from passport.proofs import json_text
from passport.proofs.contexts import UNVERSIONED
from passport.proofs.errors import (
    BadProof,
    NotCanonical,
    NotCovered,
    ProofError,
    UnknownProof,
)
from passport.proofs.public_keys import PublicKey

from . import checks, external_forms, external_status
from .errors import Broken, Failed, NotChecked
from .external_forms import ExternalCredential, Signature
from .look_alikes import is_like_one_of
from .outcomes import EntryFindings
from .trust import Trust
from .verdicts import Claim, Verdict

# An author can make the schema's many alternatives slow to check: milliseconds for this many bytes.
MAX_SCHEMA_BYTES = 256 * 1024

MAX_NAME = 200

NO_LIST = external_status.NO_LIST
NO_END = "it names no end"
TWO_ISSUERS = "it names two issuers"
OWN_ADDRESS = "signed by whoever made this address; anyone can make one"
USES_OUR_NAME = "it uses the name of an issuer that we know, and is not signed by it"
KEY_IN_DOCUMENT = "the key stands in the document alone"
UNKNOWN_KEYS = "we do not know this issuer's keys"
NO_ADDRESS = "it does not name its issuer by an address"
CAPITALS = "the name of a language has capitals in it, which libraries write in different ways"
UNVERSIONED_CONTEXT = "one of its contexts has no version, and its text has changed over the years"

_WITH_SCHEMA = {"OpenBadgeCredential", "AchievementCredential", "ClrCredential"}
_AFTER_THE_SIGNATURE = ("withdrawn", "review date")
_STARTS, _ENDS = ("validFrom", "issuanceDate"), ("validUntil", "expirationDate")
# An id as it may be quoted: whatever else an author puts there could read like a sentence of ours.
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")
_CAPITALS = re.compile(rb'"@language":"[A-Za-z0-9-]*[A-Z]')
# Contents are named in this language where they are in several.
_LANGUAGE = "en"


def check(
    external: ExternalCredential, trust: Trust, now: datetime, max_age: timedelta, found: EntryFindings
) -> NoReturn:
    """Make every check that can be made. Raises Failed (V6), or Broken for a signature that does not hold.

    The caller has found that the document names no registered issuer, in any spelling.
    """
    unknown = _unknown_issuer(external.document)
    found.fail("issuer", unknown)
    with found.attempt("shape"):
        shape(external)
    with found.attempt("signature"):
        note = signature(external, trust, now)
    if not found.passed("signature"):
        found.not_checked(_AFTER_THE_SIGNATURE, "its signature was not found to hold")
        raise _unlike(unknown)
    found.remark("signature", note)
    with found.attempt("withdrawn"):
        external_status.not_withdrawn(external, trust, now, max_age, signature)
    with found.attempt("review date"):
        in_its_time(external.document, now)
    if not external.odd:  # where it contradicts itself, another reader could see something else
        _show(external.document, trust, found)
    raise _unlike(unknown)


def _unknown_issuer(document: Document) -> str:
    name = checks.issuer_id(document)
    if not name:
        return "it does not say who issued it"
    return f"the registry knows no programme {name:.200}" if _ADDRESS.fullmatch(name) else NO_ADDRESS


def shape(external: ExternalCredential) -> None:
    """Check the data model, and a badge against the published schema. Raises NotChecked, Failed."""
    if len(external.issuers) > 1:
        raise _unlike(TWO_ISSUERS)
    if external.odd:
        raise _unlike(external.odd)
    if data_model.is_old(external.document):
        raise NotChecked("it is written to an older version of the data model")
    try:
        data_model.check_credential(external.document)
    except OpenBadgesError as error:
        raise _unlike(str(error)) from error
    if not _WITH_SCHEMA.isdisjoint(external.document["type"]):
        _check_schema(external)


def signature(external: ExternalCredential, trust: Trust, now: datetime) -> str:
    """Check that one of its signatures holds with its issuer's own key; return what else is to be said of it.

    Raises Broken when one does not hold under that key, and none does; Failed when it can be none, or covers
    less than is said; else NotChecked.
    """
    if not external.signatures:
        raise NotChecked(external_forms.NO_PROOF)
    if len(external.issuers) > 1:
        raise NotChecked(TWO_ISSUERS)
    issuer = checks.issuer_id(external.document)
    reasons: list[NotChecked | Failed] = []
    for each in external.signatures:
        try:
            _check_signature(each, external, issuer, trust, now)
        except (NotChecked, Failed) as reason:
            reasons.append(reason)
        else:
            return OWN_ADDRESS if issuer.startswith(("did:key:", "did:jwk:")) else ""
    raise max(reasons, key=lambda reason: (isinstance(reason, Broken), isinstance(reason, Failed)))


def _check_signature(
    each: Signature, external: ExternalCredential, issuer: str, trust: Trust, now: datetime
) -> None:
    if each.unknown:
        raise NotChecked(each.unknown)
    if each.fault:
        raise _unlike(each.fault)
    if each.expires is not None and each.expires <= now:
        raise _unlike("its signature was made for a time that is over")
    key = own_key(each, issuer, trust, now)
    try:
        _verify(each, key, external, trust)
    except NotCovered as error:
        raise _unlike(f"{error.part} is not covered by it") from error
    except (NotCanonical, UnknownProof) as error:
        raise NotChecked(str(error)) from error
    except BadProof as error:
        if each.of_statements and (dialect := _dialect(external.document)):
            raise NotChecked(dialect) from error
        raise Broken(str(error)) from error


def _dialect(document: Document) -> str:
    """Return why a good signature may not hold here: not all libraries sign the same for this document."""
    if not UNVERSIONED.isdisjoint(_texts(document.get("@context"))):
        return UNVERSIONED_CONTEXT
    # JSON-LD 1.1 Syntax, 4.2.4: a library may convert language tags to lower case, or not
    return CAPITALS if _CAPITALS.search(json_text.write(document)) else ""


def _verify(each: Signature, key: PublicKey, external: ExternalCredential, trust: Trust) -> None:
    """Check a signature, once for the same bytes, key and place in a set (cached)."""
    place = external.signatures.index(each)
    name = b"%b %d " % (key.kind.encode(), place) + key.material
    canonicalizer = trust.cache.canonicalizer
    trust.cache.check_once(name, lambda: external.received, lambda: each.verify(key, canonicalizer))


def own_key(each: Signature, issuer: str, trust: Trust, now: datetime) -> PublicKey:
    """Return the key of the issuer that a signature names. Raises NotChecked.

    A key inside a header only says which of the issuer's keys is meant.
    """
    document = _did_document(issuer, trust)
    try:
        if document is None:
            read = trust.cache.keys.once
            key = read((issuer, each.named), lambda: did_keys.inside(issuer, each.named))
        else:
            key = did_keys.find(document, issuer, each.named, now)
    except ProofError as error:
        raise NotChecked(f"the key that it names cannot be used: {error}") from error
    if key is None:
        raise NotChecked(UNKNOWN_KEYS if each.named.jwk is None else KEY_IN_DOCUMENT)
    return key


def _did_document(issuer: str, trust: Trust) -> Document | None:
    given = trust.did_documents
    found = given.get(issuer)
    if found is None and "%" in issuer:
        found = next((given[did] for did in given if did_keys.same_did(did, issuer)), None)
    return found


def in_its_time(document: Document, now: datetime) -> None:
    """Check that it is valid at this time (VC Data Model 2.0, 4.9; 1.1, 4.6). Raises NotChecked, Failed."""
    try:
        start, end = (_time(document, names) for names in (_STARTS, _ENDS))
    except OpenBadgesError as error:
        raise NotChecked(str(error)) from error
    if start is not None and start > now + checks.TOLERANCE:
        raise _unlike("it is not valid yet")
    if end is None:
        raise NotChecked(NO_END)
    if now >= end:
        raise _unlike("it is not valid any more")


def _time(document: Document, names: tuple[str, str]) -> datetime | None:
    value = next((document[name] for name in names if name in document), None)
    return None if value is None else data_model.read_time(value)


def claimed(document: Document) -> Entry | None:
    """Return it as one of our own entries, if it has that form."""
    try:
        return credential.read(document)
    except OpenBadgesError:
        return None


def claim(document: Document) -> Claim:
    """Return the names that it gives to its issuer and to the achievement, as far as it has any."""
    issuer, achievement = document.get("issuer"), _achievement(document)
    return Claim(
        _name(issuer) or signed_texts.shown(checks.issuer_id(document))[:MAX_NAME], _name(achievement)
    )


def _show(document: Document, trust: Trust, found: EntryFindings) -> None:
    """Pass on what it claims, unless under a name or an id that looks like a registered issuer's."""
    said, entry = claim(document), claimed(document)
    names = (said.issuer, said.achievement)
    is_ours = any(is_like_one_of(name, trust.names) for name in names)
    if is_ours or is_like_one_of(_name(document.get("issuer")), trust.hosts):
        found.fail("issuer", USES_OUR_NAME)
        return
    found.claim = said
    if entry is not None and not is_like_one_of(entry.champion.employer.name, trust.names):
        found.entry = entry


def _achievement(document: Document) -> Any:
    subject = data_model.several(document.get("credentialSubject"))[:1]
    return subject[0].get("achievement") if subject and isinstance(subject[0], dict) else None


def _name(thing: Any) -> str:
    """Return the visible part of a name, in English where it has several, or ""."""
    said = data_model.several(thing.get("name")) if isinstance(thing, dict) else []
    names = [_in_language(each) for each in said]
    ordered = sorted((each for each in names if each[1]), key=lambda each: each[0] != _LANGUAGE)
    return signed_texts.shown(ordered[0][1][: 2 * MAX_NAME])[:MAX_NAME].strip() if ordered else ""


def _in_language(name: Any) -> tuple[str, str]:
    """Return the language of a name, "" for none, and its text."""
    if isinstance(name, dict):
        language, value = name.get("@language", ""), name.get("@value")
        return str(language).partition("-")[0].lower(), value if isinstance(value, str) else ""
    return "", name if isinstance(name, str) else ""


def _check_schema(external: ExternalCredential) -> None:
    if len(external.received) > MAX_SCHEMA_BYTES:
        raise NotChecked("it is too long to be held against the published schema")
    from passport.openbadges import schemas  # slow to prepare, and our own entries do without

    fault = schemas.violation(external.document)
    if fault:
        raise _unlike(f"not as Open Badges 3.0 has it: {fault}")


def _texts(value: Any) -> list[str]:
    return [each for each in data_model.several(value) if isinstance(each, str)]


def _unlike(reason: str) -> Failed:
    """Return a failed check from which no other verdict follows than that its issuer is unknown."""
    return Failed(Verdict.UNKNOWN_ISSUER, reason)
