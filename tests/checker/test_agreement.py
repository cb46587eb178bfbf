"""Two readers of one format, one in Python and one in the page: they say the same of every code."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from passport.openbadges import address, compact, days
from passport.openbadges.contents import Contents, contents_of
from passport.openbadges.registry import KeyState
from passport.proofs import signing
from passport.proofs.keys import Role
from passport.verifier import Outcome, Trust
from passport.verifier.compact import NoEntryInside, OtherSite, verify_compact
from passport.web.checking.reasons import READER
from tests.checker.conftest import Judge, milliseconds
from tests.vectors.compact import make, vector
from tests.vectors.test_compact import FOLDER
from tests.world import LIST_URL, NOW, REFRESH_URL, SUSPENSION_URL, URL, World, an_entry

MUTATED = 300_000 if os.environ.get("TESTS_NIGHT") else 60_000
BATCH = 5_000
PURPOSES = ("revocation", "suspension", "refresh")
CODE = "SP4F7K9QXM2TW9"
DIGITS = vector.URL.partition("#1")[2]
GROUP_BYTES = {17: 7, 3: 1, 5: 2, 8: 3, 10: 4, 13: 5, 15: 6}
INDEX, SHARE_INDEX = an_entry().status.index, 20_311
MADE, ENDS = date(2026, 4, 1), date(2027, 4, 1)


def vectors_world() -> World:
    world = World()
    world.signers[Role.ISSUE] = vector.KEY
    world.__post_init__()
    lists = [f"{URL}/status/3/{purpose}" for purpose in PURPOSES]
    world.lists = {url: world.secured_list(url) for url in lists}
    return world


def python_says(text: str, trust: Trust, at: datetime = NOW, **options: Any) -> dict[str, Any]:
    """What our Python reader says, in the shape in which the page's says it."""
    try:
        result = verify_compact(text, trust, at, **options)
    except OtherSite:
        return {"refused": "other site"}
    except NoEntryInside:
        return {"refused": "no entry"}
    return {
        "verdict": str(result.verdict),
        "checks": [(check.name, str(check.outcome), _fixed(check.reason)) for check in result.checks],
        "contents": _contents(result.contents) if result.contents else None,
        "issuer": result.issuer.name if result.issuer else None,
        "shareCode": result.share_code,
        "statusFrom": milliseconds(result.status_from) if result.status_from else None,
    }


def page_says(said: dict[str, Any]) -> dict[str, Any]:
    if "refused" in said:
        return said
    return {
        "verdict": said["verdict"],
        "checks": [(check["name"], check["outcome"], _fixed(check["reason"])) for check in said["checks"]],
        "contents": said["contents"],
        "issuer": said["issuer"] and said["issuer"]["name"],
        "shareCode": said["shareCode"],
        "statusFrom": said["statusFrom"],
    }


def _fixed(reason: str) -> str:
    """Return a reason that the page has words for; others name the place of a fault, in each reader's way."""
    return reason if reason in READER else ""


def _contents(said: Contents) -> dict[str, Any]:
    values = {_camel(field.name): getattr(said, field.name) for field in fields(said)}
    values["reviewOn"] = said.review_on
    return {name: _day(value) if isinstance(value, date) else value for name, value in values.items()}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _day(day: date) -> float:
    return milliseconds(datetime(day.year, day.month, day.day, tzinfo=UTC))


def cases(name: str) -> list[str]:
    return [case["text"] for case in json.loads((FOLDER / name).read_bytes())["codes"]]


# ------------------------------------------------------------------------- one entry, and all that is near it


def test_the_vector_is_genuine_for_both(judge: Judge) -> None:
    world = vectors_world()
    [said] = judge(world, NOW, [vector.URL])
    assert said["verdict"] == "V1"
    assert said["contents"]["holderName"] == "Amara Demoson"
    assert page_says(said) == python_says(vector.URL, world.trust())


def test_every_code_made_by_hand_has_the_same_outcome(judge: Judge) -> None:
    world = vectors_world()
    texts, trust = [*cases("cases.json"), *cases("mutated.json")], world.trust()
    judged = zip(texts, judge(world, NOW, texts), strict=True)
    differ = [(text, page_says(said)) for text, said in judged if page_says(said) != python_says(text, trust)]
    assert differ == []


def test_every_single_bit_flip_is_refused_by_both(judge: Judge) -> None:
    world, texts = vectors_world(), []
    for bit in range(len(vector.VECTOR) * 8):
        data = bytearray(vector.VECTOR)
        data[bit // 8] ^= 1 << bit % 8
        texts.append(address.write(vector.ORIGIN, vector.CODE, bytes(data)))
    trust = world.trust()
    said = [page_says(one) for one in judge(world, NOW, texts)]
    assert said == [python_says(text, trust) for text in texts]
    assert {one["verdict"] for one in said} == {"V6", "V7", "V8"}
    assert [one["contents"] for one in said] == [None] * len(texts)


def test_a_second_spelling_of_the_same_bytes_is_refused_by_both(judge: Judge) -> None:
    """Seven bytes need fewer than all numbers of 17 digits: one that is too great must not be cut down."""
    start, digits = vector.URL[: -len(DIGITS)], DIGITS
    texts = []
    for place in range(0, len(digits), 17):
        group = digits[place : place + 17]
        other = str(int(group) + 2 ** (8 * GROUP_BYTES[len(group)])).zfill(len(group))
        if len(other) == len(group):
            texts.append(start + digits[:place] + other + digits[place + 17 :])
    assert len(texts) > 10
    trust = vectors_world().trust()
    for text, said in zip(texts, judge(vectors_world(), NOW, texts), strict=True):
        assert page_says(said) == python_says(text, trust)
        assert said["verdict"] == "V8"


def test_mutated_codes_are_refused_alike_and_the_original_alone_is_accepted(judge: Judge) -> None:
    world = vectors_world()
    trust = world.trust()
    mutated = (case["text"] for case in make.mutated(MUTATED, "for both readers"))
    accepted, judged = set(), 0
    for batch in _batches(mutated):
        texts = [*batch, vector.URL]
        said = judge(world, NOW, texts, in_short=True)
        assert [(text, _short(text, trust)) for text in texts] == list(zip(texts, said, strict=True))
        accepted |= {text for text, one in zip(texts, said, strict=True) if one not in REFUSED}
        judged += len(batch)
    assert judged == MUTATED
    assert accepted == {vector.URL}


REFUSED = ("V6 issuer", "V7 signature", "V8 shape", {"refused": "other site"})


def _short(text: str, trust: Trust) -> Any:
    try:
        result = verify_compact(text, trust, NOW)
    except OtherSite:
        return {"refused": "other site"}
    failed = [check.name for check in result.checks if check.outcome is Outcome.FAILED]
    return f"{result.verdict} {''.join(failed)}"


def _batches(texts: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(texts, BATCH)):
        yield batch


# ------------------------------------------------------------------------- what has become of it since


def said(**changed: Any) -> Contents:
    return replace(
        contents_of(an_entry(), UTC, share_made=MADE, share_ends=ENDS, share_index=SHARE_INDEX), **changed
    )


def code(world: World, contents: Contents | None = None) -> str:
    return address.write(URL, CODE, compact.write(contents or said(), world.signers[Role.ISSUE]))


def with_key(state: KeyState, **changes: Any) -> World:
    world = World(time_zone="UTC")
    world.edit_key(Role.ISSUE, state=state, **changes)
    return world


def late(world: World) -> World:
    """With lists that are not fresh: its registry may be older than what it is asked for."""
    world.list_made = NOW - timedelta(hours=25)
    return world


def with_registry(**changes: Any) -> World:
    world = World()
    world.registry = replace(world.registry, **changes)
    return world


def with_lists(**changes: Any) -> World:
    """Lists under the names revocation, suspension and refresh, or None."""
    world = World()
    urls = {"revocation": LIST_URL, "suspension": SUSPENSION_URL, "refresh": REFRESH_URL}
    world.lists = {urls[name]: change for name, change in changes.items()}
    return world


def closed() -> World:
    world = World(list_validity=None)
    until = NOW - timedelta(days=1)
    issuers = tuple(replace(issuer, until=until) for issuer in world.registry.issuers)
    world.registry = replace(world.registry, issuers=issuers, expires=None)
    return world


def other_status_key() -> World:
    world = World()
    world.signers[Role.STATUS] = signing.generate(Role.STATUS)
    return world


def tampered_list() -> World:
    document = World().secured_list()
    document["credentialSubject"]["ttl"] = 1
    return with_lists(revocation=document)


HOUR = timedelta(hours=1)
WORLDS: dict[str, tuple[Callable[[], World], datetime, str]] = {
    "current": (World, NOW, "V1"),
    "share stopped": (lambda: World(withdrawn={SHARE_INDEX}), NOW, "V10"),
    "stopped and withdrawn": (lambda: World(withdrawn={SHARE_INDEX, INDEX}), NOW, "V10"),
    "replaced": (lambda: World(replaced={INDEX}, withdrawn={INDEX}, on_hold={INDEX}), NOW, "V4"),
    "withdrawn": (lambda: World(withdrawn={INDEX}, on_hold={INDEX}), NOW, "V2"),
    "on hold": (lambda: World(on_hold={INDEX}), NOW, "V3"),
    "other places": (lambda: World(withdrawn={INDEX - 1, INDEX + 1, SHARE_INDEX + 1}), NOW, "V1"),
    "every other place": (
        lambda: World(withdrawn=set(range(131_072)) - {INDEX, SHARE_INDEX}),
        NOW,
        "V1",
    ),
    "key proposed": (lambda: with_key(KeyState.PROPOSED), NOW, "V6"),
    "key proposed, of late": (lambda: late(with_key(KeyState.PROPOSED)), NOW, "V8"),
    "key retired": (lambda: with_key(KeyState.RETIRED), NOW, "V1"),
    "key suspended": (lambda: with_key(KeyState.SUSPENDED), NOW, "V8"),
    "key compromised": (lambda: with_key(KeyState.COMPROMISED), NOW, "V7"),
    "key too young": (lambda: with_key(KeyState.ACTIVE, from_=datetime(2026, 4, 3, tzinfo=UTC)), NOW, "V7"),
    "key of that day": (
        lambda: with_key(KeyState.ACTIVE, from_=datetime(2026, 4, 1, 9, tzinfo=UTC)),
        NOW,
        "V1",
    ),
    "key too old": (
        lambda: with_key(KeyState.RETIRED, until=datetime(2026, 3, 31, 23, tzinfo=UTC)),
        NOW,
        "V7",
    ),
    "registry expired": (lambda: with_registry(expires=NOW), NOW, "V8"),
    "lists of 24 hours": (lambda: World(list_made=NOW - 24 * HOUR), NOW, "V1"),
    "lists of 25 hours": (lambda: World(list_made=NOW - 25 * HOUR), NOW, "V8"),
    "clock in 2001": (World, datetime(2001, 1, 1, tzinfo=UTC), "V8"),
    "clock in 2040": (World, datetime(2040, 1, 1, tzinfo=UTC), "V10"),
    "clock a little behind": (World, NOW - timedelta(minutes=14), "V1"),
    "no list": (lambda: with_lists(revocation=None), NOW, "V8"),
    "one list too old": (
        lambda: with_lists(refresh=World().secured_list(REFRESH_URL, made=NOW - 30 * HOUR)),
        NOW,
        "V8",
    ),
    "a list in the place of another": (
        lambda: with_lists(suspension=World().secured_list(LIST_URL)),
        NOW,
        "V8",
    ),
    "a list about something else": (
        lambda: with_lists(suspension=World().secured_list(SUSPENSION_URL, "revocation")),
        NOW,
        "V8",
    ),
    "a changed list": (tampered_list, NOW, "V8"),
    "a status key that nobody knows": (other_status_key, NOW, "V8"),
    "a closed programme's last list": (closed, NOW + timedelta(days=300), "V1"),
    "a list without end of a programme that goes on": (
        lambda: World(list_validity=None),
        NOW + timedelta(days=30),
        "V8",
    ),
    "the end of the share": (lambda: World(time_zone="UTC"), datetime(2027, 4, 1, tzinfo=UTC), "V10"),
}


@pytest.mark.parametrize(("world", "verdict"), [(World(), "V6"), (late(World()), "V8")], ids=["new", "old"])
def test_a_key_that_is_newer_than_the_registry_at_hand(world: World, verdict: str, judge: Judge) -> None:
    newer = World()
    newer.signers[Role.ISSUE] = signing.generate(Role.ISSUE)
    text = code(newer)
    [found] = judge(world, NOW, [text])
    assert page_says(found) == python_says(text, world.trust())
    assert (found["verdict"], found["contents"]) == (verdict, None)


@pytest.mark.parametrize("name", WORLDS)
def test_what_has_become_of_it(name: str, judge: Judge) -> None:
    make_world, at, verdict = WORLDS[name]
    world = make_world()
    text = code(world)
    [found] = judge(world, at, [text])
    assert page_says(found) == python_says(text, world.trust(), at)
    assert found["verdict"] == verdict


# Clocks are changed at midnight in Santiago, once on the last day of a share and once on the day after
ZONES = (
    None,
    "UTC",
    "Europe/London",
    "Asia/Kolkata",
    "America/Santiago",
    "Pacific/Kiritimati",
    "Mars/Olympus",
)
LAST_DAYS = (date(2027, 3, 31), date(2026, 9, 5), date(2027, 4, 3), date(2027, 4, 4), date(2026, 10, 25))


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_is_over_at_the_same_second_for_both(zone: str | None, judge: Judge) -> None:
    for last in LAST_DAYS:
        over = days.ends(last, days.zone(zone))
        world = World(time_zone=zone, list_made=over - HOUR)
        world.registry = replace(world.registry, expires=over + HOUR)
        text = code(world, said(share_ends=last + timedelta(days=1)))
        for at, verdict in ((over - timedelta(seconds=1), "V1"), (over, "V10")):
            [found] = judge(world, at, [text])
            assert page_says(found) == python_says(text, world.trust(), at)
            assert found["verdict"] == verdict, (zone, last)


@pytest.mark.parametrize("zone", ZONES)
def test_a_key_is_judged_by_the_same_day_for_both(zone: str | None, judge: Judge) -> None:
    begin, end = days.span(MADE, days.zone(zone))
    for made, verdict in (
        (begin - timedelta(seconds=301), "V7"),
        (begin, "V1"),
        (end, "V1"),
        (end + timedelta(seconds=301), "V7"),
    ):
        world = World(time_zone=zone)
        world.edit_key(Role.ISSUE, from_=made, until=made)
        [found] = judge(world, NOW, [code(world)])
        assert page_says(found) == python_says(code(world), world.trust(), NOW)
        assert found["verdict"] == verdict, zone


@pytest.mark.parametrize("role", [Role.ENDORSE, Role.STATUS, Role.ROOT])
def test_a_key_of_another_role_issues_nothing(role: Role, judge: Judge) -> None:
    world = World()
    text = address.write(URL, CODE, compact.write(said(), world.signers[role]))
    [found] = judge(world, NOW, [text])
    assert page_says(found) == python_says(text, world.trust())
    assert (found["verdict"], found["contents"]) == ("V6", None)
