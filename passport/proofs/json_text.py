"""JSON from outside: read once, strictly, within bounds.

Two readers must never see two different documents in one text, so everything that readers are known to
disagree about is refused: duplicate names, NaN and Infinity, lone surrogates, bytes that are not UTF-8
(RFC 8259, I-JSON of RFC 7493).
"""

import json
import math
import re
from typing import Any, NoReturn

from .errors import NotJson

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
MAX_DIGITS = 400


def read(data: bytes, *, max_bytes: int = MAX_BYTES) -> Any:
    """Return the value of the bytes. Raises NotJson for anything unusual."""
    if len(data) > max_bytes:
        raise NotJson(f"longer than {max_bytes} bytes")
    try:
        text = data.decode("utf-8")
        value = _DECODER.decode(text)
        if _SURROGATE.search(text):  # only an escape can bring in a lone surrogate, which has no UTF-8
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except NotJson:
        raise
    except (ValueError, RecursionError) as error:
        raise NotJson("not JSON in UTF-8") from error
    _refuse_depth(value)
    return value


def read_from(text: str, start: int) -> tuple[Any, int]:
    """Return the value that begins at a place in a text, read strictly, and where it ends. Raises NotJson."""
    try:
        end = _DECODER.raw_decode(text, start)[1]
    except NotJson:
        raise
    except (ValueError, RecursionError) as error:
        raise NotJson("not JSON") from error
    return read(text[start:end].encode("utf-8", "surrogatepass")), end


def read_object(data: bytes, *, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """Return the object of the bytes. Raises NotJson, also for a value that is no object."""
    value = read(data, max_bytes=max_bytes)
    if not isinstance(value, dict):
        raise NotJson("not a JSON object")
    return value


def write(value: Any) -> bytes:
    """Write a value in one fixed way: sorted names, no spaces, UTF-8."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode("utf-8")


def _refuse_depth(value: Any) -> None:
    """Refuse deep nesting, level by level: beyond Python's own limit parsing has failed already."""
    level = [value] if type(value) in _HOLDERS else []
    for _ in range(MAX_DEPTH):
        level = [
            member
            for holder in level
            for member in (holder.values() if type(holder) is dict else holder)
            if type(member) in _HOLDERS
        ]
        if not level:
            return
    raise NotJson(f"deeper than {MAX_DEPTH} levels")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotJson("a name stands twice in one object")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise NotJson(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotJson("a number without end")
    return number


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise NotJson("a number with too many digits")
    return int(text)


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_HOLDERS = frozenset({dict, list})
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_integer
)
