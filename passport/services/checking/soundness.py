"""Find stored entries that fail a check, so that pages agree with every check.

Rows record what was done to an entry, but not whether its signed bytes were changed or lost since.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from passport.db import Session
from passport.db.credentials.records import Credential, CredentialState
from passport.services.checking import stored_entries
from passport.services.checking.results import CheckedEntry
from passport.services.checking.stored_entries import Published
from passport.services.core.unexpected import noted
from passport.verifier import NotACredential, Outcome, Verdict, verify

SIGNATURE, KEY = "signature", "key"
REFUSED = frozenset({Verdict.UNKNOWN_ISSUER, Verdict.NOT_GENUINE})


def unsound(
    session: Session, published: Published, entries: Iterable[Credential], at: datetime, max_age: timedelta
) -> frozenset[str]:
    """Return the references of the entries that no check would call genuine, whatever their rows say.

    Runs the check that a code's page runs; valid signatures come from the verifier's cache.
    When nothing can be checked at all (the published bundle cannot be read) the result is empty.
    """
    trust = stored_entries.published_trust(session, published)
    if trust is None:
        return frozenset()
    return frozenset(
        entry.reference
        for entry in entries
        if entry.state is not CredentialState.INTENDED
        and _is_refused(stored_entries.check_kept(entry, trust, at, max_age), entry.state)
    )


def is_genuine(
    session: Session, published: Published, data: bytes | None, at: datetime, max_age: timedelta
) -> bool:
    """Return whether the signatures over one form of an entry are valid.

    True when nothing can be checked at all (the published bundle cannot be read).
    """
    trust = stored_entries.published_trust(session, published)
    if trust is None:
        return True
    try:
        found = noted(verify(data or b"", trust, at, max_age=max_age, own_record=True))
    except NotACredential:
        return False
    return not _is_refused(stored_entries.entry_of(found), CredentialState.ISSUED)


def _is_refused(checked: CheckedEntry, state: CredentialState) -> bool:
    outcomes = {check.name: check.outcome for check in checked.checks}
    if checked.verdict in REFUSED:
        # an entry with a compromised key is on hold until it is signed again; its holder sees that
        return state is not CredentialState.ON_HOLD or outcomes.get(KEY) is not Outcome.FAILED
    # lists are checked after the signature; too old a list says nothing about the entry
    return checked.verdict is Verdict.UNFINISHED and outcomes.get(SIGNATURE) is not Outcome.PASSED
