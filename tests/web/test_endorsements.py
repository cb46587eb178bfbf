from __future__ import annotations

import pytest

from passport import jobs
from passport.services.endorsements import DECLINE_REASONS, RETURN_REASONS
from tests.fixtures.towns import STORY, Town
from tests.web.conftest import Arrive, Visitor


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
    page = robin.read(item)
    assert STORY in page
    assert "Measures to the drawing's limits" in page
    assert (
        page.index("On my own") < page.index("The other levels of this skill") < page.index("Guiding others")
    )


@pytest.mark.parametrize("step", ["endorse", "send-back", "decline"])
def test_nothing_is_chosen_beforehand_and_something_must_be(step: str, robin: Visitor, item: str) -> None:
    assert "checked" not in robin.read(f"{item}/{step}")
    answer = robin.send(f"{item}/{step}", version=1)
    assert "There is a problem" in answer.text


def test_endorsing_shows_what_will_be_signed_before_it_is(robin: Visitor, item: str, town: Town) -> None:
    choice = {"version": 1, "basis": 1, "level": 2}
    review = robin.send(f"{item}/endorse", **choice)
    for words in ("Check what will be signed", "With support", "I saw it", "Tinderbeck Precision Ltd"):
        assert words in review.text
    assert STORY not in review.text
    assert "Nothing yet" in robin.read("/decisions")
    assert robin.send(f"{item}/endorse", **choice, step="confirm").location == "/decisions"
    assert "Measuring and checking: With support" in " ".join(
        robin.read("/decisions").replace("</span>", "").replace('<span dir="auto">', "").split()
    )


def test_change_goes_back_with_the_choice(robin: Visitor, item: str) -> None:
    page = robin.send(f"{item}/endorse", version=1, basis=2, level=1, step="change")
    assert page.text.count(" checked") == 2
    assert "There is a problem" not in page.text


def test_a_second_click_on_confirm_makes_one_endorsement(robin: Visitor, item: str, town: Town) -> None:
    data = {
        "csrf_token": robin.token(f"{item}/endorse"),
        "version": 1,
        "basis": 1,
        "level": 3,
        "step": "confirm",
    }
    for _click in range(2):
        assert robin.client.post(f"{item}/endorse", data=data).location == "/decisions"
    jobs.run_due(town.runtime)
    assert robin.client.post(f"{item}/endorse", data=data).location == "/decisions"
    assert robin.read("/decisions").count('class="sp-row"') == 1


def test_a_higher_level_than_claimed_is_refused(robin: Visitor, town: Town) -> None:
    item = f"/queue/{town.sent(level=2)}"
    assert 'value="3"' not in robin.read(f"{item}/endorse").partition('name="level"')[2]
    answer = robin.send(f"{item}/endorse", version=1, basis=1, level=3, step="confirm")
    assert answer.status_code == 409
    assert "send it back" in answer.text


def test_what_changed_since_it_was_read_is_not_endorsed(robin: Visitor, item: str) -> None:
    answer = robin.send(f"{item}/endorse", version=7, basis=1, level=3, step="confirm")
    assert answer.status_code == 409
    assert "It has changed since you opened it" in answer.text


@pytest.mark.parametrize("reason", RETURN_REASONS)
def test_sent_back_with_a_reason_that_the_student_reads(
    reason: str, robin: Visitor, item: str, arrive: Arrive
) -> None:
    assert robin.send(f"{item}/send-back", version=1, reason=reason).location == "/queue"
    page = arrive("amara").read(item.replace("/queue", "/evidence"))
    assert "Sent back" in page
    assert RETURN_REASONS[reason] in page


@pytest.mark.parametrize("reason", DECLINE_REASONS)
def test_not_able_to_say(reason: str, robin: Visitor, item: str, arrive: Arrive) -> None:
    assert robin.send(f"{item}/decline", version=1, reason=reason).location == "/queue"
    page = arrive("amara").read(item.replace("/queue", "/evidence"))
    assert "Not endorsed" in page
    assert DECLINE_REASONS[reason] in page


def test_a_reason_of_ones_own_is_not_taken(robin: Visitor, item: str) -> None:
    answer = robin.send(f"{item}/send-back", version=1, reason="text me on 07700 900123")
    assert "There is a problem" in answer.text
    assert "07700" not in answer.text


def test_undo_until_it_is_signed(robin: Visitor, item: str, town: Town) -> None:
    with town.transaction() as session:
        town.account(session, "robin").programme.undo_hours = 24
    robin.send(f"{item}/endorse", version=1, basis=1, level=3, step="confirm")
    undo = f"/decisions/{_only(robin)}/undo"
    assert "until 15 March 2026, 3:00pm" in robin.read("/decisions")
    robin.press("/decisions", undo)
    assert item in robin.read("/queue")
    robin.send(f"{item}/endorse", version=1, basis=1, level=3, step="confirm")
    token, undo = robin.token("/decisions"), f"/decisions/{_only(robin)}/undo"
    town.clock.forward(hours=25)
    jobs.run_due(town.runtime)
    late = robin.client.post(undo, data={"csrf_token": token})
    assert late.status_code == 409
    assert "It is signed already" in late.text


def test_when_nothing_can_be_signed_nothing_is_taken(
    robin: Visitor, item: str, town: Town, arrive: Arrive
) -> None:
    for file in town.runtime.settings.keys_directory.glob("endorse-*.pem"):
        file.write_text("damaged")
    from passport.proofs.signing import KeyRing
    from passport.services.runtime import read_passphrase

    keys = KeyRing.load(
        town.runtime.settings.keys_directory, read_passphrase(town.runtime.settings.passphrase_file)
    )
    object.__setattr__(town.runtime, "keys", keys)
    answer = robin.send(f"{item}/endorse", version=1, basis=1, level=3, step="confirm")
    assert answer.status_code == 503
    assert "Endorsing is closed just now" in answer.text
    assert ".pem" not in answer.text
    assert item in robin.read("/queue")


def _only(robin: Visitor) -> str:
    return robin.read("/decisions").partition("/decisions/")[2].partition("/undo")[0]
