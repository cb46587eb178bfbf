"""Links in a mailbox that another person may read are dead once the owner of the account acts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from passport.db import Session
from passport.db.people.accounts import Account
from passport.services.access import links, passwords, second_factor, sign_ins
from passport.services.access.attempts import Attempts
from passport.services.access.links import Purpose
from passport.services.core import mails
from passport.services.core.errors import LinkGone
from passport.services.people import accounts
from tests.fixtures.towns import Town

Act = Callable[[Session, Account, datetime], None]
ACTS: dict[str, Act] = {
    "new password": lambda session, who, at: passwords.change(
        session, who, "a quite long new phrase", False, at
    ),
    "signed out everywhere": lambda session, who, at: sign_ins.end_all(session, who, at),
    "second factor reset": lambda session, who, at: second_factor.reset(
        session, Attempts("a secret"), str(who.email), ["Ann", "Bo"], at
    ),
    "suspended": lambda session, who, at: accounts.suspend(session, who, who, at),
}


def sent(town: Town, who: str, purpose: Purpose) -> str:
    """Mail a link to a person and give its token."""
    with town.transaction() as session:
        links.send(session, town.account(session, who), purpose, "https://passport.example", town.clock())
        facts = mails.facts_of(mails.newest(session, 1)[0])
    return str(facts["link"]).rpartition("/")[2]


@pytest.mark.parametrize("act", ACTS)
def test_every_link_of_the_account_ends_and_no_link_of_another(town: Town, act: str) -> None:
    own = {purpose: sent(town, "robin", purpose) for purpose in Purpose}
    other = sent(town, "sky", Purpose.SIGN_IN)
    with town.transaction() as session:
        ACTS[act](session, town.account(session, "robin"), town.clock())
    with town.transaction() as session:
        for purpose, token in own.items():
            with pytest.raises(LinkGone, match="used"):
                links.use(session, purpose, token, town.clock())
        assert links.use(session, Purpose.SIGN_IN, other, town.clock()).id == town.account(session, "sky").id
