"""The address in a printed code: `https://HOST/c/SHARECODE#1DIGITS`.

A phone's own camera opens it as our page. What follows the `#` never reaches a server: it is the compact
entry in decimal digits, which take the least room in a QR code. `1` is the version of the format. Without
the `#` it is the address of a share.
"""

import re
from dataclasses import dataclass

from passport.proofs import cose

from . import share_code
from .contents import DoesNotFit
from .errors import BadAddress, MalformedCredential

VERSION = "1"
MAX_HOST = 40

# Seven bytes take 17 digits; a shorter last group takes digits by its length (as in CTAP 2.2, hybrid codes).
_GROUP, _GROUP_DIGITS = 7, 17
_REST_DIGITS = (0, 3, 5, 8, 10, 13, 15)
_ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?")
_CODE = re.compile(rf"{share_code.PREFIX}[{share_code.ALPHABET}]{{{share_code.LENGTH}}}")
_PATH = "/c/"


@dataclass(frozen=True)
class Address:
    """A parsed address. `fragment` is what follows the first `#`, or None when there is none."""

    origin: str
    path: str
    fragment: str | None

    def share_code(self) -> str:
        """Return the code in the path, by its shape alone. Raises MalformedCredential for another path."""
        code = self.path.removeprefix(_PATH)
        if not self.path.startswith(_PATH) or not _CODE.fullmatch(code):
            raise MalformedCredential("the address holds no share code")
        return code

    def data(self) -> bytes:
        """Return the bytes after the `#`. Raises MalformedCredential unless version 1, in digits."""
        if self.fragment is None or not self.fragment.startswith(VERSION):
            raise MalformedCredential("the address holds no entry of version 1")
        return from_digits(self.fragment[len(VERSION) :])


def has_compact_form(origin: str) -> bool:
    """Return whether a public address is short enough for codes with an entry inside."""
    return bool(_ORIGIN.fullmatch(origin)) and len(origin.partition("://")[2]) <= MAX_HOST


def write(origin: str, code: str, data: bytes | None = None) -> str:
    """Write the address of a share, with a compact entry inside if one is given.

    Raises BadAddress for an invalid share code, and DoesNotFit for a host too long for an entry inside.
    """
    if not _CODE.fullmatch(code):
        raise BadAddress("not a share code as it is kept")
    if data is None:
        return f"{origin}{_PATH}{code}"
    if not has_compact_form(origin):
        raise DoesNotFit(
            f"the host is longer than {MAX_HOST} characters, or not written as browsers write it"
        )
    return f"{origin}{_PATH}{code}#{VERSION}{to_digits(data)}"


def parse(text: str) -> Address:
    """Parse an address. Whether it is one of our sites is decided by the registry.

    Raises BadAddress unless it has a plain host in lower case: all our codes begin like this.
    """
    whole, mark, fragment = text.partition("#")
    origin = _ORIGIN.match(whole)
    if origin is None or not whole.startswith("/", origin.end()):
        raise BadAddress("this is not a web address of the kind that we print")
    return Address(origin[0], whole[origin.end() :], fragment if mark else None)


def to_digits(data: bytes) -> str:
    """Write bytes as decimal digits: groups of seven, each a little-endian number with leading zeros."""
    groups = [data[start : start + _GROUP] for start in range(0, len(data), _GROUP)]
    return "".join(str(int.from_bytes(group, "little")).zfill(_digits(len(group))) for group in groups)


def from_digits(digits: str) -> bytes:
    """Read the bytes back. Raises MalformedCredential for what `to_digits` would not have written."""
    if len(digits) > _digits_of(cose.MAX_BYTES):
        raise MalformedCredential("too many digits")
    if digits and not (digits.isascii() and digits.isdecimal()):
        raise MalformedCredential("not digits alone")
    groups = [digits[start : start + _GROUP_DIGITS] for start in range(0, len(digits), _GROUP_DIGITS)]
    return b"".join(map(_group, groups))


def _group(digits: str) -> bytes:
    length = _GROUP if len(digits) == _GROUP_DIGITS else _rest(len(digits))
    try:
        return int(digits).to_bytes(length, "little")
    except OverflowError as error:
        raise MalformedCredential("a group of digits is too great") from error


def _rest(digits: int) -> int:
    if digits not in _REST_DIGITS:
        raise MalformedCredential("digits are missing, or there are too many")
    return _REST_DIGITS.index(digits)


def _digits(length: int) -> int:
    return _GROUP_DIGITS if length == _GROUP else _REST_DIGITS[length]


def _digits_of(length: int) -> int:
    return length // _GROUP * _GROUP_DIGITS + _REST_DIGITS[length % _GROUP]
