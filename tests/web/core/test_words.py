from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask, render_template_string

from passport.openbadges.credential import LEVELS
from passport.services.endorsements import decisions
from passport.verifier import CHECKS, Outcome, Verdict
from passport.verifier.compact import COMPACT_CHECKS
from passport.web import ROOT
from tests.web.conftest import REASON_WORDS

METHODS = [("web/**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "ngettext": (1, 2),
}


def _words(app: Flask, macro: str, argument: object) -> str:
    with app.test_request_context():
        return render_template_string(
            "{% import 'words.html' as words %}{{ words[macro](argument) }}", macro=macro, argument=argument
        )


def test_the_catalogue_holds_every_message() -> None:
    found = {
        message
        for folder in ("passport", "templates")
        for _file, _line, message, _comments, _context in extract_from_dir(
            str(ROOT / folder), METHODS, keywords=KEYWORDS
        )
    }
    with (ROOT / "passport/translations/messages.pot").open("rb") as file:
        held = {message.id for message in read_po(file) if message.id}
    assert held == found, "make the catalogue again: passport/translations/babel.cfg says how"


def test_every_verdict_check_and_outcome_has_words(app: Flask) -> None:
    for verdict in Verdict:
        assert _words(app, "verdict", verdict)
        assert _words(app, "verdict_meaning", verdict)
    for name in {*CHECKS, *COMPACT_CHECKS}:
        assert _words(app, "check_name", name) != name.capitalize()
    for outcome in Outcome:
        assert _words(app, "outcome", outcome)


def test_a_verdict_says_no_more_than_is_always_so(app: Flask) -> None:
    shows_who_signed = {Verdict.CURRENT, Verdict.PAST_REVIEW}
    for verdict in Verdict:
        named = "named here" in _words(app, "verdict_meaning", verdict)
        assert named is (verdict in shows_who_signed), verdict
    # a key that another person had signs what matches; an issuer may be known, and only its key not
    assert "does not match" not in _words(app, "verdict_meaning", Verdict.NOT_GENUINE)
    assert "is not on our list" not in _words(app, "verdict_meaning", Verdict.UNKNOWN_ISSUER)


def test_the_levels_are_those_of_the_standard(app: Flask) -> None:
    assert tuple(_words(app, "level", number) for number in (1, 2, 3, 4)) == LEVELS


def test_every_reason_is_the_services_own(app: Flask) -> None:
    assert set(REASON_WORDS) == {*decisions.RETURN_REASONS, *decisions.DECLINE_REASONS}
    for key, words in REASON_WORDS.items():
        assert _words(app, "reason", key) == words


def test_public_pages_do_not_speak_of_credentials() -> None:
    for file in Path(ROOT / "templates").rglob("*.html"):
        text = re.sub(r"{[{%#].*?[%#}]}", " ", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        said = re.findall(r"_\(\"([^\"]*)\"", file.read_text(encoding="utf-8"))
        for words in [text, *said]:
            assert not re.search(r"\b(credential|payload|revoke[ds]?|hash)\b", words, re.IGNORECASE), file
            assert "!" not in re.sub(r"<!--.*?-->|<!DOCTYPE[^>]*>", "", words), file
