from __future__ import annotations

import hashlib
import json
from html import unescape

from passport.proofs.jws import unverified_payload
from passport.proofs.keys import from_multibase
from passport.services.trust import keys
from passport.services.trust.recognised import fingerprint
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive


def test_people_read_who_may_issue_and_endorse_since_when_and_with_which_keys(
    town: Town, arrive: Arrive
) -> None:
    registry = json.loads(unverified_payload(town.runtime.public.read("registry.json") or b""))
    page = arrive().read("/programmes")
    assert "Made in Brindlemoor" in page
    assert "http://localhost:8000" in page
    assert "1 employer may endorse" in page
    assert "or the student's school or college confirmed it" in unescape(page)
    for root in registry["rootKeys"]:
        assert fingerprint(from_multibase(root)) in page
    page = arrive().read("/programmes/brindlemoor")
    assert "Tinderbeck Precision Ltd" in page
    assert "a check says “School or college confirmed” and never “Employer endorsed”" in page
    assert "since 4 December 2025" in page
    for key in registry["keys"]:
        shown = fingerprint(from_multibase(key["publicKey"]))
        assert shown in page
        assert shown.replace(" ", "").startswith(key["kid"])
        assert shown.replace(" ", "") == hashlib.sha256(from_multibase(key["publicKey"])).hexdigest()


def test_they_are_the_same_for_everybody_and_may_be_kept(arrive: Arrive) -> None:
    for address in ("/programmes", "/programmes/brindlemoor"):
        stranger, amara = arrive().open(address), arrive("amara").open(address)
        assert stranger.text == amara.text, "nothing in it is about who asks"
        for answer in (stranger, amara):
            assert answer.headers["Cache-Control"] == "public, max-age=300"
            assert "Set-Cookie" not in answer.headers


def test_only_what_is_in_the_signed_registry_is_shown(town: Town, arrive: Arrive) -> None:
    """A row that no signed registry tells of yet, and one that was changed by hand, change nothing."""
    with town.transaction() as session:
        active = next(key for key in keys.listed(session) if key.role == "endorse")
        active.state = "retired"
    assert "Retired" not in arrive().read("/programmes/brindlemoor")


def test_a_name_that_is_not_there_and_a_list_that_cannot_be_believed(town: Town, arrive: Arrive) -> None:
    for address in ("/programmes/tinderbeck", "/programmes/nowhere"):
        answer = arrive().open(address)
        assert answer.status_code == 404
        assert "public" not in answer.headers.get("Cache-Control", "")
    signed = town.runtime.public.read("registry.json") or b""
    town.runtime.public.write("registry.json", signed[:-40] + b"A" * 8 + signed[-32:])
    assert arrive().open("/programmes").status_code == 503
