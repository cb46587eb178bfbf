"""What is rewritten in an equal form of an entry is given back; nothing else is."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.openbadges.equal_forms import restored, without_mark
from tests.equal import REWRITABLE, Path, changed, places, rewritten
from tests.world import World, an_entry, as_before, confirmed_entry

OURS = {
    "now": World().secured_entry(),
    "before": World(as_before(an_entry())).secured_entry(),
    "confirmed": World(confirmed_entry()).secured_entry(),
}
NOW = OURS["now"]
ours = pytest.mark.parametrize("document", OURS.values(), ids=OURS)


def structures(value: Any, here: Path = ()) -> Iterator[tuple[Path, bool]]:
    """The path of each array and object below the top, and whether it is an array."""
    if isinstance(value, list):
        for each in value:
            yield from structures(each, here)
    elif isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, list | dict):
                yield (*here, name), isinstance(each, list)
            yield from structures(each, (*here, name))


@ours
def test_our_own_form_is_given_back_as_it_is(document: dict[str, Any]) -> None:
    before = copy.deepcopy(document)
    assert restored(document) is document
    assert document == before


@ours
def test_every_place_of_the_list_is_one_of_our_form(document: dict[str, Any]) -> None:
    known, found = dict(places()), dict(structures(document))
    assert {path: is_array for path, is_array in found.items() if path in known and known[path].is_array} == {
        path: True for path, place in known.items() if place.is_array
    }
    assert not any(found.get(path) for path, place in known.items() if not place.is_array)
    # the only arrays beside them are those of the contexts, of which we have three everywhere
    arrays = {path for path, is_array in found.items() if is_array}
    assert arrays - known.keys() == {("@context",), ("endorsement", "@context")}


@pytest.mark.parametrize("path", REWRITABLE, ids="/".join)
@ours
def test_one_member_alone_or_in_an_array(document: dict[str, Any], path: Path) -> None:
    given = rewritten(document, {path})
    several = {("type",), ("endorsement", "type"), ("credentialSubject", "identifier")}
    several |= {("credentialSubject", "achievement", "resultDescription", "rubricCriterionLevel")}
    assert (given == document) is (path in several), "it has more members than one there"
    assert restored(given) == document


@given(st.sets(st.sampled_from(REWRITABLE)))
def test_any_of_them_together(paths: set[Path]) -> None:
    for document in OURS.values():
        assert restored(rewritten(document, paths)) == document


@given(st.sets(st.sampled_from(REWRITABLE)), st.sampled_from(REWRITABLE))
def test_a_change_is_a_change_in_every_form(paths: set[Path], place: Path) -> None:
    for change in (lambda value: [value, value], lambda value: [[value]], lambda _: [], lambda _: None):
        spoilt = changed(NOW, {place}, change)
        assert restored(rewritten(spoilt, paths - {place})) != NOW


@pytest.mark.parametrize("name", ["identifier", "result"])
def test_the_order_inside_an_array_and_what_is_said_twice_stay(name: str) -> None:
    for change in (lambda values: values[::-1] + values[:1], lambda values: [*values, values[-1]]):
        spoilt = changed(NOW, {("credentialSubject", name)}, change)
        assert restored(spoilt) == spoilt


@pytest.mark.parametrize(
    "place",
    [
        ("issuer",),
        ("name",),
        ("credentialSubject", "id"),
        ("credentialSubject", "achievement"),
        ("credentialSubject", "source"),
        ("credentialSubject", "achievement", "criteria"),
        ("proof", "proofValue"),
    ],
    ids="/".join,
)
def test_no_other_place_is_rewritten(place: Path) -> None:
    spoilt = changed(NOW, {place}, lambda value: [value])
    assert restored(spoilt) == spoilt


def test_one_byte_order_mark_is_taken_away() -> None:
    assert without_mark(b"\xef\xbb\xbf{}") == b"{}"
    assert without_mark(b"{}") == b"{}"
    assert without_mark(b"\xef\xbb\xbf\xef\xbb\xbf{}") == b"\xef\xbb\xbf{}"
