"""Credentials from elsewhere: what is said of each check that could not be made, or that failed.

All of it under V6, whatever else: who makes a did:key can sign what they like.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from passport.openbadges import did, status_list
from passport.openbadges.terms import timestamp
from passport.proofs import data_integrity, keys, signing
from passport.proofs.canonical import Canonicalizer
from passport.proofs.keys import Role
from passport.verifier import Check, Outcome, Trust, Verdict, external, external_status, verify
from passport.verifier.errors import Failed
from passport.verifier.external_forms import of_json
from passport.verifier.outcomes import EntryFindings
from tests.world import CANONICALIZER, EMPLOYER, NOW, STRANGER, World, to_bytes

HOUR, SECOND, DAY = timedelta(hours=1), timedelta(seconds=1), timedelta(days=1)
KEY, OTHER = signing.generate(Role.ISSUE), signing.generate(Role.ISSUE)
VALUE, OTHERS = keys.to_multibase(KEY.public_key), keys.to_multibase(OTHER.public_key)
DID = f"did:key:{VALUE}"
LIST = "https://elsewhere.example/status/3"
PLACE = 7
STATUS = {
    "id": f"{LIST}#{PLACE}",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": str(PLACE),
    "statusListCredential": LIST,
}


def a_credential(**members: Any) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:uuid:00000000-0000-4000-8000-000000000001",
        "type": ["VerifiableCredential"],
        "issuer": DID,
        "credentialSubject": {"id": "did:example:subject"},
        **members,
    }


def signed(
    document: dict[str, Any],
    method: str = f"{DID}#{VALUE}",
    by: Any = KEY,
    canonicalizer: Canonicalizer = CANONICALIZER,
) -> dict[str, Any]:
    options = data_integrity.proof_options(method, NOW - DAY)
    return data_integrity.add_proof(document, options, by, canonicalizer)


def a_list(made: datetime = NOW - HOUR, issuer: str = DID, **members: Any) -> dict[str, Any]:
    document = status_list.build(LIST, issuer, "revocation", {PLACE + 1}, made)
    return {**document, **members}


def trust(listed: dict[str, Any] | None = None, documents: dict[str, dict[str, Any]] | None = None) -> Trust:
    world = World(lists={} if listed is None else {LIST: listed})
    world.did_documents = documents or {}
    return world.trust()


def made(document: dict[str, Any], believing: Trust | None = None, **options: Any) -> dict[str, Check]:
    found = verify(to_bytes(document), believing or trust(), NOW, **options)
    assert (found.verdict, found.credential) == (Verdict.UNKNOWN_ISSUER, None)
    return {check.name: check for check in found.checks}


def unknown_proof(document: dict[str, Any]) -> dict[str, Any]:
    """Signed in a way that we do not check: the canonical form is not asked then."""
    return {**document, "proof": {"type": "DataIntegrityProof", "cryptosuite": "ecdsa-rdfc-2019"}}


def outcome(check: Check) -> tuple[Outcome, str]:
    return check.outcome, check.reason


# ------------------------------------------------------------------------- status

WITHDRAWN = signed(status_list.build(LIST, DID, "revocation", {PLACE}, NOW - HOUR))
LISTED, UNCHECKED = signed(a_list()), Outcome.NOT_CHECKED
UNBELIEVED = "its status list cannot be believed: "
NO_PLACE = "its place in the status list cannot be read"

LISTS: dict[str, tuple[dict[str, Any], dict[str, Any] | None, Outcome, str]] = {
    "good": (STATUS, signed(a_list()), Outcome.PASSED, ""),
    "two bits": (
        {**STATUS, "statusSize": 2},
        a_list(),
        UNCHECKED,
        "its status has more than one bit, which we do not check",
    ),
    "withdrawn": (STATUS, WITHDRAWN, Outcome.FAILED, "its issuer has withdrawn it"),
    "not at hand": (STATUS, None, Outcome.NOT_CHECKED, "its status list is not at hand"),
    "address is no text": (
        {**STATUS, "statusListCredential": {"id": LIST}},
        LISTED,
        UNCHECKED,
        "its status list is not at hand",
    ),
    "another type": (
        {**STATUS, "type": "RevocationList2020Status"},
        LISTED,
        UNCHECKED,
        "it has a status of a kind that we do not check",
    ),
    "another purpose": (
        {**STATUS, "statusPurpose": "message"},
        LISTED,
        UNCHECKED,
        "it has a status of a kind that we do not check",
    ),
    "no place": (
        {name: value for name, value in STATUS.items() if name != "statusListIndex"},
        LISTED,
        UNCHECKED,
        NO_PLACE,
    ),
    "place is no number": (
        {**STATUS, "statusListIndex": "x"},
        LISTED,
        UNCHECKED,
        NO_PLACE,
    ),
    "place is a list": (
        {**STATUS, "statusListIndex": ["7"]},
        LISTED,
        UNCHECKED,
        NO_PLACE,
    ),
    "place outside": (
        {**STATUS, "statusListIndex": "131072"},
        LISTED,
        UNCHECKED,
        NO_PLACE,
    ),
    "another issuer's": (
        STATUS,
        signed(a_list(issuer=f"did:key:{OTHERS}"), f"did:key:{OTHERS}#{OTHERS}", OTHER),
        UNCHECKED,
        "its status list is another issuer's",
    ),
    "signed by another": (
        STATUS,
        signed(a_list(), by=OTHER),
        UNCHECKED,
        UNBELIEVED + "the signature does not belong to this key and these contents",
    ),
    "not signed": (
        STATUS,
        a_list(),
        UNCHECKED,
        UNBELIEVED + "there is no signature on it",
    ),
    "without its time": (
        STATUS,
        signed({name: value for name, value in a_list().items() if name != "validFrom"}),
        UNCHECKED,
        UNBELIEVED + "not a time with its zone: None",
    ),
    "of another purpose": (
        STATUS,
        signed(status_list.build(LIST, DID, "suspension", (), NOW - HOUR)),
        UNCHECKED,
        UNBELIEVED + "the list is about something else, or empty",
    ),
    "of the greatest age": (STATUS, signed(a_list(NOW - DAY)), Outcome.PASSED, ""),
    "too old": (
        STATUS,
        signed(a_list(NOW - DAY - SECOND)),
        UNCHECKED,
        "its status list is too old",
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_the_status_of_a_stranger(name: str) -> None:
    status, listed, expected, reason = LISTS[name]
    found = EntryFindings()
    with found.attempt("withdrawn"):
        external_status.not_withdrawn(
            of_json(a_credential(credentialStatus=status)), trust(listed), NOW, DAY, external.signature
        )
    assert Check("withdrawn", expected, reason) in found.checks()


def test_what_stands_after_a_signature_is_not_checked_without_one() -> None:
    ended = a_credential(credentialStatus=STATUS, validUntil=timestamp(NOW - DAY))
    unchecked = made(unknown_proof(ended), trust(WITHDRAWN))
    failed = made({**signed(ended), "colour": "red"}, trust(WITHDRAWN))
    for name in ("withdrawn", "review date"):
        for checks in (unchecked, failed):
            assert outcome(checks[name]) == (UNCHECKED, "its signature was not found to hold")


def test_a_check_that_had_nothing_to_look_at_has_not_passed() -> None:
    checks = made(signed(a_credential()))
    assert outcome(checks["withdrawn"]) == (UNCHECKED, "its issuer names no list")
    assert outcome(checks["review date"]) == (UNCHECKED, "it names no end")


def test_each_of_several_statuses_is_looked_up() -> None:
    two = a_credential(credentialStatus=[{**STATUS, "statusListIndex": "6"}, STATUS])
    assert outcome(made(signed(two), trust(signed(a_list())))["withdrawn"]) == (Outcome.PASSED, "")
    assert made(signed(two), trust(WITHDRAWN))["withdrawn"].outcome is Outcome.FAILED


def test_the_age_of_a_strangers_list_is_the_callers_choice_too() -> None:
    document, believing = signed(a_credential(credentialStatus=STATUS)), trust(signed(a_list(NOW - 2 * DAY)))
    assert made(document, believing)["withdrawn"].outcome is Outcome.NOT_CHECKED
    assert made(document, believing, max_age=2 * DAY)["withdrawn"].outcome is Outcome.PASSED


# ------------------------------------------------------------------------- time


OF_TIME = {"": Outcome.PASSED, external.NO_END: UNCHECKED}


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        ({}, external.NO_END),
        ({"validFrom": NOW + timedelta(minutes=5)}, external.NO_END),
        ({"validFrom": NOW + timedelta(minutes=5) + SECOND}, "it is not valid yet"),
        ({"validUntil": NOW + SECOND}, ""),
        ({"validUntil": NOW}, "it is not valid any more"),
    ],
)
def test_the_time_of_a_stranger(times: dict[str, datetime], reason: str) -> None:
    document = a_credential(**{name: timestamp(at) for name, at in times.items()})
    assert made(signed(document))["review date"] == Check(
        "review date", OF_TIME.get(reason, Outcome.FAILED), reason
    )
    if reason not in OF_TIME:
        with pytest.raises(Failed) as failed:
            external.in_its_time(document, NOW)
        assert failed.value.verdict is Verdict.UNKNOWN_ISSUER


# ------------------------------------------------------------------------- keys


def test_what_is_said_when_no_key_is_at_hand() -> None:
    web = signed(a_credential(issuer=STRANGER.did), f"{STRANGER.did}#key-1")
    # P-256, which a did:key may be as well
    curve = "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"
    other = signed(a_credential(issuer=curve), curve)
    damaged = did.did_document(STRANGER.did, [did.Method(Role.ISSUE, KEY.public_key)])
    damaged["verificationMethod"][0]["publicKeyMultibase"] = "z6Mk"
    named = signed(a_credential(issuer=STRANGER.did), damaged["verificationMethod"][0]["id"])
    unusable = "the key that it names cannot be used: not an Ed25519 public key"
    unlike = "its key is P-256, and its proof is eddsa-rdfc-2022"
    for document, documents, reason in (
        (web, {}, "we do not know this issuer's keys"),
        (other, {}, unlike),
        (named, {STRANGER.did: damaged}, unusable),
    ):
        assert outcome(made(document, trust(documents=documents))["signature"]) == (
            UNCHECKED,
            reason,
        )


def test_an_employers_endorsement_by_itself_is_no_entry() -> None:
    """Its issuer is registered: it is held to the rules for our own, and its signature is tried."""
    world = World()
    document = world.secured_endorsement()
    found = verify(to_bytes(document), world.trust(), NOW)
    said = {check.name: outcome(check) for check in found.checks}
    assert (found.verdict, found.credential, found.claim) == (Verdict.UNFINISHED, None, None)
    assert said["signature"] == (Outcome.PASSED, "")
    assert said["shape"][0] is Outcome.FAILED
    other = {**document, "credentialSubject": {**document["credentialSubject"], "id": "urn:uuid:other"}}
    assert verify(to_bytes(other), world.trust(), NOW).verdict is Verdict.NOT_GENUINE


def test_a_status_list_by_itself_is_no_entry() -> None:
    world = World()
    found = verify(to_bytes(world.secured_list()), world.trust(), NOW)
    assert (found.verdict, found.credential, found.claim) == (Verdict.UNFINISHED, None, None)


def test_a_key_of_another_role_signs_no_endorsement() -> None:
    document = World().secured_endorsement()
    method = f"{EMPLOYER.did}#issue-{World().signers[Role.ENDORSE].kid}"
    other = {**document, "proof": {**document["proof"], "verificationMethod": method}}
    assert verify(to_bytes(other), World().trust(), NOW).verdict is Verdict.NOT_GENUINE


def test_a_context_that_we_do_not_have_leaves_the_signature_open_and_a_member_of_none_does_not() -> None:
    elsewhere = "https://elsewhere.example/context"
    document = signed(a_credential())
    document["@context"].append(elsewhere)
    assert outcome(made(document)["signature"]) == (
        UNCHECKED,
        f"we do not know the context '{elsewhere}'",
    )
    found = verify(to_bytes({**signed(a_credential()), "colour": "red"}), trust(), NOW)
    assert (found.verdict, found.claim, found.credential) == (Verdict.UNKNOWN_ISSUER, None, None)
    assert Check("signature", Outcome.FAILED, "the member 'colour' is not covered by it") in found.checks


# ------------------------------------------------------------------------- shape


def test_a_badge_is_held_against_the_schema_up_to_a_length() -> None:
    """The schema's many choices could be made slow: beyond the length it is not asked."""
    badge = a_credential(
        type=["VerifiableCredential", "AchievementCredential"],
        name="",
        proof={"type": "X", "cryptosuite": ""},
    )
    empty = len(to_bytes(badge))
    fits = {**badge, "name": "n" * (external.MAX_SCHEMA_BYTES - empty)}
    failed = made(fits)["shape"]
    assert failed.outcome is Outcome.FAILED
    assert failed.reason.startswith("not as Open Badges 3.0 has it: ")
    checks = made({**fits, "name": fits["name"] + "n"})
    assert outcome(checks["shape"]) == (
        UNCHECKED,
        "it is too long to be held against the published schema",
    )


def test_an_older_model_is_named_and_not_checked() -> None:
    old = {**unknown_proof(a_credential()), "@context": ["https://www.w3.org/2018/credentials/v1"]}
    checks = made(old)
    reason = "it is written to an older version of the data model"
    assert outcome(checks["shape"]) == (Outcome.NOT_CHECKED, reason)
    assert {checks[name].outcome for name in ("signature", "withdrawn", "review date")} == {UNCHECKED}
