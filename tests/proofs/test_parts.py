"""What is kept of an achievement changes nothing of what a document says: the oracle gives the same bytes."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from passport.proofs import parts, walk
from passport.proofs.errors import NotCanonical
from passport.proofs.rdfc import Dataset, canonical_nquads
from passport.proofs.tables import Tables, layers
from passport.proofs.walk import MAX_DEPTH, statements
from tests import drawn
from tests.oracle import Oracle
from tests.world import World

ORACLE = Oracle(drawn.DOCUMENTS)

Json = dict[str, Any]
OTHERS: list[Any] = ["urn:other:text", 5, True, None, ["urn:a:b", "urn:c:d"], {}]


def fresh() -> Tables:
    """Tables that have seen where achievements stand, and no achievement with an id."""
    tables, entry = Tables(layers(drawn.COMPILED)), an_entry()
    del achievement_of(entry)["id"]
    canonical(entry, tables)
    return tables


def canonical(document: Json, tables: Tables) -> bytes:
    return canonical_nquads(statements(document, tables.initial()))


def an_entry() -> Json:
    entry: Json = json.loads(json.dumps(World().secured_entry()))
    del entry["proof"], entry["endorsement"], entry["credentialSubject"]["source"]
    return entry


def achievement_of(entry: Json) -> Json:
    found: Json = entry["credentialSubject"]["achievement"]
    return found


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every text in a value, by the way to it."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for name in value:
            yield from places(value[name], (*path, name))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from places(each, (*path, place))


def put(value: Any, path: tuple[Any, ...], text: Any) -> None:
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = text


def judged(document: Json, tables: Tables) -> bytes | str:
    try:
        return canonical(document, tables)
    except NotCanonical as refusal:
        return str(refusal)


def test_the_next_entry_with_the_achievement_is_walked_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tables, first, second = fresh(), an_entry(), an_entry()
    second["id"] = "urn:uuid:00000000-0000-4000-8000-000000000000"
    second["credentialSubject"]["identifier"][0]["identityHash"] = "Somebody Else"
    assert canonical(first, tables) == ORACLE.canonical(first)
    assert len(tables.initial().parts) == 1

    def never(_: Any) -> None:
        raise AssertionError("it was walked, and would be kept again")

    monkeypatch.setattr("passport.proofs.walk.copied", never)
    assert canonical(second, tables) == ORACLE.canonical(second)


def test_what_is_kept_is_found_three_objects_deep_and_not_further(monkeypatch: pytest.MonkeyPatch) -> None:
    walked, node = [], walk._Walk.node

    def counting(one: Any, value: Any, *rest: Any) -> str:
        walked.append(value.get("id"))
        return node(one, value, *rest)

    monkeypatch.setattr(walk._Walk, "node", counting)
    tables, skill = fresh(), achievement_of(an_entry())
    for depth in range(2, 5):
        entry = an_entry()
        for number in range(depth - 2):
            inside = {"id": f"urn:x:{number}", "type": ["AchievementSubject"]}
            entry["credentialSubject"] = {**inside, "source": entry["credentialSubject"]}
        canonical(entry, tables)  # now it is known where it stands
        walked.clear()
        canonical(entry, tables)
        assert (skill["id"] in walked) is (depth > 3)


def test_every_text_that_changes_in_it_changes_what_is_said_or_is_refused() -> None:
    entry, tables = an_entry(), fresh()
    before = canonical(entry, tables)
    found = list(places(achievement_of(entry)))
    assert len(found) > 30
    for path in found:
        for text in OTHERS:
            changed = copy.deepcopy(entry)
            put(achievement_of(changed), path, text)
            result = judged(changed, tables)
            assert result == judged(changed, fresh())
            assert result != before
        assert canonical(entry, tables) == before


def test_a_member_more_or_less_is_seen() -> None:
    entry, tables = an_entry(), fresh()
    before = canonical(entry, tables)
    more, less = copy.deepcopy(entry), copy.deepcopy(entry)
    achievement_of(more)["humanCode"] = "M4"
    del achievement_of(less)["alignment"]
    for changed in (more, less, entry):
        assert canonical(changed, tables) == ORACLE.canonical(changed)
    assert before == canonical(entry, tables)


def test_it_is_a_copy_that_is_kept() -> None:
    entry, tables = an_entry(), fresh()
    canonical(entry, tables)
    achievement_of(entry)["alignment"][0]["targetName"] = "Something else"
    assert canonical(entry, tables) == ORACLE.canonical(entry)


@pytest.mark.parametrize("number", [1, 1.0, True])
def test_numbers_that_python_holds_to_be_equal_are_told_apart(number: Any) -> None:
    tables = fresh()
    for value in (1, True, 1.0, number):
        entry = an_entry()
        achievement_of(entry)["creditsAvailable"] = value
        assert canonical(entry, tables) == ORACLE.canonical(entry)
    assert not len(tables.initial().parts)


def test_who_endorsed_is_kept_too() -> None:
    entry, tables = an_entry(), fresh()
    entry["credentialSubject"]["source"] = {"id": "urn:x:champion", "type": ["Profile"], "name": "Robin"}
    for _ in range(3):
        assert canonical(entry, tables) == ORACLE.canonical(entry)
    assert len(tables.initial().parts) == 2


def test_two_subjects_with_one_achievement() -> None:
    entry, tables = an_entry(), fresh()
    subject = entry["credentialSubject"]
    entry["credentialSubject"] = [subject, {**copy.deepcopy(subject), "id": "urn:x:second"}]
    for _ in range(2):
        assert canonical(entry, tables) == ORACLE.canonical(entry)


def test_one_that_stands_in_another_and_beside_it() -> None:
    entry, tables = an_entry(), fresh()
    inside = {"id": "urn:x:inside", "type": ["AchievementSubject"], "achievement": achievement_of(entry)}
    entry["credentialSubject"]["source"] = inside
    for _ in range(3):
        assert canonical(entry, tables) == ORACLE.canonical(entry)


def test_what_else_is_said_of_the_same_things_is_added() -> None:
    entry, tables = an_entry(), fresh()
    canonical(entry, tables)
    skill = achievement_of(entry)
    entry["credentialSchema"].append({"id": skill["id"], "type": "1EdTechJsonSchemaValidator2019"})
    entry["credentialSchema"].append({"id": skill["criteria"]["id"], "type": "JsonSchema"})
    assert canonical(entry, tables) == ORACLE.canonical(entry)


def test_a_literal_that_is_a_text_there_and_a_truth_value_here_is_refused() -> None:
    tables, entry = fresh(), an_entry()
    achievement_of(entry)["otherIdentifier"] = [
        {"type": "IdentityObject", "hashed": "false", "identityHash": "A", "identityType": "name"}
    ]
    harmless = copy.deepcopy(entry)
    for identity in harmless["credentialSubject"]["identifier"]:
        identity["hashed"] = True
    assert canonical(harmless, tables) == ORACLE.canonical(harmless)
    assert len(tables.initial().parts) == 1
    for known in (tables, fresh()):
        with pytest.raises(NotCanonical, match="as a number or truth value, and as a text"):
            canonical(entry, known)


def test_deep_down_it_is_refused_as_if_it_were_not_known() -> None:
    tables, entry = fresh(), an_entry()
    canonical(entry, tables)
    for depth in range(MAX_DEPTH - 8, MAX_DEPTH + 2):
        deep = an_entry()
        subject = {"type": ["AchievementSubject"], "achievement": achievement_of(entry)}
        for number in range(depth):
            subject = {"type": ["AchievementSubject"], "id": f"urn:x:{number}", "source": subject}
        deep["credentialSubject"] = subject
        assert judged(deep, tables) == judged(deep, fresh())
    assert judged(deep, tables) == f"deeper than {MAX_DEPTH} objects"


@pytest.mark.parametrize("more", range(24, 34))
def test_a_high_one_is_refused_where_it_reaches_too_deep(more: int) -> None:
    """Known from where it fits, one object less deep."""
    tables, entry, deeper = fresh(), an_entry(), an_entry()
    parent: Json = {"id": "urn:x:top", "type": ["Profile"], "name": "n"}
    for number in range(more):
        parent = {"id": f"urn:x:{number}", "type": ["Profile"], "parentOrg": parent}
    achievement_of(entry)["creator"] = parent
    inside = {"id": "urn:x:in", "type": ["AchievementSubject"], "achievement": achievement_of(entry)}
    deeper["credentialSubject"] = {"type": ["AchievementSubject"], "source": inside}
    for document in (entry, deeper, entry):
        assert judged(document, tables) == judged(document, fresh())


@pytest.mark.parametrize(
    ("value", "high"),
    [
        ("a", 0),
        ({}, 1),
        ([], 0),
        (["a", "b"], 0),
        ([{}], 1),
        ({"a": "b"}, 1),
        ({"a": []}, 1),
        ({"a": [{}, "b"]}, 2),
        ({"a": {"b": [{"c": {}}]}, "d": {}}, 4),
    ],
)
def test_how_many_objects_stand_within_each_other(value: Any, high: int) -> None:
    assert parts.height(value) == high


@pytest.mark.parametrize("where", ["lines", "said", "quads"])
def test_one_that_says_too_much_is_not_kept(where: str) -> None:
    initial = Tables(layers(drawn.COMPILED)).initial()
    for length, kept in ((parts.MAX_CHARACTERS, 1), (parts.MAX_CHARACTERS + 1, 0)):
        text = length * "a"
        says = Dataset(
            lines=[text] if where == "lines" else [],
            said={"_:b": [text]} if where == "said" else {},
            quads=[("", "", text, "")] if where == "quads" else [],
        )
        known = parts.Parts()
        known.keep(initial, parts.Part({"id": "urn:x:y"}, "<urn:x:y>", 1, says, ()))
        assert len(known) == kept


@pytest.mark.parametrize("name", [5, None, [], {}, "relative", "_:b0"])
def test_an_achievement_with_an_id_that_is_none(name: Any) -> None:
    entry, tables = an_entry(), fresh()
    achievement_of(entry)["id"] = name
    with pytest.raises(NotCanonical):
        canonical(entry, tables)
    assert not len(tables.initial().parts)


def test_an_achievement_without_an_id() -> None:
    entry, tables = an_entry(), fresh()
    del achievement_of(entry)["id"]
    assert canonical(entry, tables) == ORACLE.canonical(entry)
    assert not len(tables.initial().parts)


def test_what_is_kept_is_bounded() -> None:
    tables, entry = fresh(), an_entry()
    for number in range(parts.MAX_PARTS + 5):
        achievement_of(entry)["id"] = f"urn:x:{number}"
        canonical(entry, tables)
        assert 0 < len(tables.initial().parts) <= parts.MAX_PARTS
    tables = fresh()
    achievement_of(entry)["description"] = parts.MAX_CHARACTERS * "a"
    assert canonical(entry, tables) == ORACLE.canonical(entry)
    assert not len(tables.initial().parts)
