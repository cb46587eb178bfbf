"""What people type or paste where a code is asked for: the code as they found it, or an address."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import SplitResult, urlsplit

from passport.openbadges.share_code import ALPHABET, LENGTH, PREFIX

LABEL = re.compile(r"^\s*(?:[a-z]+ )*code\s*(?:is\s*)?[:=]?\s+|^\s*code\s*[:=]\s*", re.IGNORECASE)
AROUND = " \t\r\n\"'`´‘’‚“”„«»‹›<>()[]{}.,;:!?*"
BETWEEN = re.compile(r"[\s._/·•‐-―−-]+")
STARTS_LIKE_AN_ADDRESS = re.compile(r"//|[a-z][a-z0-9+.-]*://|[^/<>\s]+/|[^/<>\s?#]+:\d+", re.IGNORECASE)
IS_A_HOST = re.compile(r"[\w-]+(\.[\w-]+)*\.[^\W\d_]{2,}\.?(:\d+)?([/?#]\S*)?")
USUAL_PORTS = {"http": 80, "https": 443}
OUR_CODES = "/c/"


def bare(typed: str) -> str:
    """What was typed without what people put around it: a label, quotes, brackets, a full stop."""
    inside = typed.strip(AROUND)
    return LABEL.sub("", inside).strip(AROUND)


def as_code(typed: str) -> str:
    """A code without what stood around and between its groups; anything else comes back bare."""
    inside = bare(typed)
    joined = BETWEEN.sub("", inside)
    return joined if _has_the_length(joined) else inside


def grouped(typed: str) -> str:
    """A code as it stands on paper, so that it can be compared; anything else as it was typed."""
    joined = as_code(typed).upper()
    if not _has_the_length(joined):
        return typed
    signs = joined[-LENGTH:]
    return "-".join([PREFIX, *(signs[place : place + 4] for place in range(0, LENGTH, 4))])


def _has_the_length(joined: str) -> bool:
    signs = joined.upper()
    if len(signs) == len(PREFIX) + LENGTH:
        signs = signs.removeprefix(PREFIX)
    return len(signs) == LENGTH and signs.isascii() and signs.isalnum()


def looks_like_an_address(typed: str) -> bool:
    """Whether it is an address and not a code: both may be pasted into the same box."""
    inside = bare(typed)
    joined = as_code(inside).upper()
    only_signs_of_codes = set(joined) <= set(ALPHABET) or joined.startswith(PREFIX)
    if _has_the_length(joined) and only_signs_of_codes:
        return False
    return bool(STARTS_LIKE_AN_ADDRESS.match(inside) or IS_A_HOST.fullmatch(inside))


def is_ours(typed: str, public_url: str) -> bool:
    """Whether a pasted address is one of this very service, and not one that only looks like it."""
    try:
        parts, ours = _split(typed), urlsplit(public_url)
        if parts.scheme not in USUAL_PORTS or "@" in parts.netloc or not parts.hostname:
            return False
        return parts.hostname == ours.hostname and _port(parts) == _port(ours)
    except ValueError:
        return False


def code_in(typed: str) -> str:
    """What stands where an address of ours has its code; nothing on any other page."""
    path = _split(typed).path
    if not path.lower().startswith(OUR_CODES):
        return ""
    return as_code(path[len(OUR_CODES) :].strip("/"))


def _port(parts: SplitResult) -> int | None:
    """The port, or None for the usual one of either scheme: people paste http:// for https://."""
    return None if parts.port in {None, USUAL_PORTS.get(parts.scheme)} else parts.port


def _split(typed: str) -> SplitResult:
    inside = bare(typed)
    return urlsplit(inside if "://" in inside else f"https://{inside}")


def day(day: str, month: str, year: str) -> date | None:
    """A day typed as three numbers, or None for what is none."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
