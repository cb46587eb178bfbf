"""One good entry, spoilt in every way that we could think of. None may ever be V1."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passport.proofs.keys import Role
from passport.verifier import NotACredential, Verdict, verify
from tests.equal import REWRITABLE
from tests.world import NOW, PROGRAMME, World, to_bytes

WORLD = World()
GENUINE = WORLD.secured_entry()
TRUST = WORLD.trust()

# what may be said of something spoilt, and then nothing of it is shown
REFUSED = {Verdict.UNKNOWN_ISSUER, Verdict.NOT_GENUINE, Verdict.UNFINISHED}
Place = tuple[str | int, ...]


def verdict(document: Any) -> Verdict | None:
    return verdict_of_bytes(to_bytes(document))


def verdict_of_bytes(unverified: bytes) -> Verdict | None:
    try:
        result = verify(unverified, TRUST, NOW)
    except NotACredential:
        return None
    if result.verdict is not Verdict.CURRENT:
        assert result.verdict in REFUSED
        assert (result.credential, result.claim) == (None, None)
    return result.verdict


def places(value: Any, here: Place = ()) -> Iterator[Place]:
    yield here
    if isinstance(value, dict):
        for name in value:
            yield from places(value[name], (*here, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*here, index))


def at(document: Any, place: Place) -> Any:
    for step in place:
        document = document[step]
    return document


PLACES = list(places(GENUINE))
MEMBERS = [place for place in PLACES if place and isinstance(place[-1], str)]
OBJECTS = [place for place in PLACES if isinstance(at(GENUINE, place), dict)]
LISTS = [place for place in PLACES if isinstance(at(GENUINE, place), list)]
LEAVES = [place for place in PLACES if not isinstance(at(GENUINE, place), dict | list)]


def spoil(place: Place, change: Callable[[Any], Any]) -> Any:
    document = copy.deepcopy(GENUINE)
    if not place:
        return change(document)
    holder = at(document, place[:-1])
    holder[place[-1]] = change(holder[place[-1]])
    return document


def test_the_genuine_one_is_genuine() -> None:
    assert verdict(GENUINE) is Verdict.CURRENT
    assert verdict(dict(reversed(GENUINE.items()))) is Verdict.CURRENT
    assert len(PLACES) > 150


@pytest.mark.parametrize(
    "name", ["colour", "@index", "urn:x:colour", "description", "evidence", "jti", "id2"]
)
def test_a_member_added_anywhere(name: str) -> None:
    for place in OBJECTS:
        if name not in at(GENUINE, place):
            spoilt = spoil(place, lambda value: {**value, name: "red"})
            assert verdict(spoilt) is not Verdict.CURRENT, place


def test_a_member_removed_anywhere() -> None:
    for place in MEMBERS:
        document = copy.deepcopy(GENUINE)
        del at(document, place[:-1])[place[-1]]
        assert verdict(document) is not Verdict.CURRENT, place


def test_a_member_renamed_anywhere() -> None:
    for place in MEMBERS:
        document = copy.deepcopy(GENUINE)
        holder = at(document, place[:-1])
        holder[f"{place[-1]}s"] = holder.pop(place[-1])
        assert verdict(document) is not Verdict.CURRENT, place


@pytest.mark.parametrize(
    "value", [None, "", "x", [], {}, 0, 1, True, False, [[]], [None], "urn:x:y"], ids=repr
)
def test_another_value_anywhere(value: Any) -> None:
    for place in PLACES:
        if json.dumps(at(GENUINE, place)) != json.dumps(value):
            assert verdict(spoil(place, lambda _: value)) is not Verdict.CURRENT, place


def test_one_character_more_or_less_anywhere() -> None:
    for place in LEAVES:
        if isinstance(at(GENUINE, place), str):
            for change in (lambda text: text + " ", lambda text: text[:-1], str.swapcase):
                spoilt = spoil(place, change)
                assert spoilt == GENUINE or verdict(spoilt) is not Verdict.CURRENT, place


def test_a_value_in_an_array_or_out_of_it() -> None:
    """RDF does not tell one value from an array of one: at the places of `equal_forms` we do not either."""
    for place in PLACES:
        is_equal = _is_named(place) and place not in LISTS
        assert (verdict(spoil(place, lambda value: [value])) is Verdict.CURRENT) is is_equal, place
    for place in LISTS:
        is_equal = _is_named(place) and len(at(GENUINE, place)) == 1
        assert (verdict(spoil(place, lambda value: value[0])) is Verdict.CURRENT) is is_equal, place


def _is_named(place: Place) -> bool:
    """Whether a place is a member that may stand alone or in an array of one."""
    names = tuple(step for step in place if isinstance(step, str))
    return bool(place) and isinstance(place[-1], str) and names in REWRITABLE


def test_a_value_said_twice_or_in_another_order() -> None:
    """RDF knows neither: our form does."""
    for place in LISTS:
        assert verdict(spoil(place, lambda value: [*value, value[-1]])) is not Verdict.CURRENT, place
        if len(at(GENUINE, place)) > 1:
            assert verdict(spoil(place, lambda value: value[::-1])) is not Verdict.CURRENT, place


def test_a_text_written_as_a_value_object() -> None:
    for place in LEAVES:
        assert verdict(spoil(place, lambda value: {"@value": value})) is not Verdict.CURRENT, place


def test_two_values_changed_places() -> None:
    subject: Place = ("credentialSubject",)
    pairs: list[tuple[Place, Place]] = [
        ((*subject, "identifier", 0, "identityHash"), (*subject, "identifier", 1, "identityHash")),
        (("issuer", "name"), (*subject, "source", "parentOrg", "name")),
        (("validFrom",), ("awardedDate",)),
        (("proof", "proofValue"), ("endorsement", 0, "proof", "proofValue")),
        (("proof",), ("endorsement", 0, "proof")),
    ]
    for first, second in pairs:
        document = copy.deepcopy(GENUINE)
        one, other = at(document, first), at(document, second)
        at(document, first[:-1])[first[-1]], at(document, second[:-1])[second[-1]] = other, one
        assert verdict(document) is not Verdict.CURRENT, (first, second)


@settings(max_examples=150)
@given(st.integers(0, len(to_bytes(GENUINE)) * 8 - 1))
def test_any_flipped_bit(bit: int) -> None:
    data = bytearray(to_bytes(GENUINE))
    data[bit // 8] ^= 1 << bit % 8
    try:
        same = json.loads(data) == GENUINE
    except ValueError:
        same = False
    assert same or verdict_of_bytes(bytes(data)) is not Verdict.CURRENT


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    assert verdict_of_bytes(data) is None


def test_cut_off_anywhere() -> None:
    data = to_bytes(GENUINE)
    names_us = data.index(PROGRAMME.did.encode()) + len(PROGRAMME.did)
    for end in range(0, len(data), 97):
        assert verdict_of_bytes(data[:end]) is (Verdict.UNFINISHED if end >= names_us else None), end


@pytest.mark.parametrize(
    "data",
    [
        to_bytes(GENUINE).replace(b'"name"', b'"name": "x", "name"', 1),
        to_bytes(GENUINE).decode().encode("utf-16"),
        to_bytes(GENUINE) + b" " * (1024 * 1024),
    ],
    ids=["twice", "utf-16", "huge"],
)
def test_what_names_us_and_cannot_be_read(data: bytes) -> None:
    assert verdict_of_bytes(data) is Verdict.UNFINISHED


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"[" * 1_000_000,
        b"null",
        b"[]",
        b'"' + b"x" * 100,
        b'{"type": NaN}',
    ],
    ids=["deep", "brackets", "null", "array", "text", "nan"],
)
def test_input_that_is_no_credential(data: bytes) -> None:
    assert verdict_of_bytes(data) is None


def test_signed_by_the_issuer_but_more_than_an_entry_says() -> None:
    """Also what its own key signed is no entry of ours if it says something else besides."""
    document = {name: member for name, member in GENUINE.items() if name != "proof"}
    document["credentialSubject"] = {**document["credentialSubject"], "narrative": "I did it."}
    spoilt = WORLD.sign(document, WORLD.signers[Role.ISSUE], PROGRAMME, WORLD.entry.issued_at)
    assert verdict(spoilt) is Verdict.UNFINISHED
