"""Our own way to the canonical form against PyLD's: equal bytes, or a refusal with a reason."""

import copy
import json
import os
from typing import Any

import pytest

from passport.proofs import contexts
from passport.proofs.canonical import Canonicalizer
from passport.proofs.errors import NotCanonical
from passport.proofs.rdfc import canonical_nquads
from passport.proofs.tables import Tables, layers
from passport.proofs.walk import MAX_DEPTH, statements
from tests import drawn
from tests.compile_tables import compile_contexts
from tests.oracle import Oracle, Refused
from tests.world import World

NIGHT = bool(os.environ.get("TESTS_NIGHT"))
ROUNDS = 10 if NIGHT else 1
# A tenth of each, so that a red part names itself early.
SEEDS = range(10 * ROUNDS)

ORACLE = Oracle(drawn.DOCUMENTS)
SAMPLES = drawn.samples()


class _Kept:
    """The tables of the bundled contexts and some more, made anew for each test."""

    tables = Tables(layers(drawn.COMPILED))
    canonicalizer = Canonicalizer()


def canonical(document: dict[str, Any]) -> bytes:
    return _Kept.canonicalizer.canonical(document)


@pytest.fixture(autouse=True)
def _new_tables() -> None:
    _Kept.tables, _Kept.canonicalizer = Tables(layers(drawn.COMPILED)), Canonicalizer()


def ours(document: Any, tables: Tables | None = None) -> bytes | None:
    try:
        return canonical_nquads(statements(document, (tables or _Kept.tables).initial()))
    except NotCanonical:
        return None


def known() -> list[dict[str, Any]]:
    """Documents that the walk accepts, to spoil."""
    world = World()
    accepted = [document for _, document in SAMPLES if ours(document)]
    return accepted + 20 * [world.secured_entry(), world.secured_endorsement(), world.secured_list()]


def assert_equal_or_refused(document: Any) -> bool:
    """Say whether the document was accepted; then PyLD must give the same bytes."""
    before = copy.deepcopy(document)
    found = ours(document)
    assert document == before
    if found is None:
        return False
    try:
        expected = ORACLE.canonical(document)
    except Refused as refusal:
        pytest.fail(f"accepted, and PyLD refuses: {refusal}\n{json.dumps(before)}")
    assert found == expected, json.dumps(before)
    return True


@pytest.mark.parametrize(("name", "document"), SAMPLES, ids=[name for name, _ in SAMPLES])
def test_samples_of_the_standards(name: str, document: dict[str, Any]) -> None:
    assert_equal_or_refused(document)


def test_most_good_samples_are_accepted() -> None:
    refused = [name for name, document in SAMPLES if ours(document) is None and "-ok" in name]
    assert len(SAMPLES) > 200
    # What these have: contexts written into the document, @direction, an id that is not an address.
    assert len(refused) < 40, refused


def test_the_bundled_tables_give_the_same_as_those_with_more_contexts() -> None:
    tables = Tables(layers(contexts.tables()))
    for _, document in SAMPLES:
        found = ours(document, tables)
        assert found is None or found == ours(document)


def test_our_own_documents() -> None:
    world = World()
    for document in (world.secured_entry(), world.secured_endorsement(), world.secured_list()):
        assert canonical(document) == ORACLE.canonical(document)
        del document["proof"]
        assert canonical(document) == ORACLE.canonical(document)


@pytest.mark.parametrize("seed", SEEDS)
def test_spoilt_documents(seed: int) -> None:
    drawing, documents = drawn.Drawing(seed), known()
    accepted = sum(assert_equal_or_refused(drawing.spoilt(documents)) for _ in range(2_000))
    assert 500 < accepted < 1_800


@pytest.mark.parametrize("seed", SEEDS)
def test_new_documents(seed: int) -> None:
    drawing = drawn.Drawing(1_000 + seed)
    accepted = sum(assert_equal_or_refused(drawing.document()) for _ in range(200))
    assert 20 < accepted < 180


def a_document(**members: Any) -> dict[str, Any]:
    return {
        "@context": [drawn.V2, drawn.OB],
        "id": "urn:x:y",
        "type": ["VerifiableCredential"],
        "issuer": {"id": "did:web:a.example", "type": ["Profile"], "name": "A"},
        **members,
    }


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"colour": "red"}, "'colour'"),
        ({"issuer": {"id": "did:web:a.example", "colour": "red"}}, "'colour'"),
        ({"name": None}, "'name'"),
        ({"name": []}, "'name'"),
        ({"name": [["a"]]}, "'name'"),
        ({"name": "a\tb"}, "'name'"),
        ({"name": {"@value": "a\x00"}}, "'name'"),
        ({"name": {"@value": "a", "@direction": "rtl"}}, "'name'.*'@direction'"),
        ({"name": {"@value": "a", "@index": "b"}}, "'name'.*'@index'"),
        ({"name": {"@value": "a", "type": "urn:x:y"}}, "'name'.*'type'"),
        ({"name": {"@value": "a", "@language": "not a tag"}}, "'name'"),
        ({"name": {"@value": 5, "@language": "en"}}, "'name'"),
        ({"name": {"@value": None}}, "'name'"),
        ({"name": {"@list": ["a"]}}, "'@list'"),
        ({"name": {"@set": ["a"]}}, "'@set'"),
        ({"@nest": {"name": "a"}}, "'@nest'"),
        ({"@reverse": {"issuer": {}}}, "'@reverse'"),
        ({"@included": [{"name": "a"}]}, "'@included'"),
        ({"@index": "a"}, "'@index'"),
        ({"@id": "urn:x:z"}, "'@id'"),
        ({"@graph": []}, "'@graph'"),
        ({"_sd": ["a"]}, "'_sd'.*@json"),
        ({"id": "_:b0"}, "'id'.*'_:b0'"),
        ({"id": "relative"}, "'id'.*'relative'"),
        ({"id": 5}, "'id'"),
        ({"type": []}, "type"),
        ({"type": ["VerifiableCredential", "Nonsense"]}, "'type'.*'Nonsense'"),
        ({"type": ["VerifiableCredential", {}]}, "type"),
        ({"type": ["VerifiableCredential"] * 17}, "type"),
        ({"issuer": "relative"}, "'issuer'.*'relative'"),
        ({"issuer": 5}, "'issuer'"),
        ({"proof": "urn:x:y"}, "'proof'"),
        ({"proof": {}}, "'proof'"),
        ({"proof": {"type": "DataIntegrityProof", "nonce": "a\tb"}}, "'nonce'.*control"),
        ({"proof": {"type": "DataIntegrityProof", "created": "a\tb"}}, "'created'.*control"),
        ({"proof": {"id": "urn:x:y"}}, "'proof'"),
        ({"@context": [drawn.V2, {"name": "urn:x:y"}]}, "written into the document"),
        ({"@context": {"@vocab": "urn:x:"}}, "written into the document"),
        ({"@context": [drawn.V2, "https://a.example/"]}, "https://a.example/"),
        ({"@context": [drawn.V2, None]}, "None"),
        ({"@context": []}, "@context"),
        ({"type": ["VerifiableCredential", "Achievement"], "creditsAvailable": [1, "1"]}, "as a text"),
        ({"type": ["Achievement", "Profile", "Result"]}, "protected"),
    ],
    ids=lambda part: json.dumps(part)[:60],
)
def test_what_is_not_known_is_refused_and_named(members: dict[str, Any], named: str) -> None:
    assert ours(a_document())
    with pytest.raises(NotCanonical, match=named):
        canonical(a_document(**members))


@pytest.mark.parametrize(
    "number", [2**53, -(2**53), 1e-7, -1e-7, 9.99e-7, 1e16, 1e21, 1.0000152587890625, 0.1 + 0.2]
)
def test_numbers_that_implementations_write_differently(number: float) -> None:
    with pytest.raises(NotCanonical, match="'name' is a number"):
        canonical(a_document(name=number))


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (2**53 - 1, '"9007199254740991"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (5.0, '"5"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (-0.0, '"0"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (1e-6, '"1.0E-6"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (-12.5, '"-1.25E1"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (True, '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
    ],
)
def test_numbers_that_all_write_alike(number: float, written: str) -> None:
    assert f"<https://schema.org/name> {written} .".encode() in canonical(a_document(name=number))


def test_too_deep() -> None:
    parent: dict[str, Any] = {"type": ["Profile"]}
    for _ in range(MAX_DEPTH + 1):
        parent = {"type": ["Profile"], "parentOrg": parent}
    with pytest.raises(NotCanonical, match="deeper"):
        canonical(a_document(issuer=parent))


@pytest.mark.parametrize("document", [None, [], "text", 5, [{}]])
def test_a_document_is_an_object(document: Any) -> None:
    with pytest.raises(NotCanonical, match=r"^the document is not an object$"):
        canonical(document)


def test_objects_and_texts_with_a_language_stand_beside_each_other() -> None:
    thing = {"id": "urn:x:z", "type": ["Profile"], "name": "n"}
    english, welsh = {"@value": "a", "@language": "en"}, {"@value": "b", "@language": "CY-gb"}
    for names in ([thing, english], [english, thing, welsh], [thing, thing, english, "c", {"@value": "d"}]):
        assert assert_equal_or_refused(a_document(name=names))
    assert b'"b"@cy-gb' in canonical(a_document(name=[thing, welsh]))


def test_what_says_nothing_is_refused() -> None:
    for document in ({"@context": [drawn.V2]}, {"@context": [drawn.V2], "id": "urn:x:y"}, {}):
        with pytest.raises(NotCanonical, match=r"^the document says nothing$"):
            canonical(document)


CONTAINERS = {
    "@version": 1.1,
    "id": "@id",
    "type": "@type",
    "name": "urn:name",
    "number": {"@id": "urn:number", "@type": "http://www.w3.org/2001/XMLSchema#date"},
    "to": {"@id": "urn:to", "@type": "@id"},
    "list": {"@id": "urn:list", "@container": "@list"},
    "set": {"@id": "urn:set", "@container": "@set"},
    "graph": {"@id": "urn:graph", "@container": "@graph"},
}


@pytest.mark.parametrize(
    "members",
    [
        {"list": "a"},
        {"list": ["a", 1, {"name": "b"}, {"id": "urn:x:y"}]},
        {"set": "a", "to": "urn:x:y"},
        {"set": ["a", {"name": "b"}, {"@value": "c", "@language": "en"}]},
        {"number": ["1", "2"], "name": True},
        {"to": [{"id": "urn:x:y"}, {"name": "a"}, "urn:x:z"]},
        {"id": "urn:x:inside", "type": "urn:T", "list": ["a", "a"]},
    ],
    ids=json.dumps,
)
def test_containers_in_a_graph_and_outside(members: dict[str, Any]) -> None:
    known = {"urn:c": {"@context": CONTAINERS}}
    tables, oracle = Tables(layers(compile_contexts(known))), Oracle(known)
    for document in (members, {"graph": members}, {"graph": [members, {"name": "n"}]}, {"to": members}):
        whole = {"@context": "urn:c", "id": "urn:x:d"} | document
        found = ours(whole, tables)
        assert found is not None
        assert found == oracle.canonical(whole)


def test_graphs_in_graphs_may_be_as_deep_as_objects() -> None:
    known = {"urn:c": {"@context": CONTAINERS}}
    tables = Tables(layers(compile_contexts(known)))
    inside: dict[str, Any] = {"name": "a"}
    for _ in range(MAX_DEPTH):
        inside = {"graph": inside}
    assert statements({"@context": "urn:c", **inside}, tables.initial()).quads
    with pytest.raises(NotCanonical, match=rf"^deeper than {MAX_DEPTH} objects$"):
        statements({"@context": "urn:c", "graph": inside}, tables.initial())


# ------------------------------------------------------------------------- documents of unknown authors


def of_others(document: Any) -> bytes | None:
    try:
        return _Kept.canonicalizer.canonical_external(document)
    except NotCanonical:
        return None


def test_the_contexts_of_others_give_what_pyld_gives() -> None:
    for name, document in SAMPLES:
        found = of_others(document)
        assert found is None or found == ORACLE.canonical(document), name
    old = [name for name, document in SAMPLES if "v1" in str(document["@context"]) and of_others(document)]
    assert len(old) > 5


@pytest.mark.parametrize("place", ["related", "tag", "creator"])
def test_an_empty_array_says_nothing_in_a_document_of_others_and_is_refused_in_ours(place: str) -> None:
    document = World().secured_entry()
    before = canonical(document)
    document["credentialSubject"]["achievement"][place] = []
    assert of_others(document) == before == ORACLE.canonical(document)
    with pytest.raises(NotCanonical, match="is empty"):
        canonical(document)


def test_an_empty_list_is_a_list_without_members() -> None:
    document = {"@context": [drawn.V2, drawn.OB], "type": ["ResultDescription"], "allowedValue": []}
    found = of_others(document)
    assert found is not None
    assert b"#nil>" in found
    assert found == ORACLE.canonical(document)


def test_what_is_learnt_from_others_is_not_used_for_ours() -> None:
    document = World().secured_entry()
    document["credentialSubject"]["achievement"]["tag"] = []
    assert of_others(document)
    with pytest.raises(NotCanonical):
        canonical(document)
