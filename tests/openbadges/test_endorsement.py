import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.openbadges import endorsement
from passport.openbadges.errors import MalformedCredential
from passport.openbadges.schemas import violation
from passport.openbadges.terms import LEVELS, Basis
from tests.world import World, an_entry, endorsement_of

SAID = endorsement_of(an_entry())
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
QUOTING = st.text("“”() Rab", min_size=1, max_size=12)


def test_the_fixed_sentence() -> None:
    assert endorsement.write_comment(SAID) == (
        "“Robin Fixturely” (“Production Director”) saw it and endorses “Measuring and checking”"
        " at the level “On my own”."
    )


def test_the_sentence_of_a_school() -> None:
    said = replace(SAID, champion_name="Casey Exampleby", champion_role="Coordinator", school="Lanternmoor")
    assert endorsement.write_comment(said) == (
        "“Casey Exampleby” (“Coordinator”) of “Lanternmoor” saw it and confirms “Measuring and checking”"
        " at the level “On my own”."
    )
    assert endorsement.read(endorsement.build(said)) == said


@given(QUOTING, QUOTING, QUOTING, QUOTING)
def test_who_stands_behind_it_is_never_read_in_two_ways(
    name: str, role: str, skill: str, school: str
) -> None:
    for of in ("", school, f"{school}” saw it and endorses “"):
        said = replace(SAID, champion_name=name, champion_role=role, skill=skill, school=of)
        try:
            document = endorsement.build(said)
        except MalformedCredential:
            continue
        assert endorsement.read(document) == said


@given(WORDS, WORDS, WORDS, st.integers(1, 4), st.sampled_from(Basis))
def test_what_is_written_is_read_again(name: str, role: str, skill: str, level: int, basis: Basis) -> None:
    said = replace(SAID, champion_name=name, champion_role=role, skill=skill, level=level, basis=basis)
    assert endorsement.read(endorsement.build(said)) == said


@given(QUOTING, QUOTING, QUOTING)
def test_texts_with_quotation_marks_are_read_as_written_or_refused(name: str, role: str, skill: str) -> None:
    said = replace(SAID, champion_name=name, champion_role=role, skill=skill)
    try:
        document = endorsement.build(said)
    except MalformedCredential:
        return
    assert endorsement.read(document) == said


def test_a_nickname_is_not_refused() -> None:
    said = replace(SAID, champion_name="Robin “Rob” Fixturely", champion_role="Head of “Making”")
    assert endorsement.read(endorsement.build(said)) == said


def test_a_text_that_reads_like_the_sentence_is_refused() -> None:
    for changes in (
        {"champion_name": "A” (“B"},
        {"champion_role": "A”) saw it and endorses “B"},
        {"skill": ""},
        {"champion_role": "A”) of “B” saw it and confirms “C", "school": "D"},
        {"school": "B” saw it and confirms “C"},
    ):
        with pytest.raises(MalformedCredential):
            endorsement.build(replace(SAID, **changes))  # type: ignore[arg-type]


def test_every_basis_and_level_has_its_own_words() -> None:
    sentences = {
        endorsement.write_comment(replace(SAID, basis=basis, level=level))
        for basis in Basis
        for level in range(1, len(LEVELS) + 1)
    }
    assert len(sentences) == 12


def test_the_published_schema_accepts_it() -> None:
    assert violation(World().secured_endorsement()) == ""


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (["credentialSubject", "endorsementComment"], "Robin was there."),
        (["credentialSubject", "endorsementComment"], ["x"]),
        (["credentialSubject", "type"], "EndorsementSubject"),
        (["credentialSubject", "id"], None),
        (["evidence"], []),
        (["evidence"], [{}, {}]),
        (["issuer"], "did:web:passport.example:employers:tinderbeck"),
        (["validFrom"], "2026-03-14"),
        (["validFrom"], "2026-03-14T15:00:00+00:00"),
        (["validFrom"], 0),
        (["type"], ["VerifiableCredential"]),
        (["@context"], ["https://www.w3.org/ns/credentials/v2"]),
        (["name"], "Something else"),
        (["credentialStatus"], {"id": "urn:x:1", "type": "BitstringStatusListEntry"}),
    ],
)
def test_another_document_is_refused(place: list[str], value: Any) -> None:
    document = copy.deepcopy(endorsement.build(SAID))
    inner = document
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    with pytest.raises(MalformedCredential):
        endorsement.read(document)
