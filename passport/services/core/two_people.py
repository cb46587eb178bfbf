"""What must be decided by two people: a request and its answer on pages, two names in an operator's command.

Withdrawals, role grants and employers are requests: one person makes it, and another person of the same right
confirms or refuses it. What a request is about, and what follows from it, stands with its subject; who may
answer it stands here. The tables hold the same rule as a constraint.
"""

from __future__ import annotations

from passport.db.people.accounts import Account
from passport.services.core.errors import Refused
from passport.services.core.reasons import Reason
from passport.services.core.rights import Action, How, allows

TWO = 2


def require_second(actor: Account, asked_by: Account, *, is_open: bool, concerned: int | None = None) -> None:
    """Require an open request, and a second person to answer it.

    ``concerned`` is the id of the account that the request is about, which may not answer it either. Raises
    Refused(REQUEST_DECIDED) for a request that has ended, and Refused(REQUEST_OWN) for these two people.
    """
    if not is_open:
        raise Refused(Reason.REQUEST_DECIDED)
    if actor.id in {asked_by.id, concerned}:
        raise Refused(Reason.REQUEST_OWN)


def require_entitled(asked_by: Account, action: Action) -> None:
    """Require that the person who made a request still has the right to, before it is confirmed.

    Raises Refused(REQUEST_OF_THE_PAST) where they are suspended or lost the role: only one person would have
    decided then.
    """
    if asked_by.suspended_at is not None or not allows(asked_by.roles, action, How.TWO_PEOPLE):
        raise Refused(Reason.REQUEST_OF_THE_PAST)


def require_own(actor: Account, asked_by: Account) -> None:
    """Require that a request is cancelled by the person who made it. Raises Refused(REQUEST_NOT_YOURS)."""
    if actor.id != asked_by.id:
        raise Refused(Reason.REQUEST_NOT_YOURS)


def require_names(by: list[str], needed: int) -> None:
    """Raise Refused unless ``by`` names at least ``needed`` different people, ignoring case and spaces."""
    if len({name.strip().casefold() for name in by if name.strip()}) < needed:
        raise Refused(Reason.NAME_TWO if needed == TWO else Reason.NAME_ONE)
