import json
from typing import Any

import pytest

from passport.verifier import NotGenuine, Verdict, problems, verify, verify_presentation
from passport.verifier.presentation import MAX_CREDENTIALS
from tests.world import NOW, World, a_stranger, an_entry, to_bytes

WORLD = World()
TRUST = WORLD.trust()
ENTRY = WORLD.secured_entry()
V2 = "https://www.w3.org/ns/credentials/v2"


def enveloped(token: bytes) -> dict[str, str]:
    address = f"data:application/vc+jwt,{token.decode()}"
    return {"@context": V2, "id": address, "type": "EnvelopedVerifiableCredential"}


def presenting(*credentials: Any, **changes: Any) -> bytes:
    return to_bytes(
        {"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": credentials, **changes}
    )


def verdicts(presentation: bytes) -> list[Verdict]:
    return [one.verdict for one in verify_presentation(presentation, TRUST, NOW)]


def test_each_credential_is_checked_as_if_it_came_alone() -> None:
    spoilt = {**ENTRY, "name": "Wizard"}
    stranger = a_stranger().secured_entry()
    mixed = presenting(ENTRY, enveloped(WORLD.token()), spoilt, stranger, enveloped(b"e30.e30.AA"))
    assert verdicts(mixed) == [Verdict.V1, Verdict.V1, Verdict.V7, Verdict.V6, Verdict.V7]
    first = verify_presentation(mixed, TRUST, NOW)[0]
    assert first.verification == verify(WORLD.entry_bytes(), TRUST, NOW)


def test_one_alone_and_none_at_all() -> None:
    assert verdicts(presenting(verifiableCredential=ENTRY)) == [Verdict.V1]
    assert verdicts(presenting()) == []
    assert verdicts(presenting(ENTRY, holder="did:example:holder")) == [Verdict.V1]


@pytest.mark.parametrize(
    "presentation",
    [
        b"",
        b"[]",
        b"{}",
        to_bytes(ENTRY),
        presenting(ENTRY, type=["VerifiableCredential"]),
        presenting(ENTRY, **{"@context": ["https://www.w3.org/ns/credentials/examples/v2"]}),
        presenting(ENTRY, holder={"name": "Ada"}),
        presenting("eyJ"),
        presenting({"type": ["VerifiableCredential"]}),
        presenting(*[enveloped(b"e30.e30.AA")] * (MAX_CREDENTIALS + 1)),
    ],
    ids=lambda data: data[:30].decode(),
)
def test_what_is_no_presentation(presentation: bytes) -> None:
    with pytest.raises(NotGenuine):
        verify_presentation(presentation, TRUST, NOW)


@pytest.mark.parametrize("address", ["data:application/vc+jwt;base64,e30", "data:text/html,x"])
def test_an_envelope_holds_a_token(address: str) -> None:
    assert verdicts(presenting({**enveloped(b""), "id": address})) == [Verdict.V7]


# ------------------------------------------------------------------------- problems


def of(unverified: bytes, world: World = WORLD) -> list[tuple[str, str]]:
    try:
        checks = verify(unverified, world.trust(), NOW).checks
    except NotGenuine as error:
        checks = error.checks
    return [(problem.type, problem.check) for problem in problems.of_checks(checks)]


def test_a_genuine_one_has_no_problem() -> None:
    assert of(WORLD.entry_bytes()) == []


def test_problems_as_the_data_model_names_them() -> None:
    index = an_entry().status.index
    spoilt = json.loads(WORLD.entry_bytes())
    spoilt["proof"]["created"] = "2026-03-15T15:00:01Z"
    withdrawn, expired = World(withdrawn={index}), World()
    expired.registry = World().registry.__class__(**{**vars(expired.registry), "expires": NOW})
    assert of(b"{") == [(problems.PARSING, "shape")]
    assert of(b'{"a": 1, "a": 2}') == [(problems.PARSING, "shape")]
    assert of(b"{}") == [(problems.MALFORMED, "shape")]
    assert of(to_bytes(spoilt)) == [(problems.CRYPTOGRAPHIC, "signature")]
    assert of(a_stranger().entry_bytes()) == [(problems.CRYPTOGRAPHIC, "issuer")]
    assert of(withdrawn.entry_bytes(), withdrawn) == [(problems.STATUS_VERIFICATION, "withdrawn")]
    assert of(expired.entry_bytes(), expired) == [(problems.RANGE, "registry")]
    assert problems.PARSING == "https://www.w3.org/TR/vc-data-model#PARSING_ERROR"


def test_every_check_has_a_kind_of_problem() -> None:
    from passport.verifier import CHECKS, Check, Outcome

    for name in CHECKS:
        problem = problems.of_checks([Check(name, Outcome.FAILED, "why")])[0]
        assert problem.detail == "why"
        assert problem.title
        assert problem.type.startswith("https://www.w3.org/")
    assert problems.malformed("why").type == problems.MALFORMED
