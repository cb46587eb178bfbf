"""What is said of each way to fail: the verdict, the check and its reason, word for word.

Programs get the reasons from the VC-API, people from `passport verify`. They are a part of what we promise.
"""

from dataclasses import replace

import pytest

from passport.openbadges import endorsement
from passport.openbadges.registry import IssuerKind, KeyState
from passport.proofs.keys import Role
from passport.verifier import Kind
from tests.verifier.spoiling import (
    HOUR,
    INDEX,
    NOT_IN_USE,
    NOT_ITS_OWN,
    NOT_SIGNED,
    ORDER,
    PROOF,
    SECOND,
    STATUS_KEY,
    SUSPENDED,
    TOLERANCE,
    TOO_OLD,
    V2,
    V3,
    V4,
    V5,
    V6,
    V7,
    V8,
    Spoil,
    another_list,
    endorsing,
    entry,
    evidence_named,
    having,
    issuers,
    key,
    list_by_the_issuing_key,
    lists,
    office,
    raw,
    registry,
    signed,
    signer,
    state,
    token,
    token_without,
    told,
    without,
    worlds,
)
from tests.world import (
    EMPLOYER,
    ENDORSED,
    ISSUED,
    LIST_URL,
    NOW,
    PROGRAMME,
    STRANGER,
    SUSPENSION_URL,
    URL,
    World,
    a_stranger,
    an_entry,
    as_before,
    endorsement_of,
    registered,
    to_bytes,
)

FUTURE = "it is dated in the future"
PART = "it cannot be read: a part of the token is damaged or cut off"
PROOF_OF_ANOTHER = {"type": "DataIntegrityProof", "verificationMethod": "did:key:z6Mk#z6Mk"}
LONG = "did:web:" + "a" * 300

NONE = "no verdict"


def half(world: World) -> bytes:
    return world.entry_bytes()[:3000]


def twice(world: World) -> bytes:
    return world.entry_bytes().replace(b'"name"', b'"name": "x", "name"', 1)


def nan(world: World) -> bytes:
    return world.entry_bytes().replace(b'"hashed": false', b'"hashed": NaN', 1)


def long(world: World) -> bytes:
    return world.entry_bytes() + b" " * 2**20


def half_a_token(world: World) -> bytes:
    return world.token()[:3001]


def token_without_end(world: World) -> bytes:
    return world.token()[:-4]


TABLE: dict[str, tuple[Spoil, str, str, str]] = {
    # what it is
    "nothing": (raw(b""), NONE, "", Kind.EMPTY),
    "half": (raw(b"{"), NONE, "", Kind.DAMAGED_JSON),
    "twice": (raw(b'{"a":1,"a":1}'), NONE, "", Kind.DAMAGED_JSON),
    "long": (raw(b"{" + b" " * 2**20), NONE, "", Kind.DAMAGED_JSON),
    "a blank that is none": (raw(b"\x0b{}"), NONE, "", Kind.OTHER),
    "half of ours": (half, V8, "shape", "it cannot be read: not JSON in UTF-8"),
    "ours twice": (twice, V8, "shape", "it cannot be read: a name stands twice in one object"),
    "ours with nan": (nan, V8, "shape", "it cannot be read: NaN is not JSON"),
    "ours and long": (long, V8, "shape", "it cannot be read: longer than 1048576 bytes"),
    "half a token": (
        half_a_token,
        V8,
        "shape",
        "it cannot be read: a part of the token is damaged or cut off",
    ),
    "a token without its end": (token_without_end, V8, "shape", "its signature is cut off"),
    "no proof": (without("proof"), V8, "shape", "there is no signature on it"),
    "no type": (without("type"), V7, "signature", "no context defines the member 'issuer'"),
    "another type": (
        having(type="OpenBadgeCredential"),
        V7,
        "signature",
        "no context defines the member 'issuer'",
    ),
    "no issuer": (without("issuer"), V7, "signature", NOT_SIGNED),
    "odd issuer": (having(issuer={"id": 5}), V7, "signature", "the member 'id' is not a text"),
    "vc claim": (token(vc={}), V8, "shape", "this is not an entry of ours: it differs at /vc"),
    # who issued it
    "stranger": (
        lambda _: a_stranger().entry_bytes(),
        V6,
        "issuer",
        "the registry knows no programme " + STRANGER.did,
    ),
    "long name": (having(issuer=LONG), V6, "issuer", "the registry knows no programme " + LONG[:200]),
    "an employer issues": (
        issuers(registered(PROGRAMME, IssuerKind.EMPLOYER), registered(EMPLOYER, IssuerKind.EMPLOYER)),
        V6,
        "issuer",
        "the registry knows no programme " + PROGRAMME.did,
    ),
    "proof twice": (
        lambda world: to_bytes({**world.secured_entry(), "proof": [world.secured_entry()["proof"]] * 2}),
        V8,
        "shape",
        "several proofs, which we do not check",
    ),
    "proofs of others": (
        lambda world: to_bytes({**world.secured_entry(), "proof": [PROOF_OF_ANOTHER] * 2}),
        V7,
        "signature",
        "several proofs, which we do not check",
    ),
    "another suite": (
        having(proof={"type": "DataIntegrityProof", "cryptosuite": "ecdsa-rdfc-2019"}),
        V7,
        "signature",
        "a proof that is not of the cryptosuite eddsa-rdfc-2022, which we do not check",
    ),
    "odd claim": (token(jti=5), V8, "shape", "the claim jti does not say what its member says"),
    "claim missing": (token_without("jti"), V8, "shape", "the claim jti is missing"),
    "another role": (
        signer(Role.ISSUE, Role.STATUS),
        V7,
        "signature",
        "the proof does not name a key of this programme for this purpose",
    ),
    "unknown key": (
        signer(Role.ISSUE, None),
        V7,
        "signature",
        "the registry knows no such key of this programme",
    ),
    # what it says
    "altered": (
        lambda world: world.entry_bytes().replace(b"Amara", b"Anara"),
        V7,
        "signature",
        NOT_SIGNED,
    ),
    "added": (having(colour="red"), V7, "signature", "no context defines the member 'colour'"),
    "moved": (signed(name="Wizard"), V8, "shape", "this is not an entry of ours: it differs at /name"),
    "not endorsed first": (entry(issued_at=ENDORSED - SECOND), V7, "signature", ORDER),
    "due before issued": (entry(review_at=ISSUED - SECOND), V7, "signature", ORDER),
    "future": (
        entry(issued_at=NOW + TOLERANCE + SECOND),
        V7,
        "signature",
        FUTURE,
    ),
    "future in words alone": (signed(validFrom="2026-06-01T12:05:01Z"), V7, "signature", FUTURE),
    # the programme's key
    "proposed": (state(Role.ISSUE, KeyState.PROPOSED), V6, "key", "the key is not in use yet"),
    "suspended": (state(Role.ISSUE, KeyState.SUSPENDED), V8, "key", SUSPENDED),
    "compromised": (state(Role.ISSUE, KeyState.COMPROMISED), V7, "key", "somebody else had the key"),
    "too early": (key(Role.ISSUE, from_=ISSUED + TOLERANCE + SECOND), V7, "key", NOT_IN_USE),
    "too late": (key(Role.ISSUE, until=ISSUED - TOLERANCE - SECOND), V7, "key", NOT_IN_USE),
    "not yet in office": (
        office(0, from_=ISSUED + TOLERANCE + SECOND),
        V6,
        "key",
        "Made in Brindlemoor was not registered when this was signed",
    ),
    "no more in office": (
        office(0, until=ISSUED - TOLERANCE - SECOND),
        V6,
        "key",
        "Made in Brindlemoor was not registered when this was signed",
    ),
    # the endorsement
    "employer unknown": (
        lambda world: issuers(world.registry.issuers[0])(world),
        V6,
        "endorsement",
        "the registry knows no employer " + EMPLOYER.did,
    ),
    "employer of another": (
        office(1, programme=STRANGER.did),
        V6,
        "endorsement",
        "Tinderbeck Precision Ltd is not registered as an employer of Made in Brindlemoor",
    ),
    "programme endorses": (
        signer(Role.ENDORSE, Role.ISSUE),
        V7,
        "endorsement",
        "the proof does not name a key of this employer for this purpose",
    ),
    "endorsement without proof": (
        lambda world: signed(endorsement=[endorsement.build(endorsement_of(world.entry))])(world),
        V8,
        "endorsement",
        "there is no signature on it",
    ),
    "unknown endorsing key": (
        signer(Role.ENDORSE, None),
        V7,
        "endorsement",
        "the registry knows no such key of this employer",
    ),
    "another entry": (
        endorsing(subject_id="urn:uuid:00000000-0000-0000-0000-000000000009"),
        V7,
        "endorsement",
        "the endorsement is about another entry",
    ),
    "the entry itself": (
        endorsing(subject_id=an_entry().id),
        V7,
        "endorsement",
        "the endorsement is about another entry",
    ),
    "an evidence without an id": (
        lambda world: signed(evidence=[World(as_before(world.entry)).document()["evidence"][0]])(world),
        V7,
        "endorsement",
        "the endorsement is about another entry",
    ),
    "an id of the evidence that is the entry's": (
        evidence_named(an_entry().id),
        V7,
        "endorsement",
        NOT_ITS_OWN,
    ),
    "an id of the evidence that is no urn:uuid": (
        evidence_named("https://passport.example/evidence/1"),
        V7,
        "endorsement",
        NOT_ITS_OWN,
    ),
    "another evidence": (
        endorsing(evidence_digest="uEiA" + "A" * 42),
        V7,
        "endorsement",
        "the endorsement is about another evidence",
    ),
    "endorsing key proposed": (
        state(Role.ENDORSE, KeyState.PROPOSED),
        V6,
        "endorsement",
        "the key is not in use yet",
    ),
    "endorsing key suspended": (state(Role.ENDORSE, KeyState.SUSPENDED), V8, "endorsement", SUSPENDED),
    "endorsing key compromised": (
        state(Role.ENDORSE, KeyState.COMPROMISED),
        V7,
        "endorsement",
        "somebody else had the key",
    ),
    "endorsed too early": (
        key(Role.ENDORSE, from_=ENDORSED + TOLERANCE + SECOND),
        V7,
        "endorsement",
        NOT_IN_USE,
    ),
    "employer not in office": (
        office(1, until=ENDORSED - TOLERANCE - SECOND),
        V6,
        "endorsement",
        "Tinderbeck Precision Ltd was not registered when this was signed",
    ),
    # whether it still holds
    "registry expired": (
        registry(expires=NOW),
        V8,
        "registry",
        "the list of issuers and keys is out of date",
    ),
    "no list": (lists(LIST_URL, lambda _: None), V8, "status list", "there is no status list to look into"),
    "list too old": (worlds(list_made=NOW - 24 * HOUR - SECOND), V8, "status list", TOO_OLD),
    "list from the future": (
        worlds(list_made=NOW + TOLERANCE + SECOND),
        V8,
        "status list",
        "the status list is dated in the future; is the clock right?",
    ),
    "list without proof": (
        lists(LIST_URL, lambda world: {**world.secured_list(), "proof": None}),
        V8,
        "status list",
        f"the status list cannot be believed: {PROOF}",
    ),
    "no list at all": (
        lists(LIST_URL, lambda _: {}),
        V8,
        "status list",
        "the status list cannot be believed: this is not a status list of ours: "
        "the member 'credentialSubject' is missing",
    ),
    "altered list": (
        lists(LIST_URL, lambda world: {**world.secured_list(), "validFrom": "2026-06-01T11:59:00Z"}),
        V8,
        "status list",
        f"the status list cannot be believed: {NOT_SIGNED}",
    ),
    "list of another address": (
        lists(LIST_URL, lambda world: another_list(world, f"{LIST_URL}2", PROGRAMME.did)),
        V8,
        "status list",
        "the status list is another one",
    ),
    "list of another issuer": (
        lists(LIST_URL, lambda world: another_list(world, LIST_URL, EMPLOYER.did)),
        V8,
        "status list",
        "the status list is another one",
    ),
    "list by the issuing key": (
        lists(LIST_URL, list_by_the_issuing_key),
        V8,
        "status list",
        STATUS_KEY,
    ),
    "list by nobody's key": (
        signer(Role.STATUS, None),
        V8,
        "status list",
        STATUS_KEY,
    ),
    "status key suspended": (
        state(Role.STATUS, KeyState.SUSPENDED),
        V8,
        "status list",
        STATUS_KEY,
    ),
    "list of another purpose": (
        lists(SUSPENSION_URL, lambda world: world.secured_list(SUSPENSION_URL, "refresh")),
        V8,
        "status list",
        "a status list is about something else",
    ),
    "list elsewhere": (
        entry(status=replace(an_entry().status, list_url="https://a.example/status/1/revocation")),
        V8,
        "status list",
        "the status list is on a server that the registry does not know",
    ),
    "list of the wrong name": (
        entry(status=replace(an_entry().status, list_url=f"{URL}/status/1/refresh")),
        V8,
        "status list",
        "the entry does not name a list of entries that are not current",
    ),
    "no such place": (
        entry(status=replace(an_entry().status, index=131_072)),
        V8,
        "replaced",
        "the list has no such place",
    ),
    "replaced": (worlds(replaced={INDEX}), V4, "replaced", "a newer entry has taken its place"),
    "withdrawn": (worlds(withdrawn={INDEX}), V2, "withdrawn", "it has been withdrawn"),
    "on hold": (
        worlds(on_hold={INDEX}),
        V3,
        "on hold",
        "it is on hold until a question about it is settled",
    ),
    "past review": (entry(review_at=NOW), V5, "review date", "its review date has passed"),
}


@pytest.mark.parametrize("name", TABLE)
def test_what_is_said_of_it(name: str) -> None:
    spoil, verdict, check, reason = TABLE[name]
    world = World()
    unverified = spoil(world)
    if unverified is None:
        unverified = world.entry_bytes()
    assert told(world, unverified) == (verdict, check, reason)


def test_an_own_record_puts_an_entry_on_hold_while_its_key_is_suspended() -> None:
    for role, name in ((Role.ISSUE, "key"), (Role.ENDORSE, "endorsement")):
        world = World()
        world.set_state(role, KeyState.SUSPENDED)
        assert told(world, world.entry_bytes(), own_record=True) == (V3, name, SUSPENDED)


def test_a_surprise_has_a_reason_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def surprise(*_: object) -> None:
        raise ZeroDivisionError

    world = World()
    monkeypatch.setattr("passport.verifier.checks.registry_current", surprise)
    assert told(world, world.entry_bytes()) == (V8, "registry", "this check could not be made")
