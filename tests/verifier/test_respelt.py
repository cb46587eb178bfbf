"""A registered issuer is held to the strict rules in every spelling, form and place of its id.

There is no way from the strict rules to those for others: a genuine entry whose issuer is respelled is never
"We do not recognise who issued this", and nothing of it is shown.
"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.proofs import data_integrity, keys
from passport.proofs.keys import Role
from passport.verifier import Verdict, Verification, issuer_ids, verify
from tests import others
from tests.world import NOW, PROGRAMME, World, to_bytes

WORLD = World()
TRUST = WORLD.trust()
ENTRY = WORLD.secured_entry()
TOKEN = WORLD.token()
DID = PROGRAMME.did
REFUSED = {Verdict.NOT_GENUINE, Verdict.UNFINISHED}


def assert_strict(data: bytes) -> None:
    found: Verification = verify(data, TRUST, NOW)
    assert found.verdict in REFUSED, found
    assert (found.credential, found.claim) == (None, None)


def spelt(draw: st.DrawFn, sign: str) -> str:
    """One sign of an id in a spelling that means the same."""
    octets = "".join(f"%{octet:02x}" for octet in sign.encode())
    forms = [sign, sign, sign]
    if sign.isalnum():
        forms += [octets, octets.upper(), chr(ord(sign) + 0xFEE0), f"\u200b{sign}", f"{sign}\u00ad"]
    return draw(st.sampled_from(forms))


@st.composite
def spellings(draw: st.DrawFn) -> str:
    _, host, *path = DID.removeprefix("did:").replace("%3A", "\0").split(":")
    upper = draw(st.booleans())
    host = "".join(spelt(draw, sign) for sign in (host.upper() if upper else host))
    host = host.replace("\0", draw(st.sampled_from(["%3A", "%3a"])))
    parts = [host, *("".join(spelt(draw, sign) for sign in part) for part in path)]
    did = draw(st.sampled_from(["did:web:", "DID:web:", "did:WEB:"])) + ":".join(parts)
    before = draw(st.sampled_from(["", " ", "\n", "\u200b"]))
    after = draw(st.sampled_from(["", "#", "#key", "?x=y", ";service=z", ":", "/", " ", "\u200b"]))
    return f"{before}{did}{after}"


@given(spellings())
def test_every_spelling_is_one_issuer(spelling: str) -> None:
    assert issuer_ids.normalised(spelling) == DID
    if spelling == DID:
        return
    issuer: dict[str, Any] = ENTRY["issuer"]
    assert_strict(to_bytes({**ENTRY, "issuer": {**issuer, "id": spelling}}))
    assert_strict(to_bytes({**ENTRY, "issuer": spelling}))
    assert_strict(others.token({**ENTRY, "issuer": spelling}, {"alg": "EdDSA", "typ": "JWT"}, KEY))


KEY = others.ed25519()
STRANGER = others.did_key(KEY)


@pytest.mark.parametrize(
    "issuer",
    [
        [ENTRY["issuer"]],
        [DID],
        [[DID]],
        {"@id": DID, "type": ["Profile"], "name": "x"},
        {**ENTRY["issuer"], "id": f"{DID}#x"},
        [STRANGER, DID],
        [{"id": STRANGER}, {"id": DID}],
        "https://" + DID.removeprefix("did:web:").replace(":", "/").replace("%3A", ":"),
    ],
)
@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022", "Ed25519Signature2020"])
def test_a_stranger_who_names_ours_in_any_place_is_refused(issuer: Any, suite: str) -> None:
    """JCS covers every member, so that a stranger's signature over such a document even holds."""
    document = {**others.badge(STRANGER), "issuer": issuer}
    options = others.proof_options(suite, others.method_of(STRANGER), created="2026-03-01T10:00:00Z")
    if suite == "eddsa-jcs-2022":
        secured = others.with_proof(document, options, KEY)
    else:
        secured = {**document, "proof": {**options, "proofValue": ENTRY["proof"]["proofValue"]}}
    assert_strict(to_bytes(secured))
    assert_strict(to_bytes({**secured, "proof": [secured["proof"], ENTRY["proof"]]}))


@pytest.mark.parametrize("place", ["iss", "issuer", "vc", "all but issuer"])
@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
def test_a_token_that_names_ours_in_any_place_is_refused(place: str, algorithm: str) -> None:
    keys_of: dict[str, others.Private] = {"EdDSA": KEY, "ES256": others.p256(), "RS256": others.rsa_key()}
    key = keys_of[algorithm]
    did = others.did_jwk(key)
    claims: dict[str, Any] = {**others.badge(did), "iss": did}
    if place == "iss":
        claims["iss"] = DID
    elif place == "issuer":
        claims["issuer"] = DID
    elif place == "vc":
        claims["vc"] = {"issuer": DID}
    else:
        claims = {"iss": DID, "vc": {**others.old_badge(did), "issuer": {"id": DID}}, "issuer": did}
    for header in (
        {"alg": algorithm, "jwk": others.jwk(key)},
        {"alg": algorithm, "kid": f"{did}#0", "typ": "JWT"},
        {"alg": algorithm, "kid": f"{did}#0", "typ": "vc+jwt"},
    ):
        assert_strict(others.token(claims, header, key))


def test_a_strangers_key_that_is_offered_as_ours_is_never_asked() -> None:
    """A bundle with a DID document for a registered issuer: the registry alone has a word about its keys."""
    world = World()
    world.did_documents = {DID: others.web_document(DID, KEY)}
    document = {name: member for name, member in ENTRY.items() if name != "proof"}
    options = data_integrity.proof_options(f"{DID}#key-1", NOW)
    signed = others.with_proof(document, {**options, "created": "2026-03-01T10:00:00Z"}, KEY)
    for spelling in (DID, DID.replace("%3A", "%3a")):
        data = to_bytes({**signed, "issuer": {**signed["issuer"], "id": spelling}})
        assert verify(data, world.trust(), NOW).verdict in REFUSED


def test_a_genuine_token_with_another_header_is_not_read_by_the_rules_for_others() -> None:
    header, payload, signature = TOKEN.split(b".")
    said = json.loads(keys.from_base64url(header.decode()))
    changes: dict[str, Any]
    for changes in (
        {"typ": "JWT"},
        {"typ": "application/vc+jwt"},
        {"cty": "x"},
        {"jwk": {}},
        {"alg": "ES256"},
    ):
        other = keys.base64url(json.dumps({**said, **changes}).encode()).encode()
        assert_strict(b".".join((other, payload, signature)))
    assert WORLD.signers[Role.ISSUE].public_key
