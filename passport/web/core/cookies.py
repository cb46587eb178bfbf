"""The session and its cookie.

A signed-in browser has a cookie with a random token; everything else is stored in the table of sign-ins.
Before sign-in, a page with a form has a sealed cookie that holds only the form token and identifies no one.
The session is read only when a page asks for it, so public and machine pages cost no database query.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import structlog
from flask import Flask, Request, Response
from flask.globals import request_ctx
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from passport.services import DatabaseUnavailable
from passport.services.access import sign_ins
from passport.services.access.sign_ins import Stage
from passport.web.core.runtime import runtime

if TYPE_CHECKING:
    from passport.services.access.sign_ins import SignIn

log = structlog.get_logger()
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
FORM_TOKEN = "csrf_token"  # noqa: S105 - its name
PERSON = "_user_id"
IN_THE_ROW = {PERSON, "_fresh", "_id"}
FORM_TOKEN_BYTES = 20


class Remembered(SessionMixin):
    """A browser's session data: from the sign-in row of its token, else from its sealed cookie."""

    def __init__(self, token: str, sealed: dict[str, Any] | None = None) -> None:
        """Take the token, or the content of the sealed cookie. The row of a token is read on first use."""
        self.token = token
        self.new = False
        self.modified = False
        self.accessed = False
        self._row: SignIn | None = None
        self._values = None if token else dict(sealed or {})
        self._is_over = True

    def take(self, token: str) -> None:
        """Switch to the token of a new sign-in, without any data of the session before it."""
        self.token, self._values, self.modified, self.new = token, None, False, True

    def drop(self) -> None:
        """End this session: clear its data and delete the browser's cookie."""
        self.token, self._row, self._values, self.modified, self.new = "", None, {}, True, False
        self._is_over = True

    @property
    def row(self) -> SignIn | None:
        """Return the sign-in of the token, whether ended or not."""
        self._read()
        return self._row

    @property
    def is_over(self) -> bool:
        """Return whether there is no token, the token is unknown, or its sign-in has ended."""
        self._read()
        return self._is_over

    def to_keep(self) -> dict[str, Any]:
        """Return the values to store; the account reference is left out, since the row itself holds it."""
        return {name: value for name, value in self._read().items() if name not in IN_THE_ROW}

    def _read(self) -> dict[str, Any]:
        self.accessed = True
        if self._values is None:
            at = runtime().clock()
            with runtime().database.reading() as work:
                self._row = sign_ins.by_token(work, self.token)
            self._is_over = self._row is None or not sign_ins.is_going_on(self._row, at)
            self._values = {} if self._row is None or self._is_over else _of(self._row)
        return self._values

    def __getitem__(self, key: str) -> Any:
        """Return a value."""
        return self._read()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        """Store a value."""
        self._read()[key] = value
        self.modified = self.modified or key not in IN_THE_ROW

    def __delitem__(self, key: str) -> None:
        """Delete a value."""
        del self._read()[key]
        self.modified = self.modified or key not in IN_THE_ROW

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the values."""
        return iter(self._read())

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self._read())


def _of(row: SignIn) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(row.kept)
    return values | {PERSON: row.account.reference} if row.stage is Stage.OPEN else values


class Sessions(SecureCookieSessionInterface):
    """The session interface: open and save the session of each request."""

    def open_session(self, app: Flask, request: Request) -> Any:
        """Return the session of the request's cookie: by its token, or unsealed from it."""
        cookie = request.cookies.get(self.get_cookie_name(app), "") if "Cookie" in request.headers else ""
        if TOKEN.fullmatch(cookie):
            return Remembered(cookie)
        sealed = super().open_session(app, request) if cookie else SecureCookieSession()
        return Remembered("", sealed)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what was changed, and send the cookie of a sign-in that began in this request."""
        if not isinstance(session, Remembered):
            return
        if session.accessed:
            response.vary.add("Cookie")
        if not (session.modified or session.new):
            return
        if session.is_over:
            self._seal(app, session, response)
            return
        if session.modified:
            self._keep(session)
        if session.new:
            self._send(app, session.token, response)

    def _send(self, app: Flask, token: str, response: Response) -> None:
        """Send the token as a cookie that ends with the browser session: many people share a computer."""
        response.set_cookie(
            self.get_cookie_name(app),
            token,
            path=self.get_cookie_path(app),
            secure=self.get_cookie_secure(app),
            httponly=self.get_cookie_httponly(app),
            samesite=self.get_cookie_samesite(app),
        )

    def _seal(self, app: Flask, session: Remembered, response: Response) -> None:
        sealed = SecureCookieSession(session.to_keep())
        sealed.modified = True
        super().save_session(app, sealed, response)

    def _keep(self, session: Remembered) -> None:
        try:
            with runtime().database.transaction() as work:
                sign_ins.keep(work, session.token, session.to_keep())
        except DatabaseUnavailable as error:
            # the page is rendered already; only the message above the next page is lost
            log.error("a session cannot be kept", reason=str(error))


def here() -> Remembered:
    """Return this request's session."""
    return cast(Remembered, request_ctx.session)


def kept_at_first() -> dict[str, Any]:
    """Return the data of a new sign-in: a form token, so that no page has to write one."""
    return {FORM_TOKEN: secrets.token_hex(FORM_TOKEN_BYTES)}
