"""The table of `docs/what-we-check.md`: every file in it has the outcome that stands there."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from passport.openbadges import baking
from passport.verifier import Trust, Verdict, verify
from tests.vectors.others import make
from tests.verifier.test_external import BADGES, PICTURES, SAMPLES, believing
from tests.world import NOW, World

ROOT = Path(__file__).parents[2]
FOLDERS = {
    "": make.FOLDER,
    "inputs": ROOT / "tests" / "inputs" / "strangers",
    "validator": BADGES,
    "pictures": PICTURES,
    "clr-2.0": SAMPLES / "clr-2.0",
    "vc-jose-cose": SAMPLES / "vc-jose-cose",
}
AGES = timedelta(days=36_500)


def rows() -> list[list[str]]:
    lines = (ROOT / "docs" / "what-we-check.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [row for row in cells if row[2].startswith("`")]


ROWS = {row[2].strip("`"): row for row in rows()}


def trust() -> Trust:
    documents = [json.loads(path.read_bytes()) for path in sorted((make.FOLDER / "did").iterdir())]
    listed = json.loads((make.FOLDER / "lists" / "revocations.json").read_bytes())
    world = World()
    world.did_documents = {**believing().did_documents, **{each["id"]: each for each in documents}}
    world.lists = {listed["id"]: listed}
    return world.trust()


TRUST = trust()


def test_the_files_are_what_the_script_makes() -> None:
    made = make.files()
    found = {path.relative_to(make.FOLDER).as_posix() for path in make.FOLDER.rglob("*.j*")}
    assert found == set(made)
    for name, content in made.items():
        assert (make.FOLDER / name).read_bytes() == content, name


def test_the_table_has_every_file_once_and_each_with_its_source() -> None:
    assert len(ROWS) == len(rows()) >= 25
    assert {name for name in make.files() if "/" not in name} <= set(ROWS)
    assert all(len(row) == 6 and all(row) for row in ROWS.values())


@pytest.mark.parametrize("name", ROWS)
def test_each_file_has_the_outcome_that_stands_in_the_table(name: str) -> None:
    _, _, _, shape, signature, _ = ROWS[name]
    folder, _, file = name.rpartition("/")
    data = (FOLDERS[folder] / file).read_bytes()
    data = baking.unbake(data) if baking.is_picture(data) else data.strip()
    found = verify(data, TRUST, NOW, max_age=AGES)
    checks = {check.name: check for check in found.checks}
    assert (found.verdict, found.credential) == (Verdict.UNKNOWN_ISSUER, None)
    for said, check in ((shape, checks["shape"]), (signature, checks["signature"])):
        outcome, _, words = said.partition(";")[0].partition(":")
        assert outcome == check.outcome, check
        assert words.strip(" …") in check.reason, check
    ended = signature.partition("; ")[2]
    assert not ended or ended in [checks["withdrawn"].reason, checks["review date"].reason]
    assert (found.claim is not None) is signature.startswith("passed")
