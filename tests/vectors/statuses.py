"""Entries and lists in each status, for verifiers that are not ours (ADR 0018)."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from passport.openbadges import did
from passport.openbadges.credential import StatusReference
from passport.proofs.keys import Role
from passport.services.programmes.issuers import Method
from passport.services.trust.publishing import Claimed, sign
from tests.vectors.make import WORLD
from tests.world import LIST_URL, PROGRAMME, SUSPENSION_URL, URL, World, an_entry

INDEX = an_entry().status.index
PURPOSES = ("revocation", "suspension", "refresh")
STATES: dict[str, set[str]] = {
    "current": set(),
    "on-hold": {"suspension"},
    "off-hold": set(),
    "withdrawn": {"revocation"},
    "replaced": {"revocation", "refresh"},
}
"""The lists in which the rows have the entry in each state."""
GOOD = {
    "suspension": {"current", "off-hold"},
    "revocation": {"current", "on-hold", "off-hold"},
    "spoilt": set(),
}
"""The states in which a verifier that reads status accepts an entry, by the list that the entry names.

One that was signed before the suspension list was named is accepted on hold: that gap stays.
"""


def expected() -> dict[str, bool]:
    """Return the right answer for each entry in each state."""
    return {f"{entry} {state}": state in good for entry, good in GOOD.items() for state in STATES}


def entries() -> dict[str, Any]:
    """Return an entry that names each list, and one whose level was raised after it was signed."""
    named = {"suspension": SUSPENSION_URL, "revocation": LIST_URL}
    made = {name: _entry(url) for name, url in named.items()}
    spoilt = _entry(SUSPENSION_URL)
    spoilt["credentialSubject"]["identifier"][0]["identityHash"] = "Ada Fakeson"
    return {**made, "spoilt": spoilt}


def lists(state: str) -> dict[str, Any]:
    """Return the published lists by purpose while the entry is in a state, as the service signs them.

    They have no end, as those of a programme that has closed: the libraries judge by their own clock.
    """
    bits = {purpose: frozenset({INDEX} if purpose in STATES[state] else ()) for purpose in PURPOSES}
    status = WORLD.signers[Role.STATUS]
    method = Method(did.method_id(PROGRAMME.did, Role.STATUS, status.kid), status)
    claimed = Claimed(1, PROGRAMME.did, closed=True, bits=bits, erased=frozenset(), method=method)
    return sign(claimed, URL, WORLD.list_made)


def _entry(list_url: str) -> dict[str, Any]:
    review = datetime(2120, 1, 1, tzinfo=UTC)
    entry = replace(an_entry(), status=StatusReference(list_url, INDEX), review_at=review)
    return World(signers=WORLD.signers, entry=entry).secured_entry()
