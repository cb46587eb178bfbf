from __future__ import annotations

import hashlib
import re

from passport.web import ROOT

VENDOR = ROOT / "passport/static/vendor"
ROW = re.compile(r"^\| `([^`]+)` \| [^|]+ \| `([0-9a-f]{64})` \|", re.MULTILINE)


def test_every_vendored_file_is_the_one_that_is_listed() -> None:
    listed = dict(ROW.findall((VENDOR / "VENDOR.md").read_text(encoding="utf-8")))
    made = [file for file in VENDOR.rglob("*") if file.is_file() and not file.name.startswith("LICENSE")]
    there = {str(file.relative_to(VENDOR)) for file in made} - {"VENDOR.md"}
    assert there == set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


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
