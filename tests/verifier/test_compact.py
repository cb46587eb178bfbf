"""Printed codes: every verdict, in the order of the checks, and never V1 by mistake."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from passport.openbadges import address, compact, days
from passport.openbadges.contents import Contents, contents_of
from passport.openbadges.registry import IssuerKind, KeyState
from passport.proofs import signing
from passport.proofs.keys import Role
from passport.verifier import Outcome, Trust, Verdict, verify
from passport.verifier.cache import Cache
from passport.verifier.compact import (
    COMPACT_CHECKS,
    DAMAGED,
    UNKNOWN_ISSUER,
    CompactVerification,
    NoEntryInside,
    OtherSite,
    verify_compact,
)
from tests.world import LIST_URL, NOW, REFRESH_URL, START, SUSPENSION_URL, URL, World, an_entry

CODE = "SP4F7K9QXM2TW9"
INDEX, SHARE_INDEX = an_entry().status.index, 20_311
MADE, ENDS = date(2026, 4, 1), date(2027, 4, 1)
HOUR = timedelta(hours=1)


def said(**changed: Any) -> Contents:
    return replace(
        contents_of(an_entry(), UTC, share_made=MADE, share_ends=ENDS, share_index=SHARE_INDEX), **changed
    )


def code(world: World, contents: Contents | None = None) -> str:
    data = compact.write(contents or said(), world.signers[Role.ISSUE])
    return address.write(URL, CODE, data)


def check(
    world: World, at: datetime = NOW, contents: Contents | None = None, **options: Any
) -> CompactVerification:
    return verify_compact(code(world, contents), world.trust(), at, **options)


def failed(result: CompactVerification) -> list[str]:
    return [check.name for check in result.checks if check.outcome is Outcome.FAILED]


def test_genuine_and_current() -> None:
    world = World()
    result = check(world)
    assert (result.verdict, failed(result)) == (Verdict.CURRENT, [])
    assert (result.contents, result.share_code) == (said(), CODE)
    assert result.issuer is not None
    assert result.issuer.name == "Made in Brindlemoor"
    assert (result.status_age, result.status_from) == (timedelta(minutes=10), world.list_made)
    assert [check.name for check in result.checks] == list(COMPACT_CHECKS)
    assert {check.name for check in result.checks if check.outcome is Outcome.NOT_CHECKED} == {"public log"}


@pytest.mark.parametrize(
    ("lists", "verdict", "name"),
    [
        ({"withdrawn": {SHARE_INDEX}}, Verdict.SHARING_ENDED, "share stopped"),
        ({"withdrawn": {SHARE_INDEX, INDEX}, "replaced": {INDEX}}, Verdict.SHARING_ENDED, "share stopped"),
        ({"replaced": {INDEX}}, Verdict.REPLACED, "replaced"),
        ({"replaced": {INDEX}, "withdrawn": {INDEX}, "on_hold": {INDEX}}, Verdict.REPLACED, "replaced"),
        ({"withdrawn": {INDEX}, "on_hold": {INDEX}}, Verdict.WITHDRAWN, "withdrawn"),
        ({"on_hold": {INDEX}}, Verdict.ON_HOLD, "on hold"),
    ],
)
def test_the_lists_in_their_order(lists: dict[str, set[int]], verdict: Verdict, name: str) -> None:
    result = check(World(**lists))  # type: ignore[arg-type]
    assert (result.verdict, failed(result)) == (verdict, [name])
    assert (result.contents is None) is (verdict is Verdict.SHARING_ENDED)


def test_the_places_beside_are_other_peoples() -> None:
    beside = {INDEX - 1, INDEX + 1, SHARE_INDEX - 1, SHARE_INDEX + 1}
    world = World(withdrawn=set(beside), on_hold={*beside, SHARE_INDEX}, replaced={*beside, SHARE_INDEX})
    assert check(world).verdict is Verdict.CURRENT


# When the programme, or a reader without its zone, takes 31 March 2027 and 15 March 2029 to be over
ZONES = {
    "UTC": (datetime(2027, 4, 1, tzinfo=UTC), datetime(2029, 3, 16, tzinfo=UTC)),
    "Europe/London": (datetime(2027, 3, 31, 23, tzinfo=UTC), datetime(2029, 3, 16, tzinfo=UTC)),
    "Pacific/Kiritimati": (datetime(2027, 3, 31, 10, tzinfo=UTC), datetime(2029, 3, 15, 10, tzinfo=UTC)),
    None: (datetime(2027, 4, 1, 12, tzinfo=UTC), datetime(2029, 3, 16, 12, tzinfo=UTC)),
    "Mars/Olympus": (datetime(2027, 4, 1, 12, tzinfo=UTC), datetime(2029, 3, 16, 12, tzinfo=UTC)),
}


@pytest.mark.parametrize("zone", ZONES)
def test_a_share_ends_with_its_last_day_where_the_programme_is(zone: str | None) -> None:
    over, _review = ZONES[zone]
    world = World(list_made=over - HOUR, time_zone=zone)
    assert check(world, over - timedelta(seconds=1)).verdict is Verdict.CURRENT
    result = check(world, over)
    assert (result.verdict, failed(result), result.contents) == (Verdict.SHARING_ENDED, ["share end"], None)


@pytest.mark.parametrize("zone", ZONES)
def test_the_review_date_is_good_on_its_day_where_the_programme_is(zone: str | None) -> None:
    _end, over = ZONES[zone]
    world = World(list_made=over - HOUR, time_zone=zone)
    world.registry = replace(world.registry, expires=datetime(2030, 1, 1, tzinfo=UTC))
    later = said(share_ends=date(2030, 1, 1))
    assert check(world, over - timedelta(seconds=1), later).verdict is Verdict.CURRENT
    result = check(world, over, later)
    assert (result.verdict, failed(result), result.contents) == (Verdict.PAST_REVIEW, ["review date"], later)
    world.withdrawn = {INDEX}
    assert check(world, over, later).verdict is Verdict.WITHDRAWN


# ------------------------------------------------------------------------- key and issuer


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        (KeyState.PROPOSED, Verdict.UNKNOWN_ISSUER),
        (KeyState.ACTIVE, Verdict.CURRENT),
        (KeyState.RETIRED, Verdict.CURRENT),
        (KeyState.SUSPENDED, Verdict.UNFINISHED),
        (KeyState.COMPROMISED, Verdict.NOT_GENUINE),
    ],
)
def test_the_state_of_the_key(state: KeyState, verdict: Verdict) -> None:
    world = World()
    world.set_state(Role.ISSUE, state)
    result = check(world)
    assert result.verdict is verdict
    assert failed(result) == ([] if verdict is Verdict.CURRENT else ["key"])
    assert (result.contents is None) is (verdict in {Verdict.NOT_GENUINE, Verdict.UNFINISHED})


def test_a_suspended_key_is_a_hold_for_who_keeps_what_it_signed() -> None:
    world = World()
    world.set_state(Role.ISSUE, KeyState.SUSPENDED)
    assert check(world, own_record=True).verdict is Verdict.ON_HOLD


@pytest.mark.parametrize("role", [Role.ENDORSE, Role.STATUS, Role.ROOT])
def test_a_key_of_another_role_or_no_ones_is_unknown_and_nothing_is_shown(role: Role) -> None:
    for signer in (World().signers[role], signing.generate(Role.ISSUE)):
        text = address.write(URL, CODE, compact.write(said(), signer))
        result = verify_compact(text, World().trust(), NOW)
        assert (result.verdict, failed(result)) == (Verdict.UNKNOWN_ISSUER, ["issuer"])
        assert (result.contents, result.issuer) == (None, None)
        assert UNKNOWN_ISSUER in [check.reason for check in result.checks]


def test_an_issuing_key_is_a_programmes() -> None:
    world = World()
    employers = replace(world.registry.issuers[0], kind=IssuerKind.EMPLOYER, programme=URL)
    world.registry = replace(world.registry, issuers=(employers, *world.registry.issuers[1:]))
    assert check(world).verdict is Verdict.UNKNOWN_ISSUER


def test_a_signature_by_another_key_under_our_kid() -> None:
    world = World()
    forger = signing.generate(Role.ISSUE)
    forger.kid = world.signers[Role.ISSUE].kid
    text = address.write(URL, CODE, compact.write(said(), forger))
    result = verify_compact(text, world.trust(), NOW)
    assert (result.verdict, failed(result), result.contents) == (Verdict.NOT_GENUINE, ["signature"], None)


def test_a_key_signs_from_its_first_day_to_its_last() -> None:
    """A code says the day of its signing alone, so a key made or ended on that day may have signed it."""
    day = datetime(2026, 4, 1, tzinfo=UTC)
    for begins, ends, verdict in (
        (day + 15 * HOUR, None, Verdict.CURRENT),
        (day + 25 * HOUR, None, Verdict.NOT_GENUINE),
        (START, day + 15 * HOUR, Verdict.CURRENT),
        (START, day - HOUR, Verdict.NOT_GENUINE),
    ):
        world = World(time_zone="UTC")
        world.edit_key(Role.ISSUE, from_=begins, until=ends)
        assert check(world).verdict is verdict, (begins, ends)


@pytest.mark.parametrize("zone", [None, "Europe/London", "America/Adak", "Pacific/Kiritimati"])
def test_a_key_may_have_signed_on_the_day_in_utc_and_on_the_day_of_the_programme(zone: str | None) -> None:
    """Codes made before the registry had a zone have the day in UTC."""
    where = days.zone(zone) or UTC
    begins = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=where)
    for first in begins:
        for made in (first + HOUR, first + 23 * HOUR):
            world = World(time_zone=zone)
            world.edit_key(Role.ISSUE, from_=made, until=made)
            assert check(world).verdict is Verdict.CURRENT, made
    for outside in (min(begins) - 15 * HOUR, max(begins) + 37 * HOUR):
        world = World(time_zone=zone)
        world.edit_key(Role.ISSUE, from_=outside, until=outside)
        assert check(world).verdict is Verdict.NOT_GENUINE


@pytest.mark.parametrize(("hours", "verdict"), [(15, Verdict.CURRENT), (25, Verdict.UNKNOWN_ISSUER)])
def test_a_programme_signs_once_it_is_registered(hours: int, verdict: Verdict) -> None:
    world = World(time_zone="UTC")
    programme = replace(world.registry.issuers[0], from_=datetime(2026, 4, 1, tzinfo=UTC) + hours * HOUR)
    world.registry = replace(world.registry, issuers=(programme, *world.registry.issuers[1:]))
    assert check(world).verdict is verdict


# ------------------------------------------------------------------------- what cannot be finished is V8


def test_a_registry_out_of_date() -> None:
    world = World()
    world.registry = replace(world.registry, expires=NOW)
    result = check(world)
    assert (result.verdict, failed(result), result.contents) == (Verdict.UNFINISHED, ["registry"], None)


@pytest.mark.parametrize("url", [LIST_URL, SUSPENSION_URL, REFRESH_URL])
def test_each_list_must_be_at_hand_and_fresh(url: str) -> None:
    world = World()
    for given in (None, world.secured_list(url, made=NOW - 25 * HOUR), {**world.secured_list(url), "x": 1}):
        result = check(World(lists={url: given}))
        assert (result.verdict, failed(result), result.contents) == (
            Verdict.UNFINISHED,
            ["status list"],
            None,
        )


def test_how_old_a_list_may_be_is_a_setting() -> None:
    world = World(list_made=NOW - 25 * HOUR)
    assert check(world).verdict is Verdict.UNFINISHED
    assert check(world, max_age=26 * HOUR).verdict is Verdict.CURRENT


def test_a_list_that_no_one_has_made() -> None:
    result = check(World(), contents=said(list_number=2))
    assert (result.verdict, failed(result)) == (Verdict.UNFINISHED, ["status list"])


def test_the_lists_are_on_the_issuers_own_site_whatever_the_address_says() -> None:
    """The address is not signed: a second site of the registry has no say about another's entries."""
    world = World()
    world.registry = replace(world.registry, origins=("https://second.example", URL))
    text = code(world).replace(URL, "https://second.example")
    assert verify_compact(text, world.trust(), NOW).verdict is Verdict.CURRENT
    world.registry = replace(world.registry, origins=("https://second.example",))
    assert verify_compact(text, world.trust(), NOW).verdict is Verdict.UNFINISHED


@pytest.mark.parametrize("year", [2001, 2026])
def test_a_clock_that_was_put_back_makes_no_old_list_fresh(year: int) -> None:
    world = World(list_made=NOW - 30 * HOUR)
    newer = f"{URL}/status/2/revocation"
    world.lists = {newer: world.secured_list(newer, made=NOW)}
    assert check(world, (NOW - 29 * HOUR).replace(year=year)).verdict is Verdict.UNFINISHED


@pytest.mark.parametrize("error", [KeyError("x"), RuntimeError("x"), MemoryError(), RecursionError()])
def test_what_no_one_thought_of_is_never_a_pass(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    text, trust = code(World()), World().trust()
    for name in ("checks.key_vouches", "checks.registry_current", "statuses.find", "statuses.not_withdrawn"):
        with monkeypatch.context() as patch:
            patch.setattr(f"passport.verifier.{name}", fails)
            result = verify_compact(text, trust, NOW)
        assert (result.verdict, result.contents, len(failed(result))) == (Verdict.UNFINISHED, None, 1)
        assert result.unexpected is not None
        assert result.unexpected.kind == type(error).__name__


# ------------------------------------------------------------------------- the address


def test_a_code_of_another_site_is_refused_in_words_and_gets_no_verdict() -> None:
    world = World()
    text = code(world)
    for other in (
        text.replace(URL, "https://passport.example.attacker.example"),
        text.replace(URL, "http://passport.example"),
        text.replace(URL, "https://user@passport.example"),
        text.replace("passport", "pаssport"),
        "hello",
        "",
    ):
        with pytest.raises(OtherSite):
            verify_compact(other, world.trust(), NOW)


def test_a_share_alone_is_to_be_looked_up() -> None:
    with pytest.raises(NoEntryInside) as found:
        verify_compact(f"{URL}/c/{CODE}", World().trust(), NOW)
    assert found.value.share_code == CODE


@pytest.mark.parametrize(
    "spoil", [lambda text: text[:-1], lambda text: text.replace("#1", "#2"), lambda _: f"{URL}/help"]
)
def test_a_damaged_code_of_ours_is_to_be_scanned_again(spoil: Callable[[str], str]) -> None:
    world = World()
    result = verify_compact(spoil(code(world)), world.trust(), NOW)
    assert (result.verdict, failed(result), result.contents) == (Verdict.UNFINISHED, ["shape"], None)
    assert next(one.reason for one in result.checks).startswith(DAMAGED)


# ------------------------------------------------------------------------- beside the JSON


WORLDS: list[Callable[[World], object]] = [
    lambda _: None,
    lambda world: world.withdrawn.add(INDEX),
    lambda world: world.on_hold.add(INDEX),
    lambda world: world.replaced.add(INDEX),
    lambda world: world.set_state(Role.ISSUE, KeyState.PROPOSED),
    lambda world: world.set_state(Role.ISSUE, KeyState.RETIRED),
    lambda world: world.set_state(Role.ISSUE, KeyState.SUSPENDED),
    lambda world: world.set_state(Role.ISSUE, KeyState.COMPROMISED),
    lambda world: setattr(world, "registry", replace(world.registry, expires=NOW)),
    lambda world: setattr(world, "list_made", NOW - 25 * HOUR),
    lambda world: setattr(world, "list_made", NOW + HOUR),
    lambda world: world.lists.update({SUSPENSION_URL: None}),
    lambda world: world.set_state(Role.STATUS, KeyState.SUSPENDED),
]


@pytest.mark.parametrize("change", WORLDS)
def test_paper_and_json_come_to_the_same_verdict(change: Callable[[World], object]) -> None:
    world = World()
    change(world)
    trust: Trust = world.trust()
    assert verify_compact(code(world), trust, NOW).verdict is verify(world.entry_bytes(), trust, NOW).verdict


def test_a_signature_is_checked_once_and_a_withdrawal_counts_all_the_same() -> None:
    world = World()
    text = code(world, said(share_index=4))
    cache = Cache()
    assert verify_compact(text, world.trust(cache), NOW).verdict is Verdict.CURRENT
    assert cache.signatures == 1
    world.withdrawn = {INDEX}
    assert verify_compact(text, world.trust(cache), NOW).verdict is Verdict.WITHDRAWN
    assert cache.signatures == 1
