"""What every verifiable credential must be, from any author (VC Data Model 2.0, section 4).

Our own entries must meet far stricter rules. These are the rules for the documents of others, of which we
know nothing else. Each rule names its section; whether a type or a member means anything is decided by the
contexts, and by the canonical form.
"""

import re
from datetime import datetime
from typing import Any

from .errors import MalformedCredential
from .terms import CREDENTIALS_V2, Document

OLD_CONTEXT = "https://www.w3.org/2018/credentials/v1"

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>\"{}|\\^`]+")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_NEED_TYPE = ("credentialStatus", "credentialSchema", "evidence", "proof", "refreshService", "termsOfUse")
_NEED_ID = ("credentialSchema",)
_NEED_URL = ("credentialStatus", "credentialSchema", "termsOfUse")
_VALUE_MEMBERS = {"@value", "@language", "@direction"}


def check_credential(document: Document) -> None:
    """Raise MalformedCredential, naming the member, unless it is shaped as a credential must be."""
    _check_top(document, "VerifiableCredential")
    _check_issuer(document.get("issuer"))
    _check_subjects(document.get("credentialSubject"))
    _check_times(document)
    _check_words(document)
    for name in _NEED_TYPE:
        for member in several(document.get(name, [])):
            _check_typed(name, member)


def check_old_credential(document: Document) -> None:
    """Raise MalformedCredential unless it is shaped as a credential of version 1.1 must be (section 4)."""
    _check_top(document, "VerifiableCredential", OLD_CONTEXT)
    _check_issuer(document.get("issuer"))
    _check_subjects(document.get("credentialSubject"))
    read_time(document.get("issuanceDate"))
    if "expirationDate" in document:
        read_time(document["expirationDate"])
    for name in _NEED_TYPE:
        for member in several(document.get(name, [])):
            _check_typed(name, member)


def check_envelope(document: Document, kind: str) -> None:
    """Raise MalformedCredential unless it is an envelope of this kind around a token (4.13.1, 4.13.2)."""
    _check_top(document, kind)
    if not str(document.get("id")).startswith("data:"):
        raise MalformedCredential("id is no data: address")


def check_presentation(document: Document) -> None:
    """Raise MalformedCredential, naming the member, unless it is shaped as a presentation (4.13).

    Of the credentials inside only the top level is checked: they have checks of their own.
    """
    _check_top(document, "VerifiablePresentation")
    if "holder" in document:
        _check_party("holder", document["holder"])
    for credential in several(document.get("verifiableCredential", [])):
        if not isinstance(credential, dict):
            raise MalformedCredential("verifiableCredential holds something that is no credential")
        _check_top(
            credential,
            "EnvelopedVerifiableCredential" if is_enveloped(credential) else "VerifiableCredential",
        )


def is_enveloped(credential: Document) -> bool:
    """Return whether it is a token in a data: address (section 4.13, Enveloped Verifiable Credentials)."""
    enveloped = str(credential.get("id", "")).startswith("data:")
    return enveloped or "EnvelopedVerifiableCredential" in several(credential.get("type", []))


def is_old(document: Document) -> bool:
    """Return whether it is written to version 1.1 of the data model, which we do not check."""
    return several(document.get("@context", []))[:1] == [OLD_CONTEXT]


def several(value: Any) -> list[Any]:
    """Return a value that may stand alone or in an array as a list."""
    return value if isinstance(value, list) else [value]


def read_time(value: Any) -> datetime:
    """Read an xsd:dateTimeStamp (section 4.9). Raises MalformedCredential for anything else."""
    try:
        if not _TIME.fullmatch(value):
            raise ValueError(value)
        return datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise MalformedCredential(f"not a time with its zone: {value!r:.60}") from error


def _check_top(document: Document, needed: str, context: str = CREDENTIALS_V2) -> None:
    """Check contexts (4.3), identifiers (4.4) and types (4.5)."""
    contexts = several(document.get("@context"))
    if contexts[:1] != [context]:
        raise MalformedCredential(f"@context does not begin with {context}")
    if not all(isinstance(context, dict) or is_url(context) for context in contexts):
        raise MalformedCredential("@context holds something that is no context")
    if "id" in document and not is_url(document["id"]):
        raise MalformedCredential("id is not one URL")
    types = several(document.get("type"))
    if needed not in types or not all(isinstance(name, str) for name in types):
        raise MalformedCredential(f"type does not say {needed}")


def _check_issuer(issuer: Any) -> None:
    """Check the issuer (4.7)."""
    _check_party("issuer", issuer)
    if isinstance(issuer, dict):
        _check_words(issuer)


def _check_party(name: str, party: Any) -> None:
    if not is_url(party.get("id") if isinstance(party, dict) else party):
        raise MalformedCredential(f"{name} is not named by a URL")


def _check_subjects(subjects: Any) -> None:
    """Check the credential subjects (4.8): at least one claim about each."""
    for subject in several(subjects) or [None]:
        if not isinstance(subject, dict) or not subject:
            raise MalformedCredential("credentialSubject says nothing")
        if "id" in subject and not is_url(subject["id"]):
            raise MalformedCredential("credentialSubject: id is not one URL")


def _check_times(document: Document) -> None:
    """Check the validity period (4.9)."""
    times = [read_time(document[name]) for name in ("validFrom", "validUntil") if name in document]
    if len(times) > 1 and times[1] < times[0]:
        raise MalformedCredential("validUntil lies before validFrom")


def _check_words(document: Document) -> None:
    """Check names and descriptions (4.6), with their languages (11.1)."""
    for name in ("name", "description"):
        for word in several(document.get(name, [])):
            is_value = isinstance(word, dict) and "@value" in word and word.keys() <= _VALUE_MEMBERS
            if not isinstance(word, str) and not is_value:
                raise MalformedCredential(f"{name} is neither a text nor a text in a language")


def _check_typed(name: str, member: Any) -> None:
    """Check status (4.10), schemas (4.11), refreshing (5.4), terms of use (5.5), evidence (5.6)."""
    types = several(member.get("type", [])) if isinstance(member, dict) else []
    if not types or not all(isinstance(one, str) for one in types):
        raise MalformedCredential(f"{name} has no type")
    if (name in _NEED_ID or (name in _NEED_URL and "id" in member)) and not is_url(member.get("id")):
        raise MalformedCredential(f"{name}: id is not one URL")


def is_url(value: Any) -> bool:
    """Return whether a value is one URL, by its form (section 4.4)."""
    return isinstance(value, str) and _URL.fullmatch(value) is not None
