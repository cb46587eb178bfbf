"""base58btc in multibase (Controlled Identifiers 1.0, 2.4): the written form of keys and signatures.

All digits are computed at once: a long integer holds them side by side in fields of equal width, and each
step turns every field of two into two of one, or back.
"""

_ALPHABET = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_SIGNS = _ALPHABET.ljust(256, b"\0")
_NO_DIGIT = 255
_DIGITS = bytes(_ALPHABET.find(sign) % 256 for sign in range(256))
# The longest text with its prefix, and bytes that always fit into one.
_MAX_TEXT, _MAX_BYTES = 128, 92
# Digits that are divided off at once before fields are, and the bits of a field with so many.
_WORD, _FIELD = 58**32, 16 * 32


def _all_fields(value: int, width: int) -> int:
    """Return an integer with the same value in each field of 128 digits."""
    return sum(value << start for start in range(0, 16 * _MAX_TEXT, width))


def _halving(digits: int) -> tuple[int, int, int, int]:
    """Prepare a step that halves fields of twice so many digits, by one multiplication for all of them.

    A field is at most 58**(2 * digits) - 1. Its upper digits are field * factor >> shift, exactly; what is
    carried into the next field's bits is masked. `onward` moves them from the lower half to the upper.
    """
    base, width = 58**digits, 2 * 16 * digits
    shift = (base * base).bit_length() + base.bit_length()
    mask = _all_fields((1 << base.bit_length()) - 1, width)
    return -(-(1 << shift) // base), shift, mask, (1 << width // 2) - base


_HALVINGS = [_halving(digits) for digits in (16, 8, 4, 2, 1)]
# For the way back: the width of a digit in bits, its base, and the mask of every second digit of 128.
_PAIRINGS = [
    (
        8 << step,
        58 ** (1 << step),
        sum((1 << (8 << step)) - 1 << start for start in range(0, 1024, 16 << step)),
    )
    for step in range(7)
]


def base58_multibase(data: bytes) -> str:
    """Encode bytes in base58btc with the multibase prefix `z`. Raises ValueError for long ones."""
    if len(data) > _MAX_BYTES:
        raise ValueError("too long for a short base58btc multibase value")
    number, fields, width = int.from_bytes(data, "big"), 0, 0
    while number:
        number, word = divmod(number, _WORD)
        fields |= word << width
        width += _FIELD
    for factor, shift, mask, onward in _HALVINGS:
        fields += (fields * factor >> shift & mask) * onward
    digits = fields.to_bytes(width // 8, "big")[1::2]
    text = digits.translate(_SIGNS).decode("ascii").lstrip("1")
    zeros = len(data) - len(data.lstrip(b"\0"))
    return f"z{zeros * '1'}{text}"


def from_base58_multibase(text: str) -> bytes:
    """Decode base58btc with its prefix `z`. Raises ValueError for anything else, and for long texts."""
    if not text.startswith("z") or len(text) > _MAX_TEXT:
        raise ValueError("not a short base58btc multibase value")
    digits = text[1:].encode("utf-8").translate(_DIGITS)
    if _NO_DIGIT in digits:
        raise ValueError("not a base58btc multibase value")
    number = int.from_bytes(digits, "big")
    for bits, base, low in _PAIRINGS:  # digits in twos, then in fours, … up to all of them
        number = (number & low) + base * (number >> bits & low)
    zeros = len(text[1:]) - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
