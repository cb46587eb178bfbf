"""Check the stored entries of a share against what we publish, summed up in one result."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from passport import db
from passport.adapters.files import PublicFiles
from passport.db import Reading
from passport.db.checking.lookups import Shared
from passport.db.sharing.shares import ShareState
from passport.openbadges import share_code
from passport.proofs.cache import LruCache
from passport.services.checking.results import DAMAGED, NOTHING_CHECKED, CheckedEntry, Result, Source
from passport.services.core.dates import today
from passport.services.core.unexpected import noted
from passport.verifier import NotACredential, Trust, TrustError, Verdict, Verification, verify, worst
from passport.verifier.cache import Cache

log = structlog.get_logger()

MAX_AGE = timedelta(hours=24)
BUNDLE = "bundle.json"
# the verdicts whose entries have their bit set in the revocation list
REVOKED = frozenset({Verdict.WITHDRAWN, Verdict.REPLACED})
# The caches of this process: every check of the service uses one
CACHE = Cache()
_TRUSTS: LruCache[Trust] = LruCache(4)
_REPORTED: LruCache[bool] = LruCache(1_000)


class Kept(Protocol):
    """A stored entry."""

    @property
    def reference(self) -> str:
        """Return the entry's name in logs."""

    @property
    def document(self) -> bytes | None:
        """Return the signed document, or None where there is none."""

    @property
    def has_old_name(self) -> bool:
        """Return whether the holder's name was corrected after the entry was signed."""

    @property
    def is_current(self) -> bool:
        """Return whether, by the rows, the entry was not withdrawn, replaced or erased."""


def judged(
    session: Reading,
    published: Published,
    shared: Shared | None,
    typed: str,
    code: str,
    at: datetime,
    max_age: timedelta,
) -> Result:
    """Return the result for a share that was looked up; ``shared`` is None where it was not found."""
    pretty = share_code.pretty(code) if code else ""
    if shared is None:
        return Result(Verdict.UNKNOWN_CODE, typed, at, code=pretty)
    if not is_open(shared, at):
        return Result(Verdict.SHARING_ENDED, typed, at, code=pretty, share=shared.id)
    trust = published_trust(session, published)
    entries = tuple(check_kept(entry, trust, at, max_age) for entry in shared.entries)
    return summed_up(entries, typed, pretty, at, shared.id)


def is_open(shared: Shared, at: datetime) -> bool:
    """Return whether a share shows its entries now: not stopped, and its last day is not over."""
    return shared.state is ShareState.ACTIVE and shared.until is not None and today(at) <= shared.until


def summed_up(
    entries: tuple[CheckedEntry, ...],
    typed: str,
    code: str,
    at: datetime,
    share: int | None = None,
    source: Source = Source.CODE,
) -> Result:
    """Return the result of several entries, with the worst verdict."""
    verdicts = [entry.verdict for entry in entries]
    counts = dict(Counter(verdicts))
    return Result(worst(verdicts), typed, at, code, None, entries, counts, share, source)


def check_kept(entry: Kept, trust: Trust | None, at: datetime, max_age: timedelta) -> CheckedEntry:
    """Check a stored entry. Without ``trust`` the check stays unfinished."""
    if trust is None:
        return CheckedEntry(Verdict.UNFINISHED, NOTHING_CHECKED)
    try:
        found = noted(verify(entry.document or b"", trust, at, max_age=max_age, own_record=True))
    except NotACredential:
        _report(entry)
        return CheckedEntry(Verdict.UNFINISHED, DAMAGED)
    if found.verdict is Verdict.NOT_GENUINE:
        _report(entry)
    return without_hidden(entry_of(found), entry)


def _report(entry: Kept) -> None:
    """Log that stored bytes do not verify: we stored what we signed, so they were altered since.

    Every page that shows the entry checks it, so each process logs each damaged document only once.
    """
    digest = hashlib.sha256(entry.document or b"").digest()
    if _REPORTED.get((entry.reference, digest)) is None:
        _REPORTED.put((entry.reference, digest), True)
        log.error("stored entry is not genuine", credential=entry.reference)


def without_hidden(entry: CheckedEntry, kept: Kept) -> CheckedEntry:
    """Return a checked entry without what may no longer be shown.

    Nothing is shown of an entry that is revoked in the published list and current in the rows: the rows are
    older than the list, and the entry may have been erased since. An entry that was withdrawn under a name
    that has since been corrected is shown without that name.
    """
    if entry.verdict in REVOKED and kept.is_current:
        return replace(entry, credential=None, employer=None)
    if entry.verdict is not Verdict.WITHDRAWN or entry.credential is None or not kept.has_old_name:
        return entry
    return replace(entry, credential=replace(entry.credential, holder_name=""))


def entry_of(found: Verification) -> CheckedEntry:
    """Return a verification as a checked entry for pages."""
    return CheckedEntry(
        found.verdict,
        found.checks,
        found.credential,
        found.status_age,
        found.issuer,
        found.employer,
        found.claim,
    )


@dataclass(frozen=True)
class Published:
    """The published bundle as read before the transaction that checks with it.

    ``trust`` is the cached result if this process has verified the file with this ``stamp``; otherwise
    ``content`` holds its bytes. Both are None where nothing could be read.
    """

    stamp: Hashable = None
    trust: Trust | None = None
    content: bytes | None = None


def look(public: PublicFiles) -> Published:
    """Read the published bundle, unless this process has verified the same file before."""
    try:
        stamp = public.stamp(BUNDLE)
        trust = _TRUSTS.get(stamp) if stamp is not None else None
        content = public.read(BUNDLE) if stamp is not None and trust is None else None
    except OSError as error:
        log.error("published bundle cannot be read", reason=str(error))
        return Published()
    return Published(stamp, trust, content)


def published_trust(session: Reading, published: Published) -> Trust | None:
    """Return the published trust, or None when the bundle cannot be used, so that no check passes.

    Each file is verified once, against the root keys in our record; statuses are looked up at every check.
    """
    if published.trust is not None or published.content is None:
        return published.trust
    try:
        trust = Trust.from_bundle(published.content, db.checking.lookups.root_keys(session), CACHE)
    except TrustError as error:
        log.error("published bundle cannot be used", reason=str(error))
        return None
    _TRUSTS.put(published.stamp, trust)
    return trust
