"""Access rules: every route declares its audience. The service does not start with an undeclared one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed

from passport.services.core.rights import Action, How, allows, who_may
from passport.web.core.identity import current

log = structlog.get_logger()
View = TypeVar("View", bound=Callable[..., Any])
DECLARED = "passport_audience"
# pages of rights that everyone has: their routes name no action, since they need no identity
FOR_EVERYBODY = {
    (Action.CHECK, How.FULLY): "checks.check",
    (Action.CHECK_MANY, How.FIFTY_ROWS): "desk.new",
    (Action.FRAMEWORK, How.READ): "frameworks.show",
    (Action.KEYS, How.READ): "programmes.listed",
}


@dataclass(frozen=True)
class Audience:
    """Everyone, or the roles that may do something in some ways, as the matrix of rights says.

    A route for machines is for everyone too. It reads no cookie and changes nothing, so it needs no token.
    Nor does a question (`asks`): a form of a public page that is answered and changes no data of a person.
    """

    action: Action | None = None
    ways: tuple[How, ...] = ()
    everyone: bool = False
    machine: bool = False
    asks: bool = False

    @property
    def roles(self) -> frozenset[str]:
        """Return the roles that have access; empty for a route open to everyone."""
        return frozenset(who_may(self.action, *self.ways)) if self.action else frozenset()

    @property
    def needs_token(self) -> bool:
        """Return whether a change needs the session's token."""
        return not (self.machine or self.asks)

    def __call__(self, view: View) -> View:
        """Declare a view's audience: used as a decorator, below the route."""
        setattr(view, DECLARED, self)
        return view


def may(action: Action, *ways: How) -> Audience:
    """Return the audience that may do something in one of these ways; without ways, that may do it fully."""
    return Audience(action, ways)


public = Audience(everyone=True)
machine = Audience(everyone=True, machine=True)
question = Audience(everyone=True, asks=True)


class UndeclaredRoute(Exception):
    """A route that does not say who may call it."""


def enforce(app: Flask) -> None:
    """Check the audience of every request's route. Raises UndeclaredRoute for a route that declares none."""
    audiences = {endpoint: declared(app, endpoint) for endpoint in app.view_functions}
    app.extensions["passport_access"] = audiences
    app.before_request(_allow)


def declared(app: Flask, endpoint: str) -> Audience:
    """Return a route's audience; static files are public. Raises UndeclaredRoute if none is declared."""
    if endpoint == "static":
        return public
    audience = getattr(app.view_functions[endpoint], DECLARED, None)
    if not isinstance(audience, Audience):
        raise UndeclaredRoute(f"{endpoint} does not say who may call it")
    return audience


def audience_of(app: Flask, endpoint: str | None) -> Audience:
    """Return the audience of the request's route; an address without a route is public (a 404)."""
    audiences: dict[str, Audience] = app.extensions["passport_access"]
    return audiences.get(endpoint or "", public)


def is_for_machines() -> bool:
    """Return whether a program reads this request's response, also after a wrong method."""
    app, endpoint = current_app, request.endpoint
    if isinstance(request.routing_exception, MethodNotAllowed):
        adapter = app.create_url_adapter(request)
        endpoint = adapter.match(method="POST")[0] if adapter and adapter.test(method="POST") else None
    return audience_of(app, endpoint).machine


def _allow() -> ResponseReturnValue | None:
    """Let the request pass, redirect to sign-in, or answer 404."""
    audience = audience_of(current_app, request.endpoint)
    if audience.everyone:
        return None
    user = current()
    if user is None:
        return redirect(url_for("sessions.sign_in", next=way_back() or None))
    if audience.roles.isdisjoint(user.roles):
        log.warning("role refused", endpoint=request.endpoint, actor=user.reference)
        abort(404)
    return None


def can(action: str, *ways: str) -> bool:
    """Return whether the signed-in account may do this, so that pages offer only what is allowed."""
    user = current()
    return user is not None and allows(user.roles, Action(action), *(How(way) for way in ways))


def usable(rights: Iterable[tuple[Action, How]]) -> list[tuple[Action, How]]:
    """Return the rights that a page of the service uses, so that no page promises a missing feature."""
    audiences: dict[str, Audience] = current_app.extensions["passport_access"]
    used = {(one.action, way) for one in audiences.values() for way in one.ways or (How.FULLY,)}
    used |= {right for right, endpoint in FOR_EVERYBODY.items() if endpoint in audiences}
    return [(action, way) for action, way in rights if (action, way) in used]


def way_back() -> str:
    """Return the address of the page that this request came from or asked for; empty if unknown."""
    if request.method in {"GET", "HEAD"}:
        return request.full_path.rstrip("?")
    has_page = request.url_rule is not None and "GET" in (request.url_rule.methods or set())
    return request.full_path.rstrip("?") if has_page else ""


def is_public_page() -> bool:
    """Return whether this request's page is the same for everyone."""
    return audience_of(current_app, request.endpoint).everyone
