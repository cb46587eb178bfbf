"""Requests made from the description: nothing breaks, and nothing is answered that it does not say."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passport.app import create_app
from passport.web.checking.api.openapi import PROBLEMS
from tests.fixtures.towns import Town

# A body of the right shape need be no credential: most of these are answered with 400, as they should be
UNFIT = "positive_data_acceptance"
EXAMPLES = 400 if os.environ.get("TESTS_NIGHT") else 60
DRAWN = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=not os.environ.get("TESTS_NIGHT"),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def client(town: Town) -> FlaskClient:
    """The service in its test mode, which has every operation, and counts no requests."""
    from sqlalchemy import text

    with town.transaction() as session:
        session.execute(text("UPDATE service SET demo = true"))
    chosen = town.runtime.settings.model_copy(update={"conformance": True})
    return create_app(replace(town.runtime, settings=chosen, demo=True)).test_client()


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize(
    "name", ["verify_credential", "verify_presentation", "issue_credential", "check_codes"]
)
def test_every_answer_is_one_that_is_described(client: FlaskClient, name: str, mode: str) -> None:
    # takes a second to import: only where it is used
    import schemathesis
    from schemathesis.checks import CHECKS, load_all_checks
    from schemathesis.generation import GenerationMode

    load_all_checks()
    unfit = [CHECKS.get_one(UNFIT)]
    described = schemathesis.openapi.from_wsgi("/openapi.json", client.application)
    operation = described.find_operation_by_id(name)

    @DRAWN
    @given(operation.as_strategy(generation_mode=GenerationMode(mode)))
    def ask(case: Any) -> None:
        case.call_and_validate(excluded_checks=unfit)

    ask()


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = ("@context", "id", "type", "issuer", "credentialSubject", "proof", "credentialStatus", "validFrom")
USUAL = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
    "issuer": "did:example:i",
    "credentialSubject": {"id": "did:example:s"},
    "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"},
}
NEARLY = st.dictionaries(st.sampled_from(NAMES), JSON).map(lambda drawn: {**USUAL, **drawn})


@DRAWN
@given(
    address=st.sampled_from(["/credentials/verify", "/presentations/verify", "/credentials/issue"]),
    name=st.sampled_from(["verifiableCredential", "verifiablePresentation", "credential"]),
    document=NEARLY,
)
def test_what_is_nearly_a_credential_breaks_nothing(
    client: FlaskClient, address: str, name: str, document: dict[str, object]
) -> None:
    answer = client.post(address, json={name: document})
    assert answer.status_code in {200, 201, *PROBLEMS} - {503}
    told = answer.get_json()
    assert told.get("verified", False) is (answer.status_code == 200)


def test_the_description_of_a_real_service_knows_no_issuing(town: Town) -> None:
    told = create_app(town.runtime).test_client().get("/openapi.json").get_json()
    assert sorted(told["paths"]) == ["/api/checks", "/credentials/verify", "/presentations/verify"]
    assert told["servers"] == [{"url": town.runtime.settings.public_url}]
    for path in told["paths"].values():
        assert {*map(str, PROBLEMS), "200"} <= path["post"]["responses"].keys()
