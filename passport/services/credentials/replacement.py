"""Replacement: an entry at a higher level of the same skill replaces a lower one, if its holder wants that.

It never happens automatically: the lower level is still true, and may be in a code that the holder gave to a
college. Once it is replaced, each code that shows it says "replaced by a newer entry", with the skill alone;
`services.sharing.renewals` gives the holder a new code for it in one step.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState
from passport.db.people.accounts import Account
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.credentials import lifecycle

WHY = "a higher level took its place"
LEVEL = "level"


def offers(entries: Iterable[Credential]) -> dict[str, Credential]:
    """Map the reference of each entry that a higher level could replace to the entry of the highest level."""
    current = [one for one in entries if _is_current(one)]
    best: dict[tuple[int, int], Credential] = {}
    for one in sorted(current, key=lambda one: (one.level, one.issued_at, one.id)):
        best[_skill(one)] = one
    return {one.reference: best[_skill(one)] for one in current if best[_skill(one)].level > one.level}


def replace(session: Session, account: Account, reference: str, at: datetime) -> Credential:
    """Replace an entry by the highest level of its skill. Idempotent.

    Raises NotFound for another student's entry, and Refused where there is no higher level, or the entry is
    on hold or being corrected.
    """
    lower = lifecycle.own(session, account, reference)
    db.credentials.records.lock(session, lower)
    if lower.state is CredentialState.REPLACED:
        return lower
    higher = offers(lifecycle.mine(session, account)).get(lower.reference)
    if higher is None:
        raise Refused(Reason.NO_HIGHER_LEVEL)
    lower.replaced_by_id = higher.id
    lifecycle.move(session, lower, CredentialState.REPLACED, account.reference, WHY, at, LEVEL)
    return lower


def _is_current(entry: Credential) -> bool:
    return entry.state is CredentialState.ISSUED and entry.replaced_by_id is None


def _skill(entry: Credential) -> tuple[int, int]:
    """Return a key of a skill that is equal in every version of its framework: skills keep their numbers."""
    return entry.skill.version.framework_id, entry.skill.number
