"""The state "recovery open": published files are newer than the rows, so a backup was restored.

While a recovery is open nothing is issued or shared, and nothing is removed from a published file. The
command `recover` closes it.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from passport import db
from passport.db import Reading, Session
from passport.db.core.recoveries import Recovery
from passport.services.core import audit
from passport.services.core.errors import IssuingClosed, Refused
from passport.services.core.reasons import Reason

ACTOR = "recovery"
OPEN = 1
# the private reason of a hold: see `perhaps_withdrawn`
PERHAPS_WITHDRAWN = "issued again after a restore; it may have been withdrawn before: lift it if it was not"
CLOSED_BY_IT = "a recovery is open: run python3 -m passport recover (docs/operate.md)"


class Problem(StrEnum):
    """How a published file and the rows disagree. A value is a key that pages put into words."""

    LIST_NEWER = "list-newer"
    LIST_SAYS_MORE = "list-says-more"
    LIST_UNKNOWN = "list-unknown"
    LIST_MISSING = "list-missing"
    LIST_UNUSABLE = "list-unusable"
    LIST_OLDER = "list-older"
    REGISTRY_NEWER = "registry-newer"
    REGISTRY_UNUSABLE = "registry-unusable"
    ANCHOR_NEWER = "anchor-newer"
    RESTORED = "restored"


@dataclass(frozen=True, order=True)
class Finding:
    """One problem, and the published file it concerns, as a path within the published folder."""

    problem: Problem
    subject: str


def is_open(session: Reading) -> bool:
    """Return whether a recovery is open: nothing may be issued or shared."""
    return db.core.recoveries.is_open(session)


def current(session: Session) -> Recovery | None:
    """Return the open recovery, or None."""
    return db.core.recoveries.current(session)


def noted(session: Session) -> set[Finding]:
    """Return the findings of the open recovery; an empty set where none is open."""
    recovery = current(session)
    return set(findings(recovery)) if recovery else set()


def findings(recovery: Recovery) -> list[Finding]:
    """Return the findings that a recovery was opened for, sorted."""
    return sorted(Finding(Problem(problem), subject) for problem, subject in json.loads(recovery.findings))


def open_for(session: Session, found: Collection[Finding], at: datetime) -> Recovery:
    """Open a recovery for these findings, or add them to the open one. Idempotent."""
    recovery = db.core.recoveries.lock_current(session)
    known = set(findings(recovery)) if recovery else set()
    written = json.dumps(sorted([one.problem.value, one.subject] for one in known | set(found)))
    if recovery is None:
        known_until = db.core.recoveries.known_until(session) or at
        recovery = Recovery(open_slot=OPEN, opened_at=at, known_until=known_until, findings=written)
        session.add(recovery)
        session.flush()
        audit.record(session, at, ACTOR, "recovery.opened", recovery.reference, findings=json.loads(written))
    elif not set(found) <= known:
        recovery.findings = written
        audit.record(session, at, ACTOR, "recovery.grew", recovery.reference, findings=json.loads(written))
    return recovery


def may_have_lost(session: Session, since: datetime, until: datetime) -> bool:
    """Return whether a restore may have lost rows of documents that were signed between two times.

    Always true while a recovery is open. Afterwards, true for times between the newest record of the restored
    backup and the detection of the restore.
    """
    return is_open(session) or db.core.recoveries.covers(session, since, until)


def require_closed(session: Session) -> None:
    """Raise IssuingClosed while a recovery is open."""
    if is_open(session):
        raise IssuingClosed(CLOSED_BY_IT)


def refuse_while_open(session: Session) -> None:
    """Raise Refused(RECOVERY_OPEN) while a recovery is open: for requests from pages."""
    if is_open(session):
        raise Refused(Reason.RECOVERY_OPEN)


def perhaps_withdrawn(session: Session, endorsement_ids: Collection[int]) -> set[int]:
    """Return the endorsements whose entry may have been withdrawn before a restore that lost it.

    The published lists say that lost entries were withdrawn, but not whose they were. An endorsement that
    waited in the backup is therefore issued on hold: a person who remembers decides, and nothing that was
    withdrawn comes back by itself. What is signed while the recovery is open has its old position and bit.
    """
    lost = db.core.recoveries.perhaps_withdrawn(session, endorsement_ids)
    return lost if lost and not is_open(session) else set()
