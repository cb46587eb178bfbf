"""What a stranger says of himself and of what he attests: shown under V6 alone, and only as his own words."""

from typing import Any

import pytest

from passport.proofs import signing
from passport.proofs.keys import Role
from passport.verifier import Verdict, external, verify
from passport.verifier.external import MAX_NAME
from passport.verifier.verdicts import Claim
from tests.verifier.test_external_reasons import a_credential, signed, trust, unknown_proof
from tests.world import NOW, World, a_stranger, stranger_document, to_bytes

DID = "did:web:a.example"


def said(issuer: Any, subject: Any = None) -> Claim:
    return external.claim({"issuer": issuer, "credentialSubject": subject})


@pytest.mark.parametrize(
    ("issuer", "name"),
    [
        (DID, DID),
        ({"id": DID}, DID),
        ({"id": DID, "name": "Anytown"}, "Anytown"),
        ({"id": DID, "name": ""}, DID),
        ({"id": DID, "name": {"@value": "Anytown"}}, "Anytown"),
        ({"id": DID, "name": [{"@value": "Irgendwo", "@language": "de"}, "Anytown"]}, "Irgendwo"),
        (
            {
                "id": DID,
                "name": [
                    {"@value": "Irgendwo", "@language": "de"},
                    {"@value": "Anytown", "@language": "en-GB"},
                ],
            },
            "Anytown",
        ),
        ({"id": DID, "name": [{"@value": 5}, 6, {}]}, DID),
        ({"id": DID, "name": "A" * 201}, "A" * MAX_NAME),
        ({"id": DID, "name": "A" * 199 + " B"}, "A" * 199),
        ("did:web:" + "a" * 200, "did:web:" + "a" * 192),
    ],
)
def test_the_name_of_an_issuer(issuer: Any, name: str) -> None:
    assert said(issuer) == Claim(name, "")


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        (None, ""),
        ([], ""),
        ("did:example:x", ""),
        ({}, ""),
        ({"achievement": "x"}, ""),
        ({"achievement": {"name": 5}}, ""),
        ({"achievement": {"name": "Wizard"}}, "Wizard"),
        ([{"achievement": {"name": "Wizard"}}, {"achievement": {"name": "Witch"}}], "Wizard"),
        ([{}, {"achievement": {"name": "Witch"}}], ""),
    ],
)
def test_the_name_of_what_was_achieved(subject: Any, name: str) -> None:
    assert said(DID, subject) == Claim(DID, name)


def test_signs_that_turn_a_text_round_are_not_passed_on() -> None:
    assert "\u202e" not in said({"id": DID, "name": "A\u202eB"}).issuer


def test_a_claim_goes_along_when_the_strangers_own_signature_held_and_under_no_other_verdict() -> None:
    document = a_credential(issuer={"id": a_credential()["issuer"], "name": "Anytown"})
    assert verify(to_bytes(signed(document)), trust(), NOW).claim == Claim("Anytown", "")
    assert verify(to_bytes(unknown_proof(document)), trust(), NOW).claim is None
    assert verify(World().entry_bytes(), World().trust(), NOW).claim is None
    world = a_stranger()
    assert verify(world.entry_bytes(), world.trust(), NOW).claim is None
    world.did_documents = {world.entry.issuer.did: stranger_document()}
    found = verify(world.entry_bytes(), world.trust(), NOW)
    assert (found.verdict, found.claim) == (
        Verdict.UNKNOWN_ISSUER,
        Claim("Made in Faketown", "Measuring and checking"),
    )
    world.signers[Role.ISSUE] = signing.generate(Role.ISSUE)
    assert verify(world.entry_bytes(), world.trust(), NOW).claim is None
