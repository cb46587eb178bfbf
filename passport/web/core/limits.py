"""Count requests against `passport.limits`, and refuse those above a limit.

`use` counts by route before and after each request. Views count what only they know with `seconds_to_wait`
and `take` (`unknown_codes`, `reader_time`). A keyed hash of the caller's network is stored, never its
address.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, Response, current_app, g, request
from limits import parse
from werkzeug.exceptions import HTTPException, ServiceUnavailable, TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix

from passport import limits
from passport.config import Settings
from passport.limits import Counted, Limit, Per
from passport.web.core import api_keys
from passport.web.core.counting import Counter
from passport.web.core.route_access import declared, is_for_machines
from passport.web.core.runtime import secrets

__all__ = [
    "UnlimitedRoute",
    "come_again",
    "has_credentials",
    "seconds_to_wait",
    "take",
    "tell_operator",
    "use",
    "who_asks",
]

EXTENSION = "passport.limits"
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
OK, TOO_MANY = 200, 429
REDIRECTIONS = range(300, 400)
NETWORK_BITS = 56
# The largest body read of a refused form, to give it back
LARGEST_FORM = 3 * 1024 * 1024
# Endpoints that answer for a code or a receipt number
ANSWER_CODES = frozenset(
    {
        *("checks.check", "checks.ask", "checks.show", "checks.compare", "receipts.show"),
        *("desk.take", "desk.show", "desk.answer", "code_checks.check_codes"),
    }
)
# The units that one request is counted in
BYTES_EACH, CREDENTIALS_EACH = 64 * 1024, 10
Cost = Callable[[Response], int]


class UnlimitedRoute(Exception):
    """A route open to everyone accepts a POST but has no limits."""


@dataclass(frozen=True)
class Rule:
    """A limit as it applies to a route.

    ``cost`` is what a response counts; None counts one before the view runs. ``unless_new`` is the limit of
    the caller's network: a caller that used nothing of it passes even if the limit of everyone is used up.
    """

    limit: Limit
    cost: Cost | None = None
    unless_new: Limit | None = None


Rules = Mapping[str, tuple[Rule, ...]]
SECOND_BOUNDS = (
    Rule(limits.UNKNOWN_CODES_FROM_NETWORK),
    Rule(limits.UNKNOWN_CODES_IN_ALL, unless_new=limits.UNKNOWN_CODES_FROM_NETWORK),
)


def use(app: Flask, settings: Settings) -> None:
    """Count requests to public routes; the conformance suite's test mode is not limited.

    Raises UnlimitedRoute for a public route that accepts a POST and is missing in `passport.limits.POSTS`.
    """
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign] # as Flask itself says to do it
            app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0
        )
    app.after_request(_say_when)
    if settings.conformance:
        return
    app.extensions[EXTENSION] = Counter(settings.queue, app.extensions["passport"].clock)
    guard = Guard(*_rules(app, settings))
    app.before_request(guard.ask)
    app.after_request(guard.answer)


class Guard:
    """The rules of all routes, for callers without and with an API key."""

    def __init__(self, anonymous: Rules, keyed: Rules) -> None:
        """Store the rules of both kinds of callers."""
        self._anonymous, self._keyed = anonymous, keyed

    def ask(self) -> None:
        """Check and count the limits before a request; raise TooManyRequests or ServiceUnavailable."""
        endpoint = request.endpoint or ""
        has_key = endpoint in self._keyed and api_keys.shown() is not None
        of_kind = self._keyed if has_key else self._anonymous
        # a page with a form shares the endpoint of its form; viewing it is not limited
        g.passport_rules = rules = of_kind.get(endpoint, ()) if request.method in UNSAFE else ()
        for rule in (*rules, *(SECOND_BOUNDS if endpoint in ANSWER_CODES and not has_key else ())):
            _require(rule)
        for rule in rules:
            if rule.cost is None:
                take(rule.limit)

    def answer(self, response: Response) -> Response:
        """Count the cost after a request, and add the RateLimit headers for programs."""
        if not g.get("passport_refused"):
            for rule in g.get("passport_rules", ()):
                if rule.cost is not None and (cost := rule.cost(response)):
                    take(rule.limit, cost)
        if is_for_machines() or response.status_code == TOO_MANY:
            _tell(response)
        return response


def _rules(app: Flask, settings: Settings) -> tuple[Rules, Rules]:
    """Return the rules of each route for callers without and with an API key."""
    missing = sorted(open_posts(app) - limits.POSTS.keys())
    if missing:
        raise UnlimitedRoute(
            f"Anybody may post to {', '.join(missing)}: add a line to POSTS in passport/limits.py that says"
            " how often one network may, and everybody together, or let the route ask for an account."
        )
    each = parse(settings.api_limit)
    pace = each.amount, timedelta(seconds=each.get_expiry())
    anonymous: dict[str, tuple[Rule, ...]] = {}
    keyed: dict[str, tuple[Rule, ...]] = {}
    for endpoint, post in limits.POSTS.items():
        network, everybody = post.limits(endpoint)
        cost = _COSTS.get(post.counted)
        if endpoint in app.view_functions and declared(app, endpoint).machine:
            network = limits.api(Per.NETWORK, *pace, endpoint)
        anonymous[endpoint] = (Rule(network, cost), Rule(everybody, cost, unless_new=network))
    for endpoint in api_keys.ENDPOINTS:
        keyed[endpoint] = (Rule(limits.api(Per.KEY, *pace, endpoint), _work),)
    return anonymous, keyed


def open_posts(app: Flask) -> set[str]:
    """Return the endpoints that accept an unsafe method without an account."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if UNSAFE & (rule.methods or set()) and declared(app, rule.endpoint).everyone
    }


def _failed(response: Response) -> int:
    return int(response.status_code not in REDIRECTIONS)


def _work(_response: Response) -> int:
    """Count each 64 kB and each ten credentials begun; the time of file readers has its own limit."""
    is_file = request.mimetype == "multipart/form-data"
    size = 0 if is_file else request.content_length or 0
    credentials: int = g.get("passport_credentials", 0)
    return max(1, -(-size // BYTES_EACH), -(-credentials // CREDENTIALS_EACH))


def has_credentials(number: int) -> None:
    """Record the number of credentials in this request, as its cost."""
    g.passport_credentials = number


_COSTS: Mapping[Counted, Cost] = {Counted.FAILED: _failed, Counted.WORK: _work}


def _counter() -> Counter | None:
    counter: Counter | None = current_app.extensions.get(EXTENSION)
    return counter


def _who(limit: Limit) -> str:
    if limit.per is Per.KEY:
        return getattr(api_keys.shown(), "prefix", "")
    return who_asks() if limit.per is Per.NETWORK else "everybody"


def _require(rule: Rule) -> None:
    """Raise TooManyRequests or ServiceUnavailable, with the seconds to wait, if a limit is used up."""
    seconds = seconds_to_wait(rule.limit)
    counter = _counter()
    if not seconds or counter is None:
        return
    if rule.unless_new is not None and not counter.taken(rule.unless_new, _who(rule.unless_new)):
        return
    g.passport_refused = True
    _note(rule.limit)
    raise _refusal(rule.limit, seconds)


def _refusal(limit: Limit, seconds: int) -> HTTPException:
    is_ours = limit.per is Per.EVERYBODY
    return ServiceUnavailable(retry_after=seconds) if is_ours else TooManyRequests(retry_after=seconds)


def seconds_to_wait(limit: Limit) -> int:
    """Return the seconds this caller has to wait for a limit; 0 while it is not used up."""
    counter, who = _counter(), _who(limit)
    if counter is None or counter.taken(limit, who) < limit.most:
        return 0
    return counter.seconds(limit, who)


def take(limit: Limit, amount: int = 1) -> None:
    """Count `amount` against this caller's limit."""
    counter = _counter()
    if counter is not None:
        counter.take(limit, _who(limit), amount)
        _note(limit)


def come_again(seconds: int) -> None:
    """Set Retry-After of this response to `seconds`, and its status to 429 if it would be 200."""
    g.passport_come_again = max(1, seconds)


def tell_operator(limit: Limit) -> None:
    """Alert the operator that this caller used up a limit that is counted elsewhere."""
    counter = _counter()
    if counter is not None and limit.alerts:
        counter.tell_operator(limit, _who(limit))


def _say_when(response: Response) -> Response:
    if seconds := g.get("passport_come_again"):
        response.headers["Retry-After"] = str(seconds)
        response.status_code = TOO_MANY if response.status_code == OK else response.status_code
    return response


def _note(limit: Limit) -> None:
    g.passport_noted = {*g.get("passport_noted", ()), limit}


def _tell(response: Response) -> None:
    """Set the RateLimit headers for the counted limit of this request that is closest to being used up."""
    counter, noted = _counter(), g.get("passport_noted")
    if counter is None or not noted:
        return
    left = {limit: max(0, limit.most - counter.taken(limit, _who(limit))) for limit in noted}
    limit = min(left, key=lambda one: (left[one] / one.most, one.what))
    response.headers["RateLimit-Limit"] = str(limit.most)
    response.headers["RateLimit-Remaining"] = str(left[limit])
    response.headers["RateLimit-Reset"] = str(counter.seconds(limit, _who(limit)))


def who_asks() -> str:
    """Return a keyed hash of the caller's network; without the secret it reveals no address."""
    return _network_hash(request.remote_addr or "", secrets()[-1])


@functools.lru_cache(maxsize=1_000)
def _network_hash(written: str, secret: str) -> str:
    return hmac.new(secret.encode(), b"network\x00" + _network(written).encode(), hashlib.sha256).hexdigest()


def _network(written: str) -> str:
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, NETWORK_BITS), strict=False))
