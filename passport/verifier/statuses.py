"""The current status of an entry: three lists of its issuer, each read at the entry's index.

An entry names one of them: `suspension`, of all that is not current, or `revocation` in older entries. Beside
it, at the same address, are the other two. All three must be at hand and fresh: a missing one may hide
anything. A withdrawn entry is in `suspension` as well, for checkers that read nothing else: the other two are
read first here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from passport.openbadges import credential
from passport.openbadges.credential import StatusReference
from passport.openbadges.errors import OpenBadgesError
from passport.openbadges.registry import RegisteredIssuer
from passport.openbadges.status_list import StatusList

from .checks import TOLERANCE
from .errors import Failed
from .trust import Trust
from .verdicts import Verdict

REVOCATION, SUSPENSION, REFRESH = "revocation", "suspension", "refresh"


@dataclass(frozen=True)
class Statuses:
    """The three lists for one entry."""

    revocation: StatusList
    suspension: StatusList
    refresh: StatusList

    @property
    def made(self) -> datetime:
        """Return when the oldest of them was made."""
        return min(self.revocation.valid_from, self.suspension.valid_from, self.refresh.valid_from)


def find(
    status: StatusReference, issuer: RegisteredIssuer, trust: Trust, clock: datetime, max_age: timedelta
) -> Statuses:
    """Return the three lists, signed by the issuer and fresh. Raises Failed (V8) for any other."""
    series = _series(status.list_url, trust)
    lists = {}
    for purpose in (REVOCATION, SUSPENSION, REFRESH):
        found = trust.status_list(f"{series}/{purpose}", issuer.did)
        if found.purpose != purpose:
            raise Failed(Verdict.UNFINISHED, "a status list is about something else")
        _check_fresh(found, issuer, trust, clock, max_age)
        lists[purpose] = found
    return Statuses(**lists)


def not_replaced(status: StatusReference, lists: Statuses) -> None:
    """Check that the entry is not in the list of replaced entries."""
    if _bit(lists.refresh, status.index):
        raise Failed(Verdict.REPLACED, "a newer entry has taken its place")


def not_withdrawn(status: StatusReference, lists: Statuses) -> None:
    """Check that the entry is not in the list of withdrawn entries."""
    if _bit(lists.revocation, status.index):
        raise Failed(Verdict.WITHDRAWN, "it has been withdrawn")


def not_on_hold(status: StatusReference, lists: Statuses) -> None:
    """Check that the entry is not in the list of entries on hold."""
    if _bit(lists.suspension, status.index):
        raise Failed(Verdict.ON_HOLD, "it is on hold until a question about it is settled")


def _series(list_url: str, trust: Trust) -> str:
    """Return the address that the three lists have in common; it must be on a server of the registry's."""
    series, _, purpose = list_url.rpartition("/")
    if purpose not in credential.NAMED_LISTS:
        raise Failed(Verdict.UNFINISHED, "the entry does not name a list of entries that are not current")
    if not any(series.startswith(f"{origin}/") for origin in trust.registry.origins):
        raise Failed(Verdict.UNFINISHED, "the status list is on a server that the registry does not know")
    return series


def _check_fresh(
    status: StatusList, issuer: RegisteredIssuer, trust: Trust, clock: datetime, max_age: timedelta
) -> None:
    """Refuse a list that is too old, by the clock or by a newer list at hand, and one from the future."""
    if status.valid_from > clock + TOLERANCE:
        raise Failed(Verdict.UNFINISHED, "the status list is dated in the future; is the clock right?")
    if _is_last(status, issuer):
        return
    now = trust.now(clock)
    ended = status.valid_until is not None and now >= status.valid_until
    if ended or now - status.valid_from > max_age:
        raise Failed(Verdict.UNFINISHED, "the status list is too old")


def _is_last(status: StatusList, issuer: RegisteredIssuer) -> bool:
    """Return whether it is the list without end that a programme signs when it closes."""
    return status.valid_until is None and issuer.until is not None and status.valid_from >= issuer.until


def _bit(status: StatusList, index: int) -> bool:
    try:
        return status.bit(index)
    except OpenBadgesError as error:
        raise Failed(Verdict.UNFINISHED, str(error)) from error
