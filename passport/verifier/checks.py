"""The single checks, in the order in which `entry.verify` makes them. Each returns its finding, or raises."""

from datetime import datetime, timedelta
from typing import Any

from passport.openbadges import credential
from passport.openbadges.credential import Entry
from passport.openbadges.endorsement import Endorsement
from passport.openbadges.errors import OpenBadgesError
from passport.openbadges.registry import IssuerKind, KeyState, RegisteredIssuer, RegisteredKey
from passport.proofs.errors import ProofError
from passport.proofs.keys import Role

from . import forms
from .errors import Broken, Failed
from .forms import Secured
from .trust import Trust, key_id
from .verdicts import Verdict

Document = dict[str, Any]

# Two honest clocks may differ by this much.
TOLERANCE = timedelta(minutes=5)
FUTURE = "it is dated in the future"


def shape(unverified: bytes) -> Secured:
    """Read JSON or a token, within bounds, that calls itself a credential, has an issuer and a proof."""
    secured = forms.read(unverified)
    types = secured.document.get("type")
    if "VerifiableCredential" not in (types if isinstance(types, list) else [types]):
        raise Broken("this is not a credential")
    if not issuer_id(secured.document):
        raise Broken("the document does not say who issued it")
    return secured


def issuer_id(document: Document) -> str:
    """Return the id of the issuer that the document names, or ""."""
    named = document.get("issuer")
    name = named.get("id") if isinstance(named, dict) else named
    return name if isinstance(name, str) else ""


def issuer(secured: Secured, trust: Trust) -> tuple[RegisteredIssuer, RegisteredKey]:
    """Return the programme that issued it, and the issuing key that its proof names, from the registry."""
    return _registered(secured, IssuerKind.PROGRAMME, Role.ISSUE, trust)


def signature(secured: Secured, public_key: bytes) -> Entry:
    """Check that the key signed this document, and that the document says what an entry says, and no more."""
    try:
        entry = secured.entry
        secured.verify(public_key)
    except (OpenBadgesError, ProofError) as error:
        raise Broken(str(error)) from error
    return entry


def signed_already(entry: Entry, secured: Secured, now: datetime) -> None:
    """Refuse an entry from the future, and one whose times are out of order.

    `now` is never earlier than the newest list that an issuer has signed.
    """
    if not entry.endorsed_at <= entry.issued_at <= entry.review_at:
        raise Broken("it was not endorsed, issued and due for review in this order")
    if max(entry.issued_at, secured.created or entry.issued_at) > now + TOLERANCE:
        raise Broken(FUTURE)


def key_vouches(key: RegisteredKey, signed_at: datetime, *, own_record: bool = False) -> None:
    """Check the current state of a key, and that it signed while it was in use.

    While a key is suspended, what it signed before cannot be distinguished from what a thief signs now. A
    caller that keeps a record of what it signed can do so (`own_record`): the entry is then merely on hold.

    Raises Failed with the verdict that follows.
    """
    match key.state:
        case KeyState.PROPOSED:
            raise Failed(Verdict.UNKNOWN_ISSUER, "the key is not in use yet")
        case KeyState.SUSPENDED:
            verdict = Verdict.ON_HOLD if own_record else Verdict.UNFINISHED
            raise Failed(verdict, "the key is suspended until a question about it is settled")
        case KeyState.COMPROMISED:
            raise Failed(Verdict.NOT_GENUINE, "somebody else had the key")
    if signed_at < key.from_ - TOLERANCE or (key.until is not None and signed_at > key.until + TOLERANCE):
        raise Failed(Verdict.NOT_GENUINE, "it is signed with a key that was not in use at that time")


def require_registered_at(who: RegisteredIssuer, at: datetime) -> None:
    """Check that an issuer was registered when it signed."""
    if at < who.from_ - TOLERANCE or (who.until is not None and at > who.until + TOLERANCE):
        raise Failed(Verdict.UNKNOWN_ISSUER, f"{who.name} was not registered when this was signed")


def embedded(secured: Secured) -> Secured:
    """Return the parsed endorsement inside a credential, which in either form has its own proof.

    Raises Broken.
    """
    try:
        return secured.endorsing
    except (OpenBadgesError, ProofError) as error:
        raise Broken(str(error)) from error


def endorser(
    endorsing: Secured, issuer: RegisteredIssuer, trust: Trust
) -> tuple[RegisteredIssuer, RegisteredKey]:
    """Return the employer that endorsed it, and the endorsing key that its proof names, from the registry.

    What a school confirmed is signed by the programme that issued the entry, with its issuing key. No other
    programme may do so, and `endorsed` checks that the entry says so as well.
    """
    if issuer_id(endorsing.document) == issuer.did:
        return _registered(endorsing, IssuerKind.PROGRAMME, Role.ISSUE, trust)
    return _registered(endorsing, IssuerKind.EMPLOYER, Role.ENDORSE, trust)


def of_this_programme(employer: RegisteredIssuer, issuer: RegisteredIssuer) -> None:
    """Check that the programme which issued the entry is the one whose employer endorsed it, or itself."""
    if employer.did != issuer.did and employer.programme != issuer.did:
        raise Failed(
            Verdict.UNKNOWN_ISSUER, f"{employer.name} is not registered as an employer of {issuer.name}"
        )


def endorsed(endorsing: Secured, entry: Entry, public_key: bytes) -> Endorsement:
    """Check the employer's own proof by itself, and that the endorsement is about this very entry.

    The outer signature covers the endorsement's text as well, but does not prove who wrote it.
    """
    try:
        said = endorsing.endorsement
        endorsing.verify(public_key)
        credential.check_bound(entry, said)
    except (OpenBadgesError, ProofError) as error:
        raise Broken(str(error)) from error
    return said


def registry_current(trust: Trust, now: datetime) -> None:
    """Check that the registry is not too old to know the state of its keys; a last one never expires."""
    if trust.registry.expires is not None and now >= trust.registry.expires:
        raise Failed(Verdict.UNFINISHED, "the list of issuers and keys is out of date")


def before_review(entry: Entry, now: datetime) -> None:
    """Check that the review date has not come yet."""
    if now >= entry.review_at:
        raise Failed(Verdict.PAST_REVIEW, "its review date has passed")


def _registered(
    secured: Secured, kind: IssuerKind, role: Role, trust: Trust
) -> tuple[RegisteredIssuer, RegisteredKey]:
    """Return an issuer and its key by issuer, role and kid. The document only says where to look."""
    name = issuer_id(secured.document)
    who = trust.registry.issuer(name)
    if who is None or who.kind != kind:
        raise Failed(Verdict.UNKNOWN_ISSUER, f"the registry knows no {kind} {name:.200}")
    if secured.loose:
        raise Broken(secured.loose)
    kid = key_id(secured.method, name, role)
    if kid is None:
        raise Broken(f"the proof does not name a key of this {kind} for this purpose")
    key = trust.registry.key(name, role, kid)
    if key is None:
        raise Failed(Verdict.UNKNOWN_ISSUER, f"the registry knows no such key of this {kind}")
    return who, key
