"""How often one address may ask. The figures are a setting; the count is kept in Redis where there is one.

Whoever asks for codes that nobody has is slowed, so that none can be guessed: by address, and all together.
"""

from __future__ import annotations

import functools
import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog
from flask import Flask, Response, current_app, g, request
from limits import RateLimitItem, WindowStats, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from werkzeug.exceptions import TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix

from passport.config import Settings
from passport.web import guesses
from passport.web.access import declared, is_for_machines

log = structlog.get_logger()
TOO_MANY = 429
SEE_OTHER = 303
# at the desk, without an account: each may hold fifty codes
MOST_LISTS = 10
LISTS = f"{MOST_LISTS} per hour"
# One household or school has a whole network of addresses of version 6
NETWORK_BITS = 64
MOST_COUNTED = 10_000
REFUSED = "passport_rate_refused"
COUNTER = "passport_counter"
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Rule:
    """So much for each caller; `cost` is what an answer takes of it, one that is None takes one by asking."""

    limit: RateLimitItem
    scope: str
    caller: Callable[[], str]
    cost: Callable[[Response], int] | None = None

    @property
    def names(self) -> tuple[str, str, str]:
        """What this request is counted under."""
        return "passport-api", self.scope, self.caller()


class OwnStorage(MemoryStorage):
    """Counts of this process. The library's own starts a thread at every request, to forget what is over."""

    STORAGE_SCHEME = ["own"]  # noqa: RUF012 the library declares it so

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count on; what is over begins anew, and all of it is forgotten from time to time."""
        if len(self.expirations) > MOST_COUNTED:
            for one in list(self.expirations):
                self.get(one)
        self.get(key)
        with self.locks[key]:
            self.storage[key] += amount
            if self.storage[key] == amount:
                self.expirations[key] = time.time() + expiry
            return self.storage[key]


class Counter:
    """Counts in Redis, or in this process where there is none, and while it cannot be reached."""

    def __init__(self, address: str) -> None:
        """Count where the jobs wait, if that is Redis."""
        shared = storage_from_string(address, wrap_exceptions=True) if address.startswith("redis") else None
        self._own = FixedWindowRateLimiter(OwnStorage())
        self._shared = FixedWindowRateLimiter(shared) if shared else self._own

    def has_room(self, rule: Rule) -> bool:
        """Whether a caller may ask; a rule without a cost is used up by asking."""
        if rule.cost is None:
            return self._ask(lambda counter: counter.hit(rule.limit, *rule.names))
        return self._ask(lambda counter: counter.test(rule.limit, *rule.names))

    def take(self, rule: Rule, cost: int) -> None:
        """Take so much of it."""
        self._ask(lambda counter: counter.hit(rule.limit, *rule.names, cost=cost))

    def left(self, rule: Rule) -> WindowStats:
        """How much is left, and when it begins anew."""
        return self._ask(lambda counter: counter.get_window_stats(rule.limit, *rule.names))

    def seconds_until_reset(self, rule: Rule) -> int:
        """How many seconds it takes until the count begins again: at least one."""
        return max(1, _seconds(rule.limit, self.left(rule)))

    def _ask(self, question: Callable[[RateLimiter], Answer]) -> Answer:
        try:
            return question(self._shared)
        except StorageError as error:
            log.warning("requests are counted in this process alone", reason=str(error))
            return question(self._own)


def use(app: Flask, settings: Settings) -> None:
    """Count what machines ask; a conformance suite, in its test mode, may ask as much as it likes."""
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign] # as Flask itself says to do it
            app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0
        )
    counter = app.extensions[COUNTER] = Counter(settings.queue)
    if settings.conformance:
        return
    rules = _rules(app, settings)

    def ask() -> None:
        for rule in rules.get(request.endpoint or "", ()):
            if not counter.has_room(rule):
                setattr(g, REFUSED, True)
                raise TooManyRequests(retry_after=_seconds(rule.limit, counter.left(rule)))

    def answer(response: Response) -> Response:
        applying, refused = rules.get(request.endpoint or "", ()), g.get(REFUSED)
        taken = [rule for rule in applying if refused or rule.cost is None or _take(rule, response)]
        if taken and (is_for_machines() or response.status_code == TOO_MANY):
            _tell(response, [(rule.limit, counter.left(rule)) for rule in taken])
        return response

    def _take(rule: Rule, response: Response) -> bool:
        cost = rule.cost(response) if rule.cost else 0
        if cost:
            counter.take(rule, cost)
        return cost > 0

    app.before_request(ask)
    app.after_request(answer)


def _rules(app: Flask, settings: Settings) -> dict[str, tuple[Rule, ...]]:
    """Which rules count for which endpoint."""
    guessed = (
        Rule(parse(guesses.LIMIT), "unknown codes", who_asks, _missed),
        Rule(parse(guesses.LIMIT_OF_ALL), "all unknown codes", lambda: "everybody", _missed),
    )
    lists = Rule(parse(LISTS), "lists", who_asks, lambda answer: int(answer.status_code == SEE_OTHER))
    each = parse(settings.api_limit)
    rules: dict[str, tuple[Rule, ...]] = {"desk.take": (lists,)}
    for endpoint in app.view_functions:
        asked = (Rule(each, endpoint, who_asks),) if declared(app, endpoint).machine else ()
        found = (*asked, *(guessed if endpoint in guesses.ENDPOINTS else ()))
        if found:
            rules[endpoint] = found
    return rules


def _missed(_answer: Response) -> int:
    return guesses.missed_so_far()


def _tell(response: Response, rules: list[tuple[RateLimitItem, WindowStats]]) -> None:
    """Of the rules that this request took from, tell of the one that stops the caller first."""
    limit, left = min(rules, key=lambda one: one[1].remaining / one[0].amount)
    seconds = _seconds(limit, left)
    response.headers["RateLimit-Limit"] = str(limit.amount)
    response.headers["RateLimit-Remaining"] = str(left.remaining)
    response.headers["RateLimit-Reset"] = str(seconds)
    if response.status_code == TOO_MANY:
        response.headers["Retry-After"] = str(max(1, seconds))


def _seconds(limit: RateLimitItem, left: WindowStats) -> int:
    """How long it takes until the count begins anew."""
    return min(max(0, math.ceil(left.reset_time - time.time())), limit.get_expiry())


def counter() -> Counter:
    """The counter of the application that answers this request, for work that only a view can measure."""
    found: Counter = current_app.extensions[COUNTER]
    return found


def who_asks() -> str:
    """The address that asks, or its network."""
    return _counted_as(request.remote_addr or "")


@functools.lru_cache(maxsize=1_000)
def _counted_as(written: str) -> str:
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, NETWORK_BITS), strict=False))
