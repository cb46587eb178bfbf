"""Who is signed in, as Flask-Login sees it, and the session's cookie."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Flask, url_for
from flask_login import LoginManager, UserMixin, current_user

from passport.services import accounts
from passport.web.runtime import runtime

if TYPE_CHECKING:
    from passport.services.accounts import Account

SESSION_LENGTH = timedelta(hours=12)
HOME_PAGES = {
    "student": "home.student",
    "champion": "endorsements.queue",
    "coordinator": "overview.show",
    "manager": "overview.show",
}


class User(UserMixin):
    """The few facts about an account that every page shows."""

    def __init__(self, account: Account) -> None:
        """Copy them: the account's own transaction is over when a page is made."""
        self.reference = account.reference
        self.role = str(account.role)
        self.name = account.name
        self.first_name = account.first_name
        self.programme_name = account.programme.name
        self.programme_slug = account.programme.slug

    def get_id(self) -> str:
        """What the session keeps: a random reference, never a number or an address."""
        return self.reference

    @property
    def home(self) -> str:
        """Where this person starts."""
        return url_for(HOME_PAGES[self.role])


def homes() -> set[str]:
    """Where people start, of every role."""
    return {url_for(page) for page in HOME_PAGES.values()}


def load(reference: str) -> User | None:
    """The account of a session, or None when there is no such account any more."""
    with runtime().database.reading() as session:
        account = accounts.get(session, reference)
        return User(account) if account else None


def current() -> User | None:
    """Who is signed in, or None."""
    person = current_user._get_current_object()
    return person if isinstance(person, User) else None


def use(app: Flask, https: bool) -> None:
    """Set up sign-in and the cookie of a session."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if https else "session",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=SESSION_LENGTH,
        # a page that changes nothing sets no cookie
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    manager = LoginManager()
    manager.session_protection = None  # type: ignore[assignment]
    manager.user_loader(load)
    manager.init_app(app)
