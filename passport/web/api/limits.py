"""How often one address may ask. The figures are a setting; the count is kept in Redis where there is one.

Whoever asks for codes that nobody has is slowed, so that none can be guessed: by address, and all together.
"""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from flask_limiter import Limiter, RequestLimit
from werkzeug.middleware.proxy_fix import ProxyFix

from passport.config import Settings
from passport.web import guesses
from passport.web.access import is_for_machines

TOO_MANY = 429
SEE_OTHER = 303
# at the desk, without an account: each may hold fifty codes
LISTS = "10 per hour"
# One household or school has a whole network of addresses of version 6
NETWORK_BITS = 64


def use(app: Flask, settings: Settings) -> None:
    """Count what machines ask; a conformance suite, in its test mode, may ask as much as it likes."""
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign] # as Flask itself says to do it
            app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0
        )
    limiter = Limiter(
        who_asks,
        app=app,
        default_limits=[settings.api_limit],
        default_limits_exempt_when=lambda: not is_for_machines(),
        storage_uri=settings.queue if settings.queue.startswith("redis") else "memory://",
        in_memory_fallback_enabled=True,
        key_prefix="passport-api",
        enabled=not settings.conformance,
    )
    app.view_functions["desk.take"] = _few(limiter, app.view_functions["desk.take"])
    for endpoint in guesses.ENDPOINTS:
        app.view_functions[endpoint] = _slowed(limiter, app.view_functions[endpoint])

    def add(response: Response) -> Response:
        now = _nearest(limiter.current_limits)
        if now is not None and (is_for_machines() or response.status_code == TOO_MANY):
            left = math.ceil(now.reset_at - time.time())
            seconds = min(max(0, left), now.limit.get_expiry())
            response.headers["RateLimit-Limit"] = str(now.limit.amount)
            response.headers["RateLimit-Remaining"] = str(now.remaining)
            response.headers["RateLimit-Reset"] = str(seconds)
            if response.status_code == TOO_MANY:
                response.headers["Retry-After"] = str(max(1, seconds))
        return response

    app.after_request(add)


def _nearest(limits: list[RequestLimit]) -> RequestLimit | None:
    """Of several limits the one that stops the caller first: what its headers tell."""
    return min(limits, key=lambda one: (not one.breached, one.remaining / one.limit.amount), default=None)


def _few(limiter: Limiter, view: Callable[..., Any]) -> Callable[..., Any]:
    """A view that counts only what it did."""
    counted = limiter.limit(LISTS, deduct_when=lambda response: response.status_code == SEE_OTHER)
    limited: Callable[..., Any] = counted(view)
    return limited


def _slowed(limiter: Limiter, view: Callable[..., Any]) -> Callable[..., Any]:
    """A view that costs nothing while it finds what it is asked for, and something for each miss."""
    counted: dict[str, Any] = {
        "deduct_when": lambda _response: guesses.missed_so_far() > 0,
        "cost": lambda: max(1, guesses.missed_so_far()),
        "override_defaults": False,
    }
    by_address = limiter.shared_limit(guesses.LIMIT, scope="unknown codes", **counted)
    by_all = limiter.shared_limit(
        guesses.LIMIT_OF_ALL, scope="all unknown codes", key_func=lambda: "everybody", **counted
    )
    slowed: Callable[..., Any] = by_all(by_address(view))
    return slowed


def who_asks() -> str:
    """The address that asks, or its network."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, NETWORK_BITS), strict=False))
