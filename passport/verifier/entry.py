"""What makes an entry genuine: checks in one order; the first that fails gives the verdict.

Unverified bytes go in, with the trust and the time; one verdict comes out. Nothing here reads a clock, a
file or a network. What is not checked: who is showing the entry (a page says "confirm this is your
applicant"), and whether the endorsement was deserved.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from passport.openbadges.credential import Entry
from passport.openbadges.errors import OpenBadgesError
from passport.openbadges.registry import RegisteredIssuer

from . import checks, external, external_forms, forms, issuer_ids, kinds, statuses
from .errors import Broken, Failed, Unreadable
from .forms import Form, Secured
from .kinds import NotACredential
from .outcomes import CHECKS, EntryFindings
from .trust import Trust
from .unexpected import Unexpected
from .verdicts import Verdict, Verification

__all__ = ["CHECKS", "MAX_AGE", "parse", "unshown", "verify"]

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

    Raises NotACredential for what is none, or of a kind that no one here checks: that gets no verdict. Every
    failure of a credential is a verdict: what is missing, too old or unexpected is V8, never V1.
    """
    found = EntryFindings()
    try:
        _check(unverified, trust, at, max_age, found, own_record=own_record)
        verdict = Verdict.CURRENT
    except NotACredential:
        raise
    except Failed as failed:
        verdict = failed.verdict
    except Exception as error:  # noqa: BLE001 - an unforeseen error must never look like a pass
        return replace(found.verification(Verdict.UNFINISHED, at), unexpected=Unexpected.of(error))
    return found.verification(verdict, at)


def unshown(unverified: bytes) -> Entry | None:
    """Return what a document says as an entry, to compare it with a record; None for what is no entry.

    Nothing is verified here, and nothing of it may be shown.
    """
    try:
        return forms.in_our_form(forms.read(unverified)).entry
    except (Unreadable, OpenBadgesError):
        return None


def parse(unverified: bytes, trust: Trust) -> Secured:
    """Return an unverified credential. Raises NotACredential for what is none.

    What names a registered issuer is always one, however damaged it is.
    """
    try:
        secured = forms.read(unverified, trust.cache)
    except Unreadable as error:
        mentioned = issuer_ids.mentioned(unverified, trust.registry)
        if mentioned is None:
            raise NotACredential(kinds.of_bytes(unverified)) from error
        return forms.unreadable(mentioned.did, str(error))
    if kinds.is_credential(secured.document) or checks.registered(secured, trust) is not None:
        return secured
    is_token = secured.form is Form.TOKEN
    raise NotACredential((kinds.of_claims if is_token else kinds.of_document)(secured.document))


def _check(
    unverified: bytes,
    trust: Trust,
    clock: datetime,
    max_age: timedelta,
    found: EntryFindings,
    *,
    own_record: bool,
) -> None:
    # The current time is never earlier than the newest signed thing at hand, whatever the clock says.
    now, is_old = trust.now(clock), trust.is_old(clock, max_age)

    # 0. The profile follows from who is named as the issuer, before anything else is read: a registered
    #    issuer is held to the rules below, and there is no way from these to the others.
    secured = parse(unverified, trust)
    with found.check("issuer"):
        issuer = checks.registered(secured, trust)
    if issuer is None:
        external.check(external_forms.read(unverified, secured.received), trust, now, max_age, found)
    secured = forms.in_our_form(secured)

    # 1. There is a signature to try.
    if secured.missing:
        with found.check("shape"):
            checks.refuse_unsigned(secured)

    # 2. Its key for documents of this kind signed these contents, whole.
    with found.check("signature"), checks.unless_old(is_old=is_old):
        issuing_key = checks.signature(secured, issuer, checks.role_for(secured), trust)

    # 3. They say what an entry says, no more; a programme issued it; and not in the future.
    entry = _contents(secured, issuer, trust, found, is_old=is_old)
    with found.check("issuer"):
        checks.programme(issuer)
    with found.check("signature"):
        checks.signed_already(entry, secured, now, clock)
        found.entry, found.issuer = entry, issuer

    # 4. The state of that key does not invalidate its signatures, and the programme was registered then.
    with found.check("key"), checks.unless_old(is_old=is_old):
        checks.key_vouches(issuing_key, secured.created or entry.issued_at, own_record=own_record)
        checks.require_registered_at(issuer, entry.issued_at)

    # 5. The employer's endorsement is signed by itself, with the employer's own key, and is about this entry;
    #    of the employer and its key the same holds as of the programme and its key. What a school or college
    #    confirmed is signed by itself too, with the programme's key.
    with found.check("endorsement"), checks.unless_old(is_old=is_old):
        endorsing = secured.endorsing
        employer, role = checks.endorser(endorsing, issuer, trust)
        checks.of_this_programme(employer, issuer)
        checks.refuse_unsigned(endorsing)
        endorsing_key = checks.signature(endorsing, employer, role, trust)
        checks.endorsed(endorsing, entry)
        trust.cache.keep_parsed(unverified, secured)
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


def _contents(
    secured: Secured, issuer: RegisteredIssuer, trust: Trust, found: EntryFindings, *, is_old: bool
) -> Entry:
    """Return the entry that a signed document is. Of what is none, the endorsement is tried even so."""
    try:
        with found.check("shape"):
            return checks.contents(secured)
    except Failed:
        fault = checks.spoilt_endorsement(secured, issuer, trust, is_old=is_old)
        if fault:
            with found.check("endorsement"):
                raise Broken(fault) from None
        raise
