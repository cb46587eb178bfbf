"""What makes a printed code genuine: the checks of a compact entry, in one order, as `entry` does for JSON.

The unverified text of a code goes in, with the trust and the time; one verdict comes out. The check page's
own reader makes the same checks in the same order. What is not checked here: who is showing the code, the
share code in the address (it is not signed; an online checker compares the contents with the service's own
record), and the employer's endorsement, for which there is no room on paper.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from passport.openbadges import address as addresses
from passport.openbadges import compact, days, did
from passport.openbadges.address import Address
from passport.openbadges.contents import Contents
from passport.openbadges.credential import StatusReference
from passport.openbadges.errors import BadAddress, OpenBadgesError
from passport.openbadges.registry import IssuerKind, RegisteredIssuer, RegisteredKey
from passport.proofs.cose import Message
from passport.proofs.errors import ProofError
from passport.proofs.keys import Role

from . import checks, statuses
from .disclosure import shows_any
from .entry import MAX_AGE
from .errors import Broken, Failed, Unlisted, VerifierError
from .outcomes import Findings, Outcomes
from .trust import Trust
from .unexpected import Unexpected
from .verdicts import Check, Verdict

COMPACT_CHECKS = (
    "shape",
    "issuer",
    "signature",
    "key",
    "share end",
    "registry",
    "status list",
    "share stopped",
    "replaced",
    "withdrawn",
    "on hold",
    "review date",
    "public log",
)
DAMAGED = "this code is damaged: scan it again or type it"
UNKNOWN_ISSUER = "we do not know this issuer, so we could not check the signature"

_DAY = timedelta(days=1)
_OUTCOMES = Outcomes(COMPACT_CHECKS)


class OtherSite(VerifierError):
    """The code leads to another site. A page says so, and never links there."""


class NoEntryInside(VerifierError):
    """The code is the address of a share, to be looked up online: there is no entry inside to check."""

    def __init__(self, share_code: str) -> None:
        """Keep the share code."""
        super().__init__("the code holds the address of a share, and no entry")
        self.share_code = share_code


@dataclass(frozen=True)
class CompactVerification:
    """The verdict on one printed code, and all that a page may say about it.

    `contents` is None unless the signature held and the verdict is one of V1 to V6. `issuer` is in the
    registry's own words. `share_code` is what the address says; it is not signed.
    """

    verdict: Verdict
    checks: tuple[Check, ...]
    contents: Contents | None
    status_age: timedelta | None
    checked_at: datetime
    share_code: str | None = None
    status_from: datetime | None = None
    issuer: RegisteredIssuer | None = None
    unexpected: Unexpected | None = field(default=None, compare=False)


class CompactFindings(Findings):
    """What the check of a printed code has found so far."""

    def __init__(self) -> None:
        """Start with nothing checked."""
        super().__init__(_OUTCOMES)
        self.contents: Contents | None = None
        self.share_code: str | None = None

    def result(self, verdict: Verdict, at: datetime) -> CompactVerification:
        """Return the verification. Contents are included only under the verdicts that may show any."""
        made = self.statuses.made if self.statuses else None
        return CompactVerification(
            verdict=verdict,
            checks=self.checks(),
            contents=self.contents if shows_any(verdict) else None,
            status_age=at - made if made else None,
            checked_at=at,
            share_code=self.share_code,
            status_from=made,
            issuer=self.issuer,
        )


def verify_compact(
    unverified: str,
    trust: Trust,
    at: datetime,
    *,
    max_age: timedelta = MAX_AGE,
    own_record: bool = False,
) -> CompactVerification:
    """Check the text of a printed code at a time. Its status lists may be `max_age` old.

    `own_record` is as for `verify`: the caller keeps these very contents as what was signed.

    Raises OtherSite for text that is no address of a site in the registry, and NoEntryInside for a share's
    address alone. Every other failure is a verdict: V7 for a signature that does not hold, V8, never V1, for
    a code that is damaged and for what is missing, too old or unexpected.
    """
    address = _our_address(unverified, trust)
    found = CompactFindings()
    try:
        _check(address, trust, at, max_age, found, own_record=own_record)
        verdict = Verdict.CURRENT
    except Failed as failed:
        verdict = failed.verdict
    except Exception as error:  # noqa: BLE001 - an unforeseen error must never look like a pass
        return replace(found.result(Verdict.UNFINISHED, at), unexpected=Unexpected.of(error))
    return found.result(verdict, at)


def _check(
    address: Address,
    trust: Trust,
    clock: datetime,
    max_age: timedelta,
    found: CompactFindings,
    *,
    own_record: bool,
) -> None:
    now, is_old = trust.now(clock), trust.is_old(clock, max_age)

    # 1. It has the path of a share, version 1, digits, and bytes that can be taken apart.
    found.share_code, data, message = _taken_apart(address, found)

    # 2. The registry knows the issuing key that the code names, and the programme that has it.
    with found.check("issuer"), checks.unless_old(is_old=is_old):
        issuer, key = _issuer(message.kid, trust)

    # 3. That key signed these bytes, whatever they say; and they say what an entry says, no more.
    with found.check("signature"):
        _signature(message, data, key, trust)
    with found.check("shape"):
        contents = _contents(message)
        found.contents, found.issuer = contents, issuer

    # 4. The state of that key does not invalidate its signatures, and the programme was registered then.
    where = days.zone(issuer.time_zone)
    with found.check("key"), checks.unless_old(is_old=is_old):
        made = days.span(contents.share_made, where)
        checks.key_vouches(key, _signed_at(made, key.from_), own_record=own_record)
        checks.require_registered_at(issuer, _signed_at(made, issuer.from_))

    # 5. The share has not ended: the day before its end is not over where the programme is.
    with found.check("share end"):
        if now >= days.ends(contents.share_ends - _DAY, where):
            raise Failed(Verdict.SHARING_ENDED, "the share has come to its end")

    # 6. The registry itself is not out of date.
    with found.check("registry"):
        checks.registry_current(trust, now)

    # 7. The issuer's three lists are at hand, signed with its status key, and fresh.
    with found.check("status list"):
        placed = _placed(contents, issuer, trust)
        lists = found.statuses = statuses.find(placed, issuer, trust, clock, max_age)

    # 8. The holder has not stopped this share: it has a position of its own in the list.
    with found.check("share stopped"):
        if lists.revocation.bit(contents.share_index):
            raise Failed(Verdict.SHARING_ENDED, "the holder has stopped this share")

    # 9. to 11. It has not been replaced by a newer entry, not been withdrawn, and is not on hold.
    with found.check("replaced"):
        statuses.not_replaced(placed, lists)
    with found.check("withdrawn"):
        statuses.not_withdrawn(placed, lists)
    with found.check("on hold"):
        statuses.not_on_hold(placed, lists)

    # 12. Its review date is not over where the programme is.
    with found.check("review date"):
        if now >= days.ends(contents.review_on, where):
            raise Failed(Verdict.PAST_REVIEW, "its review date has passed")

    # 13. The public log is not kept yet: the check stays "not checked".


def _our_address(unverified: str, trust: Trust) -> Address:
    try:
        address = addresses.parse(unverified)
    except BadAddress as error:
        raise OtherSite(str(error)) from error
    if address.origin not in trust.registry.origins:
        raise OtherSite(f"the registry knows no site {address.origin:.200}")
    if address.fragment is None:
        _refuse_without_entry(address)
    return address


def _refuse_without_entry(address: Address) -> None:
    try:
        code = address.share_code()
    except OpenBadgesError:
        return  # neither a share nor an entry: the check of its shape reports that
    raise NoEntryInside(code)


def _taken_apart(address: Address, found: CompactFindings) -> tuple[str, bytes, Message]:
    """Return share code, bytes and envelope. Raises Failed (V8) for a code that was damaged on its way."""
    try:
        data = address.data()
        return address.share_code(), data, compact.envelope(data)
    except OpenBadgesError as error:
        with found.check("shape"):
            raise Failed(Verdict.UNFINISHED, f"{DAMAGED} ({error})") from error


def _contents(message: Message) -> Contents:
    """Return what was signed. Raises Failed (V8) for what is no entry, though its signature holds."""
    try:
        return compact.said(message)
    except OpenBadgesError as error:
        raise Failed(Verdict.UNFINISHED, str(error)) from error


def _issuer(kid: str, trust: Trust) -> tuple[RegisteredIssuer, RegisteredKey]:
    """Return issuer and key by the kid, unique in a registry; a key of another role is unknown here."""
    key = next((key for key in trust.registry.keys if (key.kid, key.role) == (kid, Role.ISSUE)), None)
    issuer = trust.registry.issuer(key.issuer) if key else None
    if key is None or issuer is None or issuer.kind is not IssuerKind.PROGRAMME:
        raise Unlisted(Verdict.UNKNOWN_ISSUER, UNKNOWN_ISSUER)
    return issuer, key


def _signature(message: Message, data: bytes, key: RegisteredKey, trust: Trust) -> None:
    try:
        trust.cache.check_once(key.public_key, lambda: data, lambda: message.verify(key.public_key))
    except ProofError as error:
        raise Broken(str(error)) from error


def _signed_at(made: tuple[datetime, datetime], from_: datetime) -> datetime:
    """Return the time of signing, of which only the day is known: as late in that day as `from_` requires."""
    begin, end = made
    return min(max(begin, from_), end)


def _placed(contents: Contents, issuer: RegisteredIssuer, trust: Trust) -> StatusReference:
    """Return the entry's place in the lists on its signer's site: the address in the code is not signed."""
    sites = [one for one in trust.registry.origins if issuer.did.startswith(f"{did.web_did(one)}:")]
    if not sites:
        raise Failed(Verdict.UNFINISHED, "the registry knows no site of this issuer")
    url = f"{sites[0]}/status/{contents.list_number}/{statuses.REVOCATION}"
    return StatusReference(url, contents.index)
