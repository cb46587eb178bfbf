"""A champion's whole way in a real browser (product, J3): from the invitation to twenty decisions.

The most clicks that a page of twenty can take: no two of them are alike, so that no answer does for two.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING

import pyotp
import pytest
from sqlalchemy import delete

from passport.adapters.mail import Postman
from passport.app import create_app
from passport.db.people.onboarding import OnboardingStep, Step
from passport.jobs import send_mail
from passport.services.core import mails
from passport.services.endorsements import decisions, queue
from passport.services.evidence import drafting
from passport.services.people import invitations
from tests.fixtures.browsers import OpenPage
from tests.fixtures.servers import Serve, free_port
from tests.fixtures.towns import STORY, Town
from tests.web.by_keyboard import good

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

TOTP_LETTERS = re.compile(r"Letters to type: ([A-Z2-7 ]+)")
ADDRESS = re.compile(r"http://localhost:\S+")
MOST_CLICKS, MOST_MINUTES = 45, 10


@pytest.fixture
def town(town: Town) -> Town:
    """A real instance that demands a second factor; what is endorsed can be undone for a day."""
    update = {"public_url": f"http://localhost:{free_port()}", "second_factor": "demanded"}
    settings = town.runtime.settings.model_copy(update=update)
    with town.transaction() as session:
        robin = town.account(session, "robin")
        robin.password_hash, robin.programme.undo_minutes = "", 24 * 60
        session.execute(
            delete(OnboardingStep).where(
                OnboardingStep.champion_id == robin.id, OnboardingStep.step == Step.BRIEFING
            )
        )
    return replace(town, runtime=replace(town.runtime, settings=settings, demo=True))


@pytest.fixture
def address(town: Town, serve: Serve) -> str:
    """Where it is served."""
    port = int(town.runtime.settings.public_url.rpartition(":")[2])
    return serve(create_app(town.runtime), port)


@dataclass
class Hand:
    """A champion's hand: it counts every click."""

    page: Page
    clicks: int = 0

    def on(self, place: Locator) -> None:
        """Choose something on this page."""
        place.click()
        self.clicks += 1

    def leads(self, name: str) -> None:
        """Press what leads to another page, and be there."""
        with self.page.expect_navigation():
            self.on(self.page.get_by_role("main").get_by_role("button", name=name))


def sent_by_amara(town: Town) -> list[str]:
    """Twenty experiences of which no two show the same skill at the same level."""
    sent: list[str] = []
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        for skill, level in list(product(range(1, 7), range(1, 5)))[: queue.MOST]:
            reference = drafting.start(session, amara, town.activity, at).reference
            drafting.choose_skill(session, amara, reference, skill, at)
            drafting.choose_level(session, amara, reference, level, at)
            story = f"{STORY} It was number {len(sent) + 1}."
            drafting.describe(session, amara, reference, story, date(2026, 3, 10), Decimal(1), at)
            sent.append(drafting.submit(session, amara, reference, at).reference)
    return sent


def link_in_mail(town: Town) -> str:
    """The address in the mail that was sent last."""
    send_mail.post_due(town.runtime)
    with town.transaction() as session:
        mail = mails.newest(session, 1)[0]
        text = Postman(town.runtime.settings).write(mail.kind, mails.facts_of(mail)).text
    found = ADDRESS.search(text)
    assert found is not None
    return found[0]


def press(page: Page, name: str) -> None:
    """Press a button, and see that the page after it is in order."""
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name).click()
    good(page)


def come_in(page: Page, town: Town) -> None:
    """Steps 1 and 2: accept the invitation, sign in with a second factor."""
    with town.transaction() as session:
        morgan, robin = town.account(session, "morgan"), town.account(session, "robin")
        invitations.invite(session, morgan, robin, town.runtime.settings.public_url, town.clock())
    page.goto(link_in_mail(town))
    press(page, "Send the link")
    page.goto(link_in_mail(town))
    press(page, "Continue")
    press(page, "Use an authenticator app")
    letters = TOTP_LETTERS.search(page.get_by_role("main").inner_text())
    assert letters is not None
    app = pyotp.TOTP(letters[1].replace(" ", ""))
    page.get_by_label("Code that the app shows").fill(app.at(town.clock()))
    press(page, "Finish")
    press(page, "I have kept them: continue")


def declare(page: Page) -> None:
    """Step 3: the queue is closed with the reason (g) until the briefing is read and everything declared."""
    closed = page.get_by_role("main").inner_text()
    assert "Your queue is closed" in closed
    assert "You have not read the briefing and made the declarations yet." in closed
    assert "Amara" not in closed
    press(page, "Read the briefing and declare")
    for box in page.get_by_role("checkbox").all():
        assert not box.is_checked()
        box.check()
    press(page, "Declare this")


def decide_about_all(page: Page, sent: list[str]) -> int:
    """Steps 4 to 8: a decision a row, how one knows or why, a look at all, one confirmation; the clicks."""
    hand = Hand(page)
    for reference, decision in zip(sent, ["back", "back", "decline", *["endorse"] * 17], strict=True):
        hand.on(page.locator(f"label[for='{decision}-{reference}']"))
    hand.leads("Continue with what I chose")
    assert page.locator("input:checked").count() == 0, "nothing is chosen beforehand"
    for question in page.get_by_role("main").get_by_role("group").all():
        hand.on(question.locator("label").first)
    hand.leads("Continue")
    good(page)
    review = page.get_by_role("main").inner_text()
    assert all(f"It was number {number}." in review for number in range(1, 21)), "each text is in view"
    hand.leads("Confirm 20 decisions")
    return hand.clicks


def undo_one(page: Page) -> None:
    """f: it can be undone for a day."""
    assert page.get_by_role("button", name="Undo").count() == 17
    press(page, "Undo Working with others")
    assert page.get_by_role("button", name="Undo").count() == 16


def test_from_the_invitation_to_twenty_decisions(address: str, town: Town, open_page: OpenPage) -> None:
    sent = sent_by_amara(town)
    page = open_page("desktop")
    come_in(page, town)
    declare(page)
    assert page.url == f"{address}/queue"
    assert page.locator("input:checked").count() == 0, "nothing is chosen beforehand"
    shown = page.get_by_role("main").inner_text()
    numbers = [int(number) for number in re.findall(r"It was number (\d+)\.", shown)]
    assert numbers == list(range(1, 21)), "the oldest come first, each with its text"
    assert "Demoson" not in shown
    begun = time.monotonic()
    clicks = decide_about_all(page, sent)
    assert clicks <= MOST_CLICKS
    assert time.monotonic() - begun < MOST_MINUTES * 60
    good(page)
    done = page.get_by_role("main").locator("..").inner_text()
    for words in ("17 endorsed.", "2 sent back.", "1 where you were not able to say."):
        assert words in done
    undo_one(page)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        states = [drafting.own(session, amara, reference).state.value for reference in sent]
        robin = town.account(session, "robin")
        assert [one.reference for one in decisions.queue(session, robin, town.clock())] == [
            one for one, state in zip(sent, states, strict=True) if state == "submitted"
        ]
    assert sorted(states) == ["declined", *["endorsed"] * 16, *["returned"] * 2, "submitted"]
