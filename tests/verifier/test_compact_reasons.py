"""Printed codes: what is said of each way to fail, and what lies just within its limits."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from passport.openbadges import address, compact
from passport.openbadges.contents import Contents, contents_of
from passport.openbadges.registry import IssuerKind, KeyState
from passport.proofs.keys import Role
from passport.verifier import Check, Outcome, Verdict
from passport.verifier.compact import (
    COMPACT_CHECKS,
    DAMAGED,
    CompactVerification,
    NoEntryInside,
    OtherSite,
    verify_compact,
)
from tests.verifier.spoiling import (
    HOUR,
    INDEX,
    NOT_IN_USE,
    NOT_SIGNED,
    SECOND,
    STATUS_KEY,
    SUSPENDED,
    TOLERANCE,
    TOO_OLD,
    Spoil,
    key,
    lists,
    office,
    registry,
    signer,
    state,
    worlds,
)
from tests.world import NOW, REFRESH_URL, URL, World, an_entry

CODE = "SP4F7K9QXM2TW9"
PLACE = 20_311
MADE, ENDS = date(2026, 4, 1), date(2027, 4, 1)
DAY = timedelta(days=1)
SIGNED = datetime(2026, 4, 1, tzinfo=UTC)
UNKNOWN = "we do not know this issuer, so we could not check the signature"
NOT_REGISTERED = "Made in Brindlemoor was not registered when this was signed"


def contents(**changed: Any) -> Contents:
    said = contents_of(an_entry(), UTC, share_made=MADE, share_ends=ENDS, share_index=PLACE)
    return replace(said, **changed)


def code(world: World, **changed: Any) -> str:
    return address.write(URL, CODE, compact.write(contents(**changed), world.signers[Role.ISSUE]))


def told(result: CompactVerification) -> tuple[str, str, str]:
    assert [check.name for check in result.checks] == list(COMPACT_CHECKS)
    wrong = [check for check in result.checks if check.outcome is Outcome.FAILED]
    if not wrong:
        return result.verdict, "", ""
    (failed,) = wrong
    before = COMPACT_CHECKS.index(failed.name)
    # what it says is read after its signature was tried
    read = failed.name not in {"issuer", "signature"}
    passed = [name for name in COMPACT_CHECKS[:before] if read or name != "shape"]
    assert [one.name for one in result.checks if one.outcome is Outcome.PASSED] == passed
    after = COMPACT_CHECKS[before + 1 :]
    assert result.checks[before + 1 :] == tuple(Check(name, Outcome.NOT_CHECKED) for name in after)
    return result.verdict, failed.name, failed.reason


def altered(text: str) -> str:
    """Another digit of the signature."""
    return text[:-20] + str(9 - int(text[-20])) + text[-19:]


TABLE: dict[str, tuple[Spoil, str, str, str]] = {
    "no such key": (signer(Role.ISSUE, None), "V6", "issuer", UNKNOWN),
    "key of another role": (signer(Role.ISSUE, Role.STATUS), "V6", "issuer", UNKNOWN),
    "key of nobody": (key(Role.ISSUE, issuer="did:web:nobody.example"), "V6", "issuer", UNKNOWN),
    "key of an employer": (office(0, kind=IssuerKind.EMPLOYER, programme=URL), "V6", "issuer", UNKNOWN),
    "proposed": (state(Role.ISSUE, KeyState.PROPOSED), "V6", "key", "the key is not in use yet"),
    "suspended": (state(Role.ISSUE, KeyState.SUSPENDED), "V8", "key", SUSPENDED),
    "compromised": (state(Role.ISSUE, KeyState.COMPROMISED), "V7", "key", "somebody else had the key"),
    "key too young": (key(Role.ISSUE, from_=SIGNED + DAY + TOLERANCE + SECOND), "V7", "key", NOT_IN_USE),
    "key too old": (key(Role.ISSUE, until=SIGNED - TOLERANCE - SECOND), "V7", "key", NOT_IN_USE),
    "programme too young": (office(0, from_=SIGNED + DAY + TOLERANCE + SECOND), "V6", "key", NOT_REGISTERED),
    "programme too old": (office(0, until=SIGNED - TOLERANCE - SECOND), "V6", "key", NOT_REGISTERED),
    "registry": (registry(expires=NOW), "V8", "registry", "the list of issuers and keys is out of date"),
    "no site": (
        registry(origins=("https://second.example", URL + ".example")),
        "V8",
        "status list",
        "the registry knows no site of this issuer",
    ),
    "no list": (
        lists(REFRESH_URL, lambda _: None),
        "V8",
        "status list",
        "there is no status list to look into",
    ),
    "old lists": (worlds(list_made=NOW - DAY - SECOND), "V8", "status list", TOO_OLD),
    "status key": (state(Role.STATUS, KeyState.SUSPENDED), "V8", "status list", STATUS_KEY),
    "stopped": (worlds(withdrawn={PLACE}), "V10", "share stopped", "the holder has stopped this share"),
    "replaced": (worlds(replaced={INDEX}), "V4", "replaced", "a newer entry has taken its place"),
    "withdrawn": (worlds(withdrawn={INDEX}), "V2", "withdrawn", "it has been withdrawn"),
    "on hold": (
        worlds(on_hold={INDEX}),
        "V3",
        "on hold",
        "it is on hold until a question about it is settled",
    ),
    "none": (worlds(), "V1", "", ""),
    # just within the limits
    "key as young as may be": (key(Role.ISSUE, from_=SIGNED + DAY + TOLERANCE), "V1", "", ""),
    "key as old as may be": (
        key(Role.ISSUE, state=KeyState.RETIRED, until=SIGNED - TOLERANCE),
        "V1",
        "",
        "",
    ),
    "programme as young as may be": (office(0, from_=SIGNED + DAY + TOLERANCE), "V1", "", ""),
    "programme as old as may be": (office(0, until=SIGNED - TOLERANCE), "V1", "", ""),
    "registry in its last second": (registry(expires=NOW + SECOND), "V1", "", ""),
    "lists as old as may be": (worlds(list_made=NOW - DAY), "V1", "", ""),
}


@pytest.mark.parametrize("name", TABLE)
def test_what_is_said_of_a_code(name: str) -> None:
    spoil, *expected = TABLE[name]
    world = World(time_zone="UTC")
    spoil(world)
    text = code(world)
    if name == "no site":  # the address is of a site that the registry does know
        text = text.replace(URL, "https://second.example")
    assert told(verify_compact(text, world.trust(), NOW)) == tuple(expected)


SPELLINGS: dict[str, tuple[Callable[[str], str], str, str]] = {
    "altered": (altered, "signature", NOT_SIGNED),
    "cut off": (lambda text: text[:-1], "shape", "digits are missing, or there are too many"),
    "of version 2": (
        lambda text: text.replace("#1", "#2"),
        "shape",
        "the address holds no entry of version 1",
    ),
    "of another path": (lambda text: text.replace("/c/", "/d/"), "shape", "the address holds no share code"),
    "of no code": (lambda _: f"{URL}/c/SP4F", "shape", "the address holds no entry of version 1"),
    "of letters": (lambda text: text + "x" * 17, "shape", "not digits alone"),
    "of other bytes": (
        lambda text: text.partition("#")[0] + "#1" + "0" * 17,
        "shape",
        "this is not a COSE_Sign1",
    ),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_what_is_said_of_a_code_that_is_spelt_wrong(name: str) -> None:
    spoil, check, reason = SPELLINGS[name]
    world = World()
    result = verify_compact(spoil(code(world)), world.trust(), NOW)
    expected = ("V7", check, reason) if check == "signature" else ("V8", check, f"{DAMAGED} ({reason})")
    assert told(result) == expected
    assert (result.contents, result.issuer, result.checked_at) == (None, None, NOW)
    assert result.share_code == (CODE if check == "signature" else None)


def test_days_end_at_midnight() -> None:
    midnight = datetime(2027, 4, 1, tzinfo=UTC)
    world = World(list_made=midnight - HOUR, time_zone="UTC")
    assert told(verify_compact(code(world), world.trust(), midnight - SECOND)) == ("V1", "", "")
    end = ("V10", "share end", "the share has come to its end")
    assert told(verify_compact(code(world), world.trust(), midnight)) == end
    review = datetime(2029, 3, 16, tzinfo=UTC)
    world = World(list_made=review - HOUR, time_zone="UTC")
    world.registry = replace(world.registry, expires=review + DAY)
    text = code(world, share_ends=date(2030, 1, 1))
    past = ("V5", "review date", "its review date has passed")
    assert told(verify_compact(text, world.trust(), review - SECOND)) == ("V1", "", "")
    assert told(verify_compact(text, world.trust(), review)) == past


def test_other_sites_are_refused_in_words() -> None:
    world = World()
    for text, words in (
        ("hello", "this is not a web address of the kind that we print"),
        (code(world).replace(URL, "https://a.example"), "the registry knows no site https://a.example"),
        (f"https://{'a' * 300}.example/c/{CODE}", "the registry knows no site https://" + "a" * 192),
    ):
        with pytest.raises(OtherSite) as refused:
            verify_compact(text, world.trust(), NOW)
        assert str(refused.value) == words
    with pytest.raises(NoEntryInside, match=r"^the code holds the address of a share, and no entry$"):
        verify_compact(f"{URL}/c/{CODE}", world.trust(), NOW)


def test_a_last_list_counts_for_paper_too() -> None:
    """The registry says when its programme closed; the list that it signed then has no end."""
    world = World(list_made=NOW, list_validity=None)
    closed = tuple(replace(who, until=NOW) for who in world.registry.issuers)
    world.registry = replace(world.registry, issuers=closed, expires=None)
    assert told(verify_compact(code(world), world.trust(), NOW + 100 * DAY)) == ("V1", "", "")


def test_only_an_own_record_softens_a_suspension() -> None:
    world = World()
    world.set_state(Role.ISSUE, KeyState.SUSPENDED)
    result = verify_compact(code(world), world.trust(), NOW, own_record=True)
    assert told(result) == ("V3", "key", SUSPENDED)
    assert (result.contents, result.status_from, result.status_age) == (contents(), None, None)
    assert result.verdict is Verdict.ON_HOLD
