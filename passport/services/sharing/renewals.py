"""Codes that show a replaced entry: the holder is notified, and makes a new code in one step."""

from __future__ import annotations

from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState
from passport.db.people.accounts import Account
from passport.db.sharing.shares import Share
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.sharing import shares


def is_outdated(share: Share) -> bool:
    """Return whether a share shows an entry that a newer one has replaced."""
    return any(entry.state is CredentialState.REPLACED for entry in share.credentials)


def outdated(session: Session, account: Account, at: datetime) -> list[Share]:
    """Return the student's active codes that show a replaced entry and are not renewed, newest first."""
    active = [share for share in shares.mine(session, account) if shares.is_active(share, at)]
    return [
        share
        for share in active
        if is_outdated(share) and _same(active, share, newest(session, share)) is None
    ]


def renew(session: Session, account: Account, reference: str, at: datetime) -> Share:
    """Make a new share for the same audience and last day, with the current entries.

    The older code keeps working and says that the entry was replaced, so that its reader asks for the new
    one. Idempotent: a second click finds the new code. Raises Refused where nothing would be left to show.
    """
    share = shares.own(session, account, reference)
    db.sharing.shares.lock(session, share)
    if not shares.is_active(share, at) or share.until is None:
        raise Refused(Reason.SHARE_OVER)
    entries = newest(session, share)
    if not is_outdated(share) or not entries:
        raise Refused(Reason.NOTHING_TO_RENEW)
    standing = [one for one in shares.mine(session, account) if shares.is_active(one, at)]
    made = _same(standing, share, entries)
    if made is not None:
        return made
    draft = shares.draft(session, account, [entry.reference for entry in entries], at)
    shares.address_it(session, account, draft.reference, share.audience, share.until, at)
    return shares.activate(session, account, draft.reference, at)


def newest(session: Session, share: Share) -> list[Credential]:
    """Return a share's entries, each followed to its replacement; those that no longer count are left out."""
    found: dict[int, Credential] = {}
    for entry in share.credentials:
        latest = entry
        while latest.state is CredentialState.REPLACED:
            following = db.credentials.editions.replacement(session, latest)
            if following is None:
                break
            latest = following
        if latest.state in shares.SHAREABLE:
            found[latest.id] = latest
    return list(found.values())


def _same(active: list[Share], share: Share, entries: list[Credential]) -> Share | None:
    """Return the active share that already shows these entries to the same audience, if there is one."""
    wanted = {entry.id for entry in entries}
    for one in active:
        if one is not share and one.audience == share.audience and {e.id for e in one.credentials} == wanted:
            return one
    return None
