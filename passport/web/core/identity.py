"""The signed-in account, as Flask-Login sees it; beginning and ending a sign-in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from passport.services.access import sign_ins
from passport.services.access.sign_ins import Stage, Way
from passport.web.core import cookies, devices
from passport.web.core.runtime import runtime

if TYPE_CHECKING:
    from passport.services import Session
    from passport.services.people.accounts import Account

HOME_PAGES = {
    "student": "home.student",
    "champion": "endorsements.queue",
    "coordinator": "overview.show",
    "lead": "overview.show",
    "author": "grants.own",
    "organiser": "grants.own",
    "steering": "grants.own",
    "manager": "overview.show",
    "admissions": "institution.new",
}


class Logins(LoginManager):
    """Login manager without "remember me", so that no response reads the session for it."""

    def _update_remember_cookie(self, response: Response) -> Response:
        return response


class User(UserMixin):
    """The few facts about an account that every page shows."""

    def __init__(self, account: Account) -> None:
        """Copy the facts: the account's own transaction has ended when a page is rendered."""
        self.reference = account.reference
        self.role = str(account.role)
        self.roles = frozenset(str(role) for role in account.roles)
        self.name = account.name
        self.first_name = account.first_name
        self.programme_name = account.programme.name
        self.programme_slug = account.programme.slug

    def get_id(self) -> str:
        """Return what the session stores: a random reference, never a number or an address."""
        return self.reference

    @property
    def home(self) -> str:
        """Return the address of the home page of the account's role."""
        return url_for(HOME_PAGES[self.role])


def homes() -> set[str]:
    """Return the addresses of the home pages of all roles."""
    return {url_for(page) for page in HOME_PAGES.values()}


def load(reference: str) -> User | None:
    """Return the session's account. Only the sign-in row identifies an account, never a sealed cookie."""
    row = cookies.here().row
    if cookies.here().is_over or row is None or row.account.reference != reference:
        return None
    return User(row.account)


def begin(session: Session, account: Account, way: Way, at: datetime, stage: Stage) -> str:
    """Begin a sign-in and end the browser's earlier one. Return the token for `arrive`."""
    sign_ins.end(session, cookies.here().token, at)
    agent = request.user_agent.string
    return sign_ins.begin(
        session,
        account,
        way,
        at,
        stage=stage,
        browser=devices.browser_of(agent),
        system=devices.system_of(agent),
        kept=cookies.kept_at_first(),
    )


def arrive(token: str) -> User | None:
    """Send the cookie of a sign-in that was just committed, and log its account in.

    Return None while the second factor is missing.
    """
    cookies.here().take(token)
    row = cookies.here().row
    if row is None or row.stage is Stage.WAITING:
        return None
    user = User(row.account)
    login_user(user)
    return user


def leave() -> None:
    """End this browser's sign-in, if there is one."""
    here = cookies.here()
    if here.token:
        with runtime().database.transaction() as session:
            sign_ins.end(session, here.token, runtime().clock())
    logout_user()
    here.drop()


def current() -> User | None:
    """Return the signed-in user, or None."""
    person = current_user._get_current_object()
    return person if isinstance(person, User) else None


def use(app: Flask, https: bool) -> None:
    """Set up sign-in and the session cookie."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if https else "session",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )
    app.session_interface = cookies.Sessions()
    manager: Any = Logins()  # type: ignore[no-untyped-call]
    manager.session_protection = None
    manager.user_loader(load)
    manager.init_app(app)
