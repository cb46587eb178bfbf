"""An invitation survives forwarding, scanners and a second click, and lets only the right person in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from passport.adapters.mail import Postman
from passport.jobs import send_mail
from passport.services.core import mails
from passport.services.people import invitations
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive

ADDRESS = re.compile(r"http://localhost:8000(/\S+)")


@pytest.fixture
def town(town: Town) -> Town:
    """A town whose mail is kept, where Sky has been invited and has no password yet."""
    with town.transaction() as session:
        town.account(session, "sky").password_hash = ""
    return replace(town, runtime=replace(town.runtime, demo=True))


@pytest.fixture
def invite(town: Town) -> Callable[[], str]:
    """Invite Sky; gives the page's address."""

    def now() -> str:
        with town.transaction() as session:
            morgan, sky = town.account(session, "morgan"), town.account(session, "sky")
            invitations.invite(session, morgan, sky, town.runtime.settings.public_url, town.clock())
        return newest(town)

    return now


def newest(town: Town) -> str:
    """The address in the mail that was sent last, and whom it went to is Sky."""
    send_mail.post_due(town.runtime)
    with town.transaction() as session:
        mail = mails.newest(session, 1)[0]
        assert mail.to == "sky@example.test"
        text = Postman(town.runtime.settings).write(mail.kind, mails.facts_of(mail)).text
    found = ADDRESS.search(text)
    assert found is not None
    return found[1]


def test_the_right_person_comes_in_no_matter_who_opens_and_presses(
    town: Town, arrive: Arrive, invite: Callable[[], str]
) -> None:
    address = invite()
    for _scanner in range(3):
        page = arrive().open(address)
        assert page.status_code == 200
        assert page.headers["Referrer-Policy"] == "no-referrer"
    colleague = arrive()
    shown = colleague.read(address)
    assert "Made in Brindlemoor" in shown
    assert "s…@example.test" in shown
    assert "Sky" not in shown
    assert "sky@" not in shown
    assert colleague.send(address).location.startswith("/sign-in/link-sent")
    link = newest(town)
    assert link.startswith("/sign-in/link/"), "it went to the invited address and to no other"
    assert colleague.open("/queue").status_code == 302
    sky = arrive()
    assert sky.send(link).location == "/queue"
    for again in (sky, colleague):
        page = again.open(address)
        assert page.status_code == 410
        assert "has signed in before" in page.text
        assert 'href="/sign-in"' in page.text


def test_a_visitor_who_is_signed_in_as_another_person_is_told_so(
    arrive: Arrive, invite: Callable[[], str]
) -> None:
    address = invite()
    page = arrive("robin").read(address)
    assert "You are signed in as Robin Fixturely" in page
    assert "this invitation is for somebody else" in page


def test_an_old_one_a_replaced_one_and_a_broken_one_say_what_to_do(
    town: Town, arrive: Arrive, invite: Callable[[], str]
) -> None:
    first = invite()
    second = invite()
    assert "ask whoever invited you to send another" in arrive().open(first).text
    assert arrive().open(second).status_code == 200
    assert "Part of the address may be missing" in arrive().open(second[:-2]).text
    town.clock.now += timedelta(days=30)
    for gone in (first, second):
        assert "This invitation is over" in arrive().open(gone).text
        assert arrive().client.get(gone).status_code == 410
