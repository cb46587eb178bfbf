"""Something changed under their hands: what they had typed is on the page, and the words say why."""

from __future__ import annotations

from html import unescape

import pytest

from passport.services.evidence import drafting, scribing
from passport.services.people import students
from passport.services.people.enrolments import EnrolmentState
from passport.services.safeguarding import transfers
from tests.fixtures.towns import STORY, Town
from tests.services.safeguarding.test_transfers import offered, settle, step
from tests.web.conftest import Arrive

TOLD = f"{STORY} She was proud of it."
WHEN = {"held_on": ["10", "3", "2026"], "hours": "2"}
GONE = "Nothing was saved. What this was about may have been removed"


def moved(town: Town) -> None:
    """Amara goes to the other school."""
    settle(town)
    step(town, transfers.accept, offered(town), "ari")


def drafted(town: Town) -> str:
    """A draft with skill and level."""
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        reference = drafting.start(session, amara, town.activity, at).reference
        drafting.choose_skill(session, amara, reference, 4, at)
        return drafting.choose_level(session, amara, reference, 2, at).reference


def test_what_a_scribe_or_a_worried_reader_wrote_outlives_that_she_moved_to_another_school(
    town: Town, arrive: Arrive
) -> None:
    sent, casey = town.sent(), arrive("casey")
    moved(town)
    told = {"activity": town.activity, "skill": 4, "level": 2, "narrative": TOLD, **WHEN}
    write = f"/school/students/{town.references['amara']}/write"
    for address, fields, written in (
        (write, told, TOLD),
        (f"/worried/{sent}", {"words": "It reads as if she was alone."}, "It reads as if she was alone."),
    ):
        late = casey.press("/account", address, **fields)
        page = unescape(late.text)
        assert late.status_code == 404
        assert GONE in page
        assert written in page.partition("What you had just written")[2]
    late = casey.press("/account", f"/school/{sent}/send-back", reason="about-others")
    assert GONE in late.text
    assert "about-others" not in late.text, "that was chosen, not written"


def test_what_she_wrote_on_a_page_of_something_removed_is_there_to_copy(town: Town, arrive: Arrive) -> None:
    draft, amara = drafted(town), arrive("amara")
    amara.press(f"/evidence/{draft}", f"/evidence/{draft}/remove")
    late = amara.press("/account", f"/evidence/{draft}/story", narrative=TOLD, **WHEN)
    assert (late.status_code, GONE in late.text, TOLD in late.text) == (404, True, True)


def test_a_fault_of_ours_loses_no_text_either(
    town: Town, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError

    casey = arrive("casey")
    monkeypatch.setattr(scribing, "write", broken)
    told = {"activity": town.activity, "skill": 4, "level": 2, "narrative": TOLD, **WHEN}
    late = casey.send(f"/school/students/{town.references['amara']}/write", **told)
    assert (late.status_code, TOLD in late.text) == (500, True)


@pytest.mark.parametrize(
    ("state", "reason", "says"),
    [
        (EnrolmentState.PAUSED, "", "Your school has paused your place."),
        (EnrolmentState.COMPLETED, "", "You have completed the programme"),
        (EnrolmentState.WITHDRAWN, "no-time", "Your place in the programme has ended"),
    ],
)
def test_who_may_not_write_now_is_told_before_she_writes(
    state: EnrolmentState, reason: str, says: str, town: Town, arrive: Arrive
) -> None:
    drafted(town)
    amara = arrive("amara")
    assert "Carry on" in amara.read("/home")
    with town.transaction() as session:
        casey = town.account(session, "casey")
        students.enrol(session, casey, town.references["amara"], state, reason, "", town.clock())
    page = amara.read("/home")
    assert says in page
    for invitation in ("Carry on", "Log an experience", "Log another experience"):
        assert invitation not in page
