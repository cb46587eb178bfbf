"""What every way to sign in has in common: begin the sign-in, ask for the second factor, redirect."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from passport.services.access import second_factor
from passport.services.access.sign_ins import Stage, Way
from passport.services.core.errors import Locked, Suspended, TooSoon, WrongCode, WrongPassword
from passport.services.core.runtime import Runtime
from passport.services.people import accounts, invitations
from passport.web.core import identity, limits
from passport.web.core.identity import User, homes
from passport.web.core.runtime import runtime
from passport.web.core.work import changing

PASSWORD_DOOR = "password"  # noqa: S105 - a word, not a secret


def begin_session(
    reference: str, way: Way, *, has_shown_second: bool = False, asked: str | None = None
) -> ResponseReturnValue:
    """Sign in an account that has just authenticated, or redirect it to the second step.

    Raises Suspended if the account is closed.
    """
    with changing() as work:
        account = accounts.known(work.session, reference)
        if account.suspended_at is not None:
            raise Suspended
        needed = second_factor.is_demanded(account, policy()) or second_factor.has_any(work.session, account)
        stage = Stage.WAITING if needed and not has_shown_second else Stage.OPEN
        token = identity.begin(work.session, account, way, work.at, stage)
        if stage is Stage.OPEN:
            invitations.accept(work.session, account, work.at)
    user = identity.arrive(token)
    wanted = asked_for() if asked is None else asked
    if user is None:
        return redirect(url_for("second.show", next=wanted or None))
    return redirect(onwards(user, wanted))


def policy() -> str:
    """Return adults' second factor policy, "demanded" or "offered": the setting; else by demo or not."""
    return runtime().settings.second_factor or ("offered" if runtime().demo else "demanded")


def why_not(error: WrongPassword | TooSoon | Locked | Suspended) -> str:
    """Return why a sign-in was refused. The words do not reveal whether such an account exists."""
    if isinstance(error, TooSoon):
        limits.come_again(error.seconds)
        if error.limit is not None:
            limits.tell_operator(error.limit)
        return ngettext(
            "There were several wrong tries. Wait %(num)s second, then try again",
            "There were several wrong tries. Wait %(num)s seconds, then try again",
            error.seconds,
        )
    if isinstance(error, Locked):
        return _("There were too many wrong tries for this address. Ask for a new password by email to go on")
    if isinstance(error, Suspended):
        return _("Your account is closed for now. Ask your programme why")
    return _("The email address and password do not belong together")


def why_wrong(wrong: WrongCode) -> str:
    """Return what to do about a code that does not match."""
    if wrong.used:
        return _("This code has been used. Wait for the next one")
    if wrong.minutes:
        off = abs(wrong.minutes)
        fast = ngettext(
            "The clock of your phone seems to be %(num)s minute fast",
            "The clock of your phone seems to be %(num)s minutes fast",
            off,
        )
        slow = ngettext(
            "The clock of your phone seems to be %(num)s minute slow",
            "The clock of your phone seems to be %(num)s minutes slow",
            off,
        )
        words = fast if wrong.minutes > 0 else slow
        return words + ". " + _("Let it set its time by itself, then enter the next code")
    return _("This code does not fit. Enter the newest one")


def has_mail(service: Runtime) -> bool:
    """Return whether mail is sent, or shown in a demo; otherwise no link is offered."""
    return service.demo or bool(service.settings.smtp_host)


def onwards(user: User, asked: str) -> str:
    """Return the page that was asked for; the home page if that was another role's home page."""
    return user.home if asked in {"", *homes()} else asked


def asked_for() -> str:
    """Return the page of ours that was asked for before sign-in, or an empty string."""
    return own_path(request.args.get("next", ""))


def own_path(address: str) -> str:
    """Return ``address`` if it is a path of this site, else an empty string: never a redirect elsewhere."""
    strange = any(character <= " " or character in "\\\x7f" for character in address)
    if strange or not address.startswith("/") or address.startswith("//"):
        return ""
    parts = urlsplit(address)
    return "" if parts.scheme or parts.netloc else address
