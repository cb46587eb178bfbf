"""The test mode: a conformance suite can have credentials signed, and its own issuers verified."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from flask.testing import FlaskClient

from passport.app import create_app
from passport.proofs.contexts import EXAMPLES
from passport.services.core.errors import NotReady
from passport.services.core.runtime import open_runtime
from passport.services.trust import conformance
from passport.services.trust.conformance import Form
from tests.fixtures.processes import environment, passport
from tests.fixtures.servers import free_port
from tests.fixtures.towns import Town
from tests.web.checking.test_api import V2, ask, presentation, strangers

Document = dict[str, Any]
ISSUE = "/credentials/issue"


@pytest.fixture
def demo_town(town: Town) -> Town:
    """The town, in the test mode, which only a demo has."""
    from sqlalchemy import text

    with town.transaction() as session:
        session.execute(text("UPDATE service SET demo = true"))
    settings = town.runtime.settings.model_copy(update={"conformance": True})
    return dataclasses.replace(town, runtime=dataclasses.replace(town.runtime, settings=settings, demo=True))


@pytest.fixture
def client(demo_town: Town) -> FlaskClient:
    return create_app(demo_town.runtime).test_client()


@pytest.fixture
def issuer(demo_town: Town) -> str:
    with demo_town.transaction() as session:
        return conformance.issuer(session)


def credential(issuer: str, **more: object) -> Document:
    return {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "credentialSubject": {"id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"},
        **more,
    }


def issued(client: FlaskClient, document: Document, form: str = "application/vc") -> tuple[int, Document]:
    answer = client.post(ISSUE, json={"credential": document, "options": {"mediaType": form}})
    return answer.status_code, answer.get_json()


@pytest.mark.parametrize("form", ["application/vc", "application/vc+jwt"])
def test_what_is_issued_is_verified_alone_and_presented(client: FlaskClient, issuer: str, form: str) -> None:
    for named in (issuer, {"id": issuer, "name": "A suite"}):
        status, told = issued(client, {**credential(issuer), "issuer": named}, form)
        assert status == 201
        status, found = ask(client, told["verifiableCredential"])
        assert (status, found["verified"], found["problemDetails"]) == (200, True, [])
        # it is still no one whom we know: the test mode says "verified", never V1
        assert found["verdict"] == "V6"
        assert ask(client, presentation(told["verifiableCredential"]))[0] == 200
        assert ask(client, presentation(told["verifiableCredential"]), challenge="4")[0] == 400


def test_the_contexts_of_the_standards_examples_are_known_here(
    client: FlaskClient, town: Town, issuer: str
) -> None:
    example = credential(issuer, **{"@context": [V2, EXAMPLES], "alumniOf": "Example University"})
    for form in Form:
        status, told = issued(client, example, form)
        assert status == 201
        whole = told["verifiableCredential"]
        assert ask(client, whole)[1]["verified"]
        assert ask(client, presentation(whole))[1]["verified"]
    _, told = issued(client, example)
    altered = {**told["verifiableCredential"], "alumniOf": "Another"}
    assert ask(client, altered)[1]["verdict"] == "V7"
    # the same town without the test mode
    status, found = ask(create_app(town.runtime).test_client(), told["verifiableCredential"])
    assert (status, found["verified"], found["verdict"]) == (400, False, "V6")
    (check,) = [check for check in found["checks"] if check["name"] == "signature"]
    assert check["outcome"] == "not checked"


def test_any_issuer_whose_own_key_signed_is_verified_and_no_other(client: FlaskClient) -> None:
    document = strangers()
    assert ask(client, document)[1]["verified"]
    altered = {**document, "credentialSubject": {"id": "did:example:other"}}
    assert ask(client, altered)[0] == 400
    nobodys = {**document, "issuer": "did:example:nobody"}
    assert not ask(client, nobodys)[1]["verified"]


@pytest.mark.parametrize(
    "more",
    [
        {"validUntil": "2020-01-01T00:00:00Z"},
        {"validFrom": "2040-01-01T00:00:00Z"},
        {
            "credentialStatus": {
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": "1",
                "statusListCredential": "https://elsewhere.example/list",
            }
        },
    ],
)
def test_a_check_that_failed_or_did_not_run_is_no_pass_in_the_test_mode_either(
    client: FlaskClient, issuer: str, more: Document
) -> None:
    status, told = issued(client, credential(issuer, **more))
    assert status == 201
    status, found = ask(client, told["verifiableCredential"])
    assert (status, found["verified"]) == (400, False)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"issuer": "did:example:other"},
        {"issuer": None},
        {"type": ["Other"]},
        {"credentialSubject": []},
        {"validFrom": "yesterday"},
        {"proof": {}},
        {"unknownMember": "x"},
        {"@context": [V2, "https://elsewhere.example/context"]},
        {"id": "not a url"},
    ],
)
def test_what_is_no_credential_of_this_issuer_is_not_signed(
    client: FlaskClient, issuer: str, spoiled: Document
) -> None:
    answer = client.post(ISSUE, json={"credential": {**credential(issuer), **spoiled}})
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_nothing_signed_here_passes_for_an_entry(client: FlaskClient, demo_town: Town, issuer: str) -> None:
    programme = "did:web:localhost%3A8000:programmes:brindlemoor"
    assert issued(client, credential(programme))[0] == 400
    _, told = issued(client, credential(issuer))
    moved = {**told["verifiableCredential"], "issuer": programme}
    assert ask(client, moved)[1]["verdict"] == "V7"


def test_it_does_not_start_beside_real_data(town: Town) -> None:
    settings = town.runtime.settings.model_copy(update={"conformance": True})
    with pytest.raises(NotReady, match="PASSPORT_CONFORMANCE"):
        open_runtime(settings)


def test_the_operator_reads_one_line(tmp_path_factory: pytest.TempPathFactory) -> None:
    env = environment(tmp_path_factory.mktemp("real") / "instance", free_port())
    managers = ["--manager", "Ann Example <ann@example.test>", "--manager", "Bo Sample <bo@example.test>"]
    assert passport("init", "--programme", "Real", "--slug", "real", *managers, env=env).returncode == 0
    done = passport("serve", env=env | {"PASSPORT_CONFORMANCE": "1"})
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "PASSPORT_CONFORMANCE" in done.stderr
