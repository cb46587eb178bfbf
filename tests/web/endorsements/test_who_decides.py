"""Who may not decide neither sees nor decides, by page, by form and by link (product, J3 b and g).

Each has the item's own address and the forms as they were, filled in, from when they were open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from passport.adapters.mail import Postman
from passport.db.endorsements.decisions import Decision
from passport.db.endorsements.exclusions import Exclusion
from passport.db.evidence.reading_log import Look
from passport.db.people.accounts import Attachment
from passport.jobs import send_mail
from passport.services.access import links
from passport.services.access.links import Purpose
from passport.services.core import mails
from passport.services.people import accounts
from tests.fixtures.towns import STORY, Town
from tests.web.conftest import TOKEN, Arrive, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

NOTE = "Say which of the two gauges you used."
STEPS: dict[str, dict[str, str | int]] = {
    "endorse": {"basis": 1, "level": 3, "step": "confirm"},
    "send-back": {"reason": "say-what-happened", "note": NOTE},
    "decline": {"reason": "cannot-say"},
    "related": {},
}


@dataclass
class Kept:
    """A person's browser, with the token of a form, and the item that it was open about."""

    visitor: Visitor
    token: str
    item: str

    def post(self, address: str, **fields: object) -> TestResponse:
        """Send a form that was open before."""
        return self.visitor.client.post(address, data={"csrf_token": self.token, "version": 1, **fields})


def other_school(town: Town) -> str:
    """Sky is a champion of Thistlegate alone."""
    return "sky"


def ended_yesterday(town: Town) -> str:
    """Robin's time at the school was over last night."""
    with town.transaction() as session:
        robin = town.account(session, "robin")
        yesterday = town.clock().date() - timedelta(days=1)
        ending = update(Attachment).where(Attachment.champion_id == robin.id).values(until=yesterday)
        session.execute(ending)
    return "robin"


def ended_by_the_manager(town: Town) -> str:
    """Robin's time at the school was ended just now."""
    with town.transaction() as session:
        robin = town.account(session, "robin")
        ending = update(Attachment).where(Attachment.champion_id == robin.id)
        session.execute(ending.values(ended_at=town.clock()))
    return "robin"


def onboarding_expired(town: Town) -> str:
    """A year after Robin was onboarded, while the attachment goes on."""
    with town.transaction() as session:
        session.execute(update(Attachment).values(until=town.clock().date() + timedelta(days=800)))
    return "robin"


def suspended(town: Town) -> str:
    """Robin's account was closed."""
    with town.transaction() as session:
        morgan, robin = town.account(session, "morgan"), town.account(session, "robin")
        accounts.suspend(session, morgan, robin, town.clock())
    return "robin"


def open_before(town: Town, arrive: Arrive, who: str, *, days: int = 0) -> Kept:
    """Signed in, with a form open, about something of Amara's."""
    reference = town.sent()
    town.clock.forward(days=days)
    visitor = arrive(who)
    token = TOKEN.search(visitor.open("/account").text)
    assert token is not None
    return Kept(visitor, token[1], reference)


def batch(item: str) -> list[str]:
    """The item as a row of a batch, and as a batch may carry it to its last page."""
    return [f"endorse.{item}.1", f"endorse.{item}.1.1"]


def pages(item: str) -> list[str]:
    """Every page that shows a text of the queue."""
    alone = [
        f"/queue/{item}",
        *(f"/queue/{item}/{step}?version=1" for step in ("endorse", "send-back", "decline")),
    ]
    together = [f"/queue/answers?row={batch(item)[0]}", f"/queue/review?row={batch(item)[1]}"]
    return ["/queue", *alone, f"/queue/{item}/endorse/review?version=1&basis=1&level=3", *together]


def sees_and_decides_nothing(town: Town, kept: Kept) -> None:
    """By page and by form: no text, no name, no decision, and it is not even a look."""
    for address in pages(kept.item):
        shown = kept.visitor.open(address)
        assert STORY not in shown.text, address
        assert "Amara" not in shown.text, address
    for step, fields in STEPS.items():
        answer = kept.post(f"/queue/{kept.item}/{step}?version=1", **fields)
        assert answer.status_code in {400, 404}, step
    kept.post("/queue", **{f"decision-{kept.item}": "endorse", f"version-{kept.item}": 1, "step": "go"})
    for row in batch(kept.item):
        kept.post("/queue/answers", row=row)
        kept.post("/queue/confirm", row=row)
    with town.transaction() as session:
        for nothing in (Decision, Exclusion, Look):
            assert session.query(nothing).count() == 0


@pytest.mark.parametrize("why", [other_school, ended_yesterday, ended_by_the_manager, suspended])
def test_who_may_not_decide_sees_and_decides_nothing(
    town: Town, arrive: Arrive, why: Callable[[Town], str]
) -> None:
    kept = open_before(town, arrive, "sky" if why is other_school else "robin")
    why(town)
    sees_and_decides_nothing(town, kept)


def test_whose_onboarding_has_expired_sees_and_decides_nothing(town: Town, arrive: Arrive) -> None:
    onboarding_expired(town)
    kept = open_before(town, arrive, "robin", days=300)
    sees_and_decides_nothing(town, kept)
    queue = kept.visitor.read("/queue")
    assert "Your queue is closed" in queue
    assert "Your briefing and declarations ended on 4 December 2026." in queue


def test_nothing_typed_is_lost_where_the_time_at_the_school_ended_meanwhile(
    town: Town, arrive: Arrive
) -> None:
    kept = open_before(town, arrive, "robin")
    ended_yesterday(town)
    late = kept.post(f"/queue/{kept.item}/send-back?version=1", reason="say-what-happened", note=NOTE)
    assert late.status_code == 404
    assert "You cannot decide about this now" in late.text
    assert NOTE in late.text
    assert "say-what-happened" not in late.text
    assert "You are not attached to a school now." in kept.visitor.read("/queue")
    done = kept.post("/queue/confirm", row=batch(kept.item)[1])
    assert done.location == "/queue"
    queue = kept.visitor.read("/queue")
    assert "1 was left out" in queue
    assert "You are not attached to a school now." in queue


def test_another_schools_champion_is_not_told_that_there_is_something(town: Town, arrive: Arrive) -> None:
    kept = open_before(town, arrive, "sky")
    there, nowhere = (kept.visitor.open(f"/queue/{one}") for one in (kept.item, "NOSUCHREF2"))
    assert there.status_code == nowhere.status_code == 404
    assert "Page not found" in there.text
    assert "You cannot decide about this now" not in there.text


def test_a_suspended_champion_comes_in_by_no_link(town: Town, arrive: Arrive) -> None:
    town.sent()
    with town.transaction() as session:
        links.ask(session, Purpose.SIGN_IN, "robin@example.test", "", town.clock())
    send_mail.answer_requests(town.runtime)
    with town.transaction() as session:
        mail = mails.newest(session, 1)[0]
        text = Postman(town.runtime.settings).write(mail.kind, mails.facts_of(mail)).text
    link = next(line for line in text.splitlines() if line.startswith("http"))
    suspended(town)
    robin = arrive()
    robin.press("/sign-in", link)
    assert robin.open("/queue").status_code == 302
    assert robin.sign_in("robin").status_code == 200, "nor by password"
