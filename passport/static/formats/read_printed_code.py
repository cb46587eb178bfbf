"""Read a printed code of Skills Passport: python3 read_printed_code.py TEXT ORIGIN KID=PUBLICKEY ...

Keys in hexadecimal. Needs cbor2 and cryptography. It takes steps 1 to 5 of the description, but for the rule
of signs in texts. The registry and the status lists, which say what became of key, share and entry, are not
fetched: `is_over` and `is_set` are the two rules for them.
"""

import base64
import gzip
import re
import sys
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

BYTES = {17: 7, 15: 6, 13: 5, 10: 4, 8: 3, 5: 2, 3: 1}  # of a group of so many digits
TEXTS = {1: 64, 2: 64, 4: 96, 6: 48, 7: 48, 8: 64}
NUMBERS = {3: [(1, 2**32 - 1)] * 3, 10: [(0, 65_535), (0, 65_535), (1, 1200)]}
NUMBERS |= {5: [(1, 4)], 9: [(1, 13)], 11: [(1, 2**32 - 1), (0, 131_071), (0, 131_071)]}


def read(text: str, origins: set[str], keys: dict[str, bytes]) -> Any:
    """Return the claims of a code of these sites that one of these keys signed, or raise ValueError."""
    address = re.fullmatch(r"(https?://[^/]+)/c/SP[23456789BCDFGHJKMNPQRSTVWXZ]{12}#1([0-9]{1,1360})", text)
    if address is None or address[1] not in origins:
        raise ValueError("no printed code of these sites")
    groups = re.findall(r"[0-9]{1,17}", address[2])
    require(
        all(len(group) in BYTES and int(group) < 256 ** BYTES[len(group)] for group in groups), "odd digits"
    )
    data = b"".join(int(group).to_bytes(BYTES[len(group)], "little") for group in groups)
    require(data[:2] == b"\xd2\x84" and len(data) <= 560, "no COSE_Sign1")
    message = decode(data[1:])
    require(
        [type(part) for part in message] == [bytes, dict, bytes, bytes] and not message[1], "no COSE_Sign1"
    )
    protected, _unprotected, payload, signature = message
    kid = protected[-4:]
    require(protected == cbor2.dumps({1: -19, 4: kid}, canonical=True), "another algorithm, or no kid")
    require(kid.hex() in keys, "a key that is not known here")
    signed = cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)
    try:
        Ed25519PublicKey.from_public_bytes(keys[kid.hex()]).verify(signature, signed)
    except InvalidSignature as error:
        raise ValueError("the signature does not hold") from error
    return checked(decode(payload))


def decode(data: bytes) -> Any:
    """Decode CBOR in its one deterministic spelling."""
    try:
        value = cbor2.loads(data, max_depth=8)
        same = cbor2.dumps(value, canonical=True) == data
    except Exception as error:
        raise ValueError("no CBOR") from error
    require(same, "no deterministic CBOR")
    return value


def checked(claims: Any) -> Any:
    """Check the members and their limits."""
    require(isinstance(claims, dict) and list(claims) == [4, 6, -65537], "other claims")
    entry = claims[-65537]
    require(isinstance(entry, dict) and list(entry) == list(range(1, 12)), "other members")
    require(
        all(type(claims[key]) is int and claims[key] in range(0, 2**32, 86_400) for key in (4, 6)), "no days"
    )
    for key, limit in TEXTS.items():
        said = entry[key]
        require(type(said) is str and 0 < len(said.encode()) <= limit and said == said.strip(), f"text {key}")
        require(unicodedata.is_normalized("NFC", said), f"text {key}")
    for key, limits in NUMBERS.items():
        said = entry[key] if len(limits) > 1 else [entry[key]]
        require(isinstance(said, list) and len(said) == len(limits), f"numbers {key}")
        for number, (low, high) in zip(said, limits, strict=True):
            require(type(number) is int and low <= number <= high, f"numbers {key}")
    require(entry[9] % 10 in (1, 2, 3), "no basis")
    return claims


def is_over(day: date, at: datetime, zone: str | None) -> bool:
    """Return whether a day is over in the programme's zone; without one, everywhere on Earth."""
    where = ZoneInfo(zone) if zone else timezone(timedelta(hours=-12))
    return at >= datetime.combine(day + timedelta(days=1), time(), where).astimezone(UTC)


def is_set(encoded_list: str, index: int) -> bool:
    """Return a bit of a status list: index 0 is the left-most bit of the first byte."""
    bits = gzip.decompress(base64.urlsafe_b64decode(encoded_list[1:] + "=="))
    return bool(bits[index // 8] & 0x80 >> index % 8)


def require(is_so: bool, otherwise: str) -> None:
    """Raise ValueError unless it is so."""
    if not is_so:
        raise ValueError(otherwise)


if __name__ == "__main__":
    given = dict(pair.split("=") for pair in sys.argv[3:])
    said = read(sys.argv[1], {sys.argv[2]}, {kid: bytes.fromhex(key) for kid, key in given.items()})
    sys.stdout.write(f"{said}\n")
