"""What may be signed: names of people from everywhere, and nothing that could not be seen or said again."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.openbadges import endorsement, signed_texts
from passport.openbadges.errors import BadText
from tests.world import an_entry, endorsement_of


@pytest.mark.parametrize(
    "name",
    [
        "Amara Demoson",
        "Zoë Ó Sé-O'Brien",
        "Nguyễn Thị Ánh",
        "محمد‌رضا",
        "ਗੁਰਪ੍ਰੀਤ ਕੌਰ",
        "क्‍ष",
        "陈小明",
        "Łukasz <script>alert(1)</script>",
        "\U0001f98a Fox",
        "Saint Mary’s “Upper” School",
        "J",
    ],
)
def test_names_from_everywhere_are_taken(name: str) -> None:
    signed_texts.check(name)
    signed_texts.check_quotable(name)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "write something"),
        (" \t", "write something"),
        (" Amara", "space"),
        ("Amara\u00a0", "space"),
        ("Zoe\u0308", "letter and an accent"),
        ("Am\u200bara", "invisible"),
        ("Am\u200cara", "invisible"),
        ("\u200dAmara", "invisible"),
        ("محمد\u200c", "invisible"),
        ("\u200cمحمد", "invisible"),
        ("A\u202eara", "invisible"),
        ("A\u2066b\u2069", "invisible"),
        ("A\u200f", "invisible"),
        ("Amara\x00", "invisible"),
        ("Ama\nra", "invisible"),
        ("Ama\u2028ra", "invisible"),
        ("Ama\u00adra", "invisible"),
        ("Ama\u3164ra", "invisible"),
        ("Ama\ufe0fra", "invisible"),
        ("Ama\U000e0041ra", "invisible"),
        ("Ama\ufeffra", "invisible"),
        ("Ama\uffffra", "invisible"),
        ("Ama\ue000ra", "invisible"),
        ("Ama\ud800ra", "invisible"),
    ],
)
def test_a_text_that_cannot_be_seen_as_it_is_signed_is_refused_with_what_to_do(
    text: str, advice: str
) -> None:
    with pytest.raises(BadText, match=advice):
        signed_texts.check(text)


@pytest.mark.parametrize("text", ["Fitter” (“Turner", "Fitter”) saw it", "Skill” at the level “On my own"])
def test_a_text_that_reads_like_the_endorsements_own_sentence_is_refused(text: str) -> None:
    signed_texts.check(text)
    with pytest.raises(BadText, match="take out the signs"):
        signed_texts.check_quotable(text)


PIECES = st.sampled_from(
    ["“", "”", " (", ")", " ", "saw it", " and endorses ", " at the level ", "On my own", "."]
)


@given(st.lists(st.one_of(PIECES, st.characters()), max_size=12).map("".join))
def test_whatever_is_taken_can_be_endorsed_and_read_again(text: str) -> None:
    said = endorsement_of(an_entry())
    try:
        signed_texts.check_quotable(text)
    except BadText:
        return
    for value in (
        replace(said, champion_name=text),
        replace(said, champion_role=text),
        replace(said, skill=text),
        replace(said, champion_name=text, champion_role=text, skill=text),
    ):
        assert endorsement.read(endorsement.build(value)) == value
    assert unicodedata.is_normalized("NFC", text)
    assert not any(unicodedata.bidirectional(sign) in {"RLO", "LRO", "RLE", "LRE", "PDF"} for sign in text)
