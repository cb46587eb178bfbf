"""Check everything found in one file or text: one verdict each, and the worst as the heading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from passport.db import Session
from passport.openbadges import address
from passport.openbadges.errors import OpenBadgesError
from passport.services.checking import checks
from passport.services.checking.checks import OtherSite
from passport.services.checking.parsed_input import Found
from passport.services.checking.results import Result
from passport.services.checking.stored_entries import CACHE, Published
from passport.services.core.unexpected import noted
from passport.verifier import Check, Kind, NotACredential, Verdict, holder, worst

MOST = 20


class TooMany(Exception):
    """More was found than a page can show."""


@dataclass(frozen=True)
class Several:
    """Results, files first, and the addresses that lead to other sites, which are not opened.

    `proofs` are the own proofs of the presentations around the credentials. `unread` is the number of
    credentials whose text was broken by a mail program and could not be put together as it was signed.
    `kinds` is what those files seem to be on which there is no verdict.
    """

    results: tuple[Result, ...]
    others: tuple[str, ...] = ()
    counts: dict[Verdict, int] = field(default_factory=dict)
    proofs: tuple[Check, ...] = ()
    unread: int = 0
    kinds: tuple[Kind, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Return the worst verdict. Raises ValueError where there is no result."""
        return worst(result.verdict for result in self.results)


def check_all(
    session: Session, published: Published, found: Found, at: datetime, max_age: timedelta = checks.MAX_AGE
) -> Several:
    """Check everything that was found. Raises TooMany for more than twenty items.

    A printed code that holds an entry is checked in place of its share code; a bare code is looked up.
    """
    inside = {_code_of(one) for one in found.fragments}
    alone = [code for code in found.codes if code not in inside]
    if len(found.documents) + len(found.fragments) + len(alone) > MOST:
        raise TooMany
    others = list(found.others)
    results: list[Result] = []
    kinds = list(found.kinds)
    unread = 0
    for document in found.documents:
        try:
            result = checks.by_document(session, published, document, at, max_age)
        except NotACredential as error:
            kinds.append(error.kind)
            continue
        if document in found.mended and result.verdict is Verdict.NOT_GENUINE:
            unread += 1  # what was put together may not be what was signed
        else:
            results.append(result)
    for one in found.fragments:
        try:
            results.append(checks.by_address(session, published, one, at, max_age))
        except OtherSite:
            others.append(one)
    results += [checks.by_code(session, published, code, at, max_age) for code in alone]
    proofs = tuple(noted(holder.own_proof(one, at, CACHE.canonicalizer)) for one in found.presentations)
    return replace(together(results, others), proofs=proofs, unread=unread, kinds=tuple(kinds))


def together(results: Iterable[Result], others: Iterable[str]) -> Several:
    """Combine results and texts that are not ours; count the results of each verdict."""
    found = tuple(results)
    return Several(found, tuple(others), dict(Counter(result.verdict for result in found)))


def without(several: Several, answered: Iterable[Result]) -> Several:
    """Return the results with those in their place that may be answered."""
    return replace(
        together(answered, several.others),
        proofs=several.proofs,
        unread=several.unread,
        kinds=several.kinds,
    )


def _code_of(fragment: str) -> str:
    try:
        return address.parse(fragment).share_code()
    except OpenBadgesError:
        return ""
