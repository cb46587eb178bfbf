"""Keys of issuers that are not ours: brought by the operator, published, used by a check, taken away."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from passport.openbadges.did import Method, did_document
from passport.proofs import data_integrity, signing
from passport.proofs.keys import Role
from tests.fixtures.processes import environment, passport
from tests.fixtures.servers import free_port

DID = "did:web:badges.elsewhere.example"
KEY = signing.generate(Role.ISSUE)
DOCUMENT = did_document(DID, [Method(Role.ISSUE, KEY.public_key)])
MANAGERS = ["--manager", "Ann Example <ann@example.test>", "--manager", "Bo Sample <bo@example.test>"]


@pytest.fixture
def service(tmp_path: Path) -> dict[str, str]:
    """An empty service."""
    env = environment(tmp_path / "instance", free_port())
    passport("init", "--programme", "Made in Brindlemoor", "--slug", "brindlemoor", *MANAGERS, env=env)
    return env


def badge() -> bytes:
    """Something that the stranger signed."""
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:uuid:00000000-0000-4000-8000-000000000001",
        "type": ["VerifiableCredential"],
        "issuer": DID,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:subject"},
    }
    method = DOCUMENT["assertionMethod"][0]
    options = data_integrity.proof_options(method, datetime(2026, 2, 1, tzinfo=UTC))
    return json.dumps(data_integrity.add_proof(document, options, KEY)).encode()


def signature_of(service: dict[str, str], file: Path) -> tuple[str, str]:
    """The verdict of the offline check with the published bundle, and what became of the signature."""
    bundle = Path(service["PASSPORT_INSTANCE"]) / "public" / "bundle.json"
    done = passport("verify", str(file), "--trust", str(bundle), "--json", env=service)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer["verdict"], {one["name"]: one["outcome"] for one in answer["checks"]}["signature"]


def test_a_strangers_keys_are_used_from_add_to_remove(service: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "badge.json").write_bytes(badge())
    (tmp_path / "did.json").write_text(json.dumps(DOCUMENT))
    assert signature_of(service, tmp_path / "badge.json") == ("V6", "not checked")

    added = passport("strangers", "add", str(tmp_path / "did.json"), "--by", "Ann Example", env=service)
    assert (added.returncode, added.stdout) == (0, f"{DID}: kept.\n")
    assert passport("external-issuers", "list", env=service).stdout == f"{DID}\n"
    assert signature_of(service, tmp_path / "badge.json") == ("V6", "passed")

    assert passport("external-issuers", "remove", DID, "--by", "Ann Example", env=service).returncode == 0
    assert signature_of(service, tmp_path / "badge.json") == ("V6", "not checked")
    again = passport("strangers", "remove", DID, "--by", "Ann Example", env=service)
    assert (again.returncode, "no document is kept" in again.stderr) == (1, True)
    assert passport("audit", env=service).returncode == 0


OURS = "did:web:localhost%3A{}:programmes:brindlemoor"
BAD = {
    "no JSON": (b"<html>", "not a JSON object"),
    "too long": (json.dumps({**DOCUMENT, "x": "y" * 70_000}).encode(), "64 KiB"),
    "did:key": (json.dumps({**DOCUMENT, "id": "did:key:z6Mk"}).encode(), "did:web"),
    "no key": (json.dumps({**DOCUMENT, "assertionMethod": []}).encode(), "P-256 or RSA key"),
    "another's keys": (json.dumps({**DOCUMENT, "id": DID + ":other"}).encode(), "P-256 or RSA key"),
}


def test_what_is_no_strangers_document_is_refused_in_words(service: dict[str, str], tmp_path: Path) -> None:
    port = service["PASSPORT_PUBLIC_URL"].rpartition(":")[2]
    ours = did_document(OURS.format(port), [Method(Role.ISSUE, KEY.public_key)])
    file = tmp_path / "did.json"
    respelt = json.dumps(ours).replace("%3A", "%3a").replace("did:web:l", "did:web:L")
    for content, words in (
        *BAD.values(),
        (json.dumps(ours).encode(), "our own registry"),
        (respelt.encode(), "our own registry"),
    ):
        file.write_bytes(content)
        done = passport("strangers", "add", str(file), "--by", "Ann Example", env=service)
        assert (done.returncode, words in done.stderr) == (1, True), done.stderr
    assert passport("strangers", "list", env=service).stdout == ""


INPUTS = Path(__file__).parents[1] / "inputs" / "did"


@pytest.mark.parametrize("name", ["embedded-method", "ed2020", "jwk2020", "assertion-string"])
def test_documents_as_others_publish_them_are_kept_and_used(
    name: str, service: dict[str, str], tmp_path: Path
) -> None:
    document = json.loads((INPUTS / f"{name}.json").read_bytes())
    added = passport("strangers", "add", str(INPUTS / f"{name}.json"), "--by", "Ann Example", env=service)
    assert (added.returncode, added.stdout) == (0, f"{document['id']}: kept.\n")
