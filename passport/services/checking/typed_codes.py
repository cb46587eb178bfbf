"""Normalise input to a code field: a code as it was found, or an address."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import SplitResult, urlsplit

from passport.openbadges.share_code import ALPHABET, LENGTH, PREFIX

LABEL = re.compile(r"^\s*(?:[a-z]+ )*code\s*(?:is\s*)?[:=]?\s+|^\s*code\s*[:=]\s*", re.IGNORECASE)
AROUND = " \t\r\n\"'`´‘’‚“”„«»‹›<>()[]{}.,;:!?*"
BETWEEN = re.compile(r"[\s._/·•‐-―−-]+")
STARTS_LIKE_AN_ADDRESS = re.compile(
    r"//|[a-z][a-z0-9+.-]*://|[a-z][a-z0-9+.-]*:\S*/c/|[^/<>\s]+/c/|[^/<>\s?#]+:\d+(?:[/?#]|$)", re.IGNORECASE
)
IS_A_HOST = re.compile(r"[\w-]+(\.[\w-]+)*\.[^\W\d_]{2,}\.?(:\d+)?([/?#]\S*)?")
USUAL_PORTS = {"http": 80, "https": 443}
OUR_CODES = "/c/"


def bare(typed: str) -> str:
    """Return the input without what people put around it: a label, quotes, brackets, a full stop."""
    inside = typed.strip(AROUND)
    return LABEL.sub("", inside).strip(AROUND)


def as_code(typed: str) -> str:
    """Return a code without separators and surroundings; any other input as `bare` returns it."""
    inside = bare(typed)
    joined = BETWEEN.sub("", inside)
    return joined if _has_the_length(joined) else inside


def grouped(typed: str) -> str:
    """Return a code grouped as on paper, for comparison; any other input as it was typed."""
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
    """Return whether the input is an address, not a code: both may be pasted into the same field."""
    inside = bare(typed)
    joined = as_code(inside).upper()
    only_signs_of_codes = set(joined) <= set(ALPHABET) or joined.startswith(PREFIX)
    if _has_the_length(joined) and only_signs_of_codes:
        return False
    return bool(STARTS_LIKE_AN_ADDRESS.match(inside) or IS_A_HOST.fullmatch(inside))


def is_ours(typed: str, public_url: str) -> bool:
    """Return whether a pasted address is of this service's origin, and not merely similar to it."""
    try:
        parts, ours = _split(typed), urlsplit(public_url)
        if parts.scheme not in USUAL_PORTS or "@" in parts.netloc or not parts.hostname:
            return False
        return parts.hostname == ours.hostname and _port(parts) == _port(ours)
    except ValueError:
        return False


def code_in(typed: str) -> str:
    """Return the part of our address that holds the code; empty for the address of another page."""
    path = _split(typed).path
    if not path.lower().startswith(OUR_CODES):
        return ""
    return as_code(path[len(OUR_CODES) :].strip("/"))


def _port(parts: SplitResult) -> int | None:
    """Return the port, or None for the default of http or https: people paste one for the other."""
    return None if parts.port in {None, USUAL_PORTS.get(parts.scheme)} else parts.port


def _split(typed: str) -> SplitResult:
    inside = bare(typed)
    return urlsplit(inside if "://" in inside else f"https://{inside}")


def day(day: str, month: str, year: str) -> date | None:
    """Return a date typed as three numbers, or None where they are not a date."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
