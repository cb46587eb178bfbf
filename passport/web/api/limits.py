"""How often one address may ask. The figures are a setting; the count is kept in Redis where there is one."""

from __future__ import annotations

import ipaddress
import math
import time

from flask import Flask, Response, request
from flask_limiter import Limiter
from werkzeug.middleware.proxy_fix import ProxyFix

from passport.config import Settings
from passport.web.access import is_for_machines

TOO_MANY = 429
# One household or school has a whole network of addresses of version 6
NETWORK_BITS = 64


def use(app: Flask, settings: Settings) -> None:
    """Count what machines ask; a conformance suite, in its test mode, may ask as much as it likes."""
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign] # as Flask itself says to do it
            app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0
        )
    limiter = Limiter(
        _who,
        app=app,
        default_limits=[settings.api_limit],
        default_limits_exempt_when=lambda: not is_for_machines(),
        storage_uri=settings.queue if settings.queue.startswith("redis") else "memory://",
        in_memory_fallback_enabled=True,
        key_prefix="passport-api",
        enabled=not settings.conformance,
    )

    def add(response: Response) -> Response:
        now = limiter.current_limit
        if now is not None:
            left = math.ceil(now.reset_at - time.time())
            seconds = min(max(0, left), now.limit.get_expiry())
            response.headers["RateLimit-Limit"] = str(now.limit.amount)
            response.headers["RateLimit-Remaining"] = str(now.remaining)
            response.headers["RateLimit-Reset"] = str(seconds)
            if response.status_code == TOO_MANY:
                response.headers["Retry-After"] = str(max(1, seconds))
        return response

    app.after_request(add)


def _who() -> str:
    """The address that asks, or its network."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, NETWORK_BITS), strict=False))
