"""The frozen entries still verify, and every spoilt one has the verdict in its name."""

from pathlib import Path

import pytest

from passport.proofs.keys import Role
from passport.verifier import NotACredential, Trust, Verdict, verify
from tests.vectors import make
from tests.world import NOW

OWN = Path(__file__).parent / "own"
TRUST = Trust.from_bundle((OWN / "bundle.json").read_bytes(), [make.signer(Role.ROOT).public_key])
ISSUED = (
    "entry",
    "entry-by-evidence",
    "confirmed",
    "confirmed-by-evidence",
    "confirmed-as-before",
    "suspension-named",
)
NO_VERDICT = "none"
EQUAL = sorted((OWN / "equal").iterdir())
SPOILT = sorted(path for path in (OWN / "spoilt").rglob("*") if path.is_file())


def verdict(path: Path) -> str:
    """Return the verdict on a file, of which nothing may then be shown; NO_VERDICT for what gets none."""
    try:
        found = verify(path.read_bytes(), TRUST, NOW)
    except NotACredential:
        return NO_VERDICT
    assert found.verdict is Verdict.CURRENT or (found.credential, found.claim) == (None, None)
    return found.verdict


@pytest.mark.parametrize(
    "name",
    [f"{stem}.{form}" for stem in ISSUED for form in ("json", "jwt")],
)
def test_what_was_issued_once_still_verifies(name: str) -> None:
    assert verdict(OWN / name) == Verdict.CURRENT


@pytest.mark.parametrize("path", EQUAL, ids=lambda path: path.name)
def test_one_in_an_equal_form_is_genuine(path: Path) -> None:
    assert verdict(path) == Verdict.CURRENT == path.name.partition("-")[0]


@pytest.mark.parametrize("path", SPOILT, ids=lambda path: path.name)
def test_a_spoilt_one_has_the_verdict_in_its_name(path: Path) -> None:
    assert verdict(path) == path.name.partition("-")[0]


def test_the_script_gives_the_same_bytes_and_no_file_besides() -> None:
    made = make.files()
    assert {str(path.relative_to(OWN)) for path in OWN.rglob("*") if path.is_file()} == set(made)
    for name, data in made.items():
        assert (OWN / name).read_bytes() == data, name
