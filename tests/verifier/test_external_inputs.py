"""Badges as strangers really write them (`tests/inputs/strangers`): the right answer of each.

Issuer software writes milliseconds, empty arrays, several proofs, tokens of other types and slips against the
schema. None of that is a forgery, and none of it hides one.
"""

import base64
import copy
import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from passport.verifier import Outcome, Verdict, verify
from passport.verifier.external import NO_LIST, OWN_ADDRESS
from tests.world import NOW, PROGRAMME, World, to_bytes

INPUTS = Path(__file__).parents[1] / "inputs"
STRANGERS = INPUTS / "strangers"
PASSED, FAILED, UNCHECKED = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_CHECKED
NAME = "Plainly Invented College"

# file: the outcome and the words of the shape and of the signature, and whether anything is shown
RIGHT: dict[str, tuple[Outcome, str, Outcome, str, bool]] = {
    "00-base.json": (PASSED, "", PASSED, OWN_ADDRESS, True),
    "03-no-zone.json": (FAILED, "not a time with its zone", PASSED, OWN_ADDRESS, True),
    "07-created-millis.json": (PASSED, "", PASSED, OWN_ADDRESS, True),
    "11-achtype-unknown.json": (FAILED, "achievementType", PASSED, OWN_ADDRESS, True),
    "13-image-string.json": (FAILED, "image", PASSED, OWN_ADDRESS, True),
    "37-proof-array-2same.json": (PASSED, "", PASSED, OWN_ADDRESS, True),
    "44-jwt-typ-JWT.jwt": (PASSED, "", PASSED, OWN_ADDRESS, True),
    "45-jwt-typ-missing.jwt": (PASSED, "", PASSED, OWN_ADDRESS, True),
    "46-jwt-typ-full-mediatype.jwt": (PASSED, "", PASSED, OWN_ADDRESS, True),
    "57-jwt-v11-vc-claim-typ-JWT.jwt": (UNCHECKED, "an older version", PASSED, OWN_ADDRESS, True),
    "60-added-undefined-term.json": (
        PASSED,
        "",
        FAILED,
        "the member 'gradePointAverage' is not covered by it",
        False,
    ),
    "70-signed-empty-arrays.json": (PASSED, "", PASSED, OWN_ADDRESS, True),
}


def test_every_input_has_its_answer() -> None:
    assert {path.name for path in STRANGERS.iterdir()} == set(RIGHT)


@pytest.mark.parametrize("name", RIGHT)
def test_the_right_answer(name: str) -> None:
    shape, of_shape, signature, of_signature, is_shown = RIGHT[name]
    found = verify((STRANGERS / name).read_bytes(), World().trust(), NOW)
    checks = {check.name: check for check in found.checks}
    assert (found.verdict, found.credential) == (Verdict.UNKNOWN_ISSUER, None)
    assert (checks["shape"].outcome, checks["signature"].outcome) == (shape, signature), checks
    assert of_shape in checks["shape"].reason
    assert checks["signature"].reason == of_signature
    assert (found.claim is not None) is is_shown
    assert found.claim is None or found.claim.issuer == NAME
    assert checks["withdrawn"].outcome is UNCHECKED
    assert checks["withdrawn"].reason == (NO_LIST if is_shown else "its signature was not found to hold")


@pytest.mark.parametrize("name", [name for name in RIGHT if name != "60-added-undefined-term.json"])
def test_a_change_is_a_signature_that_does_not_hold(name: str) -> None:
    data = (STRANGERS / name).read_bytes()
    found = verify(renamed(data), World().trust(), NOW)
    assert (found.verdict, found.claim, found.credential) == (Verdict.NOT_GENUINE, None, None)


def renamed(data: bytes) -> bytes:
    if data.lstrip().startswith(b"{"):
        return data.replace(b"First aid at the bench", b"Surgery at the bench")
    header, payload, signature = data.strip().split(b".")
    said = base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4))
    changed = base64.urlsafe_b64encode(said.replace(b"First aid", b"Surgery")).rstrip(b"=")
    return b".".join((header, changed, signature))


def test_a_badge_of_a_document_with_an_embedded_method() -> None:
    world = World()
    badge = (INPUTS / "did" / "credential-of-embedded-method.json").read_bytes()
    document = json.loads((INPUTS / "did" / "embedded-method.json").read_bytes())
    before = {check.name: check for check in verify(badge, world.trust(), NOW).checks}
    assert before["signature"].reason == "we do not know this issuer's keys"
    world.did_documents = {document["id"]: document}
    after = {check.name: check for check in verify(badge, world.trust(), NOW).checks}
    assert (after["signature"].outcome, after["signature"].reason) == (PASSED, "")


@pytest.mark.parametrize(
    "spelling", ["did:web:issuer5.example.test%3a80", "did:web:issuer5.example.test%3A80"]
)
def test_percent_encoding_in_either_case_finds_the_document(spelling: str) -> None:
    """The key is found, and the badge, which was signed under another id, does not hold under it."""
    world = World()
    document = json.loads((INPUTS / "did" / "embedded-method.json").read_bytes())
    text = json.dumps(document).replace("example.test", "example.test%3A80")
    world.did_documents = {"did:web:issuer5.example.test%3A80": json.loads(text)}
    badge = json.loads((INPUTS / "did" / "credential-of-embedded-method.json").read_bytes())
    respelt = copy.deepcopy(badge)
    respelt["issuer"]["id"] = spelling
    assert verify(to_bytes(respelt), world.trust(), NOW).verdict is Verdict.UNKNOWN_ISSUER
    respelt["proof"]["verificationMethod"] = f"{spelling}#key-1"
    assert verify(to_bytes(respelt), world.trust(), NOW).verdict is Verdict.NOT_GENUINE


# ------------------------------------------------------------------------- names that look like ours


def test_an_id_that_looks_like_ours_is_not_shown_in_place_of_a_name() -> None:
    """Cyrillic letters: another address, whose owner can publish a DID document and sign with its key."""
    from tests import others

    key = others.ed25519()
    did = PROGRAMME.did.replace("a", "а", 1)
    badge = {**others.badge(did), "issuer": {"id": did, "type": ["Profile"]}}
    options = others.proof_options("eddsa-jcs-2022", f"{did}#key-1")
    world = World()
    world.did_documents = {did: others.web_document(did, key)}
    found = verify(to_bytes(others.with_proof(badge, options, key)), world.trust(), NOW)
    checks = {check.name: check for check in found.checks}
    assert (checks["signature"].outcome, found.verdict) == (PASSED, Verdict.UNKNOWN_ISSUER)
    assert (found.claim, found.credential) == (None, None)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        *product(
            ("issuer", "achievement"),
            ("Made in Brindlemoor", "MADE IN BRINDLEM00R", "ᴍᴀᴅᴇ ɪɴ ʙʀɪɴᴅʟᴇᴍᴏᴏʀ", "Made in Brindlemoor (UK)"),
        ),
        ("issuer", "passport.example"),
        ("issuer", "https://Passport.Example/"),
    ],
)
def test_a_name_that_looks_like_ours_is_not_shown(place: str, name: str) -> None:
    from passport.verifier.external import USES_OUR_NAME
    from tests import others

    key = others.ed25519()
    did = others.did_key(key)
    badge: dict[str, Any] = others.badge(did)
    if place == "issuer":
        badge["issuer"]["name"] = name
    else:
        badge["credentialSubject"]["achievement"]["name"] = name
    options = others.proof_options("eddsa-rdfc-2022", others.method_of(did))
    found = verify(to_bytes(others.with_proof(badge, options, key)), World().trust(), NOW)
    checks = {check.name: check for check in found.checks}
    assert (found.verdict, found.claim, found.credential) == (Verdict.UNKNOWN_ISSUER, None, None)
    assert (checks["signature"].outcome, checks["issuer"].reason) == (PASSED, USES_OUR_NAME)
