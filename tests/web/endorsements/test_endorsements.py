from __future__ import annotations

import re
from dataclasses import replace

import pytest

from passport.app import create_app
from passport.jobs import queue as job_queue
from passport.services.credentials import lifecycle
from passport.services.endorsements.decisions import DECLINE_REASONS, RETURN_REASONS
from tests.fixtures.towns import STORY, Town
from tests.web.conftest import REASON_WORDS, Arrive, Visitor


@pytest.fixture
def robin(arrive: Arrive) -> Visitor:
    return arrive("robin")


@pytest.fixture
def item(town: Town) -> str:
    return f"/queue/{town.sent()}"


def test_the_queue_shows_a_first_name_an_initial_and_the_year(robin: Visitor, item: str) -> None:
    queue = robin.read("/queue")
    assert "Amara D." in queue
    assert "Year 10" in queue
    assert "Demoson" not in queue
    assert "Demoson" not in robin.read(item)


def test_reading_one_item(robin: Visitor, item: str) -> None:
    assert "1 experience waits for you" in robin.read("/queue")
    page = robin.read(item)
    assert STORY in page
    assert "Measures to the drawing's limits" in page
    assert (
        page.index("On my own") < page.index("The other levels of this skill") < page.index("Guiding others")
    )


@pytest.mark.parametrize("step", ["endorse", "send-back", "decline"])
def test_nothing_is_chosen_beforehand_and_something_must_be(step: str, robin: Visitor, item: str) -> None:
    assert "checked" not in robin.read(f"{item}/{step}?version=1")
    for wrong in ({}, {"basis": "x", "level": "7", "reason": "x"}):
        answer = robin.send(f"{item}/{step}?version=1", **wrong)
        assert "There is a problem" in answer.text
        assert "Choose" in answer.text
        assert not re.search("valid|coerce", answer.text.replace("novalidate", ""), re.IGNORECASE)


def test_a_decision_begins_with_reading(robin: Visitor, item: str) -> None:
    page = robin.read(item)
    for step in ("endorse", "send-back", "decline"):
        assert f'href="{item}/{step}?version=1"' in page
        assert robin.open(f"{item}/{step}").location == item
    assert robin.open(f"{item}/endorse/review?basis=1&level=1").location == item


def test_what_was_never_read_is_not_signed(robin: Visitor, item: str, town: Town, arrive: Arrive) -> None:
    """The student has it sent back and sends another text while the champion has the first one open."""
    token = robin.token(f"{item}/endorse?version=1")
    robin.send(f"{item}/send-back?version=1", version=1, reason="different-level")
    amara, sent = arrive("amara"), item.replace("/queue", "/evidence")
    other = "Something else altogether, which nobody of the employer has ever read, as long as it must be."
    amara.send(f"{sent}/story", narrative=other, held_on=["10", "3", "2026"], hours="2")
    assert amara.send(f"{sent}/check").status_code == 302
    for step in ("endorse", "send-back", "decline", "endorse/review"):
        late = robin.open(f"{item}/{step}?version=1&basis=1&level=1")
        assert late.status_code == 409, step
        assert "It has changed since you opened it" in late.text
        assert f'href="{item}"' in late.text
    choice = {"csrf_token": token, "version": 1, "basis": 1, "level": 1}
    for more in ({}, {"step": "confirm"}):
        assert robin.client.post(f"{item}/endorse?version=1", data=choice | more).status_code == 409
    assert other in robin.read(item)
    assert other in robin.read(f"{item}/endorse/review?version=2&basis=1&level=1")


def test_endorsing_shows_what_will_be_signed_before_it_is(robin: Visitor, item: str, town: Town) -> None:
    choice = {"version": 1, "basis": 1, "level": 2}
    to_review = robin.send(f"{item}/endorse?version=1", **choice)
    assert to_review.status_code == 303
    review = robin.read(to_review.location)
    for words in (
        "Check what will be signed",
        STORY,
        "With support",
        "I saw it",
        "Tinderbeck Precision Ltd",
        "with the student's full name",
        "The full name of Amara D.",
        "Brindlemoor, version 1",
        "Master class",
        "Workplace",
        "Made in Brindlemoor",
        "36 months after it is signed",
        "It is signed at once",
    ):
        assert words in review, words
    assert "Demoson" not in review
    assert "Nothing yet" in robin.read("/decisions")
    assert robin.press(to_review.location, f"{item}/endorse", **choice, step="confirm").location == (
        "/decisions"
    )
    said = " ".join(robin.read("/decisions").replace("</span>", "").replace('<span dir="auto">', "").split())
    assert "Measuring and checking: With support" in said
    assert "It is being signed now" in said
    assert "This has been decided" in robin.read(to_review.location), "going back sends nothing again"


def test_what_is_shown_before_signing_is_what_is_signed(
    robin: Visitor, item: str, town: Town, arrive: Arrive
) -> None:
    review = robin.read(f"{item}/endorse/review?version=1&basis=1&level=3")
    robin.send(f"{item}/endorse?version=1", version=1, basis=1, level=3, step="confirm")
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        entry = lifecycle.mine(session, town.account(session, "amara"))[0].reference
    checked = arrive().read(f"/c/{town.shared(entry)}")
    rows = dict(re.findall(r"<dt[^>]*>([^<]*)</dt>\s*<dd[^>]*>(.*?)</dd>", checked, re.DOTALL))
    for name in ("Endorsed by", "Employer", "What it was", "When"):
        assert rows[name] in review, name
    for name in ("How they know", "Endorsed on", "Issued on", "Review date"):
        assert name in rows
        assert name.replace("they", "you") in review


def test_change_goes_back_with_the_choice(robin: Visitor, item: str) -> None:
    review = robin.read(f"{item}/endorse/review?version=1&basis=2&level=1")
    back = f"{item}/endorse?version=1&basis=2&level=1"
    assert review.count(f'href="{back}"') == 2
    page = robin.read(back)
    assert page.count(" checked") == 2
    assert "There is a problem" not in page


@pytest.mark.parametrize(
    "choice", ["", "&basis=1", "&basis=9&level=1", "&basis=1&level=4", "&basis=x&level=x"]
)
def test_a_review_without_a_choice_asks_for_it(choice: str, robin: Visitor, item: str) -> None:
    answer = robin.open(f"{item}/endorse/review?version=1{choice}")
    assert answer.location == f"{item}/endorse?version=1"


def test_a_second_click_on_confirm_makes_one_endorsement(robin: Visitor, item: str, town: Town) -> None:
    data = {
        "csrf_token": robin.token(f"{item}/endorse?version=1"),
        "version": 1,
        "basis": 1,
        "level": 3,
        "step": "confirm",
    }
    for _click in range(2):
        assert robin.client.post(f"{item}/endorse", data=data).location == "/decisions"
    job_queue.run_due(town.runtime)
    assert robin.client.post(f"{item}/endorse", data=data).location == "/decisions"
    assert robin.read("/decisions").count('class="sp-row"') == 1
    other = robin.client.post(f"{item}/endorse", data=data | {"level": 1})
    assert other.status_code == 409
    assert "already decided" in other.text


@pytest.mark.parametrize("step", [{}, {"step": "confirm"}])
def test_a_higher_level_than_claimed_is_refused(step: dict[str, str], robin: Visitor, town: Town) -> None:
    item = f"/queue/{town.sent(level=2)}"
    assert 'value="3"' not in robin.read(f"{item}/endorse?version=1").partition('name="level"')[2]
    answer = robin.send(f"{item}/endorse?version=1", version=1, basis=1, level=3, **step)
    assert answer.status_code == 409
    assert "send it back" in answer.text


@pytest.mark.parametrize("reason", RETURN_REASONS)
def test_sent_back_with_a_reason_that_the_student_reads(
    reason: str, robin: Visitor, item: str, arrive: Arrive
) -> None:
    assert robin.send(f"{item}/send-back?version=1", version=1, reason=reason).location == "/queue"
    page = arrive("amara").read(item.replace("/queue", "/evidence"))
    assert "Sent back" in page
    assert REASON_WORDS[reason] in page


@pytest.mark.parametrize("reason", DECLINE_REASONS)
def test_not_able_to_say(reason: str, robin: Visitor, item: str, arrive: Arrive) -> None:
    assert robin.send(f"{item}/decline?version=1", version=1, reason=reason).location == "/queue"
    page = arrive("amara").read(item.replace("/queue", "/evidence"))
    assert "Not endorsed" in page
    assert REASON_WORDS[reason] in page


def test_a_reason_of_ones_own_is_not_taken(robin: Visitor, item: str) -> None:
    answer = robin.send(f"{item}/send-back?version=1", version=1, reason="text me on 07700 900123")
    assert "There is a problem" in answer.text
    assert "07700" not in answer.text


def test_undo_until_it_is_signed(robin: Visitor, item: str, town: Town) -> None:
    with town.transaction() as session:
        town.account(session, "robin").programme.undo_minutes = 24 * 60
    robin.send(f"{item}/endorse?version=1", version=1, basis=1, level=3, step="confirm")
    assert "You can undo it until 15 March 2026, 3:00pm" in robin.read("/decisions")
    undo = f"/decisions/{_only(robin)}/undo"
    assert "until 15 March 2026, 3:00pm" in robin.read("/decisions")
    robin.press("/decisions", undo)
    assert item in robin.read("/queue")
    robin.send(f"{item}/endorse?version=1", version=1, basis=1, level=3, step="confirm")
    undo = f"/decisions/{_only(robin)}/undo"
    town.clock.forward(hours=25)
    job_queue.run_due(town.runtime)
    robin.sign_in("robin")
    late = robin.press("/decisions", undo)
    assert late.status_code == 409
    assert "It is signed already" in late.text


def test_in_a_demo_it_can_be_signed_at_once_and_nowhere_else(item: str, town: Town) -> None:
    with town.transaction() as session:
        town.account(session, "robin").programme.undo_minutes = 2
    demo = Visitor(create_app(replace(town.runtime, demo=True)).test_client())
    demo.sign_in("robin")
    assert "You can undo it for 2 minutes" in demo.read(f"{item}/endorse/review?version=1&basis=1&level=3")
    demo.send(f"{item}/endorse?version=1", version=1, basis=1, level=3, step="confirm")
    reference = _only(demo)
    now = f"/decisions/{reference}/issue-now"
    real = Visitor(create_app(town.runtime).test_client())
    real.sign_in("robin")
    assert now not in real.read("/decisions")
    assert real.press("/decisions", now).status_code == 404
    job_queue.run_due(town.runtime)
    assert "Endorsed, not signed yet" in demo.read("/decisions")
    assert "It is being signed now" in demo.read(demo.press("/decisions", now).location)
    job_queue.run_due(town.runtime)
    assert "Endorsed and signed" in demo.read("/decisions")


def test_when_nothing_can_be_signed_nothing_is_taken(
    robin: Visitor, item: str, town: Town, arrive: Arrive
) -> None:
    for file in town.runtime.settings.keys_directory.glob("endorse-*.pem"):
        file.write_text("damaged")
    from passport.proofs.signing import KeyRing
    from passport.services.core.runtime import read_passphrase

    keys = KeyRing.load(
        town.runtime.settings.keys_directory, read_passphrase(town.runtime.settings.passphrase_file)
    )
    object.__setattr__(town.runtime, "keys", keys)
    answer = robin.send(f"{item}/endorse?version=1", version=1, basis=1, level=3, step="confirm")
    assert answer.status_code == 503
    assert "Nothing can be signed just now" in answer.text
    assert ".pem" not in answer.text
    assert item in robin.read("/queue")


def _only(robin: Visitor) -> str:
    return robin.read("/decisions").partition("/decisions/")[2].partition("/undo")[0]
