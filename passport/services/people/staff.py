"""The adults of a programme, and the state of their invitations. Their accounts are made in `grants`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, Role
from passport.db.people.invitations import Invitation
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action
from passport.services.people import invitations
from passport.services.programmes.managing import require

__all__ = ["Came", "Line", "came", "find", "invite", "line", "listed"]


class Came(StrEnum):
    """The state of an account's invitation. An account made with a password needs none and stays NOT_SENT."""

    NOT_SENT = "not sent"
    SENT = "sent"
    OLD = "old"
    ACCEPTED = "accepted"


@dataclass(frozen=True)
class Line:
    """An adult of the programme, and the state of their newest invitation."""

    account: Account
    came: Came
    invitation: Invitation | None

    @property
    def is_needed(self) -> bool:
        """Whether an invitation is of use: not for an account that was made with a password."""
        return self.invitation is not None or not self.account.password_hash


def listed(session: Session, actor: Account, at: datetime) -> list[Line]:
    """Return the programme's adults by name."""
    require(actor, Action.STRUCTURE)
    return [
        Line(one.account, came(one.invitation, at), one.invitation)
        for one in db.people.staff.adults(session, actor.programme_id)
    ]


def line(session: Session, account: Account, at: datetime) -> Line:
    """Return an adult's account with the state of their newest invitation."""
    newest = db.people.staff.newest_invitation(session, account.id)
    return Line(account, came(newest, at), newest)


def came(invitation: Invitation | None, at: datetime) -> Came:
    """Return the state of an invitation."""
    if invitation is None:
        return Came.NOT_SENT
    if invitation.accepted_at is not None:
        return Came.ACCEPTED
    return Came.SENT if at < invitation.ends_at else Came.OLD


def find(session: Session, actor: Account, reference: str, *, lock: bool) -> Account:
    """Return an adult of the manager's programme; with ``lock``, with a row lock (FOR UPDATE).

    Raises NotFound for a student and for another programme's.
    """
    require(actor, Action.STRUCTURE)
    found = db.people.staff.person(session, actor.programme_id, reference, lock=lock)
    if found is None or found.role is Role.STUDENT:
        raise NotFound
    return found


def invite(session: Session, actor: Account, reference: str, public_url: str, at: datetime) -> Account:
    """Send an invitation to an adult; it replaces an older one. Raises Refused for a suspended account."""
    account = find(session, actor, reference, lock=True)
    if account.suspended_at is not None:
        raise Refused(Reason.NOT_INVITABLE)
    invitations.invite(session, actor, account, public_url, at)
    return account
