"""One table says what each verdict shows; pages, scripts and programs read it, and keep none of their own."""

import re
from pathlib import Path

import pytest

from passport.verifier import Verdict
from passport.verifier.disclosure import DISCLOSURE, Disclosure, script, shown, shows_any
from tests.world import an_entry

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "passport" / "static" / "check"
# a list of verdicts, or a choice by one of them, in a script or a template
OWN_TABLE = re.compile(r"[\[{(,]\s*[\"']?V\d+[\"']?\s*[,:\]]")


def test_every_verdict_has_its_place() -> None:
    assert set(DISCLOSURE) == set(Verdict)


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("V1", ("skill", "holder", "whole")),
        ("V2", ("skill", "holder")),
        ("V3", ("skill", "holder")),
        ("V4", ("skill",)),
        ("V5", ("skill", "holder", "whole")),
        *((f"V{number}", ()) for number in range(6, 11)),
    ],
)
def test_what_is_shown_of_an_entry(verdict: str, expected: tuple[str, ...]) -> None:
    seen = vars(shown(Verdict(verdict), an_entry()))
    assert {name for name, value in seen.items() if value is not None} == set(expected)
    assert vars(shown(Verdict(verdict), None)) == dict.fromkeys(seen)


def test_what_may_show_nothing() -> None:
    assert [one for one in Verdict if not shows_any(one)] == ["V7", "V8", "V9", "V10"]
    assert DISCLOSURE[Verdict.UNKNOWN_ISSUER] is Disclosure.CLAIM


def test_the_scripts_have_the_same_table() -> None:
    assert (SCRIPTS / "disclosure.js").read_text() == script()


def test_the_pages_have_a_part_for_each_and_no_table_of_their_own() -> None:
    answers = (ROOT / "templates" / "checking" / "_answers.html").read_text()
    parts = set(re.findall(r'data-facts="(\w+)"', answers))
    assert parts == {shown.value for shown in Disclosure} - {Disclosure.NOTHING}
    for name in ("_entry.html", "_result.html", "several.html"):
        page = (ROOT / "templates" / "checking" / name).read_text()
        assert OWN_TABLE.search(page) is None, name
    assert "DISCLOSURE" in (SCRIPTS / "answer.js").read_text()
    assert "DISCLOSURE" in (SCRIPTS / "verdict.js").read_text()
