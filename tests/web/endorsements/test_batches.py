"""A page of the queue decided in one go: nothing chosen beforehand, each text in view, nothing typed lost."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html import unescape

from passport.services.endorsements import decisions
from passport.services.evidence import drafting
from tests.fixtures.towns import STORY, Town
from tests.web.conftest import Arrive, Visitor


def choose(robin: Visitor, **decisions: str) -> str:
    """Choose in the queue, and go on; gives the address of the next page."""
    fields = {f"decision-{reference}": decision for reference, decision in decisions.items()}
    versions = {f"version-{reference}": "1" for reference in decisions}
    answer = robin.send("/queue", **fields, **versions, step="go")
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def carried(page: str) -> list[str]:
    """The rows that a page carries on."""
    return re.findall(r'name="row" value="([^"]*)"', page)


def go_on(robin: Visitor, address: str, **answers: str) -> str:
    """Answer, and go on; gives the address of the next page."""
    rows = carried(robin.read(address))
    answer = robin.press(address, "/queue/answers", row=rows, **answers)
    assert answer.status_code == 303, unescape(answer.text)
    return str(answer.location)


def bases(page: str) -> list[str]:
    """The names of the questions how one knows."""
    return sorted(set(re.findall(r'name="(basis-[^"]*)"', page)))


def state(town: Town, reference: str) -> str:
    """Where something of Amara's stands."""
    with town.transaction() as session:
        return drafting.own(session, town.account(session, "amara"), reference).state.value


def test_from_the_queue_to_the_decisions(town: Town, arrive: Arrive) -> None:
    alike, other, back, not_able = town.sent(), town.sent(), town.sent(level=1), town.sent(level=2)
    robin = arrive("robin")
    queue = robin.read("/queue")
    assert "checked" not in queue, "nothing is chosen beforehand"
    assert queue.count(STORY) == 4, "each text is in view"
    address = choose(robin, **{alike: "endorse", other: "endorse", back: "back", not_able: "decline"})
    page = robin.read(address)
    (basis,) = bases(page)
    assert "checked" not in page
    assert "For 2 students" in page
    reasons = {f"why-{back}": "say-what-happened", f"why-{not_able}": "cannot-say"}
    review = go_on(robin, address, **{basis: "2"}, **reasons)
    page = robin.read(review)
    assert "I reviewed the work" in page
    assert "Say what happened in the end" in page
    assert page.count(STORY) == 4
    done = robin.press(review, "/queue/confirm", row=carried(page))
    assert done.location == "/decisions"
    decisions = robin.read("/decisions")
    for words in ("2 endorsed.", "1 sent back.", "1 where you were not able to say."):
        assert words in decisions
    assert [state(town, one) for one in (alike, other, back, not_able)] == [
        "endorsed",
        "endorsed",
        "returned",
        "declined",
    ]


def test_one_answer_for_several_only_within_one_activity_skill_and_level(town: Town, arrive: Arrive) -> None:
    for level in (3, 3, 3, 2):
        town.sent(level=level)
    robin = arrive("robin")
    page = robin.read("/queue")
    assert "Choose “Endorse” for all 3 of these" in page
    assert page.count("for all") == 1
    key = re.search(r'value="all-([^"]*)"', page)
    assert key is not None
    answer = robin.send("/queue", step=f"all-{key[1]}")
    assert answer.status_code == 200
    assert len(re.findall(r'value="endorse" checked', answer.text)) == 3
    chosen = dict.fromkeys(re.findall(r'name="decision-([^"]*)"', answer.text), "endorse")
    assert len(bases(robin.read(choose(robin, **chosen)))) == 2, "another level is another question"


def test_what_is_missing_is_asked_and_what_was_answered_stays(town: Town, arrive: Arrive) -> None:
    good, back = town.sent(), town.sent(level=1)
    robin = arrive("robin")
    nothing = robin.send("/queue", step="go")
    assert "Choose what to do with at least one of them" in nothing.text
    address = choose(robin, **{good: "endorse", back: "back"})
    rows = carried(robin.read(address))
    answer = robin.press(address, "/queue/answers", row=rows, **{f"why-{back}": "not-there"})
    assert answer.status_code == 200
    assert "There is a problem" in answer.text
    assert "Choose how you know: Measuring and checking, Gear pump strip-down" in answer.text
    assert "Choose a reason" not in answer.text
    assert answer.text.count("checked") == 1
    review = robin.open("/queue/review", query_string={"row": rows})
    assert review.location.startswith("/queue/answers?"), "what is not answered cannot be confirmed"
    done = robin.press("/queue", "/queue/confirm", row=rows)
    assert done.status_code == 302
    assert state(town, good) == "submitted"


def test_what_changed_while_it_was_read_is_left_out_and_said(town: Town, arrive: Arrive) -> None:
    changed, good = town.sent(), town.sent()
    robin = arrive("robin")
    address = choose(robin, **{changed: "endorse", good: "endorse"})
    (basis,) = bases(robin.read(address))
    review = go_on(robin, address, **{basis: "1"})
    rows = carried(robin.read(review))
    with town.transaction() as session:
        account, amara, at = town.account(session, "robin"), town.account(session, "amara"), town.clock()
        decisions.send_back(session, account, changed, 1, "different-level", at)
        drafting.describe(session, amara, changed, STORY + " More.", date(2026, 3, 10), Decimal(1), at)
        drafting.submit(session, amara, changed, at)
    robin.press("/queue", "/queue/confirm", row=rows)
    words = "1 was left out: since you read it, it changed, was decided or went to somebody else."
    assert words in robin.read("/decisions")
    assert (state(town, changed), state(town, good)) == ("submitted", "endorsed")


def test_a_second_click_and_made_up_rows_change_nothing(town: Town, arrive: Arrive) -> None:
    good, others = town.sent(), town.sent("kit")
    robin = arrive("robin")
    rows = [f"endorse.{good}.1.1", f"endorse.{others}.1.1", "endorse..1.1", "own.X.1", "endorse.X.1x.1"]
    for _click in range(2):
        assert robin.press("/queue", "/queue/confirm", row=rows).location == "/decisions"
    with town.transaction() as session:
        assert len(decisions.decided(session, town.account(session, "robin"))) == 1
        kit = town.account(session, "kit")
        assert drafting.own(session, kit, others).state == "submitted"
    assert robin.open("/queue/answers?row=endorse.X.1").location == "/queue"


def test_confirming_asks_again_who_it_is(town: Town, arrive: Arrive) -> None:
    good, robin = town.sent(), arrive("robin")
    token = robin.token("/queue")
    town.clock.forward(minutes=16)
    for address in ("/queue/answers", "/queue/review"):
        assert robin.open(f"{address}?row=endorse.{good}.1.1").location.startswith("/confirm")
    data = {"csrf_token": token, "row": f"endorse.{good}.1.1"}
    assert robin.client.post("/queue/confirm", data=data).location.startswith("/confirm")
    assert state(town, good) == "submitted"


def test_more_than_a_page_is_refused_in_words_and_none_of_it_is_left_behind(
    town: Town, arrive: Arrive
) -> None:
    good, robin = town.sent(), arrive("robin")
    rows = [f"endorse.MADEUP{number}.1.1" for number in range(20)] + [f"endorse.{good}.1.1"]
    answers = [
        robin.open("/queue/answers", query_string={"row": rows}),
        robin.open("/queue/review", query_string={"row": rows}),
        robin.press("/queue", "/queue/confirm", row=rows),
    ]
    for answer in answers:
        assert answer.status_code == 409
        assert "That is more than one page of the queue. Go back and choose again." in answer.text
    assert state(town, good) == "submitted", "also not the first twenty of them"


def test_what_left_the_page_while_it_was_read_is_not_lost_and_what_cannot_be_decided_is_said(
    town: Town, arrive: Arrive
) -> None:
    """Someone else decided the oldest: what was last on page 1 was first on page 2 when they chose."""
    sent = [town.sent() for _number in range(21)]
    robin = arrive("robin")
    robin.read("/queue?page=2")
    with town.transaction() as session:
        decisions.send_back(session, town.account(session, "robin"), sent[0], 1, "not-there", town.clock())
    chosen = {f"decision-{one}": "endorse" for one in (sent[0], sent[20])}
    versions = {f"version-{one}": "1" for one in (sent[0], sent[20])}
    token = robin.token("/queue")
    answer = robin.client.post(
        "/queue?page=2", data={"csrf_token": token, "step": "go", **chosen, **versions}
    )
    assert answer.status_code == 303, answer.text
    page = robin.read(answer.location)
    assert carried(page) == [f"endorse.{sent[20]}.1"]
    assert "1 was left out: since you read it, it changed, was decided or went to somebody else." in page
