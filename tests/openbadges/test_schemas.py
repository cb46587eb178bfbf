"""The published schemas as they are compiled, against the library that goes through them word for word."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft201909Validator

from passport.openbadges import schemas
from tests import drawn
from tests.world import World

FOLDER = Path(schemas.__file__).parent
BADGES = {"OpenBadgeCredential", "AchievementCredential"}
SPOILT = 500


@cache
def slowly(file: str) -> Draft201909Validator:
    return Draft201909Validator(json.loads((FOLDER / file).read_text()))


def accepted(document: dict[str, Any]) -> bool | None:
    """What both say of a document; None for one that is neither a badge nor an endorsement."""
    types = document.get("type")
    if not isinstance(types, list) or not any(name in types for name in ("EndorsementCredential", *BADGES)):
        return None
    is_badge = any(name in types for name in BADGES)
    kind = "achievement" if is_badge else "endorsement"
    expected: bool = slowly(f"ob_v3p0_{kind}credential_schema.json").is_valid(document)
    before = json.dumps(document)
    assert (schemas.violation(document) == "") is expected, before
    assert json.dumps(document) == before
    return expected


def test_samples_of_the_standards_are_judged_alike() -> None:
    said = [accepted(document) for _, document in drawn.samples()]
    assert said.count(True) > 40
    assert said.count(False) > 20


def test_spoilt_documents_are_judged_alike() -> None:
    drawing, world = drawn.Drawing(5), World()
    known = [document for _, document in drawn.samples() if accepted(document)]
    known += 20 * [world.secured_entry(), world.secured_endorsement()]
    said = [accepted(drawing.spoilt(known)) for _ in range(SPOILT)]
    assert said.count(True) > SPOILT / 10
    assert said.count(False) > SPOILT / 10


def test_a_reason_names_the_place_and_the_rule_and_repeats_nothing_of_the_document() -> None:
    badge = World().secured_entry()
    assert schemas.violation({**badge, "issuer": 5}) == "$.issuer: none of the forms that are allowed (anyOf)"
    del badge["validFrom"]
    assert schemas.violation(badge) == '$: "validFrom" is a required property'
    assert schemas.violation({"type": "Badge"}) == "type: neither an entry nor an endorsement"


def test_a_record_of_clr_2_is_held_against_its_own_schema() -> None:
    samples = {name: document for name, document in drawn.samples() if "clr-2.0/simple.json" in name}
    for document in samples.values():
        assert schemas.violation(document) == ""
        assert schemas.violation({**document, "credentialSubject": {}}).startswith("$.credentialSubject")
    assert samples
