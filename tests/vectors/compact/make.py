"""Codes for readers of the compact entry: `python3 -m tests.vectors.compact.make` writes the files again.

vector.json     one entry, byte for byte, as the format's description prints it
cases.json      codes made by hand; where a rule is broken, the signature over it holds all the same
mutated.json    the vector with something changed at random
texts.json      names that may and may not be signed

Every code has its outcome: "accepted", "other site", "broken" (V7: its signature does not hold), "damaged"
(V8: it cannot be taken apart), "no entry of ours" (V8: its signature holds over something else), "unknown
key" (V6) or "no entry" (a share's address alone).
`python3 -m tests.vectors.compact.make 60000` prints so many more mutated codes, one JSON object a line.
The key is a hash of words and belongs to the vectors alone.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from passport.openbadges import address
from tests.vectors.compact import cases
from tests.vectors.compact.vector import CODE, KEY, ORIGIN, PAYLOAD, SHA256, SIGNATURE, URL, VECTOR

__all__ = ["CODE", "KEY", "ORIGIN", "URL", "VECTOR", "files", "mutated"]

FOLDER = Path(__file__).parent
KEPT = 500

Case = dict[str, str]


def mutated(count: int, seed: str = "mutated codes") -> Iterator[Case]:
    """Spoil the vector in so many ways; the same ones for the same seed. None of them is the vector."""
    draw = random.Random(seed)
    while count:
        text, why = draw.choice(_WAYS)(draw)
        if text == URL:
            continue
        yield {"why": why, "text": text, "outcome": _outcome(text)}
        count -= 1


def _outcome(text: str) -> str:
    """Judge without a reader, by what was changed: every byte is signed, or has one spelling."""
    if not text.startswith(f"{ORIGIN}/"):
        return "other site"
    start = f"{ORIGIN}/c/{CODE}#1"
    try:
        data = bytes.fromhex(_hex(text.removeprefix(start)))
    except (ValueError, OverflowError):
        return "damaged"
    header = _header(data) if text.startswith(start) else None
    if header is None:
        return "damaged"
    return "broken" if header.endswith(bytes.fromhex(KEY.kid)) else "unknown key"


def _header(data: bytes) -> bytes | None:
    """Return the header of a COSE_Sign1 written as ours is (RFC 9052, section 4.2), or None."""
    if data[:2] != b"\xd2\x84":
        return None
    header, rest = _byte_string(data[2:])
    payload, signature = _byte_string(rest[1:])
    whole = header is not None and payload is not None and rest[:1] == b"\xa0"
    return header if whole and signature[:2] == b"\x58\x40" and len(signature) == 66 else None


def _byte_string(data: bytes) -> tuple[bytes | None, bytes]:
    """Return a byte string and what follows it; None for a length not as short as can be."""
    kind, size = data[:1], 0
    if b"\x40" <= kind < b"\x58":
        size, start = kind[0] - 0x40, 1
    elif kind in (b"\x58", b"\x59"):
        start = 2 if kind == b"\x58" else 3
        size = int.from_bytes(data[1:start], "big")
    if not kind or size < {b"\x58": 24, b"\x59": 256}.get(kind, 0) or not b"\x40" <= kind <= b"\x59":
        return None, b""
    found = data[start : start + size]
    return (found if len(found) == size else None), data[start + size :]


def _hex(digits: str) -> str:
    """Read digits in the plainest way."""
    lengths = {17: 7, 3: 1, 5: 2, 8: 3, 10: 4, 13: 5, 15: 6}
    groups = [digits[start : start + 17] for start in range(0, len(digits), 17)]
    if not all(group.isascii() and group.isdecimal() and len(group) in lengths for group in groups):
        raise ValueError
    return "".join(int(group).to_bytes(lengths[len(group)], "little").hex() for group in groups)


def _bit(draw: random.Random) -> tuple[str, str]:
    data = bytearray(VECTOR)
    data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return _with(bytes(data)), "one bit"


def _byte(draw: random.Random) -> tuple[str, str]:
    data = bytearray(VECTOR)
    data[draw.randrange(len(data))] = draw.randrange(256)
    return _with(bytes(data)), "one byte"


def _piece(draw: random.Random) -> tuple[str, str]:
    """Cut a piece out, put one in, say one twice, or let two change places."""
    start, length = draw.randrange(len(VECTOR)), draw.randrange(1, 9)
    piece = VECTOR[start : start + length]
    before, after = VECTOR[:start], VECTOR[start + length :]
    spoilt = draw.choice(
        [
            *(before + after, before + draw.randbytes(length) + piece + after, before + piece * 2 + after),
            *(VECTOR[:start], VECTOR + draw.randbytes(length), piece + before + after),
        ]
    )
    return _with(spoilt), "a piece of the bytes"


def _digit(draw: random.Random) -> tuple[str, str]:
    """Change, lose, add or swap digits, as a scanner or a person may."""
    place = draw.randrange(URL.index("#") + 1, len(URL))
    before, digit, after = URL[:place], URL[place], URL[place + 1 :]
    other = str((int(digit) + draw.randrange(1, 10)) % 10)
    ways = [
        before + other + after,
        before + after,
        before + digit + other + after,
        before + after[:1] + digit,
    ]
    ways[3] += after[1:]
    return draw.choice([*ways, before, URL + other]), "a digit"


def _sign(draw: random.Random) -> tuple[str, str]:
    """Put some sign where a digit stands, or somewhere in the host, or before the version."""
    ends = [(0, URL.index("/c/") + 3), (URL.index("#"), len(URL))]
    place = draw.randrange(*draw.choice(ends))
    sign = draw.choice("0123456789 +-_.,:;/\\?#%@aA\u0661\uff11\u00b2\u200b\n\x00")
    return URL[:place] + sign + URL[place + 1 :], "a sign"


_WAYS: list[Callable[[random.Random], tuple[str, str]]] = [_bit, _byte, _piece, _digit, _digit, _sign]


def _with(data: bytes) -> str:
    return address.write(ORIGIN, CODE, data)


def vector() -> dict[str, Any]:
    """The worked example."""
    return {
        "publicKey": KEY.public_key.hex(),
        "kid": KEY.kid,
        "payload": PAYLOAD.hex(),
        "signature": SIGNATURE.hex(),
        "bytes": VECTOR.hex(),
        "sha256": SHA256,
        "url": URL,
    }


def files() -> dict[str, bytes]:
    """Every file by its name."""
    known = {"origins": [ORIGIN], "keys": {KEY.kid: KEY.public_key.hex()}}
    return {
        "vector.json": _json(vector()),
        "cases.json": _json({**known, "codes": cases.codes()}),
        "mutated.json": _json({**known, "codes": list(mutated(KEPT))}),
        "texts.json": _json(cases.texts()),
    }


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1) + "\n").encode("ascii")


def main(arguments: list[str]) -> None:
    """Write every file, or print so many mutated codes."""
    if arguments:
        for case in mutated(int(arguments[0])):
            sys.stdout.write(json.dumps(case) + "\n")
        return
    for name, content in files().items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1:])
