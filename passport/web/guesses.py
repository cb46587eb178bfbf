"""Guessing codes: counted by who asks, and slowed. What is found is never counted, whoever finds it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import g

from passport.services.results import Result
from passport.verifier import Verdict

LIMIT, LIMIT_OF_ALL = "10 per minute", "50 per second"
# Wherever a code or a receipt's number is answered
ENDPOINTS = (
    "checks.check",
    "checks.ask",
    "checks.show",
    "checks.compare",
    "receipts.show",
    "code_checks.check_codes",
)
UNKNOWN = "passport_unknown_codes"


def count(results: Iterable[Result]) -> None:
    """Count the well-formed codes that we do not know. One that was mistyped cannot be anybody's."""
    missed = sum(result.verdict is Verdict.V9 and result.hint is None for result in results)
    add(missed)


def add(missed: int) -> None:
    """Count so many misses of this request."""
    setattr(g, UNKNOWN, missed_so_far() + missed)


def missed_so_far() -> int:
    """How many this request has."""
    return int(getattr(g, UNKNOWN, 0))
