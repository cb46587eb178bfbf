"""The session and its cookie.

Somebody who is signed in has a cookie with a random token, and all else stands in the table of sign-ins.
Before that, a page with a form has a sealed cookie that names nobody: its form token, no more. It is read
only when a page asks for it, so pages for everybody and for machines cost no question to the database.
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
    """What is remembered of a browser: in a row of ours for its token, else in its sealed cookie."""

    def __init__(self, token: str, sealed: dict[str, Any] | None = None) -> None:
        """Take the token, or what was sealed. Nothing is read for a token yet."""
        self.token = token
        self.new = False
        self.modified = False
        self.accessed = False
        self._row: SignIn | None = None
        self._values = None if token else dict(sealed or {})
        self._is_over = True

    def take(self, token: str) -> None:
        """A sign-in has just begun: nothing of before goes into it."""
        self.token, self._values, self.modified, self.new = token, None, False, True

    def drop(self) -> None:
        """The sign-in is over, and the browser is told to forget its cookie."""
        self.token, self._row, self._values, self.modified, self.new = "", None, {}, True, False
        self._is_over = True

    @property
    def row(self) -> SignIn | None:
        """The sign-in of the token, over or not."""
        self._read()
        return self._row

    @property
    def is_over(self) -> bool:
        """Whether there is no token, or it is nobody's, or its sign-in has ended."""
        self._read()
        return self._is_over

    def to_keep(self) -> dict[str, Any]:
        """What is kept: who it is stands in the row itself."""
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
        """Look something up."""
        return self._read()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        """Remember something."""
        self._read()[key] = value
        self.modified = self.modified or key not in IN_THE_ROW

    def __delitem__(self, key: str) -> None:
        """Forget something."""
        del self._read()[key]
        self.modified = self.modified or key not in IN_THE_ROW

    def __iter__(self) -> Iterator[str]:
        """Go through what is remembered."""
        return iter(self._read())

    def __len__(self) -> int:
        """Count it."""
        return len(self._read())


def _of(row: SignIn) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(row.kept)
    return values | {PERSON: row.account.reference} if row.stage is Stage.OPEN else values


class Sessions(SecureCookieSessionInterface):
    """Opens and saves the session of each request."""

    def open_session(self, app: Flask, request: Request) -> Any:
        """The session of the cookie that came: a token of ours, or sealed."""
        cookie = request.cookies.get(self.get_cookie_name(app), "") if "Cookie" in request.headers else ""
        if TOKEN.fullmatch(cookie):
            return Remembered(cookie)
        sealed = super().open_session(app, request) if cookie else SecureCookieSession()
        return Remembered("", sealed)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what was changed, and send the cookie of a sign-in that began just now."""
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
        """The cookie ends with the browser's own session: many share a computer."""
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
            # the page is made already; only a message above the next one is lost
            log.error("a session cannot be kept", reason=str(error))


def here() -> Remembered:
    """This request's session."""
    return cast(Remembered, request_ctx.session)


def kept_at_first() -> dict[str, Any]:
    """What a new sign-in remembers: a form token of its own, so that no page has to write one."""
    return {FORM_TOKEN: secrets.token_hex(FORM_TOKEN_BYTES)}
