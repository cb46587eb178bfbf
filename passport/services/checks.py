"""Checks: a code becomes a verdict, from the published files and the signed bytes alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

import structlog

from passport import db
from passport.db import Session
from passport.db.accounts import Account
from passport.db.credentials import Credential, CredentialState
from passport.files import PublicFiles
from passport.openbadges import share_code
from passport.openbadges.credential import Entry
from passport.openbadges.errors import BadCode
from passport.openbadges.registry import RegisteredIssuer
from passport.services import issuers, shares
from passport.verifier import CHECKS, Check, NotGenuine, Outcome, Trust, TrustError, Verdict, verify, worst

log = structlog.get_logger()

NOTHING_CHECKED = tuple(
    Check(name, Outcome.NOT_CHECKED, "our list of issuers could not be read") for name in CHECKS
)
MAX_AGE = timedelta(hours=24)


@dataclass(frozen=True)
class CheckedEntry:
    """What the check of one entry came to. ``credential`` is None unless its signature held."""

    verdict: Verdict
    checks: tuple[Check, ...]
    credential: Entry | None = None
    status_age: timedelta | None = None
    issuer: RegisteredIssuer | None = None
    employer: RegisteredIssuer | None = None


@dataclass(frozen=True)
class Result:
    """What the check of a code came to: the worst verdict among its entries."""

    verdict: Verdict
    typed: str
    checked_at: datetime
    code: str = ""
    hint: str | None = None
    entries: tuple[CheckedEntry, ...] = ()
    counts: dict[Verdict, int] = field(default_factory=dict)

    @property
    def status_age(self) -> timedelta | None:
        """The age of the oldest status list that was read."""
        ages = [entry.status_age for entry in self.entries if entry.status_age is not None]
        return max(ages, default=None)


def by_code(
    session: Session, public: PublicFiles, typed: str, at: datetime, max_age: timedelta = MAX_AGE
) -> Result:
    """Check what somebody typed or scanned. An unknown and an erased code are answered alike."""
    try:
        code = share_code.parse(typed)
    except BadCode:
        return Result(Verdict.V9, typed, at, hint="check-what-you-typed")
    share = db.shares.by_code(session, code)
    if share is None or any(entry.state is CredentialState.ERASED for entry in share.credentials):
        return Result(Verdict.V9, typed, at, code=share_code.pretty(code))
    if not shares.is_active(share, at):
        return Result(Verdict.V10, typed, at, code=share_code.pretty(code))
    return _result(session, share.credentials, public, typed, share_code.pretty(code), at, max_age)


def preview(
    session: Session,
    public: PublicFiles,
    account: Account,
    share_reference: str,
    at: datetime,
    max_age: timedelta = MAX_AGE,
) -> Result:
    """What others would see of the student's own share now."""
    share = shares.own(session, account, share_reference)
    return _result(session, share.credentials, public, "", shares.pretty_code(share), at, max_age)


def check_entry(
    session: Session, public: PublicFiles, entry: Credential, at: datetime, max_age: timedelta = MAX_AGE
) -> CheckedEntry:
    """Check one entry as it is stored."""
    return _check(entry, published_trust(session, public), at, max_age)


def _result(
    session: Session,
    credentials: list[Credential],
    public: PublicFiles,
    typed: str,
    code: str,
    at: datetime,
    max_age: timedelta,
) -> Result:
    trust = published_trust(session, public)
    entries = tuple(_check(credential, trust, at, max_age) for credential in credentials)
    verdicts = [entry.verdict for entry in entries]
    return Result(worst(verdicts), typed, at, code, entries=entries, counts=dict(Counter(verdicts)))


def _check(credential: Credential, trust: Trust | None, at: datetime, max_age: timedelta) -> CheckedEntry:
    if trust is None:
        return CheckedEntry(Verdict.V8, NOTHING_CHECKED)
    try:
        found = verify(credential.document or b"", trust, at, max_age=max_age, own_record=True)
    except NotGenuine as error:
        # we stored what we signed: bytes that do not verify were changed behind our back
        log.error("stored entry is not genuine", credential=credential.reference)
        return CheckedEntry(Verdict.V7, error.checks)
    return CheckedEntry(
        found.verdict, found.checks, found.credential, found.status_age, found.issuer, found.employer
    )


def published_trust(session: Session, public: PublicFiles) -> Trust | None:
    """What we vouch for, as published; None when it cannot be read, so that nothing passes."""
    try:
        content = public.read("bundle.json")
        return _opened(content, issuers.root_keys(session)) if content is not None else None
    except (OSError, TrustError) as error:
        log.error("published bundle cannot be used", reason=str(error))
        return None


@lru_cache(maxsize=4)
def _opened(content: bytes, root_keys: frozenset[bytes]) -> Trust:
    return Trust.from_bundle(content, root_keys)
