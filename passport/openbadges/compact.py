"""The compact entry, version 1: an entry in so few bytes that a printed code holds it, signature included.

A CBOR Web Token (RFC 8392) in a COSE_Sign1. Its claims are the end of a share (`exp`), the day on which the
share was made (`iat`), and a map of eleven numbered values. Each share of an entry has bytes of its own: two
of them share only what is printed in words, and the entry's place in the status list.

The values and their limits are in `contents`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from passport.proofs import cose
from passport.proofs.errors import BadProof

from .contents import (
    DAY,
    EPOCH,
    MAX_DAYS,
    MAX_NUMBER,
    MAX_SECONDS,
    Contents,
    DoesNotFit,
    check,
    days_since_1970,
)
from .errors import MalformedCredential
from .terms import LEVELS, Basis, reading

if TYPE_CHECKING:
    from passport.proofs.signing import Signer

_EXP, _IAT, _ENTRY = 4, 6, -65_537
_KEYS = list(range(1, 12))
_CONFIRMED = 10  # added to the basis if a school or college confirmed it


@dataclass(frozen=True)
class Compact:
    """A parsed compact entry. `contents` is unverified until `message.verify` has passed."""

    contents: Contents
    message: cose.Message


def write(contents: Contents, signer: "Signer") -> bytes:
    """Sign the compact form of an entry with the programme's issuing key. Raises DoesNotFit."""
    return sign(payload(contents), signer)


def payload(contents: Contents) -> bytes:
    """Return the bytes that will be signed. Raises DoesNotFit."""
    check(contents)
    return cose.encode(_claims(contents))


def sign(claims: bytes, signer: "Signer") -> bytes:
    """Sign the result of `payload`; deterministic for the same bytes and key."""
    return cose.sign(claims, signer)


def read(data: bytes) -> Compact:
    """Read a compact entry; its signature is not checked here.

    Raises MalformedCredential for anything that `write` would not have written, byte for byte.
    """
    message = envelope(data)
    if not message.has_our_header:
        raise MalformedCredential("the header is not that of an Ed25519 signature")
    return Compact(said(message), message)


def envelope(data: bytes) -> cose.Message:
    """Take a compact entry apart, whatever it says. Raises MalformedCredential for what is none."""
    try:
        return cose.read(data)
    except BadProof as error:
        raise MalformedCredential(str(error)) from error


def said(message: cose.Message) -> Contents:
    """Return what a compact entry says. Raises MalformedCredential for other bytes than `write` makes."""
    try:
        claims = cose.decode(message.payload)
    except BadProof as error:
        raise MalformedCredential(str(error)) from error
    with reading("a compact entry"):
        contents = _contents(claims)
    try:
        check(contents)
    except DoesNotFit as error:
        raise MalformedCredential(str(error)) from error
    return contents


def _claims(contents: Contents) -> dict[int, Any]:
    return {
        _EXP: days_since_1970(contents.share_ends) * DAY,
        _IAT: days_since_1970(contents.share_made) * DAY,
        _ENTRY: {
            1: contents.holder_name,
            2: contents.school,
            3: [contents.framework, contents.framework_version, contents.skill_number],
            4: contents.skill,
            5: contents.level,
            6: contents.champion_name,
            7: contents.champion_role,
            8: contents.employer,
            9: contents.basis + _CONFIRMED * contents.confirmed,
            10: [
                days_since_1970(contents.endorsed_on),
                (contents.issued_on - contents.endorsed_on).days,
                contents.review_months,
            ],
            11: [contents.list_number, contents.index, contents.share_index],
        },
    }


def _contents(claims: Any) -> Contents:
    """Pick out the values. Raises TypeError or ValueError; `check` checks the limits."""
    share_ends, share_made, entry = _values(claims, [_EXP, _IAT, _ENTRY])
    holder, school, place, skill, level, name, role, employer, basis, days, positions = _values(entry, _KEYS)
    framework, version, number = _three(place)
    endorsed, until_issued, review_months = _three(days)
    list_number, index, share_index = _three(positions)
    confirmed, plain_basis = divmod(_whole(basis, 2 * _CONFIRMED - 1), _CONFIRMED)
    endorsed_on = EPOCH + timedelta(_whole(endorsed, MAX_DAYS))
    return Contents(
        holder_name=holder,
        school=school,
        framework=framework,
        framework_version=version,
        skill_number=number,
        skill=skill,
        level=_whole(level, len(LEVELS)),
        champion_name=name,
        champion_role=role,
        employer=employer,
        basis=Basis(plain_basis),
        confirmed=bool(confirmed),
        endorsed_on=endorsed_on,
        issued_on=endorsed_on + timedelta(_whole(until_issued, MAX_DAYS)),
        review_months=review_months,
        list_number=list_number,
        index=index,
        share_index=share_index,
        share_made=_day_of(share_made),
        share_ends=_day_of(share_ends),
    )


def _values(members: Any, keys: list[int]) -> list[Any]:
    """Return the values of a map with exactly these keys; true is not 1 here, nor is 1.0."""
    if not isinstance(members, dict) or list(members) != keys or any(type(key) is not int for key in members):
        raise ValueError("other keys than ours")
    return list(members.values())


def _three(numbers: Any) -> list[int]:
    if type(numbers) is not list or len(numbers) != 3:
        raise TypeError("not three numbers")
    return [_whole(number, MAX_NUMBER) for number in numbers]


def _whole(number: Any, greatest: int) -> int:
    if type(number) is not int or not 0 <= number <= greatest:
        raise ValueError("not a whole number within its limits")
    return number


def _day_of(seconds: Any) -> date:
    days, rest = divmod(_whole(seconds, MAX_SECONDS), DAY)
    if rest:
        raise ValueError("not a whole day")
    return EPOCH + timedelta(days)
