import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.openbadges import share_code
from passport.openbadges.errors import BadCode
from passport.openbadges.share_code import ALPHABET

VECTORS = ["SP-4F7K-9QXM-2TW9", "SP-2222-2222-2222", "SP-ZX9B-CD34-56KK"]
CODES = st.text(ALPHABET, min_size=11, max_size=11).map(
    lambda drawn: f"SP{drawn}{share_code._check_character(drawn)}"
)


def test_the_alphabet() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 27
    assert list(ALPHABET) == sorted(ALPHABET)


@pytest.mark.parametrize("vector", VECTORS)
def test_vectors(vector: str) -> None:
    code = share_code.parse(vector)
    assert code == vector.replace("-", "")
    assert share_code.pretty(code) == vector


def test_new_codes_are_codes_and_differ() -> None:
    codes = {share_code.new() for _ in range(200)}
    assert len(codes) == 200
    assert all(share_code.parse(code) == code for code in codes)


@pytest.mark.parametrize(
    "typed",
    [
        "SP4F7K9QXM2TW9",
        "sp-4f7k-9qxm-2tw9",
        " SP 4F7K 9QXM 2TW9 ",
        "4F7K-9QXM-2TW9",
        "4f7k9qxm2tw9",
        "SP\u20114F7K\u20129QXM\u20132TW9",
        "SP\u20144F7K\u22129QXM\ufe632TW9",
        "SP\u00a04F7K\u20099QXM\u00ad2TW9\r\n",
        "\u200bSP-4F7K-9QXM-2TW9\ufeff",
        "S-P4-F7-K9-QX-M2-TW-9",
        "\tsP-4f7K-9qXm-2Tw9",
    ],
)
def test_a_code_may_be_typed_in_many_ways(typed: str) -> None:
    assert share_code.parse(typed) == "SP4F7K9QXM2TW9"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "SP",
        "-",
        "SP-4F7K-9QXM-2TW",
        "SP-4F7K-9QXM-2TW99",
        "SPSP4F7K9QXM2TW9",
        "XX4F7K9QXM2TW9",
        "SP-4F7K-9QXM-2TWA",
        "SP-4F7K-9QXM-2TW1",
        "SP-4F7K_9QXM-2TW9",
        "ＳＰ4F7K9QXM2TW9",
        "<script>alert(1)</script>",
        "4" * 1000,
        "-" * 100_000,
    ],
)
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(BadCode):
        share_code.parse(typed)


@given(CODES, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_shows(code: str, place: int, sign: str) -> None:
    place += 2
    wrong = code[:place] + sign + code[place + 1 :]
    if wrong != code:
        with pytest.raises(BadCode):
            share_code.parse(wrong)


@given(CODES, st.integers(0, 10))
def test_every_swap_of_neighbours_shows(code: str, place: int) -> None:
    place += 2
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(BadCode):
            share_code.parse(swapped)


def test_every_check_character_is_used() -> None:
    pairs = itertools.product(ALPHABET, repeat=2)
    assert {share_code._check_character("2" * 9 + a + b) for a, b in pairs} == set(ALPHABET)


@given(st.text(max_size=80))
def test_any_text_is_a_code_or_refused(typed: str) -> None:
    try:
        code = share_code.parse(typed)
    except BadCode:
        return
    assert share_code.parse(code) == code
