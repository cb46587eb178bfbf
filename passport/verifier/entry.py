"""What makes an entry genuine: ten checks in one order; the first that fails gives the verdict.

Bytes that nobody has verified go in, with whom we trust and the time; one verdict comes out. Nothing here
reads a clock, a file or a network. What is not checked: who is showing the entry (a page says "confirm this
is your applicant"), and whether the endorsement was deserved.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from passport.openbadges import credential
from passport.openbadges.credential import Entry
from passport.openbadges.errors import MalformedCredential
from passport.openbadges.registry import RegisteredIssuer
from passport.openbadges.status_list import StatusList

from . import checks
from .errors import Broken, Failed, NotGenuine
from .trust import Trust
from .verdicts import SHOWN, Check, Outcome, Verdict, Verification

CHECKS = (
    "shape",
    "issuer",
    "signature",
    "key",
    "endorsement",
    "registry",
    "status list",
    "withdrawn",
    "review date",
    "public log",
)
MAX_AGE = timedelta(hours=24)


def verify(unverified: bytes, trust: Trust, at: datetime, *, max_age: timedelta = MAX_AGE) -> Verification:
    """Check one entry (JSON with an eddsa-rdfc-2022 proof) at a time. Its status list may be `max_age` old.

    Raises NotGenuine for a malformed document or a bad proof. Whatever else goes wrong ends in a verdict:
    what is missing, too old or unexpected is V8, never V1.
    """
    found = Findings()
    try:
        _check(unverified, trust, at, max_age, found)
        verdict = Verdict.V1
    except Broken as broken:
        raise NotGenuine(found.checks()) from broken
    except Failed as failed:
        verdict = failed.verdict
    except Exception:  # noqa: BLE001 whatever we did not think of must never look like a pass
        verdict = Verdict.V8
    return found.verification(verdict, at)


def _check(unverified: bytes, trust: Trust, at: datetime, max_age: timedelta, found: "Findings") -> None:
    # 1. It is JSON of a bounded size, calls itself an Open Badge, and has one proof of the kind we know.
    with found.check("shape"):
        document = checks.shape(unverified)

    # 2. The registry knows the programme that issued it, and the issuing key that the proof names.
    with found.check("issuer"), _claim_of_unknown_issuer(document, trust, found):
        issuer, issuing_key = checks.issuer(document, trust)

    # 3. That key signed these contents, whole, and not in the future; they say what an entry says, no more.
    with found.check("signature"):
        entry = checks.signature(document, issuing_key.public_key)
        checks.signed_already(entry, document, trust, at)
        found.entry, found.issuer = entry, issuer

    # 4. Nothing has become of that key that takes its word away, and the programme was registered then.
    with found.check("key"):
        checks.key_vouches(issuing_key, document)
        checks.in_office(issuer, entry.issued_at)

    # 5. The employer's endorsement is signed by itself, with the employer's own key, and is about this entry;
    #    of the employer and its key the same holds as of the programme and its key.
    with found.check("endorsement"):
        employer, endorsing_key = checks.employer(document, trust)
        checks.endorsed(document, entry, endorsing_key.public_key)
        checks.key_vouches(endorsing_key, credential.embedded_endorsement(document))
        checks.in_office(employer, entry.endorsed_at)
        found.employer = employer

    # 6. The registry itself is not out of date.
    with found.check("registry"):
        checks.registry_current(trust, at)

    # 7. The issuer's list of withdrawn entries is at hand, signed with its status key, and fresh.
    with found.check("status list"):
        found.status = checks.status_list(entry, trust, at, max_age)

    # 8. The entry is not on that list.
    with found.check("withdrawn"):
        checks.not_withdrawn(entry, found.status)

    # 9. Its review date has not come yet.
    with found.check("review date"):
        checks.before_review(entry, at)

    # 10. The public log is not kept yet: the check stays "not checked".


@contextmanager
def _claim_of_unknown_issuer(document: dict[str, Any], trust: Trust, found: "Findings") -> Iterator[None]:
    """Where the registry knows no issuer, check the signature with the issuer's own key, if we were given it.

    It then shows what somebody claims, under V6. It can never show more than that.
    """
    try:
        yield
    except Broken:
        raise
    except Failed:
        public_key = checks.claimed_key(document, trust)
        if public_key is not None and _is_of_our_form(document):
            with found.check("signature"):
                found.entry = checks.signature(document, public_key)
        raise


def _is_of_our_form(document: dict[str, Any]) -> bool:
    try:
        credential.read(document)
    except MalformedCredential:
        return False
    return True


class Findings:
    """What a check has found so far: outcomes by name, and the values that a page may need."""

    def __init__(self) -> None:
        """Start with nothing checked."""
        self.entry: Entry | None = None
        self.issuer: RegisteredIssuer | None = None
        self.employer: RegisteredIssuer | None = None
        self.status: StatusList | None = None
        self._outcomes: dict[str, Check] = {}

    @contextmanager
    def check(self, name: str) -> Iterator[None]:
        """Note what becomes of one check."""
        self._outcomes[name] = Check(name, Outcome.FAILED, "this check could not be made")
        try:
            yield
        except Failed as failed:
            self._outcomes[name] = Check(name, Outcome.FAILED, str(failed))
            raise
        self._outcomes[name] = Check(name, Outcome.PASSED)

    def checks(self) -> tuple[Check, ...]:
        """List every check in order; one that did not run is "not checked"."""
        return tuple(self._outcomes.get(name, Check(name, Outcome.NOT_CHECKED)) for name in CHECKS)

    def verification(self, verdict: Verdict, at: datetime) -> Verification:
        """Sum up. Contents go along only under the verdicts that may show any."""
        return Verification(
            verdict=verdict,
            checks=self.checks(),
            credential=self.entry if verdict in SHOWN else None,
            status_age=at - self.status.valid_from if self.status else None,
            checked_at=at,
            status_from=self.status.valid_from if self.status else None,
            issuer=self.issuer,
            employer=self.employer,
        )
