"""Close a programme: nothing more is issued, and issued entries stay checkable without its help.

The last registry and the last status lists have no end, so that a checker accepts them years later. A holder
can still withdraw an entry: its list is then signed again, again without an end.
"""

from __future__ import annotations

from datetime import datetime

from passport import db
from passport.db import Session
from passport.db.programmes.issuers import Issuer, Key
from passport.db.programmes.programme import Programme
from passport.openbadges.registry import KeyState
from passport.proofs.keys import Role
from passport.services.core import audit
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.two_people import TWO, require_names
from passport.services.trust import keys


def close(session: Session, slug: str, at: datetime, by: list[str]) -> Programme:
    """End a programme and its employers; two named people decide. The caller signs and publishes afterwards.

    The issuing and endorsing keys are retired. Raises NotFound for an unknown programme, and Refused for
    one that is already closed, while endorsements wait for their entry, and while a key is suspended.
    """
    db.programmes.programme.lock_keys(session)
    programme = db.programmes.programme.by_slug(session, slug)
    if programme is None:
        raise NotFound(f"There is no programme {slug}")
    require_names(by, TWO)
    if programme.issuer.until is not None:
        raise Refused(Reason.PROGRAMME_CLOSED)
    if db.credentials.issuing.waiting(session, programme.id):
        raise Refused(Reason.PROGRAMME_HAS_WORK)
    ending = [programme.issuer, *db.programmes.issuers.employers_of(session, programme.issuer)]
    for key in _signing_keys(session, ending):
        keys.retire(session, key.kid, at, by)
    for issuer in ending:
        issuer.until = at
    for own in db.credentials.records.lists_of(session, programme.id):
        own.changed_at = at
    session.flush()
    audit.record(session, at, audit.OPERATOR, "programme.closed", slug, by=by)
    return programme


def _signing_keys(session: Session, ending: list[Issuer]) -> list[Key]:
    """Return the keys to retire: all but the status keys, which go on signing withdrawals.

    Raises Refused(KEY_SUSPENDED) while one of them is suspended.
    """
    ids = {issuer.id for issuer in ending}
    found = [
        key
        for key in db.programmes.issuers.all_keys(session)
        if key.issuer_id in ids and key.role != Role.STATUS
    ]
    if any(key.state == KeyState.SUSPENDED for key in found):
        raise Refused(Reason.KEY_SUSPENDED)
    return [key for key in found if key.state in {KeyState.ACTIVE, KeyState.PROPOSED}]
