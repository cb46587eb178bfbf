"""An entry that other software wrote again is genuine, and what is no equal form of it is never shown.

The signature of the programme holds for every document of `NOT_OURS`: their canonical form is that of the
entry. It alone is therefore never enough.
"""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from passport.verifier import Verdict, verify
from tests.equal import REWRITABLE, Document, changed, rewritten
from tests.proofs.cold import canonical
from tests.world import NOW, World, an_entry, as_before, confirmed_entry, to_bytes

WORLD = World()
GENUINE = WORLD.secured_entry()
TRUST = WORLD.trust()
ENTRIES = {"now": WORLD, "before": World(as_before(an_entry())), "confirmed": World(confirmed_entry())}
EVERYWHERE = set(REWRITABLE)

# What software that reads and writes JSON makes of a document.
WRITTEN: dict[str, Callable[[Document], bytes]] = {
    "as we write it": to_bytes,
    "names in order": lambda document: json.dumps(document, sort_keys=True).encode(),
    "on one line": lambda document: json.dumps(document, separators=(",", ":")).encode(),
    "with tabs and ends of Windows lines": lambda document: (
        json.dumps(document, indent="\t").replace("\n", "\r\n").encode() + b"\r\n"
    ),
    "after a byte order mark": lambda document: b"\xef\xbb\xbf" + to_bytes(document),
    "shortest names first": lambda document: json.dumps(_by_length(document)).encode(),
    "single values": lambda document: to_bytes(rewritten(document, _stand(document, list))),
    "arrays": lambda document: to_bytes(rewritten(document, _stand(document, dict, str))),
    "everything": lambda document: b"\xef\xbb\xbf" + json.dumps(rewritten(document, EVERYWHERE)).encode(),
}


def _by_length(value: Any) -> Any:
    """The order of names in which PostgreSQL keeps jsonb."""
    if isinstance(value, list):
        return [_by_length(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _by_length(value[name]) for name in sorted(value, key=lambda name: (len(name), name))}


def _stand(document: Document, *kinds: type) -> set[tuple[str, ...]]:
    """The places where the document has a value of these kinds."""
    found = set()
    for path in REWRITABLE:
        values: list[Any] = []
        changed(document, {path}, values.append)
        if values and all(isinstance(value, kinds) for value in values):
            found.add(path)
    return found


def judged(unverified: bytes) -> Verdict:
    result = verify(unverified, TRUST, NOW)
    if result.verdict is not Verdict.CURRENT:
        assert (result.credential, result.claim) == (None, None)
    return result.verdict


written = pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)


@written
@pytest.mark.parametrize("world", ENTRIES.values(), ids=ENTRIES)
def test_it_is_genuine_in_every_form(world: World, write: Callable[[Document], bytes]) -> None:
    result = verify(write(world.secured_entry()), TRUST, NOW)
    assert (result.verdict, result.credential) == (Verdict.CURRENT, world.entry)
    again = verify(write(world.secured_entry()), TRUST, NOW)
    assert (again.verdict, again.credential) == (Verdict.CURRENT, world.entry)


def at(*path: str) -> Callable[[Callable[[Any], Any]], Document]:
    """`at("name")(str.upper)`: the entry with the value at a place changed."""
    return lambda change: changed(GENUINE, {path}, change)


CHANGED = {
    "the holder's name": at("credentialSubject", "identifier")(
        lambda both: [{**both[0], "identityHash": "Ada Fakeson"}, both[1]]
    ),
    "the level": at("credentialSubject", "result", "achievedLevel")(lambda level: level[:-1] + "4"),
    "the employer's name": at("credentialSubject", "source", "parentOrg", "name")(str.upper),
    "the review date": at("validUntil")(lambda _: "2039-03-15T00:00:00Z"),
    "the hours": at("evidence", "description")(lambda _: "250 hours"),
    "the digest": at("evidence", "digestMultibase")(lambda digest: digest[:-1] + "A"),
    "the id of the evidence": at("evidence", "id")(lambda _: "urn:uuid:00000000-0000-0000-0000-000000000009"),
    "what the champion said": at("endorsement", "credentialSubject", "endorsementComment")(
        lambda said: said.replace("On my own", "Helping others")
    ),
    "the proof": at("proof", "proofValue")(lambda value: value[:-1] + ("1" if value[-1] != "1" else "2")),
    "the endorsement's proof": at("endorsement", "proof", "created")(lambda _: "2026-03-14T15:00:01Z"),
}


@written
@pytest.mark.parametrize("document", CHANGED.values(), ids=CHANGED)
def test_changed_contents_are_not_genuine_in_any_form(
    document: Document, write: Callable[[Document], bytes]
) -> None:
    assert judged(write(document)) is Verdict.NOT_GENUINE


def moved(name: str) -> Document:
    """A member of the evidence moved into what the endorsement is about: the same node."""
    document = copy.deepcopy(GENUINE)
    document["endorsement"][0]["credentialSubject"][name] = document["evidence"][0].pop(name)
    return document


def named_once() -> Document:
    """The employer's name in one of the two places of its node."""
    document = copy.deepcopy(GENUINE)
    del document["credentialSubject"]["source"]["parentOrg"]["name"]
    return document


NOT_OURS = {
    "name and school exchanged": at("credentialSubject", "identifier")(lambda both: both[::-1]),
    "evidence moved: name": moved("name"),
    "evidence moved: hours": moved("description"),
    "evidence moved: digest": moved("digestMultibase"),
    "evidence said twice": at("evidence")(lambda each: each * 2),
    "a type said twice": at("type")(lambda types: [*types, types[-1]]),
    "the name said twice": at("name")(lambda name: [name, name]),
    "types in another order": at("type")(lambda types: types[::-1]),
    "levels in another order": at(
        "credentialSubject", "achievement", "resultDescription", "rubricCriterionLevel"
    )(lambda levels: levels[::-1]),
    "an employer named in the endorsement alone": named_once(),
    "a text as a value object": at("name")(lambda name: {"@value": name}),
    "a schema said twice": at("credentialSchema")(lambda each: each * 2),
}


def unsigned(document: Document) -> Document:
    return {name: member for name, member in document.items() if name != "proof"}


@pytest.mark.parametrize("document", NOT_OURS.values(), ids=NOT_OURS)
def test_the_signature_of_the_programme_holds_for_each_of_them(document: Document) -> None:
    assert document != GENUINE
    assert canonical(unsigned(document)) == canonical(unsigned(GENUINE))


@written
@pytest.mark.parametrize("document", NOT_OURS.values(), ids=NOT_OURS)
def test_what_only_has_our_canonical_form_is_never_shown(
    document: Document, write: Callable[[Document], bytes]
) -> None:
    assert judged(write(document)) in {Verdict.NOT_GENUINE, Verdict.UNFINISHED}


@pytest.mark.parametrize("path", REWRITABLE, ids="/".join)
def test_no_value_said_twice_or_in_two_arrays_is_shown(path: tuple[str, ...]) -> None:
    def twice(value: Any) -> Any:
        return value * 2 if isinstance(value, list) else [value, value]

    for change in (twice, lambda value: [[value]], lambda _: []):
        assert judged(to_bytes(changed(GENUINE, {path}, change))) in {
            Verdict.NOT_GENUINE,
            Verdict.UNFINISHED,
        }


def test_an_endorsement_moved_into_another_entry_is_not_genuine_in_any_form() -> None:
    other = World(as_before(an_entry())).secured_endorsement()
    for write in WRITTEN.values():
        assert judged(write({**GENUINE, "endorsement": [other]})) is Verdict.NOT_GENUINE


def test_two_byte_order_marks_are_not_read() -> None:
    assert judged(b"\xef\xbb\xbf" * 2 + WORLD.entry_bytes()) is Verdict.UNFINISHED
