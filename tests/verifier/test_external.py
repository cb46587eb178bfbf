"""Credentials from elsewhere: every published sample, valid or faulty, with the verdict that fits it.

The issuers' documents are given, made here from the keys that the samples name, so that signatures can be
checked wherever we know how.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from passport.openbadges import baking, data_model
from passport.openbadges.errors import MalformedCredential
from passport.proofs import data_integrity, keys, signing
from passport.proofs.keys import Role
from passport.verifier import Check, Kind, NotACredential, Outcome, Trust, Verdict, Verification, verify
from tests import others
from tests.world import NOW, World, to_bytes

SAMPLES = Path(__file__).parents[1] / "vectors" / "samples"
BADGES, PICTURES = SAMPLES / "openbadges-3.0" / "validator", SAMPLES / "openbadges-3.0" / "validator-pictures"
AGES = timedelta(days=36_500)

V6, V7 = Verdict.UNKNOWN_ISSUER, Verdict.NOT_GENUINE
OUTCOMES = {"+": Outcome.PASSED, "-": Outcome.FAILED, "?": Outcome.NOT_CHECKED}

# name: verdict, the check that decides and what became of it, the words in its reason
TABLE = {
    # valid and signed in the way that we check
    "simple.json": (V6, "+signature", ""),
    "simple-did-web-method.json": (V6, "+signature", ""),
    "simple-context-alias.json": (V6, "+signature", ""),
    "complete.json": (V6, "+signature", ""),
    "endorsement-valid.json": (V6, "+signature", ""),
    "simple-json.png": (V6, "+signature", ""),
    "simple-json.svg": (V6, "+signature", ""),
    # valid, and revoked by its issuer's list, which is at hand
    "credential-status-revoked-blank-nodes.json": (V6, "-withdrawn", "its issuer has withdrawn it"),
    # valid, but of a kind that we do not check
    "derivedcredential.json": (V6, "?signature", "signed with ecdsa-sd-2023"),
    "simple-multiple-proofs.json": (V6, "+signature", ""),
    "simple-context-version.json": (V6, "+signature", ""),
    "clr-2.0/simple.json": (V6, "+signature", ""),
    "simple-jwt.png": (V6, "?signature", "the key stands in the document alone"),
    "simple-jwt.svg": (V6, "?signature", "the key stands in the document alone"),
    # valid by version 1.1 of the data model, which we do not check
    "simple_v1.json": (V6, "?shape", "older version"),
    "complete_v1.json": (V6, "?shape", "older version"),
    "simple-eddsa-2022.json": (V6, "?shape", "older version"),
    "endorsement-err-schema-status-refresh.json": (V6, "?shape", "older version"),
    "clr-2.0/complex.json": (V6, "?shape", "older version"),
    "simple.jwt": (V6, "?shape", "older version"),
    "clr-simple.jwt": (V6, "?shape", "older version"),
    "simple-jwt_v1.png": (V6, "?shape", "older version"),
    "simple-jwt_v1.svg": (V6, "?shape", "older version"),
    # signed with a key that is not the issuer's own: a key in an address proves nothing
    "simple-did-key-method.json": (V6, "?signature", "do not know this issuer's keys"),
    "simple-err-proof-method.json": (V6, "?signature", "do not know this issuer's keys"),
    "simple-err-proof-method-no-scheme.json": (V6, "-signature", "is not covered by it"),
    "simple-err-proof-method-unknown-scheme.json": (V6, "?signature", "do not know this issuer's keys"),
    "simple-err-proof-method-unknown-did-method.json": (V6, "?signature", "do not know this issuer's keys"),
    # genuine, but past its end
    "simple-err-expired.json": (V6, "-review date", "not valid any more"),
    # altered, or signed by another
    "simple-err-proof-value.json": (V7, "-signature", "does not belong to this key"),
    # not as the standards have it
    "simple-noproof.json": (V6, "?signature", "no signature"),
    "clr-2.0/simple-noproof.json": (V6, "?signature", "no signature"),
    "simple-err-issuer.json": (V6, "-shape", "issuer is not named"),
    "simple-err-context.json": (V6, "-shape", "@context does not begin"),
    "simple-err-type.json": (V6, "-signature", "OtherCredential"),
    "simple-err-issued.json": (V6, "-shape", "Open Badges 3.0"),
    "simple-err-issuer-type.json": (V6, "-shape", "$.issuer"),
    "simple-err-issuer-parentorg-type.json": (V6, "-shape", "$.issuer"),
    "simple-err-issuer-otheridentifier-type.json": (V6, "-shape", "$.issuer"),
    "simple-err-credential-subject-type.json": (V6, "-shape", "$.credentialSubject.type"),
    "simple-err-credential-subject-identifier-type.json": (V6, "-shape", "$.credentialSubject.identifier"),
    "simple-err-credential-subject-result-type.json": (V6, "-shape", "$.credentialSubject.result"),
    "simple-err-credential-subject-profile-type.json": (V6, "-signature", "InvalidProfile"),
    "simple-err-evidence-type.json": (V6, "-signature", "InvalidEvidence"),
    "simple-err-credential-subject-achievement-result-description-type.json": (
        V6,
        "-signature",
        "InvalidResultDescription",
    ),
}


def own_document(issuer: str, *values: str) -> dict[str, Any]:
    """What an issuer says of its own keys."""
    methods = [
        {"id": f"{issuer}#{value}", "type": "Multikey", "controller": issuer, "publicKeyMultibase": value}
        for value in values
    ]
    return {"id": issuer, "verificationMethod": methods, "assertionMethod": [one["id"] for one in methods]}


def believing() -> Trust:
    keys_of_samples = (
        "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi",
        "z6Mknyb2Gb4NxzW3xSr9ChTtdQZ1zs77piQ3r9SaJ9vMzmrs",
        "z6MkrvfzkMnvCroEUP2DVc9SHPE48CRsvHiVSusHioxTYu1x",
        "z6MkoMGF38Ck9xkdqrbZt4h9eHb1qc3GhAAkoSWa4Vy3SHRN",
        "z6MknNHHrBzPytzu6CUBP9Lg7fg4KSBjzimc2Frh693YbMiv",
    )
    issuers = ("1edtech.edu/issuers/565049", "example.com/issuers/876543", "example.edu/issuers/565049")
    world = World()
    world.did_documents = {
        f"https://{issuer}": own_document(f"https://{issuer}", *keys_of_samples)
        for issuer in (*issuers, "state.gov/issuers/565049")
    }
    revoked = json.loads((BADGES / "credential-status-revoked-blank-nodes.json").read_bytes())
    address = revoked["credentialStatus"]["statusListCredential"]
    world.lists = {address: json.loads((PICTURES / "testlist").read_bytes())}
    return world.trust()


TRUST = believing()


def read(name: str) -> bytes:
    found = [folder / name for folder in (BADGES, PICTURES, SAMPLES) if (folder / name).exists()]
    data = found[0].read_bytes()
    return baking.unbake(data) if baking.is_picture(data) else data


def checked(unverified: bytes, trust: Trust = TRUST) -> tuple[Verdict, dict[str, Check], Verification]:
    result = verify(unverified, trust, NOW, max_age=AGES)
    assert result.credential is None
    return result.verdict, {check.name: check for check in result.checks}, result


@pytest.mark.parametrize("name", TABLE)
def test_each_sample_has_the_verdict_that_fits_it(name: str) -> None:
    expected, decides, words = TABLE[name]
    verdict, checks, _ = checked(read(name))
    check = checks[decides[1:]]
    assert (verdict, check.outcome) == (expected, OUTCOMES[decides[0]]), checks
    assert words in check.reason
    assert checks["issuer"].outcome is Outcome.FAILED


def test_no_sample_was_left_out() -> None:
    skipped = {"README.md", "testlist", "credential-status-revoked.json"}
    files = {path.name for folder in (BADGES, PICTURES) for path in folder.iterdir() if path.is_file()}
    files |= {f"clr-2.0/{path.name}" for path in (SAMPLES / "clr-2.0").glob("*.json")}
    assert files - skipped == set(TABLE)


# ------------------------------------------------------------------------- tokens of the W3C suite

TOKENS = {
    "credential-jose-bad-signature": (V7, "-signature", "does not belong to this key"),
    "credential-jose-bad-media-type": (V6, "?signature", "bad+typ"),
    "credential-jose-vc-vp-claims": (V6, "-shape", "one credential beside another"),
    "credential-jose-minimal": (V6, "+signature", ""),
    "credential-jose-unknown-extensions": (V6, "?signature", "ES512"),
    "credential-sdjwt-selective": (V6, "?signature", "one by one"),
}


def w3c_trust() -> Trust:
    issuer = "https://example.issuer/vc-jose-cose"
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "NvUhsjZe7Mdv8Esoc60o3ma1U5j2tFUTDsOQd39xMnI"}
    jwk["kid"] = "2aOHaQxsWVT4mLsUkdtlCnUV-au0BBR-5yPYaPaCc5k"
    curve = {
        "kty": "EC",
        "crv": "P-256",
        "alg": "ES256",
        "kid": "73voMXFNmNlOEpuYCSJlh8eN0dscykoO6gBukgRS1uU",
        "x": "WfTi93YuhsQxKbD0ftnjOXJndqhnJ5kgDV-ZDGyrhBQ",
        "y": "qUd_55EjX0mjKZ6W6mF4UXVYTQ41K6jfdnYFwN5uPyk",
    }
    methods = [
        {"id": f"{issuer}#key-{number}", "type": "JsonWebKey", "controller": issuer, "publicKeyJwk": key}
        for number, key in enumerate((jwk, curve))
    ]
    named = [method["id"] for method in methods]
    document = {"id": issuer, "verificationMethod": methods, "assertionMethod": named}
    world = World()
    world.did_documents = {issuer: document}
    return world.trust()


@pytest.mark.parametrize("name", TOKENS)
def test_tokens_of_the_w3c_suite(name: str) -> None:
    expected, decides, words = TOKENS[name]
    verdict, checks, _ = checked((SAMPLES / "vc-jose-cose" / f"{name}.txt").read_bytes(), w3c_trust())
    assert (verdict, checks[decides[1:]].outcome) == (expected, OUTCOMES[decides[0]]), checks
    assert words in checks[decides[1:]].reason


@pytest.mark.parametrize(
    ("name", "kind"),
    [("credential-cose-minimal", Kind.OTHER), ("presentation-jose-multiple", Kind.PRESENTATION)],
)
def test_texts_of_the_w3c_suite_that_are_no_credential(name: str, kind: Kind) -> None:
    with pytest.raises(NotACredential) as caught:
        verify((SAMPLES / "vc-jose-cose" / f"{name}.txt").read_bytes(), w3c_trust(), NOW)
    assert caught.value.kind is kind


# ------------------------------------------------------------------------- did:key, and our own keys

KEY = signing.generate(Role.ISSUE)
VALUE = keys.to_multibase(KEY.public_key)
DID_KEY = f"did:key:{VALUE}"


def foreign(issuer: Any = DID_KEY, **changes: Any) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:uuid:00000000-0000-4000-8000-000000000001",
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "validFrom": "2026-01-01T00:00:00.5+01:00",
        "credentialSubject": {"id": "did:example:subject"},
        **changes,
    }


def secured(document: dict[str, Any], method: str = f"{DID_KEY}#{VALUE}") -> dict[str, Any]:
    options = data_integrity.proof_options(method, datetime(2026, 2, 1, tzinfo=UTC))
    return data_integrity.add_proof(document, options, KEY)


@pytest.mark.parametrize("issuer", [DID_KEY, {"id": DID_KEY}], ids=["text", "object"])
@pytest.mark.parametrize("method", [f"{DID_KEY}#{VALUE}", DID_KEY], ids=["with fragment", "without"])
def test_a_did_key_brings_its_own_key(issuer: Any, method: str) -> None:
    verdict, checks, _ = checked(to_bytes(secured(foreign(issuer), method)))
    assert (verdict, checks["signature"].outcome) == (V6, Outcome.PASSED)


def test_a_did_key_signs_for_no_other_person() -> None:
    for document, method in (
        (foreign("did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"), f"{DID_KEY}#{VALUE}"),
        (foreign("did:web:elsewhere.example"), DID_KEY),
        (foreign(), "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"),
    ):
        verdict, checks, _ = checked(to_bytes(secured(document, method)))
        assert (verdict, checks["signature"].outcome) == (V6, Outcome.NOT_CHECKED)
    other = "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"
    assert checked(to_bytes(secured(foreign(other), other)))[0] is V7


def test_one_good_proof_of_a_set_is_enough_and_what_is_no_proof_is_not_checked() -> None:
    document = secured(foreign())
    proof, unknown = document["proof"], {"type": "X"}
    altered = {**proof, "created": "2026-02-01T00:00:01Z"}
    another = {**proof, "verificationMethod": "did:key:z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"}
    for good in ([proof], [proof, proof], [unknown, proof], [proof, altered], [another, proof]):
        assert checked(to_bytes({**document, "proof": good}))[1]["signature"].outcome is Outcome.PASSED
    for bad in (altered, [altered], [unknown, altered], [altered, another]):
        assert checked(to_bytes({**document, "proof": bad}))[0] is V7
    for nothing in ([], ["x"], "x", None, [[proof]], [another], [unknown], [proof] * 9):
        verdict, checks, _ = checked(to_bytes({**document, "proof": nothing}))
        assert (verdict, checks["signature"].outcome) == (V6, Outcome.NOT_CHECKED)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"validFrom": "2027-01-01T00:00:00Z"}, "review date"),
        ({"validUntil": "2026-05-01T00:00:00Z"}, "review date"),
    ],
)
def test_dates_are_looked_at(changes: dict[str, str], name: str) -> None:
    verdict, checks, _ = checked(to_bytes(secured(foreign(**changes))))
    assert (verdict, checks[name].outcome) == (V6, Outcome.FAILED)
    good = secured(foreign(validUntil="2027-05-01T00:00:00Z"))
    assert checked(to_bytes(good))[1][name].outcome is Outcome.PASSED


def test_a_long_badge_is_not_held_against_the_schema() -> None:
    document = json.loads(read("simple-did-web-method.json"))
    document["credentialSubject"]["achievement"]["alignment"] = [1] * 70_000
    verdict, checks, _ = checked(to_bytes(document))
    assert (verdict, checks["shape"].outcome) == (V7, Outcome.NOT_CHECKED)
    assert checks["signature"].outcome is Outcome.FAILED, "it was changed"


@pytest.mark.parametrize("language", ["en-GB", "en-gb"])
def test_libraries_may_sign_the_name_of_a_language_as_it_is_written(language: str) -> None:
    """JSON-LD 1.1, 4.2.4: an implementation may convert it to lower case. We do; another may not have."""
    document = secured(foreign(name={"@value": "First aid", "@language": language.lower()}))
    document["name"]["@language"] = language
    assert checked(to_bytes(document))[1]["signature"].outcome is Outcome.PASSED
    document["id"] = "urn:uuid:00000000-0000-4000-8000-000000000002"
    verdict, checks, shown = checked(to_bytes(document))
    expected = (V6, Outcome.NOT_CHECKED) if language == "en-GB" else (V7, Outcome.FAILED)
    assert (verdict, checks["signature"].outcome) == expected
    assert shown.claim is None


def test_a_change_under_a_known_key_is_not_genuine() -> None:
    document = secured(foreign())
    changed = {**document, "id": "urn:uuid:00000000-0000-4000-8000-000000000002"}
    assert checked(to_bytes(changed))[0] is V7


def test_what_no_signature_covers_is_a_signature_that_failed_and_shows_nothing() -> None:
    """The canonical form leaves it out, so its author may not have meant to deceive."""
    document = secured(foreign())
    for more in ({"colour": "red"}, {"credentialSubject": {"id": "relative"}}):
        verdict, checks, found = checked(to_bytes({**document, **more}))
        assert (verdict, checks["signature"].outcome) == (V6, Outcome.FAILED)
        assert (found.credential, found.claim) == (None, None)


# ------------------------------------------------------------------------- the data model itself

MODEL = SAMPLES / "vc-data-model-2.0"
# Refused only by the canonical form, which knows the contexts, or not at all, with the reason.
CONTEXT_DECIDES = {
    "credential-redef-type-fail",
    "credential-redef-type2-fail",
    "credential-type-mapped-nonurl-fail",
    "credential-type-unmapped-fail",
}


def with_issuer(path: Path) -> dict[str, Any]:
    """The suite fills in an issuer where a sample is about something else."""
    document: dict[str, Any] = json.loads(path.read_bytes())
    issuer = document.get("issuer", {})
    if "VerifiableCredential" not in str(document.get("type")) or (
        "fail" in path.stem and "issuer" in document
    ):
        return document
    if isinstance(issuer, dict):
        document["issuer"] = {"id": "did:example:issuer", **issuer}
    if path.stem == "credential-validUntil-validFrom-ok":
        document |= {"validFrom": "2026-01-01T00:00:00Z", "validUntil": "2026-02-01T00:00:00Z"}
    return document


@pytest.mark.parametrize("path", sorted(MODEL.rglob("*.json")), ids=lambda path: path.stem)
def test_samples_of_the_data_model(path: Path) -> None:
    check = data_model.check_presentation if "presentation" in path.stem else data_model.check_credential
    document = (
        with_issuer(path) if path.stem != "credential-no-issuer-fail" else json.loads(path.read_bytes())
    )
    if "fail" in path.stem and path.stem not in CONTEXT_DECIDES:
        with pytest.raises(MalformedCredential):
            check(document)
    else:
        check(document)


def test_what_it_says_of_itself_is_not_looked_for_inside_it() -> None:
    """Moved to the subject of an endorsement, which has the badge's id, a statement is signed as before."""
    key = others.ed25519()
    issuer = others.did_key(key)
    badge = others.badge(issuer, validUntil="2026-05-01T00:00:00Z")
    endorsement = {
        "@context": badge["@context"],
        "id": "urn:uuid:2b1f4c1e-9a3e-4f0e-8a51-7c1d2a3b4c5e",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": badge["issuer"],
        "validFrom": "2026-02-01T09:00:00Z",
        "credentialSubject": {
            "id": badge["id"],
            "type": ["EndorsementSubject"],
            "endorsementComment": "Good.",
        },
    }
    options = others.proof_options("eddsa-rdfc-2022", others.method_of(issuer))
    signed = others.with_proof({**badge, "endorsement": [endorsement]}, options, key)
    verdict, made, honest = checked(to_bytes(signed))
    assert (verdict, made["review date"].outcome, bool(honest.claim)) == (V6, Outcome.FAILED, True)

    subject = signed["endorsement"][0]["credentialSubject"]
    subject |= {
        "type": ["EndorsementSubject", "VerifiableCredential"],
        "validUntil": signed.pop("validUntil"),
    }
    verdict, made, moved = checked(to_bytes(signed))
    assert (verdict, made["signature"].outcome, moved.claim) == (V6, Outcome.PASSED, None)
    assert made["shape"].outcome is Outcome.FAILED


@pytest.mark.parametrize("name", ["Checked: all is well, see the table", "urn:\u202etxt", "A college"])
def test_no_sentence_of_its_author_is_quoted_as_if_it_were_ours(name: str) -> None:
    for issuer in (name, {"id": name, "type": ["Profile"]}):
        verdict, made, _found = checked(to_bytes(foreign(issuer)))
        reason = "it does not name its issuer by an address"
        assert (verdict, made["issuer"].reason) == (V6, reason)
