"""Count well-formed unknown codes, wherever one is requested without an account or a key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from flask import request
from werkzeug.exceptions import TooManyRequests

from passport.limits import UNKNOWN_CODES, UNKNOWN_CODES_FROM_NETWORK, UNKNOWN_CODES_IN_ALL, Limit, Per
from passport.services.checking.results import Result
from passport.verifier import Verdict
from passport.web.core import api_keys
from passport.web.core.limits import seconds_to_wait, take


def count(missed: int) -> int:
    """Count `missed` well-formed unknown codes; return the seconds for which their answer is refused.

    The result is 0 if they may be answered. Requests with an API key are not counted.
    """
    if not missed or (request.endpoint in api_keys.ENDPOINTS and api_keys.shown()):
        return 0
    seconds = seconds_to_wait(UNKNOWN_CODES)
    for limit in (UNKNOWN_CODES, UNKNOWN_CODES_FROM_NETWORK, UNKNOWN_CODES_IN_ALL):
        take(limit, missed)
    return seconds


def answerable(results: Iterable[Result]) -> list[Result]:
    """Count the unknown codes among results, and return what may be answered.

    Above the limit an unknown code beside others becomes "not checked now" (V8). Raises TooManyRequests if
    there is nothing else. A mistyped code is not counted: its check character shows that it was never issued.
    """
    found = list(results)
    missed = [result.verdict is Verdict.UNKNOWN_CODE and result.hint is None for result in found]
    seconds = count(sum(missed))
    if not seconds:
        return found
    if all(missed):
        raise TooManyRequests(retry_after=seconds)
    return [
        replace(result, verdict=Verdict.UNFINISHED) if is_missed else result
        for result, is_missed in zip(found, missed, strict=True)
    ]


def count_once(name: str, missed: int) -> None:
    """Count the unknown codes of a list when a network first reads its answer. Raises TooManyRequests."""
    read = Limit(f"unknown codes of {name}", Per.NETWORK, 1, timedelta(days=7))
    if missed and not seconds_to_wait(read):
        seconds = count(missed)
        if seconds:
            raise TooManyRequests(retry_after=seconds)
        take(read)
