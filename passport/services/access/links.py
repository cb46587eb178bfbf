"""Links by mail, to sign in or to choose a new password.

Opening a link changes nothing, because mail scanners open all links. It is used when the button on its page
is pressed. The web request only records the request, and a job answers it: so known and unknown addresses
cost the same work.
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
    """Record a request for a link to an address, whether or not an account has it."""
    request = LinkRequest(
        purpose=purpose,
        email=db.people.accounts.kept_email(email)[:LONGEST_ADDRESS],
        onwards=onwards[:LONGEST_WAY],
        asked_at=at,
    )
    session.add(request)
    session.flush()


def ask_as_invited(session: Session, token: str, at: datetime) -> None:
    """Record a request for a sign-in link to the address of an invitation's account. Raises LinkGone."""
    row = invitations.find(session, token, at)
    ask(session, Purpose.SIGN_IN, row.account.email or "", "", at)


def waiting(session: Session, at: datetime) -> list[int]:
    """Return the row ids of the requests that wait for an answer."""
    return db.access.links.requests(session, at)


def answer(session: Session, number: int, public_url: str, at: datetime) -> None:
    """Answer a request: with a mail where there is an account that may sign in, otherwise not at all.

    No mail is sent either to an account that had `LINKS.most` links within `LINKS.within`.
    """
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
    """Delete a request that cannot be answered; its sender never learns whether there is an account."""
    db.access.links.take_request(session, number)


def send(
    session: Session, account: Account, purpose: Purpose, public_url: str, at: datetime, onwards: str = ""
) -> None:
    """Make a link and queue its mail, to the account's own address only."""
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
    """Return the unused link of a token. Raises LinkGone with "unknown", "used" or "old"."""
    link = db.access.links.by_digest(session, tokens.digest(token))
    if link is None or link.purpose is not purpose:
        raise LinkGone("unknown")
    if link.used_at is not None:
        raise LinkGone("used")
    if link.ends_at <= at:
        raise LinkGone("old")
    return link


def use(session: Session, purpose: Purpose, token: str, at: datetime) -> Account:
    """Mark a link as used; return its account. Raises LinkGone, also for the second of concurrent uses."""
    link = find(session, purpose, token, at)
    if not db.access.links.use(session, link, at):
        raise LinkGone("used")
    return link.account


def forget_old(session: Session, at: datetime) -> None:
    """Delete links that ended 30 days ago; until then their pages can say that they are old or used."""
    db.access.links.forget(session, at - KNOWN_FOR)
