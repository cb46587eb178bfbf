"""What lies just within its limits, to the second, and what lies just beyond them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from passport.openbadges.registry import KeyState
from passport.proofs import json_text
from passport.proofs.keys import Role
from passport.verifier import Verdict
from tests.verifier.spoiling import (
    HOUR,
    NOT_IN_USE,
    SECOND,
    TOLERANCE,
    TOO_OLD,
    V5,
    V7,
    V8,
    Spoil,
    entry,
    key,
    office,
    registry,
    signed,
    told,
    worlds,
)
from tests.world import (
    EMPLOYER,
    ENDORSED,
    ISSUED,
    NOW,
    PROGRAMME,
    REFRESH_URL,
    SUSPENSION_URL,
    World,
    an_entry,
    to_bytes,
)

# ------------------------------------------------------------------------- just within the limits

WITHIN: dict[str, Spoil] = {
    "issued with the endorsement": entry(issued_at=ENDORSED),
    "issued as the clock may differ": entry(issued_at=NOW + TOLERANCE),
    "issuing key as early as may be": key(Role.ISSUE, from_=ISSUED + TOLERANCE),
    "issuing key as late as may be": key(Role.ISSUE, state=KeyState.RETIRED, until=ISSUED - TOLERANCE),
    "endorsing key as early as may be": key(Role.ENDORSE, from_=ENDORSED + TOLERANCE),
    "endorsing key as late as may be": key(Role.ENDORSE, state=KeyState.RETIRED, until=ENDORSED - TOLERANCE),
    "programme as early as may be": office(0, from_=ISSUED + TOLERANCE),
    "programme as late as may be": office(0, until=ISSUED - TOLERANCE),
    "employer as early as may be": office(1, from_=ENDORSED + TOLERANCE),
    "employer as late as may be": office(1, until=ENDORSED - TOLERANCE),
    "registry in its last second": registry(expires=NOW + SECOND),
    "list of the greatest age": worlds(list_made=NOW - 24 * HOUR),
    "list as the clock may differ": worlds(list_made=NOW + TOLERANCE),
    "review in a second": entry(review_at=NOW + SECOND),
    "last place of the list": entry(status=replace(an_entry().status, index=131_071)),
    "first place of the list": entry(status=replace(an_entry().status, index=0)),
}


@pytest.mark.parametrize("name", WITHIN)
def test_what_lies_just_within_its_limits_is_genuine(name: str) -> None:
    world = World()
    WITHIN[name](world)
    assert told(world, world.entry_bytes()) == (Verdict.CURRENT, "", "")


def test_an_entry_may_be_due_the_moment_it_is_issued() -> None:
    world = World()
    world.entry = replace(world.entry, review_at=ISSUED)
    assert told(world, world.entry_bytes())[:2] == (V5, "review date")


def test_the_proofs_own_times_count_beside_the_entrys() -> None:
    """A thief can write any issuing date; what the proof says of its time must fit the key as well."""
    world = World()
    document = world.secured_entry()
    del document["proof"]
    late = world.sign(document, world.signers[Role.ISSUE], PROGRAMME, NOW + TOLERANCE + SECOND)
    assert told(world, to_bytes(late)) == (V7, "signature", "it is dated in the future")
    world.edit_key(Role.ISSUE, state=KeyState.RETIRED, until=NOW - HOUR)
    after = world.sign(document, world.signers[Role.ISSUE], PROGRAMME, NOW - 30 * 60 * SECOND)
    assert told(world, to_bytes(after)) == (V7, "key", NOT_IN_USE)
    world = World()
    world.edit_key(Role.ENDORSE, state=KeyState.RETIRED, until=NOW - HOUR)
    endorsement = world.secured_endorsement()
    del endorsement["proof"]
    said = world.sign(endorsement, world.signers[Role.ENDORSE], EMPLOYER, NOW - 30 * 60 * SECOND)
    assert told(world, signed(endorsement=[said])(world) or b"") == (V7, "endorsement", NOT_IN_USE)


def test_the_last_list_of_a_programme_may_be_made_in_the_second_of_its_end() -> None:
    world = World(list_made=NOW, list_validity=None)
    issuers = tuple(replace(who, until=NOW) for who in world.registry.issuers)
    world.registry = replace(world.registry, issuers=issuers, expires=None)
    assert told(world, world.entry_bytes(), NOW + 100 * HOUR) == (Verdict.CURRENT, "", "")
    world.list_made = NOW - SECOND
    assert told(world, world.entry_bytes(), NOW + 100 * HOUR) == (V8, "status list", TOO_OLD)


def test_a_list_holds_until_its_own_end() -> None:
    """Seven days after it was made, though the caller would take one that is far older."""
    world = World(list_made=NOW - timedelta(days=7) + SECOND)
    old = {"max_age": timedelta(days=30)}
    assert told(world, world.entry_bytes(), **old) == (Verdict.CURRENT, "", "")
    assert told(world, world.entry_bytes(), NOW + SECOND, **old) == (V8, "status list", TOO_OLD)


def test_the_other_two_lists_are_held_to_the_same() -> None:
    for url in (SUSPENSION_URL, REFRESH_URL):
        world = World()
        world.lists = {url: world.secured_list(url, made=NOW - 24 * HOUR - SECOND)}
        assert told(world, world.entry_bytes()) == (V8, "status list", TOO_OLD)


def test_a_document_as_long_as_it_may_be() -> None:
    world = World()
    entry = world.entry_bytes()
    longest = entry + b" " * (json_text.MAX_BYTES - len(entry))
    assert told(world, longest) == (Verdict.CURRENT, "", "")
    assert told(world, b"\r\n\t " + entry) == (Verdict.CURRENT, "", "")
    assert told(world, longest + b" ")[:2] == (V8, "shape")
