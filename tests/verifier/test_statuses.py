from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from passport.openbadges.registry import IssuerKind, KeyState, Registry
from passport.proofs.keys import Role
from passport.verifier import Outcome, Verdict, Verification, verify
from tests.world import LIST_URL, NOW, REFRESH_URL, SUSPENSION_URL, URL, World, an_entry

INDEX = an_entry().status.index
HOUR = timedelta(hours=1)
YEARS = timedelta(days=3650)


def check(world: World, at: datetime = NOW, **options: bool) -> Verification:
    return verify(world.entry_bytes(), world.trust(), at, **options)  # type: ignore[arg-type]


def failed(result: Verification) -> list[str]:
    return [check.name for check in result.checks if check.outcome is Outcome.FAILED]


@pytest.mark.parametrize(
    ("lists", "verdict", "name"),
    [
        (("replaced",), Verdict.REPLACED, "replaced"),
        (("replaced", "withdrawn"), Verdict.REPLACED, "replaced"),
        (("replaced", "withdrawn", "on_hold"), Verdict.REPLACED, "replaced"),
        (("withdrawn",), Verdict.WITHDRAWN, "withdrawn"),
        (("withdrawn", "on_hold"), Verdict.WITHDRAWN, "withdrawn"),
        (("on_hold",), Verdict.ON_HOLD, "on hold"),
    ],
)
def test_the_lists_in_their_order(lists: tuple[str, ...], verdict: Verdict, name: str) -> None:
    result = check(World(**{which: {INDEX} for which in lists}))  # type: ignore[arg-type]
    assert (result.verdict, failed(result)) == (verdict, [name])
    assert result.credential == an_entry()
    beside = check(World(**{which: {INDEX - 1, INDEX + 1} for which in lists}))  # type: ignore[arg-type]
    assert beside.verdict is Verdict.CURRENT


@pytest.mark.parametrize("named", [SUSPENSION_URL, LIST_URL])
@pytest.mark.parametrize("on_hold", [set(), {INDEX}])
def test_a_withdrawn_entry_in_the_suspension_list_is_not_on_hold(named: str, on_hold: set[int]) -> None:
    """An older list has only what is on hold; a newer one has everything that is not current."""
    for replaced, verdict in ((set[int](), Verdict.WITHDRAWN), ({INDEX}, Verdict.REPLACED)):
        world = World(withdrawn={INDEX}, replaced=replaced, on_hold=on_hold)
        world.entry = replace(world.entry, status=replace(world.entry.status, list_url=named))
        assert check(world).verdict is verdict


def test_an_entry_that_names_the_suspension_list_is_on_hold_and_current_again() -> None:
    world = World(on_hold={INDEX})
    world.entry = replace(world.entry, status=replace(world.entry.status, list_url=SUSPENSION_URL))
    for made in (world.entry_bytes(), world.token()):
        assert verify(made, world.trust(), NOW).verdict is Verdict.ON_HOLD
        assert verify(made, replace(world, on_hold=set()).trust(), NOW).verdict is Verdict.CURRENT


@pytest.mark.parametrize("url", [LIST_URL, SUSPENSION_URL, REFRESH_URL])
def test_each_of_the_three_must_be_at_hand_fresh_and_what_it_is(url: str) -> None:
    world = World()
    old = world.secured_list(url, made=NOW - 25 * HOUR)
    other = {**world.secured_list(url), "id": f"{URL}/status/2/revocation"}
    wrong = world.secured_list(url, "refresh" if url != REFRESH_URL else "suspension")
    forged = {**world.secured_list(url), "validFrom": "2026-06-01T11:59:00Z"}
    for given in (None, old, other, wrong, forged):
        result = check(World(lists={url: given}))
        assert (result.verdict, failed(result)) == (Verdict.UNFINISHED, ["status list"])
        assert result.credential is None


def test_the_age_is_that_of_the_oldest() -> None:
    world = World()
    world.lists = {REFRESH_URL: world.secured_list(REFRESH_URL, made=NOW - 2 * HOUR)}
    result = check(world)
    assert (result.verdict, result.status_age) == (Verdict.CURRENT, 2 * HOUR)


@pytest.mark.parametrize(
    "url",
    [
        "https://passport.example.attacker.example/status/1/revocation",
        "https://attacker.example/https://passport.example/status/1/revocation",
        "https://passport.example:8443/status/1/revocation",
        "http://passport.example/status/1/revocation",
        "https://passport.example@attacker.example/status/1/revocation",
        f"{URL}/status/1/revocation/",
        f"{URL}/status/1/revocation?x",
    ],
)
def test_a_list_is_on_a_server_of_the_registrys(url: str) -> None:
    world = World()
    world.entry = replace(world.entry, status=replace(world.entry.status, list_url=url))
    series = url.rpartition("/")[0]
    purposes = ("revocation", "suspension", "refresh")
    world.lists = {f"{series}/{one}": world.secured_list(f"{series}/{one}") for one in purposes}
    result = check(world)
    assert (result.verdict, failed(result)) == (Verdict.UNFINISHED, ["status list"])


# ------------------------------------------------------------------------- time


def test_a_clock_that_was_put_back_makes_no_old_list_fresh() -> None:
    """One newer list is at hand, so it is later than the clock says."""
    world = World(list_made=NOW - 30 * HOUR)
    at = NOW - 29 * HOUR
    assert check(world, at).verdict is Verdict.CURRENT
    newer = f"{URL}/status/2/revocation"
    world.lists = {newer: world.secured_list(newer, made=NOW)}
    result = check(world, at)
    assert (result.verdict, failed(result)) == (Verdict.UNFINISHED, ["status list"])


def test_a_list_that_no_one_signed_tells_no_time() -> None:
    world = World(list_made=NOW - 30 * HOUR)
    newer = f"{URL}/status/2/revocation"
    world.lists = {newer: {**world.secured_list(newer), "validFrom": "2040-01-01T00:00:00Z"}}
    assert check(world, NOW - 29 * HOUR).verdict is Verdict.CURRENT


@pytest.mark.parametrize("year", [2001, 2040])
def test_a_clock_that_is_years_wrong_never_gives_a_pass(year: int) -> None:
    assert check(World(), NOW.replace(year=year)).verdict is Verdict.UNFINISHED


# ------------------------------------------------------------------------- a programme that has closed


def closed(world: World) -> Registry:
    issuers = tuple(replace(who, until=NOW) for who in world.registry.issuers)
    return replace(world.registry, issuers=issuers, expires=None)


def test_years_after_a_programme_closed_its_last_lists_hold() -> None:
    world = World(list_made=NOW + HOUR, list_validity=None)
    world.registry = closed(world)
    at = an_entry().review_at - HOUR
    assert check(world, at).verdict is Verdict.CURRENT
    assert check(world, at + YEARS).verdict is Verdict.PAST_REVIEW
    world.withdrawn = {INDEX}
    assert check(world, at + YEARS).verdict is Verdict.WITHDRAWN


def test_a_list_without_end_is_the_last_one_only_of_a_programme_that_has_closed() -> None:
    at = an_entry().review_at - HOUR
    goes_on = World(list_validity=None)
    goes_on.registry = replace(goes_on.registry, expires=at + HOUR)
    assert check(goes_on).verdict is Verdict.CURRENT
    assert check(goes_on, at).verdict is Verdict.UNFINISHED
    made_before = World(list_made=NOW - HOUR, list_validity=None)
    made_before.registry = closed(made_before)
    assert check(made_before, at).verdict is Verdict.UNFINISHED
    with_end = World(list_made=NOW + HOUR)
    with_end.registry = closed(with_end)
    assert check(with_end, at).verdict is Verdict.UNFINISHED


def test_nothing_is_issued_after_the_end() -> None:
    world = World(list_made=NOW + 3 * HOUR, list_validity=None)
    world.registry = closed(world)
    world.entry = replace(world.entry, issued_at=NOW + 2 * HOUR)
    assert check(world, NOW + 4 * HOUR).verdict is Verdict.UNKNOWN_ISSUER


# ------------------------------------------------------------------------- a suspended key


@pytest.mark.parametrize("role", [Role.ISSUE, Role.ENDORSE])
def test_who_has_its_own_record_says_on_hold_while_a_key_is_suspended(role: Role) -> None:
    world = World()
    world.set_state(role, KeyState.SUSPENDED)
    assert check(world).verdict is Verdict.UNFINISHED
    result = check(world, own_record=True)
    assert (result.verdict, result.credential) == (Verdict.ON_HOLD, world.entry)


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        (KeyState.PROPOSED, Verdict.UNKNOWN_ISSUER),
        (KeyState.ACTIVE, Verdict.CURRENT),
        (KeyState.RETIRED, Verdict.CURRENT),
        (KeyState.COMPROMISED, Verdict.NOT_GENUINE),
    ],
)
def test_an_own_record_changes_nothing_else(state: KeyState, verdict: Verdict) -> None:
    world = World()
    world.set_state(Role.ISSUE, state)
    assert check(world).verdict is check(world, own_record=True).verdict is verdict


def test_a_programme_is_an_issuer_kind() -> None:
    assert {who.kind for who in World().registry.issuers} == set(IssuerKind)
