"""What machines ask: verified or not, in words they know, without a cookie and without anything changed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from passport.app import create_app
from passport.db.credentials.records import Credential, CredentialState
from passport.proofs import data_integrity, keys, signing
from passport.proofs.keys import Role
from passport.services.credentials import lifecycle
from passport.verifier import problems
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive
from tests.web.places import PEOPLE, Places, for_machines, rows

CREDENTIALS, PRESENTATIONS, CODES = "/credentials/verify", "/presentations/verify", "/api/checks"
V2 = "https://www.w3.org/ns/credentials/v2"
MARKER = "Zanzibar-marker-0451"
Document = dict[str, Any]


@pytest.fixture
def entry(town: Town) -> str:
    return town.issued()


@pytest.fixture
def signed(town: Town, entry: str) -> Document:
    with town.transaction() as session:
        document = lifecycle.own(session, town.account(session, "amara"), entry).document
    found: Document = json.loads(document or b"")
    return found


@pytest.fixture
def enveloped(town: Town, entry: str) -> Document:
    with town.transaction() as session:
        token = lifecycle.own(session, town.account(session, "amara"), entry).token
    return envelope((token or b"").decode())


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def envelope(token: str) -> Document:
    identity = f"data:application/vc+jwt,{token}"
    return {"@context": V2, "id": identity, "type": "EnvelopedVerifiableCredential"}


def presentation(*given: Document, **more: object) -> Document:
    return {"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": list(given), **more}


def ask(client: FlaskClient, document: Document, **options: object) -> tuple[int, Document]:
    """Ask about a credential or a presentation, by what it says it is."""
    is_one = "VerifiablePresentation" in document.get("type", [])
    address, name = (
        (PRESENTATIONS, "verifiablePresentation") if is_one else (CREDENTIALS, "verifiableCredential")
    )
    answer = client.post(address, json={name: document, "options": options})
    return answer.status_code, answer.get_json()


def outcomes(told: Document) -> dict[str, str]:
    return {check["name"]: check["outcome"] for check in told["checks"]}


def test_a_current_entry_is_verified_in_both_forms(
    client: FlaskClient, signed: Document, enveloped: Document
) -> None:
    for document in (signed, enveloped):
        status, told = ask(client, document)
        assert (status, told["verified"], told["verdict"], told["problemDetails"]) == (200, True, "V1", [])
        outcomes = {check["name"]: check["outcome"] for check in told["checks"]}
        assert outcomes.pop("public log") == "not checked"
        assert set(outcomes.values()) == {"passed"}


def test_whatever_is_not_v1_is_not_verified_and_says_why(
    client: FlaskClient, town: Town, entry: str, signed: Document
) -> None:
    from passport.jobs import queue as job_queue

    level = json.loads(json.dumps(signed).replace("Lanternmoor High", "Thistlegate High"))
    status, told = ask(client, level)
    assert (status, told["verified"], told["verdict"]) == (400, False, "V7")
    assert [one["type"] for one in told["problemDetails"]] == [problems.CRYPTOGRAPHIC]
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    job_queue.run_due(town.runtime)
    status, told = ask(client, signed)
    assert (status, told["verified"], told["verdict"]) == (400, False, "V2")
    assert [one["type"] for one in told["problemDetails"]] == [problems.STATUS_VERIFICATION]
    town.clock.forward(days=2)
    status, told = ask(client, signed)
    assert (status, told["verified"], told["verdict"]) == (400, False, "V8")
    assert [one["type"] for one in told["problemDetails"]] == [problems.STATUS_RETRIEVAL]


def test_a_stranger_is_not_verified_even_where_his_own_key_signed(client: FlaskClient) -> None:
    status, told = ask(client, strangers())
    assert (status, told["verified"], told["verdict"]) == (400, False, "V6")
    outcomes = {check["name"]: check["outcome"] for check in told["checks"]}
    assert (outcomes["signature"], outcomes["issuer"]) == ("passed", "failed")
    assert [one["check"] for one in told["problemDetails"]] == ["issuer"]


def test_a_presentation_is_as_good_as_its_worst_credential(
    client: FlaskClient, signed: Document, enveloped: Document
) -> None:
    status, told = ask(client, presentation(signed, enveloped))
    assert (status, told["verified"], told["verdict"]) == (200, True, "V1")
    assert [one["verified"] for one in told["credentialResults"]] == [True, True]
    assert outcomes(told) == {"shape": "passed", "proof": "not checked", "holder": "not checked"}
    status, told = ask(client, presentation(signed, strangers()))
    assert (status, told["verified"], told["verdict"]) == (400, False, "V6")
    assert [one["verified"] for one in told["credentialResults"]] == [True, False]


def test_a_presentation_of_nothing_or_with_a_proof_that_cannot_be_checked_is_not_verified(
    client: FlaskClient, signed: Document
) -> None:
    empty = ask(client, presentation())
    assert (empty[0], empty[1]["verified"], empty[1]["problemDetails"][0]["check"]) == (400, False, "shape")
    proof = {"type": "DataIntegrityProof", "proofPurpose": "authentication"}
    asked = [
        ask(client, presentation(signed, proof=proof), challenge="4"),
        ask(client, presentation(signed), challenge="4"),
        ask(client, presentation(signed), domain="college.example"),
    ]
    for status, told in asked:
        assert (status, told["verified"]) == (400, False)
        assert told["credentialResults"][0]["verified"]
        assert told["problemDetails"][0]["check"] == "holder"


def test_a_presenter_can_prove_to_be_its_holder(client: FlaskClient, signed: Document) -> None:
    key = signing.generate(Role.ISSUE)
    did = f"did:key:{keys.to_multibase(key.public_key)}"
    options = data_integrity.proof_options(did, datetime(2026, 1, 1, tzinfo=UTC), "authentication")
    asked = {"challenge": "4f2c", "domain": "college.example"}
    handed = data_integrity.add_proof(presentation(signed, holder=did), {**options, **asked}, key)
    status, told = ask(client, handed, **asked)
    assert (status, told["verified"]) == (200, True)
    assert outcomes(told) == {"shape": "passed", "proof": "passed", "holder": "passed"}
    status, told = ask(client, handed)
    assert (status, told["verified"]) == (200, True)
    assert outcomes(told) == {"shape": "passed", "proof": "passed", "holder": "not checked"}
    for question in ({"domain": "college.example"}, {"challenge": "4f2c"}, {**asked, "challenge": "4f2d"}):
        status, told = ask(client, handed, **question)
        assert (status, told["verified"], told["problemDetails"][0]["check"]) == (400, False, "holder")


def test_it_is_no_presentation(client: FlaskClient) -> None:
    answer = client.post(PRESENTATIONS, json={"verifiablePresentation": {"type": ["Other"]}})
    assert (answer.status_code, answer.get_json()["verified"]) == (400, False)


BAD_BODIES: list[tuple[bytes, str]] = [
    (b"", "PARSING"),
    (b"[]", "PARSING"),
    (b"{", "PARSING"),
    (b'{"verifiableCredential": {}, "verifiableCredential": {}}', "PARSING"),
    (b'{"verifiableCredential": {"a": NaN}}', "PARSING"),
    (b'{"verifiableCredential": {"a": "\\ud800"}}', "PARSING"),
    (b'{"verifiableCredential": ' + b"[" * 5000 + b"]" * 5000 + b"}", "PARSING"),
    (b'{"verifiableCredential": "\xff"}', "PARSING"),
    (b"{}", "MALFORMED"),
    (b'{"verifiableCredential": null}', "MALFORMED"),
    (b'{"verifiableCredential": "%s"}' % MARKER.encode(), "MALFORMED"),
    (b'{"verifiableCredential": {}, "%s": 1}' % MARKER.encode(), "MALFORMED"),
    (b'{"verifiableCredential": {}, "options": {"%s": 1}}' % MARKER.encode(), "MALFORMED"),
    (b'{"verifiableCredential": {}, "options": {"returnResults": "%s"}}' % MARKER.encode(), "MALFORMED"),
]


@pytest.mark.parametrize(("body", "kind"), BAD_BODIES)
def test_a_request_that_is_none_is_a_problem_without_an_echo(
    client: FlaskClient, body: bytes, kind: str
) -> None:
    answer = client.post(CREDENTIALS, data=body, content_type="application/json")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert kind in answer.get_json()["type"]
    assert MARKER not in answer.text


@pytest.mark.parametrize("where", ["id", "issuer", "type", "validFrom", "name", "@context", "proof"])
def test_nothing_of_a_credential_comes_back(client: FlaskClient, signed: Document, where: str) -> None:
    for value in (MARKER, f"urn:{MARKER}", [MARKER], {"id": f"did:web:{MARKER}", "type": MARKER}):
        for document in (signed, strangers()):
            spoiled = {**document, where: value}
            token = ".".join(
                base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
                for part in ({"alg": "EdDSA", "typ": "vc+jwt", "kid": MARKER}, spoiled, {})
            )
            for sent in (spoiled, envelope(token), presentation(spoiled)):
                status, told = ask(client, sent)
                assert status == 400
                assert MARKER not in json.dumps(told), told


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/vc", "application/json; charset=utf-16", "multipart/form-data"],
)
def test_the_type_is_looked_at_first(client: FlaskClient, content_type: str) -> None:
    answer = client.post(CREDENTIALS, data=b"x" * 2_000_000, content_type=content_type)
    assert (answer.status_code, answer.content_type) == (415, "application/problem+json")


def test_a_body_is_bounded_and_its_limit_lets_a_hundred_entries_through(
    client: FlaskClient, signed: Document
) -> None:
    answer = client.post(CREDENTIALS, data=b" " * 1_048_577, content_type="application/json")
    assert (answer.status_code, answer.content_type) == (413, "application/problem+json")
    status, told = ask(client, presentation(*[signed] * 100))
    assert (status, len(told["credentialResults"])) == (200, 100)


def test_a_machine_hears_what_the_page_says_of_our_own_record(
    client: FlaskClient, town: Town, signed: Document
) -> None:
    """A thief of our key can sign what we never did: our record does not know it, or knows it otherwise."""
    asked = {"verifiableCredential": signed}
    assert client.post(CREDENTIALS, json=asked).get_json()["checks"][-2]["name"] == "own record"

    def said(**changes: Any) -> tuple[bool, str, list[str]]:
        with town.transaction() as session:
            session.query(Credential).update(dict[Any, Any](changes))
        told = client.post(CREDENTIALS, json=asked).get_json()
        shown = client.post(PRESENTATIONS, json={"verifiablePresentation": presentation(signed)}).get_json()
        assert (shown["verified"], shown["verdict"]) == (told["verified"], told["verdict"])
        return told["verified"], told["verdict"], [one["check"] for one in told["problemDetails"]]

    assert said(state=CredentialState.ERASED) == (False, "V9", [])
    assert said(state=CredentialState.ISSUED, document=b"{}") == (False, "V7", ["own record"])
    assert said(urn="urn:uuid:00000000-0000-4000-8000-000000000000") == (False, "V7", ["own record"])


def test_wrong_methods_and_addresses(client: FlaskClient) -> None:
    answer = client.get(CREDENTIALS)
    assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    assert "POST" in answer.headers["Allow"]
    assert client.post("/credentials/issue", json={}).status_code == 404


def test_without_a_bundle_nothing_is_said(client: FlaskClient, town: Town, signed: Document) -> None:
    (town.runtime.public.directory / "bundle.json").unlink()
    answer = client.post(CREDENTIALS, json={"verifiableCredential": signed})
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")


def test_what_no_one_thought_of_is_a_problem_too(
    client: FlaskClient, signed: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(MARKER)

    monkeypatch.setattr("passport.services.checking.verifications.judge", broken)
    answer = client.post(CREDENTIALS, json={"verifiableCredential": signed})
    assert (answer.status_code, answer.content_type) == (500, "application/problem+json")
    assert MARKER not in answer.text


def test_it_needs_no_token_takes_no_cookie_and_changes_nothing(
    app: Flask, town: Town, arrive: Arrive, signed: Document
) -> None:
    places = Places(town)
    before = rows(town)
    assert [rule.rule for rule, _ in for_machines(app)] == [CREDENTIALS, PRESENTATIONS, CODES]
    asked = {"verifiableCredential": signed}, {"verifiablePresentation": presentation(signed)}
    for who in (None, *PEOPLE):
        visitor = arrive(who)
        for (rule, _method), body in zip(for_machines(app)[:2], asked, strict=True):
            for site in ("cross-site", "none"):
                answer = visitor.client.post(
                    places.address(rule), json=body, headers={"Sec-Fetch-Site": site}
                )
                assert (answer.status_code, answer.get_json()["verified"]) == (200, True)
                assert "Set-Cookie" not in answer.headers
                assert answer.headers["Cache-Control"] == "no-store"
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert rows(town) == before


Limited = Callable[..., FlaskClient]


@pytest.fixture
def limited(town: Town) -> Limited:
    """An application with other settings."""

    def made(**settings: object) -> FlaskClient:
        changed = town.runtime.settings.model_copy(update=settings)
        return create_app(replace(town.runtime, settings=changed)).test_client()

    return made


def test_who_asks_too_often_is_told_when_to_come_again(limited: Limited, signed: Document) -> None:
    client = limited(api_limit="2 per hour")
    for left in (1, 0):
        answer = client.post(CREDENTIALS, json={"verifiableCredential": signed})
        assert (answer.status_code, answer.headers["RateLimit-Remaining"]) == (200, str(left))
    refused = client.post(CREDENTIALS, json={"verifiableCredential": signed})
    assert (refused.status_code, refused.content_type) == (429, "application/problem+json")
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert int(refused.headers["RateLimit-Reset"]) == int(refused.headers["Retry-After"])
    assert refused.headers["RateLimit-Limit"] == "2"
    # pages and others' addresses are not slowed
    assert client.get("/").status_code == 200
    other = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.post(CREDENTIALS, json={}, environ_overrides=other).status_code == 400


def test_one_network_of_version_6_counts_as_one(limited: Limited) -> None:
    client = limited(api_limit="1 per hour")
    told = [
        client.post(CREDENTIALS, json={}, environ_overrides={"REMOTE_ADDR": address}).status_code
        for address in ("2001:db8::1", "2001:db8:0:ff::1", "2001:db8:0:100::1")
    ]
    assert told == [400, 429, 400], "a /56, which is what a household gets"


def test_an_address_that_a_client_names_itself_is_believed_behind_a_proxy_alone(limited: Limited) -> None:
    for proxies, expected in ((0, [400, 429]), (1, [400, 400])):
        client = limited(api_limit="1 per hour", proxies=proxies)
        told = [
            client.post(CREDENTIALS, json={}, headers={"X-Forwarded-For": address}).status_code
            for address in ("192.0.2.1", "192.0.2.2")
        ]
        assert told == expected


def test_without_its_redis_the_count_is_kept_in_the_process(limited: Limited) -> None:
    client = limited(api_limit="1 per hour", queue_url="redis://127.0.0.1:1/0")
    assert [client.post(CREDENTIALS, json={}).status_code for _ in range(2)] == [400, 429]


def strangers() -> Document:
    """A credential of a person whose own key is their name."""
    from passport.proofs.data_integrity import add_proof, proof_options
    from passport.proofs.keys import Role, to_multibase
    from passport.proofs.signing import generate
    from tests.fixtures.towns import NOW

    key = generate(Role.ISSUE)
    name = to_multibase(key.public_key)
    document = {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": f"did:key:{name}",
        "credentialSubject": {"id": "did:example:somebody"},
    }
    return add_proof(document, proof_options(f"did:key:{name}#{name}", NOW), key)


@pytest.mark.parametrize(
    "name", ["00-base", "07-created-millis", "37-proof-array-2same", "70-signed-empty-arrays"]
)
def test_a_strangers_badge_has_its_true_outcomes(name: str, client: FlaskClient) -> None:
    folder = Path(__file__).parents[2] / "inputs" / "strangers"
    status, told = ask(client, json.loads((folder / f"{name}.json").read_bytes()))
    assert (status, told["verified"], told["verdict"]) == (400, False, "V6")
    found = outcomes(told)
    assert (found["shape"], found["signature"], found["withdrawn"]) == ("passed", "passed", "not checked")
