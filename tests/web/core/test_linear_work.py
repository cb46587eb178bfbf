"""Twice the input of a public answer takes twice the work: calls of functions are counted, not seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from passport.jobs import queue as job_queue
from passport.openbadges.terms import CREDENTIALS_V2
from tests.fixtures.towns import Town

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

KEY = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
CODE = "SP-4F7K-9QXM-2TW8"
# Twice, and what a cache or the size of a buffer adds.
MOST = 2.3
Ask = Callable[["FlaskClient", int], object]


def credential(number: int) -> dict[str, Any]:
    """A stranger's credential about so many subjects, whose proof does not hold."""
    return {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiableCredential"],
        "issuer": KEY,
        "credentialSubject": [
            {"id": f"urn:example:{each}", "type": "urn:example:person"} for each in range(number)
        ],
        "proof": {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2026-01-01T00:00:00Z",
            "verificationMethod": f"{KEY}#{KEY.rpartition(':')[2]}",
            "proofPurpose": "assertionMethod",
            "proofValue": "z" + "3" * 87,
        },
    }


def presentation(number: int) -> dict[str, Any]:
    """So many credentials, and a hundred texts beside each of them."""
    return {
        "@context": [CREDENTIALS_V2],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [credential(1) for _ in range(number)],
        "termsOfUse": [f"text {each}" for each in range(100 * number)],
    }


def verify_credential(client: FlaskClient, number: int) -> object:
    return client.post("/credentials/verify", json={"verifiableCredential": credential(20 * number)})


def verify_presentation(client: FlaskClient, number: int) -> object:
    return client.post("/presentations/verify", json={"verifiablePresentation": presentation(number)})


def check_codes(client: FlaskClient, number: int) -> object:
    return client.post("/api/checks", json={"checks": [{"code": CODE}] * number})


def check_text(client: FlaskClient, number: int) -> object:
    return client.post("/check", data={"text": f"{CODE} and #1{number} http://example.org " * 50 * number})


def check_badge(client: FlaskClient, number: int) -> object:
    return client.post("/check", data={"text": str(credential(20 * number)).replace("'", '"')})


def find_receipt(client: FlaskClient, number: int) -> object:
    return client.post("/receipts", data={"number": "SR-4F7K " * 100 * number})


def check_list(client: FlaskClient, number: int) -> object:
    rows = "".join(f"{CODE},{each}\n" for each in range(number))
    client.post("/desk", data={"pasted": "code,reference\n" + rows})
    job_queue.run_due(client.application.extensions["passport"])
    return None


def calls(ask: Callable[[], object]) -> int:
    """Count the calls of functions, Python's and built in ones, that answering takes."""
    count = 0

    def profile(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(profile)
    try:
        ask()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "ask",
    [
        verify_credential,
        verify_presentation,
        check_codes,
        check_text,
        check_badge,
        find_receipt,
        check_list,
    ],
)
def test_twice_the_input_takes_twice_the_work(ask: Ask, town: Town, app: Flask) -> None:
    assert town.issued()
    client = app.test_client()
    ask(client, 5)  # templates and tables are made ready
    some, more = (calls(partial(ask, client, number)) for number in (20, 40))
    assert more / some < MOST, (some, more)


def test_a_programs_limit_counts_credentials_and_size(app: Flask) -> None:
    client = app.test_client()

    def left(presented: dict[str, Any]) -> int:
        answer = client.post("/presentations/verify", json={"verifiablePresentation": presented})
        return int(answer.headers["RateLimit-Remaining"])

    before = left(presentation(1))
    assert left(presentation(10)) == before - 1
    assert left(presentation(25)) == before - 1 - 3
    assert left({**presentation(1), "name": "a" * 100_000}) == before - 1 - 3 - 2
