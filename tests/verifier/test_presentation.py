import json
from datetime import timedelta
from typing import Any

import pytest

from passport.openbadges.wrappers import MAX_CREDENTIALS
from passport.proofs import signing
from passport.proofs.keys import Role
from passport.verifier import (
    CHECKS,
    Check,
    NotACredential,
    NotAPresentation,
    Outcome,
    Presented,
    Verdict,
    problems,
    verify,
    verify_presentation,
)
from passport.verifier.compact import COMPACT_CHECKS
from passport.verifier.presentation import OLD, shape
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


def verdicts(presentation: bytes) -> list[Verdict | None]:
    return [verdict_of(one) for one in verify_presentation(presentation, TRUST, NOW)]


def verdict_of(one: Presented) -> Verdict | None:
    return one.verification.verdict if one.verification else None


def test_each_credential_is_checked_as_if_it_came_alone() -> None:
    spoilt = {**ENTRY, "name": "Wizard"}
    stranger = a_stranger().secured_entry()
    mixed = presenting(ENTRY, enveloped(WORLD.token()), spoilt, stranger, enveloped(b"e30.e30.AA"))
    assert verdicts(mixed) == [
        Verdict.CURRENT,
        Verdict.CURRENT,
        Verdict.NOT_GENUINE,
        Verdict.UNKNOWN_ISSUER,
        None,
    ]
    first = verify_presentation(mixed, TRUST, NOW)[0]
    assert first.verification == verify(WORLD.entry_bytes(), TRUST, NOW)


def test_one_alone_and_none_at_all() -> None:
    assert verdicts(presenting(verifiableCredential=ENTRY)) == [Verdict.CURRENT]
    assert verdicts(presenting()) == []
    assert verdicts(presenting(ENTRY, holder="did:example:holder")) == [Verdict.CURRENT]


@pytest.mark.parametrize(
    ("presentation", "reason"),
    [
        (presenting(ENTRY, type=["VerifiableCredential"]), "type does not say VerifiablePresentation"),
        (
            presenting(ENTRY, **{"@context": ["https://www.w3.org/ns/credentials/examples/v2"]}),
            f"@context does not begin with {V2}",
        ),
        (presenting(ENTRY, holder={"name": "Ada"}), "holder is not named by a URL"),
        (presenting("eyJ"), "verifiableCredential holds something that is no credential"),
        (presenting({"type": ["VerifiableCredential"]}), "@context does not begin with"),
    ],
)
def test_a_presentation_that_is_not_as_the_standard_has_it(presentation: bytes, reason: str) -> None:
    """Its shape fails, and each credential in it keeps its own verdict."""
    found = shape(json.loads(presentation))
    assert found.outcome is Outcome.FAILED
    assert found.reason.startswith(reason)
    alone = [to_bytes(one) for one in json.loads(presentation)["verifiableCredential"]]
    if ENTRY in json.loads(presentation)["verifiableCredential"] and "Presentation" in reason:
        alone = [presentation]  # a credential, whatever stands in it
    assert verdicts(presentation) == [_alone(one) for one in alone]


def _alone(credential: bytes) -> Verdict | None:
    try:
        return verify(credential, TRUST, NOW).verdict
    except NotACredential:
        return None


def test_the_shape_of_a_presentation() -> None:
    assert shape(json.loads(presenting(ENTRY))) == Check("shape", Outcome.PASSED)
    old = json.loads(presenting(ENTRY, **{"@context": ["https://www.w3.org/2018/credentials/v1"]}))
    assert shape(old) == Check("shape", Outcome.NOT_CHECKED, OLD)
    assert verdicts(to_bytes(old)) == [Verdict.CURRENT]


@pytest.mark.parametrize("address", ["data:application/vc+jwt;base64,e30", "data:text/html,x", "urn:x:y"])
def test_an_envelope_of_something_else_is_no_credential(address: str) -> None:
    (found,) = verify_presentation(presenting({**enveloped(b""), "id": address}), TRUST, NOW)
    assert found.verification is None


def test_an_envelope_without_an_address_holds_nothing() -> None:
    empty = {"@context": V2, "type": "EnvelopedVerifiableCredential"}
    assert verdicts(presenting(empty)) == [None]


def test_a_token_may_be_written_with_percent_signs() -> None:
    """RFC 2397: what a data: address holds is URL-encoded."""
    spelt = WORLD.token().decode().replace(".", "%2E")
    assert verdicts(presenting(enveloped(spelt.encode()))) == [Verdict.CURRENT]


def test_the_checks_of_each_come_along() -> None:
    spoilt = {**ENTRY, "name": "Wizard"}
    good, bad = verify_presentation(presenting(ENTRY, spoilt), TRUST, NOW)
    assert good.verification is not None
    assert bad.verification is not None
    for one in (good.verification, bad.verification):
        assert [check.name for check in one.checks] == list(CHECKS)


def test_the_age_of_a_list_is_the_callers_choice_for_each() -> None:
    old = World(list_made=NOW - timedelta(hours=25))
    for max_age, verdict in (
        (timedelta(hours=24), Verdict.UNFINISHED),
        (timedelta(hours=26), Verdict.CURRENT),
    ):
        found = verify_presentation(presenting(ENTRY), old.trust(), NOW, max_age=max_age)
        assert [verdict_of(one) for one in found] == [verdict]


def test_as_many_as_there_may_be() -> None:
    assert len(verdicts(presenting(*[enveloped(b"x")] * MAX_CREDENTIALS))) == MAX_CREDENTIALS
    for presentation, reason in (
        (presenting(*[enveloped(b"x")] * (MAX_CREDENTIALS + 1)), "more than 100 credentials"),
        (b"", "not JSON in UTF-8"),
    ):
        with pytest.raises(NotAPresentation, match=f"^{reason}$"):
            verify_presentation(presentation, TRUST, NOW)


# ------------------------------------------------------------------------- problems


def of(unverified: bytes, world: World = WORLD) -> list[tuple[str, str]]:
    checks = verify(unverified, world.trust(), NOW).checks
    return [(problem.type, problem.check) for problem in problems.of_checks(checks)]


def test_a_genuine_one_has_no_problem() -> None:
    assert of(WORLD.entry_bytes()) == []


def test_problems_as_the_data_model_names_them() -> None:
    index = an_entry().status.index
    spoilt = json.loads(WORLD.entry_bytes())
    spoilt["proof"]["created"] = "2026-03-15T15:00:01Z"
    withdrawn, expired = World(withdrawn={index}), World()
    expired.registry = World().registry.__class__(**{**vars(expired.registry), "expires": NOW})
    assert of(WORLD.entry_bytes()[:-1]) == [(problems.PARSING, "shape")]
    assert of(to_bytes({**ENTRY, "proof": []})) == [(problems.MALFORMED, "shape")]
    assert of(to_bytes(spoilt)) == [(problems.CRYPTOGRAPHIC, "signature")]
    assert of(a_stranger().entry_bytes()) == [(problems.CRYPTOGRAPHIC, "issuer")]
    assert of(withdrawn.entry_bytes(), withdrawn) == [(problems.STATUS_VERIFICATION, "withdrawn")]
    assert of(expired.entry_bytes(), expired) == [(problems.RANGE, "registry")]


KINDS = {
    "shape": (problems.MALFORMED, "A value is malformed, or not one that is accepted"),
    "issuer": (problems.CRYPTOGRAPHIC, "A proof could not be verified"),
    "signature": (problems.CRYPTOGRAPHIC, "A proof could not be verified"),
    "key": (problems.CRYPTOGRAPHIC, "A proof could not be verified"),
    "endorsement": (problems.CRYPTOGRAPHIC, "A proof could not be verified"),
    "registry": (problems.RANGE, "A value is out of its range"),
    "status list": (problems.STATUS_RETRIEVAL, "A status list could not be had"),
    "replaced": (problems.STATUS_VERIFICATION, "The credential has lost its status"),
    "withdrawn": (problems.STATUS_VERIFICATION, "The credential has lost its status"),
    "on hold": (problems.STATUS_VERIFICATION, "The credential has lost its status"),
    "review date": (problems.RANGE, "A value is out of its range"),
    "public log": (problems.CRYPTOGRAPHIC, "A proof could not be verified"),
    "share end": (problems.RANGE, "A value is out of its range"),
    "share stopped": (problems.STATUS_VERIFICATION, "The credential has lost its status"),
    "holder": (problems.CRYPTOGRAPHIC, "A proof could not be verified"),
}


def test_every_check_has_a_kind_of_problem() -> None:
    assert KINDS.keys() == {*CHECKS, *COMPACT_CHECKS, "holder"}
    for name, (kind, title) in KINDS.items():
        made = [Check(name, outcome, "why") for outcome in Outcome]
        assert problems.of_checks(made) == [problems.Problem(kind, title, "why", name)]
        (problem,) = problems.of_checks([Check(name, Outcome.FAILED)])
        assert problem.detail == name


def test_unreadable_is_for_the_shape_and_the_future_for_the_signature() -> None:
    for name, reason, kind in (
        ("shape", "it cannot be read: not JSON in UTF-8", problems.PARSING),
        ("signature", "it cannot be read", problems.CRYPTOGRAPHIC),
        ("signature", "it is dated in the future", problems.RANGE),
        ("key", "it is dated in the future", problems.CRYPTOGRAPHIC),
        ("shape", "it is dated in the future", problems.MALFORMED),
    ):
        (problem,) = problems.of_checks([Check(name, Outcome.FAILED, reason)])
        assert (problem.type, problem.check) == (kind, name)
    assert problems.of_checks([Check("shape", Outcome.FAILED, "it cannot be read")])[0].title == (
        "The input cannot be parsed"
    )
    assert [problems.PARSING, problems.STATUS_RETRIEVAL] == [
        "https://www.w3.org/TR/vc-data-model#PARSING_ERROR",
        "https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR",
    ]


def test_a_check_that_could_not_be_made_is_a_problem_too() -> None:
    later = World()
    later.signers[Role.ISSUE] = signing.generate(Role.ISSUE)
    found = verify(later.entry_bytes(), World().trust(), NOW + timedelta(days=2))
    assert [(each.check, each.type) for each in problems.of_checks(found.checks)] == [
        ("signature", problems.CRYPTOGRAPHIC)
    ]
