"""Checks: a code, a printed code's contents or a credential file becomes a verdict.

A check uses the published files and the signed bytes alone; our own record can only make a verdict worse.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum

import structlog

from passport import db
from passport.db import Reading, Session
from passport.db.checking.lookups import Shared, Stored
from passport.db.people.accounts import Account
from passport.limits import BIRTHDATES
from passport.openbadges import address, compact, credential, days, share_code
from passport.openbadges.credential import Entry
from passport.openbadges.errors import BadCode, OpenBadgesError
from passport.services.checking import stored_entries
from passport.services.checking.results import NOTHING_CHECKED, CheckedEntry, Result, Source
from passport.services.checking.stored_entries import MAX_AGE, Kept, Published, look, published_trust
from passport.services.core import recovery
from passport.services.core.dates import HOME
from passport.services.core.unexpected import noted
from passport.services.sharing import shares
from passport.verifier import Check, Outcome, Trust, Verdict, Verification, unshown, verify, worst
from passport.verifier.compact import CompactVerification, NoEntryInside, OtherSite, verify_compact
from passport.verifier.disclosure import GENUINE

__all__ = [
    "MAX_AGE",
    "NOTHING_CHECKED",
    "CheckedEntry",
    "Match",
    "OtherSite",
    "Published",
    "Result",
    "Source",
    "by_address",
    "by_code",
    "by_document",
    "check_document",
    "check_entry",
    "look",
    "match_birthdate",
    "preview",
    "published_trust",
]

log = structlog.get_logger()

OWN_RECORD, PUBLIC_LOG, ENDORSEMENT = "own record", "public log", "endorsement"
KEY, SIGNATURE = "key", "signature"
NOT_OURS = "it is not what our own record says"
MAY_BE_LOST = "our own record is being put right after a fault: ask again later"


class Match(StrEnum):
    """The result of comparing a date of birth. The date itself is never returned."""

    MATCH = "match"
    NO_MATCH = "no match"
    TOO_OFTEN = "too often"


def by_code(
    session: Reading, published: Published, typed: str, at: datetime, max_age: timedelta = MAX_AGE
) -> Result:
    """Check a typed or scanned code. An unknown and an erased code give the same result."""
    try:
        code = share_code.parse(typed)
    except BadCode:
        return Result(Verdict.UNKNOWN_CODE, typed, at, hint="check-what-you-typed")
    return stored_entries.judged(
        session, published, db.checking.lookups.by_code(session, code), typed, code, at, max_age
    )


def by_address(
    session: Session, published: Published, pasted: str, at: datetime, max_age: timedelta = MAX_AGE
) -> Result:
    """Check the whole text of a printed code (trust, section 3): its contents, then against our record.

    Raises OtherSite for an address of another site.
    """
    trust = published_trust(session, published)
    if trust is None:
        unfinished = (CheckedEntry(Verdict.UNFINISHED, NOTHING_CHECKED),)
        return stored_entries.summed_up(unfinished, "", "", at, source=Source.PAPER)
    shared, kept = _record_of(session, pasted)
    try:
        found = noted(verify_compact(pasted, trust, at, max_age=max_age, own_record=kept is not None))
    except NoEntryInside as address_alone:
        return by_code(session, published, address_alone.share_code, at, max_age)
    code = share_code.pretty(found.share_code) if found.share_code else ""
    if found.verdict in GENUINE and shared is None and _may_be_lost(session, found):
        lost = _unfinished(CheckedEntry(found.verdict, found.checks, None, found.status_age))
        return stored_entries.summed_up((lost,), code, code, at, source=Source.PAPER)
    if found.verdict in GENUINE and (shared is None or not stored_entries.is_open(shared, at)):
        return replace(
            stored_entries.judged(session, published, shared, code, code, at, max_age), source=Source.PAPER
        )
    if found.verdict is Verdict.SHARING_ENDED:
        return Result(Verdict.SHARING_ENDED, code, at, code=code, source=Source.PAPER)
    entry = CheckedEntry(found.verdict, found.checks, None, found.status_age, found.issuer)
    if found.verdict in GENUINE:
        entry = _compared(session, entry, kept, found, trust, at, max_age)
    share = shared.id if shared and kept and entry.verdict in GENUINE else None
    return stored_entries.summed_up((entry,), code, code, at, share, Source.PAPER)


def by_document(
    session: Session, published: Published, data: bytes, at: datetime, max_age: timedelta = MAX_AGE
) -> Result:
    """Check a credential file of any issuer: JSON with a proof, or a vc+jwt. Ours also against our record.

    Raises NotACredential for what gets no verdict.
    """
    trust = published_trust(session, published)
    if trust is None:
        entry = CheckedEntry(Verdict.UNFINISHED, NOTHING_CHECKED)
    else:
        entry = check_document(session, data, trust, at, max_age)
    return stored_entries.summed_up((entry,), "", "", at, source=Source.FILE)


def check_document(
    session: Session, data: bytes, trust: Trust, at: datetime, max_age: timedelta
) -> CheckedEntry:
    """Check one credential of any issuer, ours also against our record. Raises NotACredential."""
    found = noted(verify(data, trust, at, max_age=max_age))
    if found.verdict is Verdict.UNFINISHED and _is(found.checks, KEY, Outcome.FAILED):
        # a suspended key: what it signed earlier is only on hold, and our record says what that is
        again = noted(verify(data, trust, at, max_age=max_age, own_record=True))
        found = again if _ours(session, again) else found
    if found.verdict is Verdict.UNFINISHED and _is_another(session, data, found):
        return _alarm(stored_entries.entry_of(found))
    if found.verdict not in GENUINE:
        return stored_entries.entry_of(found)
    kept = _ours(session, found)
    if kept is not None:
        return stored_entries.without_hidden(
            _with_record(stored_entries.entry_of(found), Outcome.PASSED), kept
        )
    if found.verdict is Verdict.WITHDRAWN or _is_erased(session, found):
        # erased: the revocation list keeps its position for good, and our record has nothing more
        return CheckedEntry(Verdict.UNKNOWN_CODE, ())
    issued = found.credential.issued_at if found.credential else at
    entry = stored_entries.entry_of(found)
    return _unfinished(entry) if recovery.may_have_lost(session, issued, issued) else _alarm(entry)


def _ours(session: Session, found: Verification) -> Stored | None:
    """Return our stored entry with the id of a verified one, if their contents match; else None."""
    kept = db.checking.lookups.by_urn(session, found.credential.id) if found.credential else None
    return kept if kept is not None and _said(kept) == found.credential else None


def _is_another(session: Session, data: bytes, found: Verification) -> bool:
    """Return whether our record has other contents under the id of an entry whose signature holds.

    An id that it does not know says nothing here: only fresh lists can tell whether the entry was erased.
    """
    if not _is(found.checks, SIGNATURE, Outcome.PASSED):
        return False
    said = unshown(data)
    kept = db.checking.lookups.by_urn(session, said.id) if said else None
    return kept is not None and _said(kept) != said


def _is_erased(session: Session, found: Verification) -> bool:
    """Return whether an entry was erased: the list that says so may not be published yet."""
    return found.credential is not None and db.checking.lookups.is_erased(session, found.credential.id)


def _said(kept: Stored) -> Entry | None:
    try:
        document = json.loads(kept.document or b"null")
        return credential.read({name: value for name, value in document.items() if name != "proof"})
    except (ValueError, AttributeError, OpenBadgesError):
        return None


def _record_of(session: Session, pasted: str) -> tuple[Shared | None, Stored | None]:
    """Return the share whose code is in the address, and the entry in it with the address's contents."""
    try:
        parts = address.parse(pasted)
        shared = db.checking.lookups.by_code(session, parts.share_code())
        data = parts.data()
        contents = compact.read(data).contents
        for kept in shared.entries if shared else ():
            if kept.compact and (kept.compact == data or compact.read(kept.compact).contents == contents):
                return shared, kept
    except OpenBadgesError:
        return None, None  # the check of its format reports what is wrong
    return shared, None


def _compared(
    session: Session,
    entry: CheckedEntry,
    kept: Stored | None,
    found: CompactVerification,
    trust: Trust,
    at: datetime,
    max_age: timedelta,
) -> CheckedEntry:
    """Combine the check of a printed code with that of our stored entry, which holds more.

    Without a stored entry, the check is unfinished if a restore may have lost it, otherwise an alarm.
    """
    if kept is None:
        return _unfinished(entry) if _may_be_lost(session, found) else _alarm(entry)
    whole = stored_entries.check_kept(kept, trust, at, max_age)
    endorsement = tuple(check for check in whole.checks if check.name == ENDORSEMENT)
    entry = _with_record(replace(entry, checks=_before_log(entry.checks, endorsement)), Outcome.PASSED)
    verdict = worst((entry.verdict, whole.verdict))
    contents = whole.credential if verdict in GENUINE else None
    return replace(entry, verdict=verdict, credential=contents, issuer=whole.issuer, employer=whole.employer)


def _may_be_lost(session: Session, found: CompactVerification) -> bool:
    """Return whether a restored backup may have lost a printed code; only the day of its making is known."""
    if found.contents is None:
        return False
    made = days.span(found.contents.share_made, HOME)
    return recovery.may_have_lost(session, *made)


def _unfinished(entry: CheckedEntry) -> CheckedEntry:
    """Return an unfinished check (V8): our key signed this, and a restore may have lost our record of it."""
    checks = _with_record(entry, Outcome.NOT_CHECKED, MAY_BE_LOST).checks
    return CheckedEntry(Verdict.UNFINISHED, checks, None, entry.status_age)


def _alarm(entry: CheckedEntry) -> CheckedEntry:
    """Return V7 without contents, and log an error: our key signed this, but our record differs."""
    log.error("signed, but not what our record says", issuer=entry.issuer.did if entry.issuer else None)
    refused = _with_record(entry, Outcome.FAILED, NOT_OURS)
    return CheckedEntry(Verdict.NOT_GENUINE, refused.checks, None, entry.status_age)


def _with_record(entry: CheckedEntry, outcome: Outcome, reason: str = "") -> CheckedEntry:
    return replace(entry, checks=_before_log(entry.checks, (Check(OWN_RECORD, outcome, reason),)))


def _before_log(checks: Iterable[Check], more: tuple[Check, ...]) -> tuple[Check, ...]:
    checks = tuple(checks)
    place = next((place for place, one in enumerate(checks) if one.name == PUBLIC_LOG), len(checks))
    return (*checks[:place], *more, *checks[place:])


def _is(checks: Iterable[Check], name: str, outcome: Outcome) -> bool:
    return any(one.name == name and one.outcome is outcome for one in checks)


def match_birthdate(
    session: Session,
    published: Published,
    typed: str,
    born_on: date,
    at: datetime,
    max_age: timedelta = MAX_AGE,
) -> tuple[Result, Match | None]:
    """Compare a date of birth with the school's record, for a code that shows a person, five times an hour.

    The match is None for any other code. Each attempt is recorded; the caller must commit before it answers.
    The date is not stored.
    """
    result = by_code(session, published, typed, at, max_age)
    if result.share is None or not result.shows_person:
        return result, None
    student = db.checking.birthdate_attempts.lock(session, result.share)
    if db.checking.birthdate_attempts.since(session, result.share, at - BIRTHDATES.within) >= BIRTHDATES.most:
        return result, Match.TOO_OFTEN
    db.checking.birthdate_attempts.add(session, result.share, at)
    matches = db.people.birthdates.is_born_on(session, student, born_on)
    return result, Match.MATCH if matches else Match.NO_MATCH


def preview(
    session: Session,
    published: Published,
    account: Account,
    share_reference: str,
    at: datetime,
    max_age: timedelta = MAX_AGE,
) -> Result:
    """Return the result that others would see for the student's own share now."""
    share = shares.own(session, account, share_reference)
    trust = published_trust(session, published)
    entries = tuple(stored_entries.check_kept(entry, trust, at, max_age) for entry in share.credentials)
    return stored_entries.summed_up(entries, "", shares.pretty_code(share), at)


def check_entry(
    session: Session, published: Published, entry: Kept, at: datetime, max_age: timedelta = MAX_AGE
) -> CheckedEntry:
    """Check one stored entry."""
    return stored_entries.check_kept(entry, published_trust(session, published), at, max_age)
