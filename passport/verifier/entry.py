"""What makes an entry genuine: checks in one order; the first that fails gives the verdict.

Unverified bytes go in, with the trust and the time; one verdict comes out. Nothing here reads a clock, a
file or a network. What is not checked: who is showing the entry (a page says "confirm this is your
applicant"), and whether the endorsement was deserved.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from passport.openbadges.credential import Entry
from passport.openbadges.registry import RegisteredIssuer, RegisteredKey

from . import checks, foreign, forms, statuses
from .errors import Broken, Failed, NotGenuine
from .findings import Findings
from .forms import Secured
from .trust import Trust
from .unexpected import Unexpected
from .verdicts import SHOWN, Claim, Verdict, Verification

CHECKS = (
    "shape",
    "issuer",
    "signature",
    "key",
    "endorsement",
    "registry",
    "status list",
    "replaced",
    "withdrawn",
    "on hold",
    "review date",
    "public log",
)
MAX_AGE = timedelta(hours=24)


def verify(
    unverified: bytes,
    trust: Trust,
    at: datetime,
    *,
    max_age: timedelta = MAX_AGE,
    own_record: bool = False,
) -> Verification:
    """Check one entry at a time: JSON with an eddsa-rdfc-2022 proof, or a vc+jwt. The checks are the same.

    Its status lists may be `max_age` old. `own_record` says that the caller keeps these very bytes as what
    was signed: a suspended key then leaves the entry on hold (V3), where any other caller cannot finish the
    check (V8).

    Raises NotGenuine for a malformed document or a bad proof: then there is nothing to judge. Every other
    failure is a verdict (V7 too, for good bytes of a stolen key): what is missing, too old or unexpected is
    V8, never V1.
    """
    found = EntryFindings()
    try:
        _check(unverified, trust, at, max_age, found, own_record=own_record)
        verdict = Verdict.CURRENT
    except Broken as broken:
        raise NotGenuine(found.checks()) from broken
    except Failed as failed:
        verdict = failed.verdict
    except Exception as error:  # noqa: BLE001 - an unforeseen error must never look like a pass
        return replace(found.verification(Verdict.UNFINISHED, at), unexpected=Unexpected.of(error))
    return found.verification(verdict, at)


def _check(
    unverified: bytes,
    trust: Trust,
    clock: datetime,
    max_age: timedelta,
    found: "EntryFindings",
    *,
    own_record: bool,
) -> None:
    # The current time is never earlier than the newest signed thing at hand, whatever the clock says.
    now = trust.now(clock)

    # 1. It is JSON or a token of a bounded size, calls itself a credential, names an issuer, and has one
    # proof.
    with found.check("shape"):
        secured = checks.shape(unverified)

    # 2. The registry knows the programme that issued it, and the issuing key that the proof names.
    issuer, issuing_key = _find_issuer(secured, trust, now, max_age, found)

    # 3. That key signed these contents, whole, and not in the future; they say what an entry says, no more.
    with found.check("signature"):
        entry = checks.signature(secured, issuing_key.public_key)
        checks.signed_already(entry, secured, now)
        found.entry, found.issuer = entry, issuer

    # 4. The state of that key does not invalidate its signatures, and the programme was registered then.
    with found.check("key"):
        checks.key_vouches(issuing_key, secured.created or entry.issued_at, own_record=own_record)
        checks.require_registered_at(issuer, entry.issued_at)

    # 5. The employer's endorsement is signed by itself, with the employer's own key, and is about this entry;
    #    of the employer and its key the same holds as of the programme and its key. What a school or college
    #    confirmed is signed by itself too, with the programme's key.
    with found.check("endorsement"):
        endorsing = checks.embedded(secured)
        employer, endorsing_key = checks.endorser(endorsing, issuer, trust)
        checks.of_this_programme(employer, issuer)
        checks.endorsed(endorsing, entry, endorsing_key.public_key)
        forms.remember(unverified, secured)
        checks.key_vouches(endorsing_key, endorsing.created or entry.endorsed_at, own_record=own_record)
        checks.require_registered_at(employer, entry.endorsed_at)
        found.employer = employer

    # 6. The registry itself is not out of date.
    with found.check("registry"):
        checks.registry_current(trust, now)

    # 7. The issuer's three lists are at hand, signed with its status key, and fresh.
    with found.check("status list"):
        lists = found.statuses = statuses.find(entry.status, issuer, trust, clock, max_age)

    # 8. It has not been replaced by a newer entry. This comes first: the list of withdrawn entries has it
    #    too, for checkers that read no other list.
    with found.check("replaced"):
        statuses.not_replaced(entry.status, lists)

    # 9. It has not been withdrawn.
    with found.check("withdrawn"):
        statuses.not_withdrawn(entry.status, lists)

    # 10. It is not on hold.
    with found.check("on hold"):
        statuses.not_on_hold(entry.status, lists)

    # 11. Its review date has not come yet.
    with found.check("review date"):
        checks.before_review(entry, now)

    # 12. The public log is not kept yet: the check stays "not checked".


def _find_issuer(
    secured: Secured, trust: Trust, now: datetime, max_age: timedelta, found: "EntryFindings"
) -> tuple[RegisteredIssuer, RegisteredKey]:
    """Return issuer and key. For an unknown issuer, make the remaining possible checks, then raise Failed.

    These show what the document claims, under V6. They can never show more than that.
    """
    try:
        with found.check("issuer"):
            return checks.issuer(secured, trust)
    except Broken:
        raise
    except Failed:
        _check_claim(secured, trust, now, max_age, found)
        raise


def _check_claim(
    secured: Secured, trust: Trust, now: datetime, max_age: timedelta, found: "EntryFindings"
) -> None:
    with found.attempt("shape"):
        foreign.shape(secured)
    if not found.passed("shape"):
        return
    with found.attempt("signature"):
        foreign.signature(secured, trust)
        found.entry, found.claim = foreign.claimed(secured), foreign.claim(secured.document)
    with found.attempt("withdrawn"):
        foreign.not_withdrawn(secured, trust, now, max_age)
    with found.attempt("review date"):
        foreign.in_its_time(secured, now)


class EntryFindings(Findings):
    """What the check of an entry has found so far."""

    def __init__(self) -> None:
        """Start with nothing checked."""
        super().__init__(CHECKS)
        self.entry: Entry | None = None
        self.employer: RegisteredIssuer | None = None
        self.claim: Claim | None = None

    def verification(self, verdict: Verdict, at: datetime) -> Verification:
        """Return the verification. Contents are included only under the verdicts that may show any."""
        made = self.statuses.made if self.statuses else None
        return Verification(
            verdict=verdict,
            checks=self.checks(),
            credential=self.entry if verdict in SHOWN else None,
            status_age=at - made if made else None,
            checked_at=at,
            status_from=made,
            issuer=self.issuer,
            employer=self.employer,
            claim=self.claim if verdict is Verdict.UNKNOWN_ISSUER else None,
        )
