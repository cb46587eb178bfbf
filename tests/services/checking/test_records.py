"""A record of CLR 2.0: it and its badges are each checked by their own proof; the worst is the heading."""

import json
from typing import Any

import pytest

from passport.services.checking.handed_in import read_upload
from passport.verifier import Outcome, Verdict
from tests import others
from tests.fixtures.towns import Town
from tests.services.checking.test_handed_in import document, several

KEY = others.ed25519()
DID = others.did_key(KEY)
OB, EXTENSIONS = others.OB, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"


def record(*badges: dict[str, Any]) -> bytes:
    made = others.badge(
        DID,
        **{"@context": [others.V2, CLR, OB, EXTENSIONS]},
        type=["VerifiableCredential", "ClrCredential"],
        name="Transcript",
        credentialSubject={"type": ["ClrSubject"], "verifiableCredential": list(badges)},
    )
    options = others.proof_options("eddsa-rdfc-2022", others.method_of(DID))
    return json.dumps(others.with_proof(made, options, KEY)).encode()


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_each_badge_in_a_record_is_checked_by_itself_and_the_worst_is_the_heading(town: Town) -> None:
    town.issued()
    ours = json.loads(document(town))
    good = several(town, read_upload(record(ours), "http://localhost:8000"))
    assert [result.verdict for result in good.results] == [Verdict.UNKNOWN_ISSUER, Verdict.CURRENT]
    assert good.verdict is Verdict.UNKNOWN_ISSUER
    [around], [inside] = (result.entries for result in good.results)
    assert (around.credential, inside.credential is not None) == (None, True)
    failed = {check.name for check in around.checks if check.outcome is Outcome.FAILED}
    assert failed <= {"issuer"}
    forged = json.loads(document(town).replace(b"Amara", b"Clara"))
    bad = several(town, read_upload(record(ours, forged), "http://localhost:8000"))
    assert (bad.verdict, len(bad.results)) == (Verdict.NOT_GENUINE, 3)
    assert bad.results[2].entries[0].credential is None
