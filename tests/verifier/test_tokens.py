"""An entry as a vc+jwt: the same verdicts by the same checks, and no token but our own."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from passport.openbadges import did
from passport.openbadges.registry import KeyState
from passport.proofs import jose, json_text, keys, signing
from passport.proofs.keys import Role
from passport.verifier import CHECKS, NotACredential, Verdict, verify
from tests.verifier.test_tampering import OBJECTS, PLACES, at
from tests.world import EMPLOYER, ISSUED, NOW, PROGRAMME, World, a_stranger, an_entry, to_bytes

WORLD = World()
TRUST = WORLD.trust()
TOKEN = WORLD.token()
CLAIMS = jose.read(TOKEN).claims


def verdict(unverified: bytes, world: World = WORLD) -> Verdict | None:
    try:
        return verify(unverified, TRUST if world is WORLD else world.trust(), NOW).verdict
    except NotACredential:
        return None


def signed(said: Any, role: Role = Role.ISSUE, method: str = "") -> bytes:
    """Any claims, honestly signed."""
    signer = WORLD.signers[role]
    return jose.sign(said, method or did.method_id(PROGRAMME.did, signer.role, signer.kid), signer)


def test_genuine_and_current_by_the_same_checks() -> None:
    result = verify(TOKEN, TRUST, NOW)
    assert result.verdict is Verdict.CURRENT
    assert result == verify(WORLD.entry_bytes(), TRUST, NOW)
    assert [check.name for check in result.checks] == list(CHECKS)


@pytest.mark.parametrize("around", [b"\n", b" ", b"\t\r\n  "])
def test_space_around_either_form_is_no_matter(around: bytes) -> None:
    assert verdict(around + TOKEN + around) is Verdict.CURRENT
    assert verdict(around + WORLD.entry_bytes() + around) is Verdict.CURRENT


def test_the_other_name_of_the_algorithm() -> None:
    signer = WORLD.signers[Role.ISSUE]
    header = {"alg": "Ed25519", "kid": jose.read(TOKEN).kid, "typ": "vc+jwt"}
    start = f"{keys.base64url(json_text.write(header))}.{TOKEN.decode().split('.')[1]}"
    assert verdict(f"{start}.{keys.base64url(signer.sign(start.encode()))}".encode()) is Verdict.CURRENT


@pytest.mark.parametrize("spoilt", ["withdrawn", "on_hold", "replaced"])
def test_the_same_verdicts_as_the_other_form(spoilt: str) -> None:
    world = World()
    setattr(world, spoilt, {an_entry().status.index})
    assert verdict(world.token(), world) is verdict(world.entry_bytes(), world) is not Verdict.CURRENT


@pytest.mark.parametrize("state", KeyState)
@pytest.mark.parametrize("role", [Role.ISSUE, Role.ENDORSE])
def test_the_same_for_every_state_of_a_key(state: KeyState, role: Role) -> None:
    world = World()
    world.set_state(role, state)
    assert verdict(world.token(), world) is verdict(world.entry_bytes(), world)


def test_a_key_outside_its_time() -> None:
    world = World()
    world.edit_key(Role.ISSUE, from_=NOW)
    assert verdict(world.token(), world) is Verdict.NOT_GENUINE


@pytest.mark.parametrize("role", [Role.STATUS, Role.ENDORSE, Role.ROOT])
def test_a_key_of_another_role_signs_no_token(role: Role) -> None:
    assert verdict(signed(CLAIMS, role)) is Verdict.NOT_GENUINE
    issue = WORLD.signers[Role.ISSUE]
    assert (
        verdict(signed(CLAIMS, role, did.method_id(PROGRAMME.did, Role.ISSUE, issue.kid)))
        is Verdict.NOT_GENUINE
    )


def test_another_issuers_key_signs_no_token() -> None:
    method = did.method_id(EMPLOYER.did, Role.ENDORSE, WORLD.signers[Role.ENDORSE].kid)
    assert verdict(signed(CLAIMS, Role.ENDORSE, method)) is Verdict.NOT_GENUINE
    assert (
        verdict(signed(CLAIMS, Role.ISSUE, f"#issue-{WORLD.signers[Role.ISSUE].kid}")) is Verdict.NOT_GENUINE
    )


def test_an_issuer_that_no_one_knows() -> None:
    world = a_stranger()
    assert verdict(world.token(), world) is Verdict.UNKNOWN_ISSUER


@pytest.mark.parametrize("name", ["iss", "jti", "sub", "nbf", "exp"])
def test_all_five_claims_are_there(name: str) -> None:
    assert (
        verdict(signed({other: said for other, said in CLAIMS.items() if other != name}))
        is Verdict.UNFINISHED
    )


@pytest.mark.parametrize("more", ["iat", "aud", "cnf", "vc", "proof", "colour"])
def test_no_other_claim_is_there(more: str) -> None:
    assert verdict(signed({**CLAIMS, more: CLAIMS["nbf"]})) is Verdict.UNFINISHED


def test_a_token_without_the_employers_own_proof() -> None:
    said = copy.deepcopy(CLAIMS)
    del said["endorsement"][0]["proof"]
    assert verdict(signed(said)) is Verdict.UNFINISHED


def test_an_endorsement_that_another_key_signed() -> None:
    other = World(signers={**WORLD.signers, Role.ENDORSE: signing.generate(Role.ENDORSE)})
    said = copy.deepcopy(CLAIMS)
    forged = other.secured_endorsement()["proof"]["proofValue"]
    said["endorsement"][0]["proof"]["proofValue"] = forged
    assert verdict(signed(said)) is Verdict.NOT_GENUINE


CHANGES: list[Callable[[Any], Any]] = [
    lambda _: None,
    lambda value: [value],
    lambda value: {"@value": value},
    lambda value: value + "x" if isinstance(value, str) else "x",
    lambda value: value[:-1] if isinstance(value, str | list) else 1,
    lambda value: [*value, *value] if isinstance(value, list) else {},
]


def changed(place: tuple[str | int, ...], change: Callable[[Any], Any]) -> Any:
    said = copy.deepcopy(CLAIMS)
    holder = at(said, place[:-1])
    holder[place[-1]] = change(holder[place[-1]])
    return said


def test_even_the_issuers_own_key_signs_nothing_but_an_entry() -> None:
    """Any other value, at any depth, honestly signed: JSON-LD is not asked here, the closed form is.

    A text in place of another may make an entry that hangs together, of another name or another school.
    """
    for place in [place for place in PLACES if place and place[0] != "proof"]:
        for change in CHANGES:
            spoilt, value = changed(place, change), at(CLAIMS, place)
            if json.dumps(spoilt) == json.dumps(CLAIMS):
                continue
            is_text = isinstance(value, str) and isinstance(at(spoilt, place), str)
            assert is_text or verdict(signed(spoilt)) is not Verdict.CURRENT, place


def test_a_member_added_or_renamed_anywhere() -> None:
    for place in [place for place in OBJECTS if not place or place[0] != "proof"]:
        for name in ("colour", "@index", "id2"):
            said = copy.deepcopy(CLAIMS)
            at(said, place)[name] = "red"
            assert verdict(signed(said)) in {Verdict.UNFINISHED, Verdict.NOT_GENUINE}, place
        for name in list(at(CLAIMS, place)):
            said = copy.deepcopy(CLAIMS)
            at(said, place)[f"{name}s"] = at(said, place).pop(name)
            assert verdict(signed(said)) is not Verdict.CURRENT, (place, name)


def test_every_changed_byte() -> None:
    for place in range(0, len(TOKEN), 7):
        spoilt = TOKEN[:place] + bytes([TOKEN[place] ^ 1]) + TOKEN[place + 1 :]
        assert verdict(spoilt) is not Verdict.CURRENT


def test_the_two_forms_do_not_mix() -> None:
    wrapped = to_bytes({"token": TOKEN.decode()})
    for spoilt in (wrapped, b'"' + TOKEN + b'"', TOKEN + b"~", b"[" + TOKEN + b"]", TOKEN + b"\n" + TOKEN):
        assert verdict(spoilt) in {None, Verdict.NOT_GENUINE}


def test_issued_moment_is_the_signing_moment_of_a_token() -> None:
    world = World()
    world.edit_key(Role.ISSUE, until=ISSUED)
    assert verdict(world.token(), world) is Verdict.CURRENT
