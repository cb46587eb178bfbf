"""What could bring an adult and a child together unseen is found; what a student writes about work is not."""

import time
from datetime import timedelta

import pytest

from passport.services.core import audit
from passport.services.core.reasons import Reason
from passport.services.programmes import screening
from passport.services.programmes.screening import BadRule, rules
from tests.fixtures.towns import NOW, STORY, Town

HELD = [
    ("text me on 07700 900123", "phone numbers"),
    ("ring 07700-900-123 after six", "phone numbers"),
    ("my phone: (07700) 900.123", "phone numbers"),
    ("+44 7700 900123", "phone numbers"),
    ("O77OO 9OO123", "phone numbers"),
    ("０７７００ ９００１２３", "phone numbers"),
    ("it is oh seven seven double oh, nine double oh one two three", "phone numbers"),
    ("write to amara.d@example.test please", "emails"),
    ("amara at example dot test", "emails"),
    ("amara (at) gmail (dot) com", "emails"),
    ("see https://example.test/me", "links"),
    ("go to www.example.test", "links"),
    ("my page is amara-makes.co.uk", "links"),
    ("find it at youtu.be/abc", "links"),
    ("it is on makers dot com", "links"),
    ("I am @amara_makes there", "handles"),
    ("on that server I am amara#1234", "handles"),
    ("He said we could MEET UP, after work", "meeting words"),
    ("he asked if he could pick\nme up", "meeting words"),
    ("Don’t tell anyone", "meeting words"),
    ("m\u200beet me there", "meeting words"),
    ("find me on Snapchat", "contact words"),
    ("my Instagram is secret", "contact words"),
]
FINE = [
    STORY,
    "I read 0.04 0.05 0.06 0.07 0.08 mm on the micrometer, then 1.25 and 12.5 mm.",
    "On 14-03-2026 at 10:30 we made 1200 parts, 300 more than on 13-03-2026.",
    "Part 4711-0815 went back. The order was 2026 03 14 12.",
    "I meet targets, and I called the technician. We met in the canteen.",
    "I was at work. Me and the team counted one, two, three, four, five parts.",
    "I emailed the form to the office @ 10 and phoned reception.",
    "I checked each reading, e.g. the shaft, i.e. the long one.It was fine.",
    "The meet up with the drawing was close: it fitted.",
]


@pytest.mark.parametrize(("text", "rule"), HELD)
def test_ways_to_reach_a_child_and_plans_to_meet_are_found(text: str, rule: str) -> None:
    found = screening.found_by(rules.parse(rules.DEFAULT), f"I measured the shaft. {text}")
    assert rule in {flag.rule for flag in found}


@pytest.mark.parametrize("text", FINE)
def test_readings_dates_and_ordinary_words_are_not(text: str) -> None:
    assert screening.found_by(rules.parse(rules.DEFAULT), text) == []


def test_a_programme_judges_by_its_own_rules_and_no_other_programme_does(town: Town) -> None:
    text = "He showed me the secret room. Call me on 07700 900123."
    with town.transaction() as session:
        morgan = town.account(session, "morgan")
        assert {flag.rule for flag in screening.flags(session, morgan.programme_id, text)} == {
            "phone numbers",
            "contact words",
        }
        own = "[odd words]\nsecret room\nshow* me\n[fine]\nunused words"
        screening.save(session, morgan, own, NOW)
        screening.save(session, morgan, own, NOW + timedelta(hours=1))
        found = screening.flags(session, morgan.programme_id, text)
        assert [(flag.rule, flag.found) for flag in found] == [
            ("odd words", "secret room"),
            ("odd words", "showed me"),
        ]
        assert screening.text_of(session, morgan.programme_id + 1) == rules.DEFAULT
        assert audit.broken_at(session) is None


BAD = [
    ("words without a heading", 1, Reason.RULE_NO_HEADING),
    ("[find]\nphone numbers\nfaxes", 3, Reason.RULE_NOT_FINDABLE),
    ("[odd words\nsecret room", 1, Reason.RULE_BAD_HEADING),
    ("[]\nsecret room", 1, Reason.RULE_BAD_HEADING),
    ("# a note\n\n[odd words]\nmeet (me|you)+", 4, Reason.RULE_NOT_WORDS),
    ("[odd words]\n(a+)+$", 2, Reason.RULE_NOT_WORDS),
    ("[odd words]\n*", 2, Reason.RULE_NOT_WORDS),
    ("[odd words]\nme*et us", 2, Reason.RULE_NOT_WORDS),
    ("[odd words]\nme", 2, Reason.RULE_TOO_SHORT),
    ("[odd words]\na* b*", 2, Reason.RULE_TOO_SHORT),
    ("[odd words]\n" + "word " * 9, 2, Reason.RULE_TOO_LONG),
    ("[odd words]\n" + "x" * 81, 2, Reason.RULE_TOO_LONG),
    ("[odd words]\n" + "good words\n" * 700, 600, Reason.RULES_TOO_MANY),
]


@pytest.mark.parametrize(("text", "line", "why"), BAD)
def test_a_bad_rule_is_refused_with_its_line(text: str, line: int, why: Reason) -> None:
    with pytest.raises(BadRule) as caught:
        rules.parse(text)
    assert (caught.value.line, caught.value.reason) == (line, why)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_bad_rules_leave_the_old_ones(town: Town) -> None:
    with town.transaction() as session:
        morgan = town.account(session, "morgan")
        screening.save(session, morgan, "[odd words]\nsecret room", NOW)
        with pytest.raises(BadRule):
            screening.save(session, morgan, "[odd words]\nme", NOW)
        assert screening.text_of(session, morgan.programme_id) == "[odd words]\nsecret room"


@pytest.mark.parametrize("unit", ["0 ", "0(", "a.", "a@", "at ", "@a", "oh ", "-", "x dot ", "+0.", "w#1"])
def test_no_text_takes_long(unit: str) -> None:
    begin = time.process_time()
    screening.found_by(rules.parse(rules.DEFAULT), (unit * 10_000)[:10_000])
    assert time.process_time() - begin < 1
