"""base58btc, all digits at once, against digits that are worked out one by one."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from passport.proofs import multibase
from passport.proofs.multibase import base58_multibase, from_base58_multibase

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
LONGEST = 92


def digit_by_digit(data: bytes) -> str:
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


@given(st.binary(max_size=LONGEST))
@example(b"")
@example(bytes(64))
@example(b"\xff" * 64)
@example(b"\xff" * LONGEST)
def test_there_and_back(data: bytes) -> None:
    text = base58_multibase(data)
    assert text == digit_by_digit(data)
    assert from_base58_multibase(text) == data


@pytest.mark.parametrize("digits", [1, 2, 4, 5, 8, 16, 31, 32, 33, 64, 88, 96, 125])
def test_around_each_power_of_the_base(digits: int) -> None:
    for many in (58**digits * factor for factor in (1, 2, 57)):
        for number in (many - 1, many, many + 1):
            data = _bytes(number)
            if len(data) <= LONGEST:
                assert base58_multibase(data) == digit_by_digit(data)


def test_long_ones_are_refused_and_not_written_wrongly() -> None:
    with pytest.raises(ValueError, match=r"^too long for a short base58btc multibase value$"):
        base58_multibase(bytes(LONGEST + 1))


@pytest.mark.parametrize("digits", [1, 2, 4, 8, 16])
@given(data=st.data())
def test_a_field_is_halved_exactly(digits: int, data: st.DataObject) -> None:
    base = 58**digits
    factor, shift, mask, onward = multibase._halving(digits)
    field = data.draw(st.integers(0, base * base - 1) | st.sampled_from([base - 1, base, base * base - 1]))
    width = 2 * 16 * digits
    fields = sum(field << width * place for place in range(4))
    upper = fields * factor >> shift & mask
    assert upper == sum(field // base << width * place for place in range(4))
    assert fields + upper * onward == sum(
        (field // base << width // 2) + field % base << width * place for place in range(4)
    )
    assert mask.bit_length() <= 16 * 128
