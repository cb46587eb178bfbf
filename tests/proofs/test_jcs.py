"""The canonical JSON of RFC 8785, with its own examples."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.proofs.errors import NotCanonical
from passport.proofs.jcs import canonical_json

# RFC 8785, appendix B
NUMBERS = [
    (0.0, "0"),
    (-0.0, "0"),
    (5e-324, "5e-324"),
    (-5e-324, "-5e-324"),
    (1.7976931348623157e308, "1.7976931348623157e+308"),
    (295147905179352830000.0, "295147905179352830000"),
    (9.999999999999997e22, "9.999999999999997e+22"),
    (1e23, "1e+23"),
    (1.0000000000000001e23, "1.0000000000000001e+23"),
    (999999999999999700000.0, "999999999999999700000"),
    (1e21, "1e+21"),
    (9.999999999999997e-7, "9.999999999999997e-7"),
    (0.000001, "0.000001"),
    (333333333.3333332, "333333333.3333332"),
    (-0.0000033333333333333333, "-0.0000033333333333333333"),
    (1424953923781206.2, "1424953923781206.2"),
    (10, "10"),
    (-(2**53) + 1, "-9007199254740991"),
    (1.0, "1"),
]


@pytest.mark.parametrize(("number", "text"), NUMBERS, ids=[text for _, text in NUMBERS])
def test_numbers(number: float, text: str) -> None:
    assert canonical_json(number) == text.encode()


def test_the_example_of_the_standard() -> None:
    """Sections 3.2.2 and 3.2.3: members in the order of UTF-16, and every escape."""
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '€$\x0f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    assert canonical_json(value).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "ö"]
    written = json.loads(canonical_json(dict.fromkeys(names)), object_pairs_hook=list)
    assert [name for name, _ in written] == ["\r", "1", "\x80", "ö", "\u20ac", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize("value", [2**53, -(2**53), 10**30, float("inf"), float("nan")])
def test_numbers_that_readers_take_differently_are_refused(value: float) -> None:
    with pytest.raises(NotCanonical):
        canonical_json([value])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back(number: float) -> None:
    assert float(canonical_json(number)) == number


@given(
    st.recursive(st.none() | st.booleans() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
)
def test_a_value_reads_back(value: Any) -> None:
    try:
        assert json.loads(canonical_json(value)) == value
    except UnicodeEncodeError:
        assert "\\ud" in json.dumps(value)  # a lone surrogate, which the reader of JSON refuses before
