from __future__ import annotations

import hashlib
import re
from pathlib import Path

from passport.web import ROOT

VENDOR = ROOT / "passport/static/vendor"
ROW = re.compile(r"^\| `([^`]+)` \| [^|]+ \| `([0-9a-f]{64})` \|", re.MULTILINE)


def listed_and_there(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The files that a folder lists, and those in it, with their hashes."""
    listed = dict(ROW.findall((folder / "VENDOR.md").read_text(encoding="utf-8")))
    ours = [file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("LICENSE")]
    made = [file for file in ours if file.name != "VENDOR.md"]
    there = {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in made}
    return listed, there


def test_every_vendored_file_is_the_one_that_is_listed() -> None:
    listed, there = listed_and_there(VENDOR)
    assert there == listed


def test_nothing_looks_like_gov_uk_and_nothing_comes_from_elsewhere() -> None:
    for file in [*VENDOR.glob("*.css"), *(ROOT / "passport/static").glob("*.*")]:
        text = file.read_text(encoding="utf-8")
        assert "GDS Transport" not in text
        assert "crest" not in text
        for address in re.findall(r"url\(([^)]*)\)", text):
            assert address.strip("\"'").startswith(("fonts/", "data:")), file
    for file in (ROOT / "templates").rglob("*.html"):
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", file.read_text(encoding="utf-8")), file
    for file in (ROOT / "passport/static").rglob("*.js"):
        assert not re.search(r"jsdelivr|(?:from|import\(|fetch\()\s*[\"'`]https?:", file.read_text()), file
