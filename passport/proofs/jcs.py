"""JSON Canonicalization Scheme (RFC 8785): the one text of a JSON value that `eddsa-jcs-2022` signs."""

import json
import math
from typing import Any

from .errors import NotCanonical

_MAX_INTEGER = 2**53


def canonical_json(value: Any) -> bytes:
    """Return the canonical text in UTF-8. Raises NotCanonical for numbers that readers take differently."""
    return _text(value).encode("utf-8")


def _text(value: Any) -> str:
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))  # section 3.2.3
        return "{" + ",".join(f"{_text(name)}:{_text(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return _number(value)


def _number(value: int | float) -> str:
    """Return a number as ECMAScript writes it (section 3.2.2.3)."""
    if not -_MAX_INTEGER < value < _MAX_INTEGER and isinstance(value, int):
        raise NotCanonical("a whole number that is too large to be the same for all readers")
    if value == 0:
        return "0"
    sign, digits, exponent = _shortest(float(value))
    if 0 < exponent <= 21:
        whole = digits[:exponent].ljust(exponent, "0")
        return f"{sign}{whole}.{digits[exponent:]}".rstrip(".")
    if -6 < exponent <= 0:
        return f"{sign}0.{'0' * -exponent}{digits}"
    mantissa = f"{digits[0]}.{digits[1:]}".rstrip(".")
    return f"{sign}{mantissa}e{exponent - 1:+d}"


def _shortest(value: float) -> tuple[str, str, int]:
    """Return sign, shortest digits (those of `repr` are ECMAScript's) and the place of the decimal point."""
    if not math.isfinite(value):
        raise NotCanonical("a number without end")
    mantissa, _, exponent = f"{value!r}e0".partition("e")
    exponent = exponent.removesuffix("e0") or "0"
    sign, mantissa = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    leading = len(digits) - len(digits.lstrip("0"))
    return sign, digits.strip("0"), len(whole) - leading + int(exponent)
