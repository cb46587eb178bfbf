"""Our reader on the codes that every reader must judge alike, and on each single bit of the vector."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from passport.openbadges import address, compact, contents, signed_texts
from passport.openbadges.errors import BadText
from passport.proofs import cose, keys
from passport.proofs.keys import Role
from passport.verifier import Outcome, Verdict
from passport.verifier.compact import NoEntryInside, OtherSite, verify_compact
from tests.vectors.compact import make, vector
from tests.world import NOW, URL, World

FOLDER = Path(__file__).parent / "compact"
MUTATED = 20_000 if os.environ.get("TESTS_NIGHT") else 2_000
PURPOSES = ("revocation", "suspension", "refresh")


def trust() -> Any:
    world = World()
    world.signers[Role.ISSUE] = vector.KEY
    world.__post_init__()
    lists = [f"{URL}/status/3/{purpose}" for purpose in PURPOSES]
    world.lists = {url: world.secured_list(url) for url in lists}
    return world.trust()


TRUST = trust()


def outcome(text: str) -> str:
    try:
        result = verify_compact(text, TRUST, NOW)
    except OtherSite:
        return "other site"
    except NoEntryInside:
        return "no entry"
    outcomes = {check.name: check.outcome for check in result.checks}
    signed = outcomes["signature"] is Outcome.PASSED
    if signed and outcomes["shape"] is Outcome.PASSED:
        return "accepted"  # what has become of key, share and entry is the business of other tests
    assert (result.contents, result.issuer) == (None, None)
    unfinished = "no entry of ours" if signed else "damaged"
    return {
        Verdict.NOT_GENUINE: "broken",
        Verdict.UNKNOWN_ISSUER: "unknown key",
        Verdict.UNFINISHED: unfinished,
    }[result.verdict]


def codes(name: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((FOLDER / name).read_bytes())["codes"]
    return found


# ------------------------------------------------------------------------- the vector


def test_the_vector_is_genuine_and_current() -> None:
    result = verify_compact(vector.URL, TRUST, NOW)
    assert result.verdict is Verdict.CURRENT
    assert result.contents == compact.read(vector.VECTOR).contents
    assert result.share_code == vector.CODE


def test_the_vector_byte_for_byte() -> None:
    assert (vector.KEY.public_key.hex(), vector.KEY.kid) == (vector.PUBLIC_KEY, vector.KID)
    said = compact.read(vector.VECTOR).contents
    assert compact.write(said, vector.KEY) == vector.VECTOR
    assert len(vector.VECTOR) == 257
    assert hashlib.sha256(vector.VECTOR).hexdigest() == vector.SHA256
    message = cose.read(vector.VECTOR)
    assert (message.payload, message.signature) == (vector.PAYLOAD, vector.SIGNATURE)
    assert address.write(vector.ORIGIN, vector.CODE, vector.VECTOR) == vector.URL
    assert address.parse(vector.URL).data() == vector.VECTOR


def test_what_the_vector_says() -> None:
    said = compact.read(vector.VECTOR).contents
    assert (said.holder_name, said.school) == ("Amara Demoson", "Lanternmoor High School")
    assert (said.framework, said.framework_version, said.skill_number) == (1, 1, 5)
    assert (said.basis, said.confirmed, said.level) == (1, False, 3)
    assert (said.list_number, said.index, said.share_index) == (3, 94_567, 20_311)
    days = (said.endorsed_on, said.issued_on, said.review_on, said.share_made, said.share_ends)
    assert [day.isoformat() for day in days] == [
        "2026-03-14",
        "2026-03-15",
        "2029-03-15",
        "2026-03-15",
        "2027-03-15",
    ]


def test_every_single_bit_flip_is_refused() -> None:
    outcomes = set()
    for bit in range(len(vector.VECTOR) * 8):
        data = bytearray(vector.VECTOR)
        data[bit // 8] ^= 1 << bit % 8
        outcomes.add(found := outcome(address.write(vector.ORIGIN, vector.CODE, bytes(data))))
        assert found != "accepted", bit
    assert outcomes == {"broken", "unknown key", "damaged"}


# ------------------------------------------------------------------------- codes made by hand, and at random


@pytest.mark.parametrize("name", ["cases.json", "mutated.json"])
def test_every_code_has_its_outcome(name: str) -> None:
    wrong = [
        (case["why"], case["outcome"], found)
        for case in codes(name)
        if (found := outcome(case["text"])) != case["outcome"]
    ]
    assert wrong == []


def test_mutated_codes_are_refused() -> None:
    seed = "by night" if os.environ.get("TESTS_NIGHT") else "by day"
    wrong = [case for case in make.mutated(MUTATED, seed) if outcome(case["text"]) != case["outcome"]]
    assert wrong == []


def test_a_signature_that_holds_saves_none_of_the_cases_outside_the_limits() -> None:
    """Most cases are refused for what they say: their signature is good."""
    good = 0
    for case in codes("cases.json"):
        if case["outcome"] == "no entry of ours":
            message = cose.read(address.parse(case["text"]).data())
            keys.verify_signature(
                vector.KEY.public_key, message.signature, cose.to_be_signed(message.kid, message.payload)
            )
            good += 1
    assert good > 100


def test_names() -> None:
    judged = json.loads((FOLDER / "texts.json").read_bytes())
    for text in judged["signed"]:
        signed_texts.check(text)
    for text in judged["refused"]:
        with pytest.raises(BadText):
            signed_texts.check(text)


def test_the_greatest_values_fit_the_length_that_is_read() -> None:
    lengths = [
        len(address.parse(case["text"]).data())
        for case in codes("cases.json")
        if case["outcome"] == "accepted"
    ]
    assert 500 < max(lengths) <= cose.MAX_BYTES
    assert contents.MAX_NUMBER == 2**32 - 1


def test_the_script_gives_the_same_files() -> None:
    made = make.files()
    assert {path.name for path in FOLDER.glob("*.json")} == set(made)
    for name, data in made.items():
        assert (FOLDER / name).read_bytes() == data, name
