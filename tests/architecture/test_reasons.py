"""Every refusal is a member of `Reason`, is raised somewhere, and has words that its details complete."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from passport.cli import refusals as at_a_terminal
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.setup import ROOT
from passport.web.core import refusals as on_a_page

# a sign-in provider's name, which the page adds: the service does not know it
GIVEN_BY_THE_PAGE = {reason: {"name"} for reason in Reason if reason.startswith("identity-")}
TABLES = {"services/reasons.py", "web/refusals.py", "cli/refusals.py"}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def _trees() -> Iterator[tuple[str, ast.Module]]:
    package = ROOT / "passport"
    for file in sorted(package.rglob("*.py")):
        name = str(file.relative_to(package))
        if name not in TABLES:
            yield name, ast.parse(file.read_text(encoding="utf-8"))


def _refusals() -> Iterator[tuple[str, ast.Call]]:
    """Every call of `Refused`, with the place where it stands."""
    for name, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused":
                yield f"passport/{name}:{node.lineno}", node


def _reason(node: ast.expr) -> Reason | None:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Reason":
        return Reason[node.attr]
    return None


def test_no_refusal_is_raised_with_a_string() -> None:
    wrong = [place for place, call in _refusals() if isinstance(call.args[0], ast.Constant | ast.JoinedStr)]
    assert not wrong, "raise Refused(Reason.X) and add X to passport/services/core/reasons.py"


def test_every_reason_is_raised() -> None:
    used = {_reason(call.args[0]) for _place, call in _refusals()}
    for name, tree in _trees():
        if name.startswith("services/"):
            used |= {_reason(node) for node in ast.walk(tree) if isinstance(node, ast.expr)}
    assert not set(Reason) - used, "remove these from services/core/reasons.py and the tables of words"


def test_every_reason_has_words() -> None:
    worded = {*on_a_page.WORDS, *at_a_terminal.WORDS}
    assert not set(Reason) - worded, "add words to web/core/refusals.py, or to cli/refusals.py"


def test_every_place_that_refuses_gives_what_the_words_need() -> None:
    for place, call in _refusals():
        reason = _reason(call.args[0])
        if reason is None:
            continue
        needed = set(PLACEHOLDER.findall(str(on_a_page.WORDS.get(reason, ""))))
        given = {keyword.arg for keyword in call.keywords} | GIVEN_BY_THE_PAGE.get(reason, set())
        assert needed <= given, f"{place}: the words of {reason} need {needed - given}"


def test_words_are_sentences_with_a_full_stop_on_a_page_and_without_one_at_a_field_or_terminal() -> None:
    for reason in Reason:
        details = dict.fromkeys(PLACEHOLDER.findall(str(on_a_page.WORDS.get(reason, ""))), "7")
        refused = Refused(reason, **details)
        said = on_a_page.words(refused), on_a_page.at_box(refused), at_a_terminal.words(refused)
        assert [words.endswith(".") for words in said] == [True, False, False], said
        assert all(len(words) > 10 and "%(" not in words for words in said), said
