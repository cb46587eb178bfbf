import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from passport.proofs.errors import NotCanonical
from tests.proofs.cold import canonical
from tests.world import World

VECTORS = Path(__file__).parents[1] / "vectors"
V2 = "https://www.w3.org/ns/credentials/v2"


def a_document(**members: Any) -> dict[str, Any]:
    return {
        "@context": [V2],
        "id": "urn:uuid:00000000-0000-0000-0000-000000000001",
        "type": ["VerifiableCredential"],
        "issuer": "did:web:a.example",
        "credentialSubject": {"id": "did:web:b.example", "name": "B"},
        **members,
    }


def test_the_1edtech_vector() -> None:
    folder = VECTORS / "1edtech-openbadges-3.0"
    document = json.loads((folder / "signed.json").read_text())
    del document["proof"]
    assert canonical(document) == (folder / "document-canon.txt").read_bytes()


def test_order_of_members_does_not_matter() -> None:
    document = a_document()
    assert canonical(dict(reversed(document.items()))) == canonical(document)


@pytest.mark.parametrize(
    "members",
    [
        {"colour": "red"},
        {"credentialSubject": {"id": "did:web:b.example", "colour": "red"}},
        {"credentialSubject": {"id": "did:web:b.example", "name": {"@value": "B", "colour": "red"}}},
        {"id": "7"},
        {"id": "/7"},
        {"id": ""},
        {"id": "_:b0"},
        {"id": "#x"},
        {"issuer": "someone"},
        {"type": ["VerifiableCredential", "Nonsense"]},
        {"credentialSubject": {"type": "Nonsense", "name": "B"}},
        {"credentialSubject": {"id": "did:web:b.example", "name": {"@value": "B", "@type": "Nonsense"}}},
        {"name": None},
        {"name": []},
        {"name": ["a", None]},
        {"name": {"@value": "a", "@index": "lost"}},
        {"name": {"@value": "a", "@language": "not a tag"}},
        {"name": {"@value": "a", "@language": "en", "@direction": "rtl"}},
        {"name": {"@set": ["a"]}},
        {"@included": [{"name": "b"}]},
        {"@graph": [{"name": "b"}]},
        {"@reverse": {"issuer": "did:web:c.example"}},
        {"@nest": {"name": "b"}},
        {"name": "a\x00b"},
        {"name": "a\tb"},
        {"name": 0.1234567890123456789 + 1e-17},
        {"@context": [V2, "https://example.org/unknown"]},
        {"@context": [V2, {"colour": "https://example.org/colour"}]},
        {"@context": [V2, {"name": None}]},
        {"id": 5},
        {"id": ["urn:x:y"]},
        {"type": 5},
        {"type": [{}]},
        {"name": {"@value": {"a": 1}}},
        {"name": {"@value": "a", "@type": "urn:x:y", "@language": "en"}},
        {"@context": None},
        {"@context": []},
        {"@context": 1},
        {"@context": {"@vocab": "https://example.org/"}},
        {"credentialSubject": {"@context": {"@vocab": "https://example.org/"}, "colour": "red"}},
    ],
    ids=json.dumps,
)
def test_refuses_whatever_would_not_be_signed(members: dict[str, Any]) -> None:
    with pytest.raises(NotCanonical):
        canonical(a_document(**members))


@pytest.mark.parametrize(
    "iri",
    [
        "urn:x> <urn:p> <urn:o> .\n<urn:y",
        "urn:x> <urn:p> <urn:o> .",
        "urn:x y",
        "urn:x<",
        'urn:x"',
        "urn:{x}",
        "urn:x\\y",
        "urn:x|y",
        "urn:x^y",
        "urn:x`y",
        "urn:",
        "1urn:x",
    ],
)
def test_an_id_cannot_write_statements_of_its_own(iri: str) -> None:
    for members in ({"id": iri}, {"issuer": iri}, {"credentialSubject": {"id": iri, "name": "B"}}):
        with pytest.raises(NotCanonical):
            canonical(a_document(**members))


def test_a_text_cannot_write_statements_of_its_own() -> None:
    quads = canonical(a_document(name='x" .\n<urn:a> <urn:b> <urn:c'))
    assert b"\n<urn:a>" not in quads


@pytest.mark.parametrize("document", [{}, {"@context": [V2]}, {"@context": [V2], "id": "urn:x:y"}])
def test_a_document_that_says_nothing_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(NotCanonical):
        canonical(document)


def test_a_graph_made_to_take_for_ever_is_given_up() -> None:
    knot: dict[str, Any] = {"type": ["Profile"]}
    for _ in range(2):
        knot = {"type": ["Profile"], "parentOrg": [copy.deepcopy(knot) for _ in range(9)]}
    with pytest.raises(NotCanonical, match="look alike"):
        canonical(a_document(evidence=[knot], **{"@context": _entry_contexts()}))


def test_our_own_documents_are_lossless() -> None:
    world = World()
    for document in (world.secured_entry(), world.secured_endorsement(), world.secured_list()):
        assert canonical(document)


def _add(value: dict[str, Any]) -> None:
    value["colour"] = "red"


def _rename(value: dict[str, Any]) -> None:
    name = next(name for name in value if not name.startswith("@"))
    value[f"{name}x"] = value.pop(name)


@pytest.mark.parametrize("spoil", [_add, _rename])
def test_at_every_depth_of_an_entry(spoil: Callable[[dict[str, Any]], None]) -> None:
    document = World().secured_entry()
    places = list(objects_in(document))
    assert len(places) > 20
    for place in range(len(places)):
        spoilt = copy.deepcopy(document)
        spoil(list(objects_in(spoilt))[place])
        with pytest.raises(NotCanonical):
            canonical(spoilt)


def objects_in(value: Any) -> Any:
    """Every object of a document, outside in."""
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from objects_in(member)
    elif isinstance(value, list):
        for item in value:
            yield from objects_in(item)


def _entry_contexts() -> list[str]:
    return list(World().secured_entry()["@context"])
