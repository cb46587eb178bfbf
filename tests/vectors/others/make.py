"""Badges as other people's software writes them: `python3 -m tests.vectors.others.make` writes them again.

`docs/what-we-check.md` says of each what we say of it. All content is invented; the keys are hashes of words
(`tests/others.py`) and belong to these files alone. The same script gives the same bytes.
"""

import copy
from pathlib import Path
from typing import Any

from passport.proofs import json_text, keys
from tests import others
from tests.others import Document
from tests.world import to_bytes

FOLDER = Path(__file__).parent

ED, EC, RSA = others.ed25519(), others.p256(), others.rsa_key()
WEB = "did:web:college.example.test"
WEB_RSA = "did:web:badges.example.test%3A8443:issuers:1"
REVOKED = "https://college.example.test/revocations/1"
NBF, EXP = 1769936400, 1864544400


def files() -> dict[str, bytes]:
    """Return every file by its name."""
    return {**_proofs(), **_sets(), **_slips(), **_tokens(), **_records(), **_beside()}


def _signed(document: Document, suite: str, key: others.Private, method: str = "", **more: Any) -> Document:
    issuer = document["issuer"]["id"]
    options = others.proof_options(suite, method or others.method_of(issuer), **more)
    return others.with_proof(document, options, key)


def _proofs() -> dict[str, bytes]:
    """Return one badge of each kind of proof."""
    by_key, by_curve = others.badge(others.did_key(ED)), others.badge(others.did_key(EC))
    jcs = _signed(by_key, "eddsa-jcs-2022", ED)
    dialect = copy.deepcopy(jcs)
    del dialect["proof"]["@context"]
    old = others.old_badge(WEB)
    made = {
        "eddsa-rdfc-2022": _signed(by_key, "eddsa-rdfc-2022", ED),
        "ecdsa-rdfc-2019": _signed(by_curve, "ecdsa-rdfc-2019", EC),
        "eddsa-jcs-2022": jcs,
        "eddsa-jcs-2022-dialect": dialect,
        "ed25519-2020-did-web": _signed(old, "Ed25519Signature2020", ED, f"{WEB}#key-1"),
        "ed25519-2020-did-key": _signed(
            others.old_badge(others.did_key(ED)),
            "Ed25519Signature2020",
            ED,
            created="2023-05-01T10:00:00.123Z",
        ),
        "data-integrity-of-1.1": _signed(
            others.old_badge(
                others.did_key(ED),
                **{"@context": [others.V1, others.OB, "https://w3id.org/security/data-integrity/v2"]},
            ),
            "eddsa-rdfc-2022",
            ED,
        ),
    }
    for suite in ("bbs-2023", "ecdsa-sd-2023"):
        made[suite] = {**by_key, "proof": {**made["eddsa-rdfc-2022"]["proof"], "cryptosuite": suite}}
    made["json-web-signature-2020"] = {
        **old,
        "proof": {
            "type": "JsonWebSignature2020",
            "created": "2023-05-01T10:00:00Z",
            "verificationMethod": f"{WEB}#key-1",
            "proofPurpose": "assertionMethod",
            "jws": "eyJhbGciOiJFZERTQSIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19.." + "A" * 86,
        },
    }
    return {f"{name}.json": to_bytes(document) for name, document in made.items()}


def _sets() -> dict[str, bytes]:
    """Return proof sets, and a chain."""
    good = _signed(others.badge(WEB), "eddsa-rdfc-2022", ED, f"{WEB}#key-1")
    two = _signed(good, "ecdsa-rdfc-2019", EC, f"{WEB}#key-2")
    witness = others.did_key(others.ed25519("witness"))
    options = others.proof_options("eddsa-rdfc-2022", others.method_of(witness))
    foreign = others.with_proof(others.badge(WEB), options, others.ed25519("witness"))
    chained = others.proof_options("eddsa-rdfc-2022", f"{WEB}#key-1", previousProof="urn:uuid:1")
    return {
        "proof-set.json": to_bytes(two),
        "proof-set-with-a-witness.json": to_bytes({**good, "proof": [foreign["proof"], good["proof"]]}),
        "witness-alone.json": to_bytes(foreign),
        "proof-chain.json": to_bytes({**good, "proof": {**good["proof"], **chained}}),
    }


def _slips() -> dict[str, bytes]:
    """Return badges with what is met in the field and is no forgery."""
    did = others.did_key(ED)
    languages = others.badge(did)
    languages["name"] = [
        {"@value": "Erste Hilfe an der Werkbank", "@language": "de"},
        {"@value": "First aid at the bench", "@language": "en"},
    ]
    ended = others.badge(did, validUntil="2026-04-01T00:00:00Z")
    revoked = others.old_badge(
        WEB,
        **{
            "@context": [others.V1, others.OB.replace("3.0.3", "3.0.1"), others.EXTENSIONS, others.SUITE_2020]
        },
        credentialStatus={"id": REVOKED, "type": "1EdTechRevocationList"},
    )
    kept = {**revoked, "id": "urn:uuid:2b1f4c1e-9a3e-4f0e-8a51-7c1d2a3b4c5e"}
    made = {
        "name-in-two-languages": _signed(languages, "eddsa-rdfc-2022", ED),
        "past-its-end": _signed(ended, "eddsa-rdfc-2022", ED),
        "in-a-1edtech-revocation-list": _signed(revoked, "Ed25519Signature2020", ED, f"{WEB}#key-1"),
        "not-in-a-1edtech-revocation-list": _signed(kept, "Ed25519Signature2020", ED, f"{WEB}#key-1"),
    }
    return {f"{name}.json": to_bytes(document) for name, document in made.items()}


def _tokens() -> dict[str, bytes]:
    """Return tokens with the headers of several programs."""
    jwk_did = others.did_jwk(EC)
    doubles = {"iss": WEB_RSA, "jti": others.badge(WEB_RSA)["id"], "nbf": NBF}
    claims = {**others.badge(WEB_RSA), **doubles}
    inner = {name: value for name, value in others.old_badge(jwk_did).items() if name != "id"}
    made = {
        "es256-did-jwk-1.1": others.token(
            {"iss": jwk_did, "jti": "urn:uuid:1", "nbf": NBF, "exp": EXP, "vc": inner},
            {"alg": "ES256", "kid": f"{jwk_did}#0", "typ": "JWT"},
            EC,
        ),
        "es256-did-jwk": others.token(
            others.badge(jwk_did), {"alg": "ES256", "kid": f"{jwk_did}#0", "typ": "vc+jwt", "cty": "vc"}, EC
        ),
        "rs256-jwk-did-web": others.token(
            claims, {"alg": "RS256", "typ": "JWT", "jwk": others.jwk(RSA)}, RSA
        ),
        "rs256-kid-did-web": others.token(claims, {"alg": "RS256", "kid": f"{WEB_RSA}#key-1"}, RSA),
        "rs256-jwk-alone": others.token(
            others.badge("https://elsewhere.example.test/issuer"),
            {"alg": "RS256", "jwk": others.jwk(RSA)},
            RSA,
        ),
        "jku": others.token(claims, {"alg": "RS256", "jku": "https://x.example.test/jwks.json"}, RSA),
    }
    k1 = {"alg": "ES256K", "kid": f"{WEB}#key-3", "typ": "JWT"}
    parts = [
        keys.base64url(json_text.write(part)) for part in (k1, {"iss": WEB, "vc": others.old_badge(WEB)})
    ]
    made["es256k"] = ".".join([*parts, keys.base64url(bytes(64))]).encode()
    return {f"{name}.jwt": token for name, token in made.items()}


def _records() -> dict[str, bytes]:
    """Return a record of CLR 2.0 with a badge of another issuer in it."""
    did = others.did_key(ED)
    clr = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
    inside = _signed(others.badge(others.did_key(EC)), "ecdsa-rdfc-2019", EC)
    record = others.badge(
        did,
        id="urn:uuid:2b1f4c1e-9a3e-4f0e-8a51-7c1d2a3b4c5f",
        **{"@context": [others.V2, clr, others.OB, others.EXTENSIONS]},
        type=["VerifiableCredential", "ClrCredential"],
        name="Transcript",
        credentialSubject={"type": ["ClrSubject"], "verifiableCredential": [inside]},
    )
    return {"clr.json": to_bytes(_signed(record, "eddsa-rdfc-2022", ED))}


def _beside() -> dict[str, bytes]:
    """Return what a checker was given: DID documents by their issuer, and a list by its address."""
    web = others.web_document(WEB, ED)
    second = {**web["verificationMethod"][0], "id": f"{WEB}#key-2", "publicKeyMultibase": others.multikey(EC)}
    web["verificationMethod"].append(second)
    web["assertionMethod"].append(second["id"])
    revoked = {"id": others.badge(WEB)["id"], "revoked": True}
    listed = {"id": REVOKED, "issuer": WEB, "revokedCredential": [revoked]}
    return {
        "did/college.json": to_bytes(web),
        "did/badges.json": to_bytes(others.web_document(WEB_RSA, RSA)),
        "lists/revocations.json": to_bytes(listed),
    }


if __name__ == "__main__":
    for name, content in files().items():
        path = FOLDER / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
