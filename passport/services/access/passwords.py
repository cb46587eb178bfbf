"""Password policy: long, not common, no forced change (NIST SP 800-63B-4, 3.1.1.2)."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from functools import cache
from pathlib import Path

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account
from passport.services.core import audit, mails
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.people import accounts

__all__ = ["SHORTEST", "SHORTEST_WITH_FACTOR", "change", "has_one", "problem", "shortest"]

COMMON = Path(__file__).with_name("common") / "passwords.txt"
SHORTEST = 15
SHORTEST_WITH_FACTOR = 8
# "aaaaaaaabbbbbbbb" is long, but easy to guess
FEWEST_DIFFERENT = 5
SHORTEST_OWN_WORD = 4


def shortest(has_second_factor: bool) -> int:
    """Return the minimum length of a password, in characters."""
    return SHORTEST_WITH_FACTOR if has_second_factor else SHORTEST


def problem(password: str, account: Account, has_second_factor: bool) -> Reason | None:
    """Return why a password is refused, or None for an acceptable one."""
    length = len(unicodedata.normalize("NFC", password))
    if length < shortest(has_second_factor):
        return Reason.PASSWORD_TOO_SHORT
    if len(password) > accounts.LONGEST_PASSWORD:
        return Reason.PASSWORD_TOO_LONG
    simple = "".join(character for character in password.casefold() if character.isalnum())
    if simple in common() or password.casefold() in common() or _repeats_a_common_one(simple):
        return Reason.PASSWORD_COMMON
    if len(set(password.casefold())) < FEWEST_DIFFERENT or _is_of_the_person(simple, account):
        return Reason.PASSWORD_EASY
    return None


def _repeats_a_common_one(simple: str) -> bool:
    half, odd = divmod(len(simple), 2)
    return not odd and simple[:half] == simple[half:] and simple[:half] in common()


def _is_of_the_person(simple: str, account: Account) -> bool:
    """Return whether only digits are left after removing the person's name, address and programme."""
    own = f"{account.name} {account.email or ''} {account.programme.name} skills passport".casefold()
    words = {"".join(filter(str.isalnum, word)) for word in own.replace("@", " ").replace(".", " ").split()}
    left = simple
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= SHORTEST_OWN_WORD:
            left = left.replace(word, "")
    return left != simple and (not left or left.isdigit())


def change(session: Session, account: Account, password: str, has_second_factor: bool, at: datetime) -> None:
    """Set a new password and end the links mailed to the account; the caller ends its other sign-ins.

    Raises Refused, with the reason of `problem`, for a password that is refused.
    """
    reason = problem(password, account, has_second_factor)
    if reason:
        raise Refused(reason, number=shortest(has_second_factor))
    account.password_hash = accounts.hashed(password)
    db.access.links.end(session, account.id, at)
    session.flush()
    mails.tell_way_in_changed(session, account, "password", at)
    audit.record(session, at, account.reference, "password.changed", account.reference)


def has_one(account: Account) -> bool:
    """Return whether an account has a password to sign in with."""
    return account.password_hash != db.people.accounts.NO_PASSWORD


@cache
def common() -> frozenset[str]:
    """Return the most frequent passwords of eight characters and more. Cached."""
    return frozenset(COMMON.read_text(encoding="utf-8").split("\n"))
