"""Status lists: which entries have been withdrawn (Bitstring Status List 1.0).

One bit for each entry; index 0 is the left-most bit of the first byte. Checkers fetch the whole list, so
that no one learns which entry was checked.
"""

import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from passport.proofs import keys

from .errors import MalformedCredential, MalformedStatusList
from .terms import CREDENTIALS_V2, Document, read_timestamp, reading, refuse_other, text, timestamp

POSITIONS = 131_072
TTL = timedelta(minutes=15)
VALIDITY = timedelta(days=7)
MAX_INFLATED = 1024 * 1024

_PURPOSES = frozenset({"revocation", "suspension", "refresh"})


@dataclass(frozen=True)
class StatusList:
    """What a list says, and when it was made."""

    url: str
    issuer: str
    purpose: str
    valid_from: datetime
    valid_until: datetime | None
    ttl: timedelta
    bits: bytes

    def bit(self, index: int) -> bool:
        """Return whether the bit of an entry is set. Raises MalformedStatusList for an index outside."""
        return bit(self.bits, index)


def bit(bits: bytes, index: int) -> bool:
    """Return whether the bit of an entry is set. Raises MalformedStatusList for an index outside."""
    if not 0 <= index < len(bits) * 8:
        raise MalformedStatusList("the list has no such place")
    return bool(bits[index // 8] & (0x80 >> index % 8))


def build(
    list_url: str,
    issuer: str,
    purpose: str,
    set_bits: Iterable[int],
    valid_from: datetime,
    *,
    ttl: timedelta = TTL,
    validity: timedelta | None = VALIDITY,
) -> Document:
    """Write the list as a BitstringStatusListCredential, unsigned. `issuer` is the programme's DID.

    The last list of a programme that closes has no end: `validity` is None.
    """
    end = {} if validity is None else {"validUntil": timestamp(valid_from + validity)}
    return {
        "@context": [CREDENTIALS_V2],
        "id": list_url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": timestamp(valid_from),
        **end,
        "credentialSubject": {
            "id": f"{list_url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "ttl": ttl // timedelta(milliseconds=1),
            "encodedList": _encode(set_bits),
        },
    }


def read(document: Document) -> StatusList:
    """Read a list that `build` wrote, with or without a proof; the proof itself is not checked here.

    Raises MalformedStatusList for any other document, and for a list that unpacks to more than 1 MiB.
    """
    try:
        with reading("a status list"):
            return _read(document)
    except MalformedCredential as error:
        raise MalformedStatusList(str(error)) from error


def read_bits(document: Document, purpose: str) -> bytes:
    """Read the bits of another issuer's list, whose shape may differ from ours (section 2.2).

    Raises MalformedStatusList when it is no list of this purpose.
    """
    subject = document.get("credentialSubject")
    if not isinstance(subject, dict) or subject.get("type") != "BitstringStatusList":
        raise MalformedStatusList("this is no status list")
    if subject.get("statusPurpose") != purpose or not isinstance(subject.get("encodedList"), str):
        raise MalformedStatusList("the list is about something else, or empty")
    try:
        return _decode(subject["encodedList"])
    except ValueError as error:
        raise MalformedStatusList("the list is not written in base64url") from error


def _read(document: Document) -> StatusList:
    subject = document["credentialSubject"]
    status = StatusList(
        url=text(document["id"]),
        issuer=text(document["issuer"]),
        purpose=text(subject["statusPurpose"]),
        valid_from=read_timestamp(document["validFrom"]),
        valid_until=read_timestamp(document["validUntil"]) if "validUntil" in document else None,
        ttl=timedelta(milliseconds=_whole(subject["ttl"])),
        bits=_decode(text(subject["encodedList"])),
    )
    if status.purpose not in _PURPOSES:
        raise MalformedStatusList("the list has a purpose that we do not know")
    ours = build(
        status.url,
        status.issuer,
        status.purpose,
        (),
        status.valid_from,
        ttl=status.ttl,
        validity=status.valid_until - status.valid_from if status.valid_until else None,
    )
    ours["credentialSubject"]["encodedList"] = subject["encodedList"]
    refuse_other(document, ours, "a status list")
    return status


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("not a whole number")
    return value


def _encode(set_bits: Iterable[int]) -> str:
    """Pack the bits: GZIP, then base64url with the multibase prefix `u` (section 3.3)."""
    bits = bytearray(POSITIONS // 8)
    for index in set_bits:
        if not 0 <= index < POSITIONS:
            raise MalformedStatusList(f"there is no place {index} in a list")
        bits[index // 8] |= 0x80 >> index % 8
    return "u" + keys.base64url(gzip.compress(bytes(bits), mtime=0))


def _decode(encoded: str) -> bytes:
    """Unpack the bits, at most 1 MiB of them (section 3.4)."""
    if not encoded.startswith("u"):
        raise MalformedStatusList("the list is not written in base64url")
    unpacking = zlib.decompressobj(wbits=31)
    try:
        bits = unpacking.decompress(keys.from_base64url(encoded[1:]), MAX_INFLATED)
    except zlib.error as error:
        raise MalformedStatusList("the list cannot be unpacked") from error
    if not unpacking.eof or unpacking.unused_data or len(bits) * 8 < POSITIONS:
        raise MalformedStatusList("the list is too short, too long or cut off")
    return bits
