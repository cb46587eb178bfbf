"""Addresses in printed codes: digits and bytes, hosts, and whatever a camera may read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passport.openbadges import address
from passport.openbadges.contents import DoesNotFit
from passport.openbadges.errors import BadAddress, MalformedCredential

ORIGIN, CODE = "https://passport.example", "SP4F7K9QXM2TW9"


@given(st.binary(max_size=560))
def test_digits_say_bytes_and_say_them_in_one_way(data: bytes) -> None:
    digits = address.to_digits(data)
    assert digits.isascii()
    assert address.from_digits(digits) == data


@pytest.mark.parametrize(
    ("length", "digits"),
    [(0, 0), (1, 3), (2, 5), (3, 8), (4, 10), (5, 13), (6, 15), (7, 17), (8, 20), (560, 1360)],
)
def test_how_many_digits_bytes_take(length: int, digits: int) -> None:
    for data in (bytes(length), b"\xff" * length):
        assert len(address.to_digits(data)) == digits
        assert address.from_digits(address.to_digits(data)) == data


def test_the_first_byte_counts_least() -> None:
    assert address.to_digits(b"\x01\x02") == "00513"
    assert address.to_digits(b"\x01" + bytes(6)) == "00000000000000001"


@given(st.text("0123456789", max_size=60))
def test_any_digits_are_the_one_spelling_or_refused(digits: str) -> None:
    try:
        data = address.from_digits(digits)
    except MalformedCredential:
        return
    assert address.to_digits(data) == digits


@pytest.mark.parametrize(
    "digits", ["256", "65536", "9" * 17, "9" * 15, "00", "1_0", "+10", " 10", "１２３", "١٢٣", "²00"]
)
def test_other_digits_are_refused(digits: str) -> None:
    with pytest.raises(MalformedCredential):
        address.from_digits(digits)


def test_digits_for_more_bytes_than_are_read_are_refused_by_their_length() -> None:
    assert len(address.from_digits("0" * 1360)) == 560
    with pytest.raises(MalformedCredential, match="too many"):
        address.from_digits("x" * 1361)


@pytest.mark.parametrize("origin", [ORIGIN, "http://localhost:8000", "https://" + "h" * 35 + ".test"])
def test_write_and_parse(origin: str) -> None:
    assert address.has_compact_form(origin)
    text = address.write(origin, CODE, b"\x07")
    assert text == f"{origin}/c/{CODE}#1007"
    parsed = address.parse(text)
    assert (parsed.origin, parsed.share_code(), parsed.data()) == (origin, CODE, b"\x07")
    alone = address.parse(address.write(origin, CODE))
    assert (alone.origin, alone.share_code(), alone.fragment) == (origin, CODE, None)
    with pytest.raises(MalformedCredential, match="no entry"):
        alone.data()


@pytest.mark.parametrize(
    "origin", ["https://" + "h" * 41, "https://" + "h" * 36 + ":8000", "https://Passport.example"]
)
def test_a_long_host_has_no_compact_form_but_share_codes(origin: str) -> None:
    assert not address.has_compact_form(origin)
    assert address.write(origin, CODE) == f"{origin}/c/{CODE}"
    with pytest.raises(DoesNotFit, match="host"):
        address.write(origin, CODE, b"\x07")


def test_a_code_with_hyphens_is_not_written() -> None:
    with pytest.raises(BadAddress):
        address.write(ORIGIN, "SP-4F7K-9QXM-2TW9", b"")


@given(st.text(max_size=80) | st.text(max_size=60).map(lambda tail: f"{ORIGIN}/c/{CODE}#1{tail}"))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        parsed = address.parse(text)
    except BadAddress:
        return
    whole = parsed.origin + parsed.path + ("" if parsed.fragment is None else f"#{parsed.fragment}")
    assert whole == text
    try:
        assert address.write(parsed.origin, parsed.share_code(), parsed.data()) == text
    except MalformedCredential:
        return
