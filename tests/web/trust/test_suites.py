"""What W3C's conformance suites send in the test mode, beyond a credential of their own issuer.

The requests follow the cases of the suites that docs/conformance.md names; their code is not here.
"""

from __future__ import annotations

import sys
from typing import Any

import pytest
from flask.testing import FlaskClient

from passport.app import create_app
from passport.openbadges import status_list
from passport.proofs import contexts, external_proofs, jose
from passport.proofs.canonical import Canonicalizer
from passport.proofs.data_integrity import AUTHENTICATION, proof_options
from passport.proofs.keys import Role, digest_multibase, to_jwk, to_multibase
from passport.proofs.multibase import base58_multibase
from passport.proofs.signing import Signer, generate
from tests.fixtures.towns import NOW, Town
from tests.web.checking.test_api import V2, ask, presentation
from tests.web.trust import test_conformance as basics
from tests.web.trust.test_conformance import ISSUE, credential

Document = dict[str, Any]
V1 = "https://www.w3.org/2018/credentials/v1"
INLINE = {"ExampleCredential": "https://example.org/#ExampleCredential"}
TYPES = ["VerifiableCredential", "ExampleCredential"]
JCS = {"cryptosuite": "eddsa-jcs-2022"}
SUITES: list[Document] = [{}, JCS]
PROGRAMME = "did:web:localhost%3A8000:programmes:brindlemoor"

demo_town, client, issuer = basics.demo_town, basics.client, basics.issuer


@pytest.fixture(scope="module")
def key() -> Signer:
    return generate(Role.ISSUE)


@pytest.fixture
def ordinary(town: Town) -> FlaskClient:
    return create_app(town.runtime).test_client()


def did(key: Signer) -> str:
    return f"did:key:{to_multibase(key.public_key)}"


def signed(document: Document, key: Signer, purpose: str = "assertionMethod", **more: str) -> Document:
    """Sign as other software does."""
    method = f"{did(key)}#{did(key).removeprefix('did:key:')}"
    options = {**proof_options(method, NOW, purpose), **more}
    canonicalizer = Canonicalizer(examples=True)
    signature = key.sign(external_proofs.to_sign("eddsa-rdfc-2022", document, options, canonicalizer))
    return {**document, "proof": {**options, "proofValue": base58_multibase(signature)}}


def presented(key: Signer, *given: Document, **more: object) -> Document:
    """Present as the suites do: for a challenge and a domain that no request names."""
    asked = {"challenge": "u4f2c", "domain": "suite.example"}
    return signed(presentation(*given, **more), key, AUTHENTICATION, **asked)


def own(key: Signer) -> Document:
    return signed(credential(did(key)), key)


def issue(client: FlaskClient, document: Document, **options: object) -> Document:
    answer = client.post(ISSUE, json={"credential": document, "options": options})
    assert answer.status_code == 201, answer.get_json()
    found: Document = answer.get_json()["verifiableCredential"]
    return found


def refuses(client: FlaskClient, document: Document, **options: object) -> bool:
    answer = client.post(ISSUE, json={"credential": document, "options": options})
    return answer.status_code == 400


def present(client: FlaskClient, document: Document) -> int:
    answer = client.post("/presentations/verify", json={"verifiablePresentation": document})
    return answer.status_code


def old(issuer: str, **more: object) -> Document:
    return {
        "@context": [V1, {"@context": {"name": "https://schema.org/name"}}],
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "issuanceDate": "2020-03-16T22:37:26.544Z",
        "credentialSubject": {"id": "did:example:credentialSubject", "name": "Example"},
        **more,
    }


@pytest.mark.parametrize("options", SUITES)
def test_a_context_inside_the_document_is_read_here_alone(
    client: FlaskClient, ordinary: FlaskClient, issuer: str, options: Document
) -> None:
    document = credential(issuer, **{"@context": [V2, INLINE], "type": TYPES})
    whole = issue(client, document, **options)
    assert ask(client, whole)[1]["verified"]
    assert ask(client, {**whole, "id": "urn:uuid:1"})[1]["verdict"] == "V7"
    if not options:
        moved = {**whole, "@context": [V2, {"ExampleCredential": "https://example.org/#Other"}]}
        assert ask(client, moved)[1]["verdict"] == "V7"
        status, found = ask(ordinary, whole)
        assert (status, found["verified"], found["verdict"]) == (400, False, "V6")


@pytest.mark.parametrize(
    "context",
    [
        {"ExampleCredential": "https ://not-a-url#ExampleCredential"},
        {"@vocab": None},
        {**INLINE, "VerifiableCredential": "https://example.org/#Other"},
        {"@version": 2},
        {"@import": "https://elsewhere.example/context"},
    ],
)
def test_a_context_inside_that_leaves_a_word_without_meaning_is_refused(
    client: FlaskClient, issuer: str, context: Document
) -> None:
    assert refuses(client, credential(issuer, **{"@context": [V2, context], "type": TYPES}))


@pytest.mark.parametrize(
    "more",
    [
        {"unknownMember": "x"},
        {"name": {"@value": "x", "@language": "en", "@direction": "ltr"}},
        {"name": {"@value": "x", "@index": "1"}},
        {"name": None},
        {"type": [*TYPES, "Unmapped"]},
        {"credentialSubject": {"id": "relative"}},
        {"evidence": {"id": "relative", "type": "ExampleCredential"}},
        {"@graph": []},
        {"@context": [V2, {**INLINE, "place": "@index"}], "name": {"@value": "x", "place": "1"}},
        {"credentialSubject": {"id": "did:example:s", "unknownMember": "x"}},
        {
            "@context": [
                V2,
                {"@protected": True, **INLINE},
                {"ExampleCredential": "https://example.org/#Other"},
            ]
        },
        {"@context": [V2, INLINE, "https://elsewhere.example/context"]},
    ],
)
def test_what_a_context_inside_does_not_define_is_not_signed(
    client: FlaskClient, issuer: str, more: Document
) -> None:
    assert refuses(client, credential(issuer, **{"@context": [V2, INLINE], "type": TYPES, **more}))


def test_without_pyld_a_context_inside_is_refused(
    client: FlaskClient, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyld", None)
    assert refuses(client, credential(issuer, **{"@context": [V2, INLINE], "type": TYPES}))
    assert issue(client, credential(issuer))


def test_the_other_cryptosuite_is_made_when_it_is_asked_for(client: FlaskClient, issuer: str) -> None:
    whole = issue(client, credential(issuer), **JCS)
    assert (whole["proof"]["cryptosuite"], whole["proof"]["@context"]) == ("eddsa-jcs-2022", [V2])
    assert ask(client, whole)[1]["verified"]
    assert ask(client, {**whole, "id": "urn:uuid:1"})[1]["verdict"] == "V7"
    assert refuses(client, credential(issuer), cryptosuite="ecdsa-rdfc-2019")


@pytest.mark.parametrize("options", SUITES)
def test_the_older_data_model_is_signed_and_verified_here_alone(
    client: FlaskClient, ordinary: FlaskClient, issuer: str, options: Document
) -> None:
    whole = issue(client, old(issuer), **options)
    assert whole["@context"][-1] == "https://w3id.org/security/data-integrity/v2"
    assert ask(client, whole)[1]["verified"]
    altered = {**whole, "issuanceDate": "2021-03-16T22:37:26Z"}
    assert ask(client, altered)[1]["verdict"] == "V7"
    assert not ask(ordinary, whole)[1]["verified"]


@pytest.mark.parametrize(
    "spoiled",
    [
        {"issuanceDate": "yesterday"},
        {"issuanceDate": None},
        {"expirationDate": "2020-01-01"},
        {"type": ["Other"]},
        {"credentialSubject": {}},
        {"evidence": {"id": "did:example:evidence"}},
    ],
)
def test_what_is_no_credential_of_the_older_model_is_not_signed(
    client: FlaskClient, issuer: str, spoiled: Document
) -> None:
    assert refuses(client, old(issuer, **spoiled))


@pytest.mark.parametrize("purpose", ["revocation", "suspension"])
def test_a_status_is_added_on_request_and_checked_against_a_list_that_is_published(
    client: FlaskClient, ordinary: FlaskClient, demo_town: Town, issuer: str, purpose: str
) -> None:
    wish = {"type": "BitstringStatusListEntry", "statusPurpose": purpose}
    whole = issue(client, credential(issuer), credentialStatus=wish)
    entry = whole["credentialStatus"]
    assert entry.keys() == {"id", "type", "statusPurpose", "statusListIndex", "statusListCredential"}
    assert entry["statusListCredential"].startswith(demo_town.runtime.settings.public_url)
    path = entry["statusListCredential"].removeprefix(demo_town.runtime.settings.public_url)
    answer = client.get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    listed = answer.get_json()
    bits = status_list.read_bits(listed, purpose)
    assert len(bits) >= 16 * 1024
    assert not status_list.bit(bits, int(entry["statusListIndex"]))
    assert ask(client, listed)[1]["verified"]
    status, found = ask(client, whole)
    assert (status, found["verified"]) == (200, True)
    assert {check["name"]: check["outcome"] for check in found["checks"]}["withdrawn"] == "passed"
    assert ordinary.get(path).status_code == 404


def test_a_status_is_added_once_and_only_as_it_can_be(client: FlaskClient, issuer: str) -> None:
    wish = {"statusPurpose": "revocation", "statusReference": "https://suite.example/status"}
    whole = issue(client, credential(issuer), credentialStatus=wish)
    assert whole["credentialStatus"]["statusReference"] == wish["statusReference"]
    del whole["proof"]
    assert refuses(client, whole, credentialStatus=wish)
    assert refuses(client, credential(issuer), credentialStatus={"statusPurpose": "message"})
    outside = {**whole["credentialStatus"], "statusListIndex": "131072"}
    assert not ask(client, issue(client, {**whole, "credentialStatus": outside}))[1]["verified"]


def test_a_presentation_needs_no_credential_where_its_own_proof_holds(
    client: FlaskClient, ordinary: FlaskClient, key: Signer
) -> None:
    for more in ({}, {"holder": did(key)}, {"holder": {"id": did(key)}}, {"id": "urn:uuid:1"}):
        alone = presented(key, **more)
        assert ask(client, alone)[0] == 200
        assert ask(ordinary, alone)[0] == 400
    named = {"@context": [V2, {"ExamplePresentation": "https://example.org/#P"}]}
    assert (
        ask(client, presented(key, **named, type=["VerifiablePresentation", "ExamplePresentation"]))[0] == 200
    )


@pytest.mark.parametrize(
    "spoiled",
    [
        {"id": "urn:uuid:2"},
        {"holder": "did:example:other"},
        {"@context": [V2, "https://elsewhere.example/context"]},
        {"@context": [V2, 1]},
        {"@context": [contexts.EXAMPLES, V2]},
        {"type": ["Other"]},
    ],
)
def test_a_presentation_whose_own_proof_does_not_hold_is_refused(
    client: FlaskClient, key: Signer, issuer: str, spoiled: Document
) -> None:
    for given in ([], [issue(client, credential(issuer))]):
        assert present(client, {**presented(key, *given), **spoiled}) == 400


def test_a_presentation_without_a_proof_is_its_credentials(client: FlaskClient, issuer: str) -> None:
    assert present(client, presentation(issue(client, credential(issuer)))) == 200
    assert present(client, presentation()) == 400


def test_a_presenter_of_their_own_credential_is_its_holder(client: FlaskClient, key: Signer) -> None:
    assert ask(client, presented(key, own(key), holder=did(key)))[0] == 200
    assert ask(client, presented(key, own(key)))[0] == 400
    assert ask(client, presented(key, own(key), holder="did:example:other"))[0] == 400
    other = generate(Role.ISSUE)
    assert ask(client, presented(other, own(key)))[0] == 200


@pytest.mark.parametrize(
    "spoiled",
    [{"@context": []}, {"@context": contexts.EXAMPLES}, {"type": "VerifiableCredential"}, {"id": None}],
)
def test_an_envelope_has_the_form_of_one(client: FlaskClient, issuer: str, spoiled: Document) -> None:
    whole = issue(client, credential(issuer), mediaType="application/vc+jwt")
    assert ask(client, whole)[0] == 200
    bare = whole["id"].partition(",")[2]
    assert ask(client, {**whole, **spoiled, **({"id": bare} if "id" in spoiled else {})})[0] == 400


def test_an_enveloped_presentation_is_its_token(client: FlaskClient, key: Signer) -> None:
    method = f"{did(key)}#{did(key).removeprefix('did:key:')}"
    claims = {**presentation(own(key), holder=did(key)), "iss": did(key)}
    token = jose.sign(claims, method, key).decode()
    kind = "EnvelopedVerifiablePresentation"
    envelope: Document = {"@context": V2, "type": kind, "id": f"data:application/vp+jwt,{token}"}

    assert present(client, envelope) == 200
    forged = envelope["id"][:-4] + "AAAA"
    ways: list[Document] = [{"@context": []}, {"id": token}, {"type": ["VerifiablePresentation"]}]
    for spoiled in (*ways, {"id": forged}):
        assert present(client, {**envelope, **spoiled}) == 400


def test_a_suite_brings_the_key_of_an_issuer_that_has_no_did(client: FlaskClient, key: Signer) -> None:
    controller = "https://suite.example/issuer"
    method = {
        "id": f"{controller}#key-1",
        "type": "JsonWebKey",
        "controller": controller,
        "publicKeyJwk": {**to_jwk(key.public_key), "kid": "one"},
        "secretKeyJwk": {"d": "not looked at"},
    }
    token = jose.sign({**credential(controller), "iss": controller}, "one", key).decode()

    def asked(given: object, method: Document) -> tuple[int, Document]:
        question = {"verifiableCredential": given, "verificationMethod": method}
        answer = client.post("/credentials/verify-with-key", json=question)
        return answer.status_code, answer.get_json()

    assert asked(token, method)[0] == 200
    assert asked(token, {**method, "controller": "https://suite.example/other"})[0] == 400
    other = {**method, "publicKeyJwk": {**to_jwk(generate(Role.ISSUE).public_key), "kid": "one"}}
    assert asked(token, other)[1]["verdict"] == "V7"
    # a registered issuer's keys stand in the registry alone
    ours = jose.sign({**credential(PROGRAMME), "iss": PROGRAMME}, "one", key).decode()
    status, found = asked(ours, {**method, "controller": PROGRAMME, "id": f"{PROGRAMME}#key-1"})
    assert (status, found["verdict"]) == (400, "V7")


def test_a_real_service_has_none_of_these_routes(ordinary: FlaskClient) -> None:
    assert ordinary.post("/credentials/verify-with-key", json={}).status_code == 404
    assert ordinary.post(ISSUE, json={}).status_code == 404


RIGHT = digest_multibase(contexts.published_bytes(V2) or b"")
ELSEWHERE = {"id": "https://elsewhere.example/resource"}


@pytest.mark.parametrize(
    ("resources", "fits"),
    [
        ([{"id": V2, "digestMultibase": RIGHT, "mediaType": "application/ld+json"}], True),
        ({**ELSEWHERE, "digestSRI": "sha256-" + "A" * 43 + "="}, True),
        ([{"id": V2, "digestMultibase": RIGHT}, {**ELSEWHERE, "digestMultibase": "u" + "A" * 43}], True),
        ([{"id": V2, "digestMultibase": "u" + "A" * 43}], False),
        ([{"id": V2, "digestSRI": "sha384-" + "A" * 64}], False),
        ([{"id": V2, "digestMultibase": RIGHT}] * 2, False),
        ([{"id": V2}], False),
        ([{"digestMultibase": RIGHT}], False),
        (["https://elsewhere.example/resource"], False),
        ([{**ELSEWHERE, "digestSRI": "sha256-" + "a" * 64}], False),
        ([{**ELSEWHERE, "digestSRI": "md5-AAAA"}], False),
        ([{**ELSEWHERE, "digestMultibase": "z" + "A" * 43}], False),
    ],
)
def test_related_resources_have_digests_that_are_right(
    client: FlaskClient, issuer: str, resources: object, fits: bool
) -> None:
    assert refuses(client, credential(issuer, relatedResource=resources)) is not fits
