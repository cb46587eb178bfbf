"""Links by mail, to sign in or to choose a new password.

Opening a link changes nothing: mail scanners open them all. It is used up when its page's button is pressed.
A request is only noted while somebody waits for an answer, and answered by a job: known and unknown addresses
take the same work.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from urllib.parse import urlencode

from passport import db
from passport.db import Session
from passport.db.access.links import Link, LinkRequest, Purpose
from passport.db.people.accounts import Account
from passport.limits import LINKS
from passport.services.core import mails, tokens
from passport.services.core.errors import LinkGone
from passport.services.people import invitations

__all__ = ["Purpose", "answer", "ask", "find", "forget_old", "use", "waiting"]

TOKEN_BYTES = 32
LENGTH = {Purpose.SIGN_IN: timedelta(minutes=30), Purpose.NEW_PASSWORD: timedelta(hours=1)}
PAGES = {Purpose.SIGN_IN: "/sign-in/link/", Purpose.NEW_PASSWORD: "/new-password/"}
MAILS = {Purpose.SIGN_IN: "sign-in", Purpose.NEW_PASSWORD: "new-password"}
LONGEST_ADDRESS = 254
LONGEST_WAY = 500
KNOWN_FOR = timedelta(days=30)


def ask(session: Session, purpose: Purpose, email: str, onwards: str, at: datetime) -> None:
    """Note that somebody asked for a link to an address, whoever's it is."""
    request = LinkRequest(
        purpose=purpose,
        email=db.people.accounts.kept_email(email)[:LONGEST_ADDRESS],
        onwards=onwards[:LONGEST_WAY],
        asked_at=at,
    )
    session.add(request)
    session.flush()


def ask_as_invited(session: Session, token: str, at: datetime) -> None:
    """Ask for a sign-in link to the address that an invitation's token belongs to. Raises LinkGone."""
    row = invitations.find(session, token, at)
    ask(session, Purpose.SIGN_IN, row.account.email or "", "", at)


def waiting(session: Session, at: datetime) -> list[int]:
    """The requests that wait."""
    return db.access.links.requests(session, at)


def answer(session: Session, number: int, public_url: str, at: datetime) -> None:
    """Answer a request: with a mail where there is an account, else not at all."""
    request = db.access.links.take_request(session, number)
    if request is None:
        return
    account = db.people.accounts.by_email(session, request.email)
    if account is None or account.suspended_at is not None:
        return
    if db.access.links.made_since(session, account.id, at - LINKS.within) >= LINKS.most:
        return
    send(session, account, request.purpose, public_url, at, request.onwards)


def give_up(session: Session, number: int) -> None:
    """Drop a request that cannot be answered: who asked was never told whether there is an account."""
    db.access.links.take_request(session, number)


def send(
    session: Session, account: Account, purpose: Purpose, public_url: str, at: datetime, onwards: str = ""
) -> None:
    """Make a link and mail it to its account's own address, and to no other."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    ends_at = at + LENGTH[purpose]
    link = Link(
        token_digest=tokens.digest(token), purpose=purpose, account=account, made_at=at, ends_at=ends_at
    )
    session.add(link)
    session.flush()
    address = public_url + PAGES[purpose] + token + (f"?{urlencode({'next': onwards})}" if onwards else "")
    mails.tell(session, account, MAILS[purpose], at, useless_at=ends_at, link=address)


def find(session: Session, purpose: Purpose, token: str, at: datetime) -> Link:
    """The link of an address, unused. Raises LinkGone with "unknown", "used" or "old"."""
    link = db.access.links.by_digest(session, tokens.digest(token))
    if link is None or link.purpose is not purpose:
        raise LinkGone("unknown")
    if link.used_at is not None:
        raise LinkGone("used")
    if link.ends_at <= at:
        raise LinkGone("old")
    return link


def use(session: Session, purpose: Purpose, token: str, at: datetime) -> Account:
    """Use a link up; gives whose it is. Raises LinkGone, also for the second of two presses at once."""
    link = find(session, purpose, token, at)
    if not db.access.links.use(session, link, at):
        raise LinkGone("used")
    return link.account


def forget_old(session: Session, at: datetime) -> None:
    """Delete links that ended a month ago: until then their pages can say that they are old or used."""
    db.access.links.forget(session, at - KNOWN_FOR)
