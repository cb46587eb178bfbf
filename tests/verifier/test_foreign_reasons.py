"""Credentials from elsewhere: what is said of each check that could not be made, or that failed.

All of it under V6, whatever else: whoever makes a did:key can sign what he likes.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from passport.openbadges import did, status_list
from passport.openbadges.registry import KeyState
from passport.openbadges.terms import timestamp
from passport.proofs import data_integrity, jose, json_text, keys, signing
from passport.proofs.keys import Role
from passport.verifier import Check, NotGenuine, Outcome, Trust, Verdict, foreign, verify
from passport.verifier.errors import Failed
from passport.verifier.forms import read_json
from tests.world import EMPLOYER, ENDORSED, NOW, PROGRAMME, STRANGER, World, to_bytes

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


def signed(document: dict[str, Any], method: str = f"{DID}#{VALUE}", by: Any = KEY) -> dict[str, Any]:
    return data_integrity.add_proof(document, data_integrity.proof_options(method, NOW - DAY), by)


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
        UNBELIEVED + "there must be one proof with the members of eddsa-rdfc-2022",
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
    checks = made(unknown_proof(a_credential(credentialStatus=status)), trust(listed))
    assert outcome(checks["withdrawn"]) == (expected, reason)
    assert outcome(checks["review date"]) == (Outcome.PASSED, "")


def test_each_of_several_statuses_is_looked_up() -> None:
    two = a_credential(credentialStatus=[{**STATUS, "statusListIndex": "6"}, STATUS])
    assert outcome(made(signed(two), trust(signed(a_list())))["withdrawn"]) == (Outcome.PASSED, "")
    assert made(signed(two), trust(WITHDRAWN))["withdrawn"].outcome is Outcome.FAILED


def test_the_age_of_a_strangers_list_is_the_callers_choice_too() -> None:
    document, believing = signed(a_credential(credentialStatus=STATUS)), trust(signed(a_list(NOW - 2 * DAY)))
    assert made(document, believing)["withdrawn"].outcome is Outcome.NOT_CHECKED
    assert made(document, believing, max_age=2 * DAY)["withdrawn"].outcome is Outcome.PASSED


# ------------------------------------------------------------------------- time


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        ({}, ""),
        ({"validFrom": NOW + timedelta(minutes=5)}, ""),
        ({"validFrom": NOW + timedelta(minutes=5) + SECOND}, "it is not valid yet"),
        ({"validUntil": NOW + SECOND}, ""),
        ({"validUntil": NOW}, "it is not valid any more"),
    ],
)
def test_the_time_of_a_stranger(times: dict[str, datetime], reason: str) -> None:
    document = a_credential(**{name: timestamp(at) for name, at in times.items()})
    assert made(signed(document))["review date"] == Check(
        "review date", Outcome.FAILED if reason else Outcome.PASSED, reason
    )
    if reason:
        with pytest.raises(Failed) as failed:
            foreign.in_its_time(read_json(signed(document)), NOW)
        assert failed.value.verdict is Verdict.UNKNOWN_ISSUER


# ------------------------------------------------------------------------- keys


def test_what_is_said_when_no_key_is_at_hand() -> None:
    web = signed(a_credential(issuer=STRANGER.did), f"{STRANGER.did}#key-1")
    ours = signed(a_credential(issuer=PROGRAMME.did), f"{PROGRAMME.did}#issue-00000000")
    # P-256, which a did:key may be as well
    curve = "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"
    other = signed(a_credential(issuer=curve), curve)
    damaged = did.did_document(STRANGER.did, [did.Method(Role.ISSUE, KEY.public_key)])
    damaged["verificationMethod"][0]["publicKeyMultibase"] = "z6Mk"
    named = signed(a_credential(issuer=STRANGER.did), damaged["verificationMethod"][0]["id"])
    unusable = "the key that it names cannot be used"
    for document, documents, reason in (
        (web, {}, "we do not know this issuer's keys"),
        (ours, {}, "the registry knows this issuer, but no such key of it"),
        (other, {}, unusable),
        (named, {STRANGER.did: damaged}, unusable),
    ):
        assert outcome(made(document, trust(documents=documents))["signature"]) == (
            UNCHECKED,
            reason,
        )


def test_an_employers_endorsement_by_itself_is_checked_with_the_registered_key_and_is_no_entry() -> None:
    world = World()
    document = world.secured_endorsement()
    found = verify(to_bytes(document), world.trust(), NOW)
    said = {check.name: outcome(check) for check in found.checks}
    assert found.verdict is Verdict.UNKNOWN_ISSUER
    assert found.credential is None
    assert found.claim is not None
    assert found.claim.issuer == EMPLOYER.name
    assert said["signature"] == (Outcome.PASSED, "")
    assert "knows no programme" in said["issuer"][1]
    other = {**document, "credentialSubject": {**document["credentialSubject"], "id": "urn:uuid:other"}}
    with pytest.raises(NotGenuine):
        verify(to_bytes(other), world.trust(), NOW)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (KeyState.PROPOSED, "the key is not in use yet"),
        (KeyState.SUSPENDED, "the key is suspended until a question about it is settled"),
        (KeyState.COMPROMISED, "somebody else had the key"),
        (KeyState.RETIRED, ""),
    ],
)
def test_a_key_that_does_not_count_vouches_for_no_endorsement_either(state: KeyState, reason: str) -> None:
    world = World()
    document = to_bytes(world.secured_endorsement())
    world.set_state(Role.ENDORSE, state)
    said = {check.name: outcome(check) for check in verify(document, world.trust(), NOW).checks}
    assert said["signature"] == ((UNCHECKED, reason) if reason else (Outcome.PASSED, ""))


def test_a_key_of_another_role_or_time_and_a_token_without_a_time_are_not_asked() -> None:
    world = World()
    document = world.secured_endorsement()
    world.edit_key(Role.ENDORSE, until=ENDORSED - HOUR)
    late = "it is signed with a key that was not in use at that time"
    assert outcome(made(document, world.trust())["signature"]) == (UNCHECKED, late)
    signer, method = World().signers[Role.ENDORSE], document["proof"]["verificationMethod"]
    token = jose.sign({name: said for name, said in document.items() if name != "proof"}, method, signer)
    found = {check.name: check for check in verify(token, World().trust(), NOW).checks}
    assert outcome(found["signature"]) == (UNCHECKED, "it does not say when it was signed")
    other = {
        **document["proof"],
        "verificationMethod": f"{EMPLOYER.did}#issue-{World().signers[Role.ENDORSE].kid}",
    }
    said = made({**document, "proof": other}, World().trust())
    assert outcome(said["signature"])[1] == "the registry knows this issuer, but no such key of it"


def test_a_context_that_we_do_not_have_leaves_the_signature_open_and_a_member_of_none_does_not() -> None:
    elsewhere = "https://elsewhere.example/context"
    document = signed(a_credential())
    document["@context"].append(elsewhere)
    assert outcome(made(document)["signature"]) == (
        UNCHECKED,
        f"we do not know the context '{elsewhere}'",
    )
    with pytest.raises(NotGenuine) as caught:
        verify(to_bytes({**signed(a_credential()), "colour": "red"}), trust(), NOW)
    assert Check("signature", Outcome.FAILED, "no context defines the member 'colour'") in caught.value.checks


# ------------------------------------------------------------------------- shape


def test_a_badge_is_held_against_the_schema_up_to_a_length() -> None:
    """The schema's many choices could be made slow: beyond the length it is not asked."""
    badge = a_credential(
        type=["VerifiableCredential", "AchievementCredential"],
        name="",
        proof={"type": "X", "cryptosuite": ""},
    )
    empty = len(json_text.write({name: member for name, member in badge.items() if name != "proof"}))
    fits = {**badge, "name": "n" * (foreign.MAX_SCHEMA_BYTES - empty)}
    with pytest.raises(NotGenuine, match=r"^not as Open Badges 3\.0 has it: \S"):
        verify(to_bytes(fits), trust(), NOW)
    checks = made({**fits, "name": fits["name"] + "n"})
    assert outcome(checks["shape"]) == (
        UNCHECKED,
        "it is too long to be held against the published schema",
    )


def test_an_older_model_is_named_and_nothing_else_is_tried() -> None:
    old = {**signed(a_credential()), "@context": ["https://www.w3.org/2018/credentials/v1"]}
    checks = made(old)
    reason = "it is written to an older version of the data model"
    assert outcome(checks["shape"]) == (Outcome.NOT_CHECKED, reason)
    assert {outcome(checks[name]) for name in ("signature", "withdrawn", "review date")} == {
        (Outcome.NOT_CHECKED, "")
    }
