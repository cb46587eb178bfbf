"""The single checks, in the order in which `entry.verify` makes them. Each returns its finding, or raises."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from passport.openbadges import credential
from passport.openbadges.credential import Entry
from passport.openbadges.endorsement import Endorsement
from passport.openbadges.errors import OpenBadgesError
from passport.openbadges.registry import IssuerKind, KeyState, RegisteredIssuer, RegisteredKey
from passport.proofs.errors import ProofError
from passport.proofs.keys import Role

from .errors import Broken, Failed, Unlisted, Untried
from .forms import Secured
from .trust import Trust, key_id
from .verdicts import Verdict

Document = dict[str, Any]

# Two honest clocks may differ by this much.
TOLERANCE = timedelta(minutes=5)
_ENTRY = "OpenBadgeCredential"
_ROLES = {"EndorsementCredential": Role.ENDORSE, "BitstringStatusListCredential": Role.STATUS}
FUTURE = "it is dated in the future"
OLD_LIST = "the list of issuers and keys at hand is too old to know this key"
SLOW_CLOCK = "it is dated in the future, and the clock is behind: is the clock right?"
UNTRIED = frozenset({OLD_LIST, SLOW_CLOCK})


def issuer_id(document: Document) -> str:
    """Return the id of the issuer that the document names, or ""."""
    named = document.get("issuer")
    name = named.get("id") if isinstance(named, dict) else named
    return name if isinstance(name, str) else ""


def registered(secured: Secured, trust: Trust) -> RegisteredIssuer | None:
    """Return the registered issuer that the document names in any place and any spelling, or None."""
    return trust.registered(secured.issuers)


def refuse_unsigned(secured: Secured) -> None:
    """Raise Failed (V8) where there is no signature to try: it may have been lost on the way."""
    if secured.missing:
        raise Failed(Verdict.UNFINISHED, secured.missing)


def programme(issuer: RegisteredIssuer) -> None:
    """Check that a registered issuer is a programme: no other issues entries."""
    if issuer.kind is not IssuerKind.PROGRAMME:
        raise Failed(Verdict.UNKNOWN_ISSUER, f"the registry knows no programme {issuer.did:.200}")


def role_for(secured: Secured) -> Role:
    """Return the purpose of the key that signs documents of this type: entries, unless it says otherwise."""
    types = secured.document.get("type")
    given = types if isinstance(types, list) else [types]
    return next((role for name, role in _ROLES.items() if name in given and _ENTRY not in given), Role.ISSUE)


def signature(secured: Secured, issuer: RegisteredIssuer, role: Role, trust: Trust) -> RegisteredKey:
    """Check that a registered key of the issuer for this purpose signed the document; return the key.

    Another algorithm and another key count as a signature that does not hold. Raises Broken; Unlisted for a
    key that the registry does not know.
    """
    if secured.unknown or secured.fault:
        raise Broken(secured.unknown or secured.fault)
    kid = key_id(secured.method, issuer.did, role)
    if kid is None:
        raise Broken(f"the proof does not name a key of this {issuer.kind} for this purpose")
    key = trust.registry.key(issuer.did, role, kid)
    if key is None:
        reason = f"the registry knows no such key of this {issuer.kind}"
        raise Unlisted(Verdict.NOT_GENUINE, reason)
    try:
        secured.verify(key.public_key, trust.cache)
    except ProofError as error:
        raise Broken(str(error)) from error
    return key


def contents(secured: Secured) -> Entry:
    """Return what a signed document says as an entry. Raises Failed (V8) if it is not written as one.

    The signature holds, so this is no forgery; but only what says what an entry says, and no more, is shown.
    """
    try:
        entry = secured.entry
    except OpenBadgesError as error:
        raise Failed(Verdict.UNFINISHED, str(error)) from error
    if secured.loose:
        raise Failed(Verdict.UNFINISHED, secured.loose)
    return entry


@contextmanager
def unless_old(*, is_old: bool) -> Iterator[None]:
    """Convert Unlisted to V8 where the registry at hand is old: the key may have been registered since."""
    try:
        yield
    except Unlisted as error:
        if is_old:
            raise Untried(OLD_LIST) from error
        raise


def signed_already(entry: Entry, secured: Secured, now: datetime, clock: datetime) -> None:
    """Refuse an entry from the future, and one whose times are out of order.

    `now` is never earlier than the newest list that an issuer has signed. A clock that is behind such a list
    is wrong, and cannot say what is in the future (V8).
    """
    if not entry.endorsed_at <= entry.issued_at <= entry.review_at:
        raise Broken("it was not endorsed, issued and due for review in this order")
    if max(entry.issued_at, secured.created or entry.issued_at) > now + TOLERANCE:
        raise Untried(SLOW_CLOCK) if now > clock + TOLERANCE else Broken(FUTURE)


def key_vouches(key: RegisteredKey, signed_at: datetime, *, own_record: bool = False) -> None:
    """Check the current state of a key, and that it signed while it was in use.

    While a key is suspended, what it signed before cannot be distinguished from what a thief signs now. A
    caller that keeps a record of what it signed can do so (`own_record`): the entry is then merely on hold.

    Raises Failed with the verdict that follows.
    """
    match key.state:
        case KeyState.PROPOSED:
            raise Unlisted(Verdict.UNKNOWN_ISSUER, "the key is not in use yet")
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


def endorser(endorsing: Secured, issuer: RegisteredIssuer, trust: Trust) -> tuple[RegisteredIssuer, Role]:
    """Return the employer that endorsed it, from the registry, and the purpose of its key.

    What a school confirmed is signed by the programme that issued the entry, with its issuing key. No other
    programme may do so, and `endorsed` checks that the entry says so as well.
    """
    name = issuer_id(endorsing.document)
    if name == issuer.did:
        return issuer, Role.ISSUE
    who = trust.registry.issuer(name)
    if who is None or who.kind is not IssuerKind.EMPLOYER:
        raise Unlisted(Verdict.UNKNOWN_ISSUER, f"the registry knows no employer {name:.200}")
    return who, Role.ENDORSE


def of_this_programme(employer: RegisteredIssuer, issuer: RegisteredIssuer) -> None:
    """Check that the programme which issued the entry is the one whose employer endorsed it, or itself."""
    if employer.did != issuer.did and employer.programme != issuer.did:
        raise Failed(
            Verdict.UNKNOWN_ISSUER, f"{employer.name} is not registered as an employer of {issuer.name}"
        )


def spoilt_endorsement(secured: Secured, issuer: RegisteredIssuer, trust: Trust, *, is_old: bool) -> str:
    """Return why the endorsement's own signature does not hold; "" if it holds or cannot be tried."""
    try:
        endorsing = secured.endorsing
        if not endorsing.missing:
            with unless_old(is_old=is_old):
                signature(endorsing, *endorser(endorsing, issuer, trust), trust)
    except Failed as failed:
        return str(failed) if failed.verdict is Verdict.NOT_GENUINE else ""
    except OpenBadgesError:
        return ""
    return ""


def endorsed(endorsing: Secured, entry: Entry) -> Endorsement:
    """Check that an endorsement, whose signature holds by itself, is about this very entry.

    The outer signature covers the endorsement's text as well, but does not prove who wrote it.
    """
    if endorsing.loose:
        raise Failed(Verdict.UNFINISHED, endorsing.loose)
    try:
        said = endorsing.endorsement
        credential.check_bound(entry, said)
    except OpenBadgesError as error:
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
