import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from passport.proofs import contexts, tables
from passport.proofs.errors import NotCanonical, ProofError
from passport.proofs.rdfc import canonical_nquads
from passport.proofs.tables import Tables, layers
from passport.proofs.walk import statements
from tests import compile_tables, drawn
from tests.oracle import Oracle
from tests.world import World


def test_the_committed_tables_are_what_pyld_makes_of_the_contexts() -> None:
    for path, text in compile_tables.texts().items():
        assert path.read_text(encoding="utf-8") == text


def test_no_bundled_context_defines_a_prefix_or_a_vocabulary() -> None:
    """The prepared configuration of a proof, and the refusal of unknown members, stand on this."""
    said = contexts.TABLES.read_text(encoding="utf-8")
    assert '"prefix"' not in said
    assert '"vocab"' not in said


@pytest.mark.parametrize(
    "name", ["credentials-v2.jsonld", "openbadges-3.0.3.json", "openbadges-extensions.json"]
)
def test_a_changed_context_file_is_noticed(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in contexts.FOLDER.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes() + b" " * (file.name == name))
    monkeypatch.setattr(contexts, "FOLDER", tmp_path)
    with pytest.raises(ProofError, match="not the published one"):
        contexts.tables()


def test_tables_of_other_contexts_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexts, "TABLES", tmp_path / "tables.json")
    with pytest.raises(ProofError, match="cannot be read"):
        contexts.tables()
    contexts.TABLES.write_text("{}")
    with pytest.raises(ProofError, match=r"^the tables were made from other contexts; make them again$"):
        contexts.tables()


def of_types(*types: str) -> dict[str, Any]:
    return {"@context": [drawn.V2, drawn.OB], "id": "urn:x:y", "type": list(types), "name": "n"}


def test_what_documents_make_grow_is_bounded_and_still_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_KEPT", 40)
    bounded, free = Tables(layers(contexts.tables())), Tables(layers(contexts.tables()))
    for first in drawn.TYPES:
        for second in drawn.TYPES[:20]:
            document = of_types(first, second)
            assert outcome(document, bounded) == outcome(document, free)
            assert bounded._memory._kept <= 40


def test_a_full_memory_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_KEPT", 5)
    bounded, free = Tables(layers(contexts.tables())), Tables(layers(contexts.tables()))
    first = bounded.initial()
    for name in 2 * ["Achievement", "AchievementCredential", "AchievementSubject", "Profile"]:
        assert outcome(of_types(name), bounded) == outcome(of_types(name), free)
        assert bounded._memory._kept <= 5
    assert bounded.initial() is not first
    assert bounded.initial() is bounded.initial()


def test_as_many_types_and_contexts_as_there_may_be() -> None:
    used = Tables(layers(contexts.tables()))
    assert isinstance(outcome(of_types(*["Profile"] * 16), used), bytes)
    words = "@context or a type is empty, or too long"
    assert outcome(of_types(*["Profile"] * 17), used) == outcome(of_types(), used) == words
    many = of_types("Profile") | {"@context": [drawn.V2, *[drawn.OB] * 15]}
    assert outcome(many, used) == outcome(of_types("Profile"), used)
    assert outcome(many | {"@context": [drawn.V2, *[drawn.OB] * 16]}, used) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"@context": [drawn.OB[:-1]]}, f"we do not know the context '{drawn.OB[:-1]}'"),
        ({"@context": [5]}, "we do not know the context 5"),
        ({"@context": {}}, "we do not know the context that is written into the document"),
        ({"@context": ["x" * 300]}, "we do not know the context '" + "x" * 199),
        ({"type": [5]}, "a type is not a text"),
        ({"type": [{}]}, "a type is not a text"),
        ({"type": ["Nobodys"]}, "'type' is no absolute id, and no type that a context defines: 'Nobodys'"),
        ({"id": "x y"}, "'id' is no absolute id, and no type that a context defines: 'x y'"),
        ({"id": 5}, "the member 'id' is not a text"),
        ({"colour": 1}, "no context defines the member 'colour'"),
        ({"c" * 300: 1}, "no context defines the member '" + "c" * 199),
        ({"https://a.example/x": 1}, "no context defines the member 'https://a.example/x'"),
        ({"@id": "urn:x:z"}, "no context defines the member '@id'"),
        ({"_sd": ["a"]}, "the member '_sd' is defined with @json: not signed"),
        ({"type": ["Achievement", "Profile", "Result"]}, "a context defines "),
    ],
)
def test_what_is_said_of_names_that_mean_nothing(changes: dict[str, Any], words: str) -> None:
    said = outcome(of_types("Profile") | changes, Tables(layers(contexts.tables())))
    assert isinstance(said, str)
    assert said.startswith(words)
    assert len(said) < 280


def test_without_a_context_nothing_has_an_id_or_a_type() -> None:
    used, only = Tables(layers(contexts.example_tables())), {"@context": [contexts.EXAMPLES]}
    assert outcome({**only, "id": "urn:x:y"}, used) == "no context defines the member 'id'"
    assert outcome({**only, "type": ["X"]}, used) == "no context defines the member 'type'"


def outcome(document: dict[str, Any], used: Tables) -> Any:
    try:
        return canonical_nquads(statements(document, used.initial()))
    except NotCanonical as refusal:
        return str(refusal)


SCOPED = {
    "@version": 1.1,
    "id": "@id",
    "type": "@type",
    "name": "urn:name",
    "T": {
        "@id": "urn:T",
        "@context": {
            "one": {"@id": "https://one.example/", "@prefix": True},
            "plain": {"@id": "urn:plain"},
            "scoped": {
                "@id": "urn:scoped",
                "@context": {"two": {"@id": "https://two.example/", "@prefix": True}},
            },
        },
    },
}


@pytest.mark.parametrize("member", ["plain", "scoped"])
@pytest.mark.parametrize("name", ["one:a", "two:a", "urn:a"])
@pytest.mark.parametrize("more", [{}, {"name": "n"}])
def test_a_reference_keeps_what_its_holder_s_type_defines(member: str, name: str, more: Any) -> None:
    """Step 7: an object with an id alone does not go back to the context before the type's, others do."""
    known = {"urn:c": {"@context": SCOPED}}
    document = {"@context": "urn:c", "id": "urn:d", "type": "T", member: {"id": name, **more}}
    found = outcome(document, Tables(layers(compile_tables.compile_contexts(known))))
    assert found == Oracle(known).canonical(document)
    kept = {"one:a": not more, "two:a": member == "scoped"}.get(name, False)
    assert (b".example/a>" in found) is kept


def test_long_names_are_not_kept() -> None:
    used = Tables(layers(contexts.tables()))
    outcome(of_types("https://a.example/"), used)
    before = used._memory._kept
    outcome(of_types("https://a.example/" + "x" * 10_000), used)
    assert used._memory._kept == before


def test_threads_that_begin_at_once_agree() -> None:
    used, entry = Tables(layers(contexts.tables())), World().secured_entry()
    barrier = threading.Barrier(8)

    def check() -> Any:
        barrier.wait()
        return [outcome(entry, used), *(outcome(of_types(name, "Profile"), used) for name in drawn.TYPES)]

    with ThreadPoolExecutor(8) as pool:
        results = [future.result() for future in [pool.submit(check) for _ in range(8)]]
    assert all(result == results[0] for result in results)
