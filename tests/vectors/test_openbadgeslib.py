"""openbadgeslib, a verifier that is not ours, judges our frozen entries in JSON.

It refuses a document whose own node is described again inside it, as entries were that an endorsement
named by their own id. The endorsement is now about the evidence, and it accepts these entries.
It checks the signature of a status list only on a token, so the lists are handed to it as checked.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError

from passport.openbadges.credential import read
from passport.proofs import json_text
from tests.vectors import make, statuses

OWN = Path(__file__).parent / "own"
SPOILT = sorted((OWN / "spoilt").glob("*.json"))
DESCRIBED_AGAIN = ("entry.json", "confirmed.json", "confirmed-as-before.json")


def judge(document: bytes, **options: Any) -> str:
    """Return the id of an entry that it accepts. It is given the programme's issuing key."""
    key = Ed25519PublicKey.from_public_bytes(make.ISSUE.public_key)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return str(OB3LdpVerifier(pubkey_pem=pem).verify(document, **options).id)


@pytest.mark.parametrize("name", ["entry-by-evidence.json", "confirmed-by-evidence.json"])
def test_it_accepts_the_entries_that_are_written_now(name: str) -> None:
    document = (OWN / name).read_bytes()
    assert judge(document) == read(json_text.read_object(document)).id


@pytest.mark.parametrize("name", DESCRIBED_AGAIN)
def test_it_refuses_entries_in_the_form_before(name: str) -> None:
    with pytest.raises(OB3VerificationError, match="described again"):
        judge((OWN / name).read_bytes())


@pytest.mark.parametrize("path", SPOILT, ids=lambda path: path.name)
def test_it_refuses_every_spoilt_one(path: Path) -> None:
    with pytest.raises(OB3VerificationError):
        judge(path.read_bytes())


@pytest.mark.parametrize("state", statuses.STATES)
def test_it_refuses_an_entry_on_hold_and_accepts_it_afterwards(state: str) -> None:
    lists = {one["id"]: json.dumps(one).encode() for one in statuses.lists(state).values()}
    options = {"check_status": True, "verify_status_list": False, "download": lists.__getitem__}
    for name, entry in statuses.entries().items():
        is_accepted = True
        try:
            judge(json.dumps(entry).encode(), **options)
        except OB3VerificationError:
            is_accepted = False
        assert is_accepted is statuses.expected()[f"{name} {state}"], name
