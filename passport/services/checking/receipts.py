"""Receipts: that a code was checked, when, and with what result, beside the result of checking it now.

A check of a known code leaves one receipt per minute and result, so that reloading a page makes no second
one. A receipt names a share and verdicts, but not the checker, and holds nothing that was signed. Of the
entries it shows what the code itself shows now.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from passport import db
from passport.db import Reading, Session
from passport.db.checking.receipts import Receipt
from passport.openbadges import share_code
from passport.openbadges.errors import BadCode
from passport.proofs.cache import LruCache
from passport.services.checking import stored_entries
from passport.services.checking.results import Result
from passport.services.core.dates import today
from passport.services.core.errors import NotFound
from passport.verifier import SEVERITY, Verdict, worst

PREFIX = "R"
MINUTE = timedelta(minutes=1)
KEPT = timedelta(days=365)
# Cache of receipt numbers: a code at a reception desk is checked repeatedly in the same minute
_KNOWN: LruCache[str] = LruCache(10_000)


@dataclass(frozen=True)
class ReceiptThenAndNow:
    """A receipt's result, and the result of checking again now."""

    number: str
    checked_at: datetime
    verdict: Verdict
    counts: dict[Verdict, int]
    status_age: timedelta | None
    now: Result


def of_this_minute(session: Reading, result: Result) -> str | None:
    """Return the number, grouped for reading, of the receipt that a check has in this minute, or None."""
    if result.share is None:
        return None
    check = result.share, _minute(result.checked_at), _verdicts(result)
    known = (session.get_bind(), *check)
    number = _KNOWN.get(known) or db.checking.receipts.of_minute(session, *check)
    if number is None:
        return None
    _KNOWN.put(known, number)
    return pretty(number)


def keep(session: Session, result: Result) -> str | None:
    """Keep a receipt and count it for the holder; return its number, or None for an unknown code."""
    if result.share is None:
        return None
    row = Receipt(
        number=_new_number(),
        share_id=result.share,
        minute=_minute(result.checked_at),
        verdicts=_verdicts(result),
        checked_at=result.checked_at,
        status_age=None if result.status_age is None else int(result.status_age.total_seconds()),
    )
    if db.checking.receipts.add(session, row):
        db.checking.lookups.count(session, result.share, today(result.checked_at))
        return pretty(row.number)
    return of_this_minute(session, result)


def read_number(typed: str) -> str:
    """Return a typed receipt number in its stored form. Raises NotFound when it cannot be one."""
    signs = "".join(typed.split()).upper()
    if not signs.startswith(PREFIX):
        raise NotFound
    try:
        return PREFIX + share_code.parse(signs.removeprefix(PREFIX)).removeprefix(share_code.PREFIX)
    except BadCode as error:
        raise NotFound from error


def pretty(number: str) -> str:
    """Return a number grouped for reading: `R-4F7K-9QXM-2TW9`."""
    signs = number.removeprefix(PREFIX)
    return "-".join([PREFIX, signs[:4], signs[4:8], signs[8:]])


def reopen(
    session: Session,
    published: stored_entries.Published,
    number: str,
    at: datetime,
    max_age: timedelta = stored_entries.MAX_AGE,
) -> ReceiptThenAndNow:
    """Return a receipt with the check repeated now. Raises NotFound for an unknown or purged number."""
    row = db.checking.receipts.by_number(session, number)
    if row is None or row.checked_at < at - KEPT:
        raise NotFound
    shared = None if row.share_id is None else db.checking.lookups.by_id(session, row.share_id)
    verdicts = [Verdict(one) for one in row.verdicts.split()]
    return ReceiptThenAndNow(
        number=pretty(row.number),
        checked_at=row.checked_at,
        verdict=worst(verdicts),
        counts=dict(Counter(verdicts)),
        status_age=None if row.status_age is None else timedelta(seconds=row.status_age),
        now=stored_entries.judged(session, published, shared, "", shared.code if shared else "", at, max_age),
    )


def purge(session: Session, at: datetime) -> int:
    """Delete the receipts older than twelve months; return their number."""
    return db.checking.receipts.purge(session, at - KEPT)


def _minute(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)


def _verdicts(result: Result) -> str:
    """Return the entries' verdicts, the worst first, or that of the code itself."""
    found = [entry.verdict for entry in result.entries] or [result.verdict]
    return " ".join(sorted(found, key=SEVERITY.index))


def _new_number() -> str:
    return PREFIX + share_code.new().removeprefix(share_code.PREFIX)
