"""The rule of the verdicts: V7 in four cases, each with a test of its own, and what everything else comes to.

The verifier has no record. Case (b), a good signature over what our record does not know or knows otherwise,
is in tests/services/checking/test_handed_in.py.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from passport.openbadges.registry import KeyState
from passport.proofs import signing
from passport.proofs.keys import Role
from passport.verifier import Kind, NotACredential, Outcome, Verdict, Verification, verify
from tests.verifier.test_external import foreign, secured
from tests.world import ISSUED, NOW, PROGRAMME, World, an_entry, endorsement_of, to_bytes

V6, V7, V8 = Verdict.UNKNOWN_ISSUER, Verdict.NOT_GENUINE, Verdict.UNFINISHED


def judged(data: bytes, world: World | None = None) -> Verification:
    return verify(data, (world or World()).trust(), NOW)


def outcomes(found: Verification) -> dict[str, Outcome]:
    return {check.name: check.outcome for check in found.checks}


def failed(found: Verification) -> list[str]:
    return [check.name for check in found.checks if check.outcome is Outcome.FAILED]


def nothing_shown(found: Verification) -> bool:
    return (found.credential, found.claim) == (None, None)


# ------------------------------------------------------------------------- V7, in these cases and no other


def test_a_a_registered_key_was_tried_on_the_document_and_does_not_hold() -> None:
    world = World()
    found = judged(world.entry_bytes().replace(b"Amara", b"Clara"))
    assert (found.verdict, failed(found), nothing_shown(found)) == (V7, ["signature"], True)


def test_a_a_registered_key_was_tried_on_the_endorsement_inside_and_does_not_hold() -> None:
    world = World()
    thief = World(signers={**world.signers, Role.ENDORSE: signing.generate(Role.ENDORSE)})
    document = world.secured_entry()
    forged = thief.secured_endorsement()["proof"]["proofValue"]
    document["endorsement"][0]["proof"]["proofValue"] = forged
    del document["proof"]
    found = judged(to_bytes(world.sign(document, world.signers[Role.ISSUE], PROGRAMME, ISSUED)))
    assert (found.verdict, failed(found), nothing_shown(found)) == (V7, ["endorsement"], True)


@pytest.mark.parametrize(
    "proof",
    [
        {"cryptosuite": "ecdsa-rdfc-2019"},
        {"verificationMethod": f"{PROGRAMME.did}#issue-00000000"},
        {"verificationMethod": "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"},
    ],
    ids=["another algorithm", "a key of theirs that is not registered", "a key of its own"],
)
def test_a_another_algorithm_or_key_is_a_signature_that_does_not_hold(proof: dict[str, str]) -> None:
    document = World().secured_entry()
    found = judged(to_bytes({**document, "proof": {**document["proof"], **proof}}))
    assert (found.verdict, failed(found), nothing_shown(found)) == (V7, ["signature"], True)


def test_c_the_key_is_given_up_as_stolen() -> None:
    for role, name in ((Role.ISSUE, "key"), (Role.ENDORSE, "endorsement")):
        world = World()
        world.set_state(role, KeyState.COMPROMISED)
        found = judged(world.entry_bytes(), world)
        assert (found.verdict, failed(found), nothing_shown(found)) == (V7, [name], True)


def test_c_the_key_was_not_in_use_at_that_time() -> None:
    world = World()
    world.edit_key(Role.ISSUE, from_=NOW)
    found = judged(world.entry_bytes(), world)
    assert (found.verdict, failed(found), nothing_shown(found)) == (V7, ["key"], True)


@pytest.mark.parametrize(
    "changes",
    [{"issued_at": NOW.replace(year=2027)}, {"review_at": ISSUED.replace(year=2020)}],
    ids=["in the future", "out of order"],
)
def test_c_the_dates_are_in_the_future_or_out_of_order(changes: dict[str, Any]) -> None:
    world = World(replace(an_entry(), **changes))
    found = judged(world.entry_bytes(), world)
    assert (found.verdict, failed(found), nothing_shown(found)) == (V7, ["signature"], True)


def test_d_a_strangers_own_key_was_tried_and_does_not_hold() -> None:
    document = secured(foreign())
    changed = {**document, "id": "urn:uuid:00000000-0000-4000-8000-000000000002"}
    found = judged(to_bytes(changed))
    assert (found.verdict, failed(found), nothing_shown(found)) == (V7, ["issuer", "signature"], True)


# ------------------------------------------------------------------------- everything else


@pytest.mark.parametrize(
    ("role", "check"), [(Role.ISSUE, "signature"), (Role.ENDORSE, "endorsement")], ids=["issue", "endorse"]
)
@pytest.mark.parametrize(
    ("days", "verdict"),
    [(0, V7), (2, V8), (400, V8)],
    ids=["fresh", "its lists are old", "it has expired"],
)
def test_a_key_that_is_newer_than_the_registry_at_hand(
    role: Role, check: str, days: int, verdict: Verdict
) -> None:
    """Signed after a rotation, checked offline with what was fetched before: no forgery was found."""
    trust, later = World().trust(), World()
    later.signers[role] = signing.generate(role)
    found = verify(later.entry_bytes(), trust, NOW + timedelta(days=days))
    assert (found.verdict, nothing_shown(found)) == (verdict, True)
    assert outcomes(found)[check] is (Outcome.FAILED if verdict is V7 else Outcome.NOT_CHECKED)


def test_a_key_that_was_only_announced_in_an_old_registry() -> None:
    world = World()
    world.set_state(Role.ISSUE, KeyState.PROPOSED)
    verdicts = [
        verify(world.entry_bytes(), world.trust(), NOW + timedelta(days=days)).verdict for days in (0, 2)
    ]
    assert verdicts == [V6, V8]


def test_an_employer_that_is_newer_than_the_registry_at_hand() -> None:
    world = World()
    data = world.entry_bytes()
    world.registry = replace(
        world.registry,
        issuers=world.registry.issuers[:1],
        keys=(world.registry.keys[0], world.registry.keys[2]),
    )
    trust = world.trust()
    verdicts = [verify(data, trust, NOW + timedelta(days=days)).verdict for days in (0, 2)]
    assert verdicts == [V6, V8]


def test_an_old_registry_excuses_no_signature_that_can_be_tried() -> None:
    world = World()
    changed = world.entry_bytes().replace(b"Amara", b"Clara")
    assert verify(changed, world.trust(), NOW + timedelta(days=2)).verdict is V7


def test_a_clock_that_is_behind_cannot_say_what_is_in_the_future() -> None:
    """The lists at hand are dated later than this clock, so it is wrong; the entry is newer than both."""
    world = World(list_made=ISSUED - timedelta(days=2))
    found = verify(world.entry_bytes(), world.trust(), ISSUED - timedelta(days=300))
    assert (found.verdict, nothing_shown(found), failed(found)) == (V8, True, [])


@pytest.mark.parametrize("spoil", ["proof", "half", "nearly all"])
def test_no_signature_could_be_tried_on_what_names_a_registered_issuer(spoil: str) -> None:
    world = World()
    document, data = world.secured_entry(), world.entry_bytes()
    del document["proof"]
    spoilt = {"proof": to_bytes(document), "half": data[: len(data) // 2], "nearly all": data[:-3]}[spoil]
    found = judged(spoilt)
    assert (found.verdict, nothing_shown(found)) == (V8, True)
    assert outcomes(found)["signature"] is Outcome.NOT_CHECKED


@pytest.mark.parametrize("value", [None, "", "z", "z3hQ…", "u", "all but two letters"])
def test_a_signature_that_was_cut_off_was_not_tried(value: str | None) -> None:
    world = World()
    document = world.secured_entry()
    if value == "all but two letters":
        value = document["proof"]["proofValue"][:-2]
    cut = {name: each for name, each in document["proof"].items() if name != "proofValue"}
    cut |= {} if value is None else {"proofValue": value}
    for proof in (cut, {}) if value is None else (cut,):
        found = judged(to_bytes({**document, "proof": proof}))
        assert (found.verdict, nothing_shown(found), failed(found)) == (V8, True, ["shape"])
        assert outcomes(found)["signature"] is Outcome.NOT_CHECKED


@pytest.mark.parametrize("is_first", [True, False])
def test_another_proof_beside_ours_makes_no_forgery_and_hides_none(is_first: bool) -> None:
    document = World().secured_entry()
    added = {
        **document["proof"],
        "verificationMethod": "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi#1",
    }
    proofs = [document["proof"], added]
    witnessed = to_bytes({**document, "proof": proofs if is_first else proofs[::-1]})
    found = judged(witnessed)
    assert (found.verdict, nothing_shown(found), failed(found)) == (V8, True, ["shape"])
    assert judged(witnessed.replace(b"Amara", b"Clara")).verdict is V7
    assert judged(to_bytes({**document, "proof": [added, added]})).verdict is V7


def test_signed_and_not_to_be_rebuilt_as_an_entry() -> None:
    """Another software may have written it in another way: no forgery, and nothing is shown."""
    world = World()
    document = world.secured_entry()
    first, second = document["credentialSubject"]["identifier"]
    document["credentialSubject"]["identifier"] = [second, first]  # the signature does not cover this order
    found = judged(to_bytes(document))
    assert (found.verdict, nothing_shown(found)) == (V8, True)
    assert outcomes(found)["signature"] is Outcome.PASSED


def test_an_unknown_issuer_has_each_checks_true_outcome() -> None:
    found = judged(to_bytes(secured(foreign(validUntil="2027-01-01T00:00:00Z"))))
    said = outcomes(found)
    assert (found.verdict, said["shape"], said["signature"], said["review date"]) == (
        V6,
        *(Outcome.PASSED,) * 3,
    )
    assert said["withdrawn"] is Outcome.NOT_CHECKED, "its issuer names no list"


def test_a_failed_shape_is_no_failed_signature() -> None:
    found = judged(to_bytes(secured(foreign(validFrom="2026-01-01"))))
    said = outcomes(found)
    assert (found.verdict, said["shape"], said["signature"]) == (V6, Outcome.FAILED, Outcome.PASSED)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", Kind.EMPTY),
        (b'{"name": "left-pad", "version": "1.3.0"}', Kind.JSON),
        (b'{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion"}', Kind.OLD_BADGE),
        (b'{"uid": "1", "recipient": {}, "badge": "https://x.example/1", "verify": {}}', Kind.OLD_BADGE),
        (b'{"@context": "https://purl.imsglobal.org/clr/v1/context/clr_v1p0.jsonld"}', Kind.OLD_RECORD),
        (b'{"type": ["VerifiablePresentation"]}', Kind.PRESENTATION),
        (b'{"type": ["VerifiableCredential"', Kind.DAMAGED_JSON),
        (b"eyJhbGciOiJub25lIn0.e30.", Kind.TOKEN),
        (b"\x89PNG\r\n\x1a\n", Kind.PICTURE),
        (b"%PDF-1.7", Kind.PDF),
        (b"hello", Kind.OTHER),
    ],
    ids=lambda given: given.name if isinstance(given, Kind) else "",
)
def test_what_is_no_credential_gets_no_verdict(data: bytes, kind: Kind) -> None:
    with pytest.raises(NotACredential) as caught:
        judged(data)
    assert caught.value.kind is kind


@pytest.mark.parametrize(
    "spelling",
    [
        "did:web:PASSPORT.example:programmes:made-in-brindlemoor",
        "did:web:p%61ssport.example:programmes:made-in-brindlemoor",
        "https://passport.example/programmes/made-in-brindlemoor",
        " did:web:passport.example:programmes:made-in-brindlemoor#x",
    ],
)
def test_a_respelled_issuer_is_never_a_stranger(spelling: str) -> None:
    """The profile is chosen once: there is no way from the strict rules to those for others."""
    document = World().secured_entry()
    document["issuer"]["id"] = spelling
    found = judged(to_bytes(document))
    assert (found.verdict, nothing_shown(found)) == (V7, True)


def test_two_issuers_are_held_to_the_strict_rules_if_one_is_registered() -> None:
    world = World()
    document = {**world.secured_entry(), "issuer": "did:web:faketown.example"}
    claims = {**document, "iss": PROGRAMME.did}
    assert judged(to_bytes(claims)).verdict is V7


def test_the_same_endorsement_is_about_its_own_entry_alone() -> None:
    world = World()
    other = World(endorsement=replace(endorsement_of(world.entry), level=1))
    document = {**world.secured_entry(), "endorsement": [other.secured_endorsement()]}
    del document["proof"]
    found = judged(to_bytes(world.sign(document, world.signers[Role.ISSUE], PROGRAMME, ISSUED)))
    assert (found.verdict, failed(found), nothing_shown(found)) == (V7, ["endorsement"], True)
