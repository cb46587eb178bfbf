"""What a school or college confirmed: the programme signs for it, and no one can pass one for the other."""

from collections.abc import Iterator
from dataclasses import replace

from passport.openbadges import achievement, credential, endorsement
from passport.openbadges.credential import Endorser, Issuer
from passport.openbadges.registry import IssuerKind, KeyState
from passport.openbadges.schemas import violation
from passport.proofs import signing
from passport.proofs.keys import Role
from passport.verifier import Outcome, Verdict, verify
from tests.world import (
    EMPLOYER,
    ISSUED,
    NOW,
    PROGRAMME,
    World,
    an_entry,
    confirmed_entry,
    endorsement_of,
    registered,
    registered_key,
    to_bytes,
)

NARRATIVE = "/credentialSubject/achievement/criteria/narrative"


def a_world() -> World:
    """A world in which the school confirmed the entry."""
    return World(entry=confirmed_entry())


def refused(world: World, unverified: bytes | None = None) -> str:
    """What failed, and why, for something that is not genuine."""
    found = verify(unverified or world.entry_bytes(), world.trust(), NOW)
    assert found.verdict is Verdict.NOT_GENUINE
    failed = [one for one in found.checks if one.outcome is Outcome.FAILED]
    assert len(failed) == 1
    return f"{failed[0].name}: {failed[0].reason}"


def entered(world: World, endorsing: dict[str, object]) -> bytes:
    """The world's entry around another endorsement, signed by the programme."""
    document = world.document() | {"endorsement": [endorsing]}
    return to_bytes(world.sign(document, world.signers[Role.ISSUE], PROGRAMME, ISSUED))


def test_it_is_genuine_and_says_who_stands_behind_it() -> None:
    for unverified in (a_world().entry_bytes(), a_world().token()):
        result = verify(unverified, a_world().trust(), NOW)
        assert result.verdict is Verdict.CURRENT
        assert result.credential == confirmed_entry()
        assert (result.credential.confirmed, result.credential.vouching) == (True, "Lanternmoor High School")
        assert result.employer == registered(PROGRAMME, IssuerKind.PROGRAMME)
    assert (an_entry().confirmed, an_entry().vouching) == (False, EMPLOYER.name)


def test_the_published_schemas_accept_it() -> None:
    assert violation(a_world().secured_entry()) == ""
    assert violation(a_world().secured_endorsement()) == ""


def sentences(said: object, key: str = "") -> Iterator[str]:
    """Every text of a document that a person reads."""
    if isinstance(said, dict):
        for name, member in said.items():
            yield from sentences(member, name)
    elif isinstance(said, list):
        for member in said:
            yield from sentences(member, key)
    elif key in {"name", "description", "narrative", "endorsementComment"}:
        yield str(said)


def test_no_sentence_speaks_of_an_employer_where_a_school_confirmed_nor_the_other_way_round() -> None:
    by_school = " ".join(sentences(a_world().secured_entry())).lower()
    by_employer = " ".join(sentences(World().secured_entry())).lower()
    assert "confirm" in by_school
    assert "school or college decided" in by_school
    for words in ("employer", "endors"):
        assert words not in by_school
        assert words in by_employer
    assert "confirm" not in by_employer


def worded(world: World, narrative: str) -> bytes:
    """The world's entry with other criteria, signed by the programme."""
    document = world.document()
    document["credentialSubject"]["achievement"]["criteria"]["narrative"] = narrative
    return to_bytes(world.sign(document, world.signers[Role.ISSUE], PROGRAMME, ISSUED))


def test_only_what_was_written_once_is_read() -> None:
    by_school, by_employer = achievement.criteria(confirmed=True)[0], achievement.criteria(confirmed=False)[0]
    assert verify(worded(a_world(), by_employer), a_world().trust(), NOW).verdict is Verdict.CURRENT, (
        "as before"
    )
    for world, words in ((a_world(), "A head teacher decided."), (World(), by_school)):
        found = verify(worded(world, words), world.trust(), NOW)
        assert (found.verdict, found.credential) == (Verdict.UNFINISHED, None)
        assert found.checks[0].reason.endswith(f"it differs at {NARRATIVE}")


def test_an_employer_cannot_confirm_for_a_school() -> None:
    world = World()
    said = replace(endorsement_of(world.entry), school=world.entry.school)
    signer = world.signers[Role.ENDORSE]
    signed = world.sign(endorsement.build(said), signer, EMPLOYER, said.endorsed_at)
    assert refused(world, entered(world, signed)) == "endorsement: the endorsement is about another school"


def test_the_programme_cannot_pass_for_an_employer() -> None:
    world = a_world()
    said = replace(endorsement_of(world.entry), school="")
    signed = world.sign(endorsement.build(said), world.signers[Role.ISSUE], PROGRAMME, said.endorsed_at)
    assert refused(world, entered(world, signed)) == "endorsement: the endorsement is about another school"


def test_another_school_than_the_students_own_cannot_confirm() -> None:
    world = a_world()
    said = replace(endorsement_of(world.entry), school="Thistlegate School")
    signed = world.sign(endorsement.build(said), world.signers[Role.ISSUE], PROGRAMME, said.endorsed_at)
    assert refused(world, entered(world, signed)) == "endorsement: the endorsement is about another school"


def test_only_the_issuing_key_confirms() -> None:
    world = a_world()
    thief = signing.generate(Role.ISSUE)
    for signer in (world.signers[Role.STATUS], world.signers[Role.ENDORSE]):
        world = a_world()
        world.signers[Role.ISSUE], good = signer, world.signers[Role.ISSUE]
        endorsing = world.secured_endorsement()
        world.signers[Role.ISSUE] = good
        assert refused(world, entered(world, endorsing)).startswith("endorsement: the proof does not name")
    world = a_world()
    world.signers[Role.ISSUE], good = thief, world.signers[Role.ISSUE]
    endorsing = world.secured_endorsement()
    world.signers[Role.ISSUE] = good
    assert refused(world, entered(world, endorsing)) == (
        "endorsement: the registry knows no such key of this programme"
    )


def test_another_programme_cannot_confirm() -> None:
    other = Issuer("did:web:passport.example:programmes:other", "Made Elsewhere")
    key = signing.generate(Role.ISSUE)
    world = a_world()
    world.registry = replace(
        world.registry,
        issuers=(*world.registry.issuers, registered(other, IssuerKind.PROGRAMME)),
        keys=(*world.registry.keys, registered_key(key, other)),
    )
    world.entry = replace(world.entry, champion=Endorser("Casey Exampleby", "Coordinator", other))
    said = endorsement_of(world.entry)
    signed = world.sign(endorsement.build(said), key, other, said.endorsed_at)
    document = credential.build(world.entry, signed)
    unverified = to_bytes(world.sign(document, world.signers[Role.ISSUE], PROGRAMME, ISSUED))
    result = verify(unverified, world.trust(), NOW)
    assert result.verdict is Verdict.UNKNOWN_ISSUER
    assert [one.name for one in result.checks if one.outcome is Outcome.FAILED] == ["endorsement"]


def test_a_stolen_or_suspended_issuing_key_confirms_nothing() -> None:
    for state, verdict in (
        (KeyState.COMPROMISED, Verdict.NOT_GENUINE),
        (KeyState.SUSPENDED, Verdict.UNFINISHED),
    ):
        world = a_world()
        world.set_state(Role.ISSUE, state)
        assert verify(world.entry_bytes(), world.trust(), NOW).verdict is verdict
