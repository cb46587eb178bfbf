"""openvc-core, a verifier that is not ours, judges our frozen documents.

Its rule against members that are not signed refuses, by its way of asking, every document in which another
credential is embedded with contexts and a proof of its own, as Open Badges 3.0 has endorsements. For
entries that rule is put aside here; then it accepts ours and refuses every spoilt one that its signature
shows. The two that only such a rule can show are judged with it. It reads a JWT only with a `vc` claim,
which a vc+jwt must not have: tokens are judged by joserfc (tests/proofs/test_jose.py) and jose
(tests/node).
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openvc
import pytest
from openvc.did import base
from openvc.errors import OpenvcError
from openvc.proof import data_integrity

from tests.vectors import statuses

OWN = Path(__file__).parent / "own"
CONTEXTS = Path(__file__).parents[2] / "passport" / "proofs" / "contexts"
EXTRA = {
    f"https://purl.imsglobal.org/spec/ob/v3p0/{name}.json": json.loads((CONTEXTS / file).read_bytes())
    for name, file in (
        ("context-3.0.3", "openbadges-3.0.3.json"),
        ("extensions", "openbadges-extensions.json"),
    )
}
SPOILT = sorted((OWN / "spoilt").glob("*.json"))
NOT_SIGNED = {"V7-member-added.json", "V7-member-added-deep.json"}


class Given:
    """Our DID documents, from files."""

    def resolve(self, did: str) -> Any:
        for path in (OWN / "did").iterdir():
            document = json.loads(path.read_bytes())
            if document["id"] == did:
                return base.parse_did_document(document)
        raise base.DidResolutionError(did)


def judge(path: Path) -> None:
    policy = openvc.VerificationPolicy(
        require_status=False, require_not_revoked=False, now=datetime(2026, 6, 1, 12, tzinfo=UTC)
    )
    openvc.verify_credential(
        json.loads(path.read_bytes()), policy=policy, resolver=Given(), extra_contexts=EXTRA
    )


@pytest.fixture
def _one_rule_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_integrity, "validate_document", lambda *_: None)


@pytest.mark.parametrize("name", ["endorsement.json", "status/revocation.json", "status/refresh.json"])
def test_it_accepts_endorsements_and_lists(name: str) -> None:
    judge(OWN / name)


@pytest.mark.parametrize(
    ("name", "why"),
    [("entry.json", "described again"), ("entry-by-evidence.json", "/endorsement/@context")],
)
def test_it_embeds_no_credential_in_another(name: str, why: str) -> None:
    with pytest.raises(OpenvcError, match=why):
        judge(OWN / name)


@pytest.mark.usefixtures("_one_rule_aside")
@pytest.mark.parametrize("name", ["entry.json", "entry-by-evidence.json"])
def test_it_accepts_the_entry_but_for_that_rule(name: str) -> None:
    judge(OWN / name)


@pytest.mark.usefixtures("_one_rule_aside")
@pytest.mark.parametrize(
    "path", [path for path in SPOILT if path.name not in NOT_SIGNED], ids=lambda path: path.name
)
def test_it_refuses_every_spoilt_one(path: Path) -> None:
    with pytest.raises((OpenvcError, ValueError)):
        judge(path)


@pytest.mark.usefixtures("_one_rule_aside")
@pytest.mark.parametrize("state", statuses.STATES)
@pytest.mark.parametrize("entry", statuses.GOOD)
def test_it_refuses_an_entry_on_hold_and_accepts_it_afterwards(entry: str, state: str) -> None:
    """Each form of an entry, in each state of its life."""
    policy = openvc.VerificationPolicy(now=datetime(2026, 6, 1, 12, tzinfo=UTC))
    lists = {one["id"]: one for one in statuses.lists(state).values()}
    is_accepted = True
    try:
        openvc.verify_credential(
            statuses.entries()[entry],
            policy=policy,
            resolver=Given(),
            resolve_status_list=lists.__getitem__,
            extra_contexts=EXTRA,
        )
    except OpenvcError:
        is_accepted = False
    assert is_accepted is statuses.expected()[f"{entry} {state}"]


@pytest.mark.parametrize("name", sorted(NOT_SIGNED))
def test_it_refuses_what_no_signature_covers(name: str) -> None:
    with pytest.raises(OpenvcError):
        judge(OWN / "spoilt" / name)
