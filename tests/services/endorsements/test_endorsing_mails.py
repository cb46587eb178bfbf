"""Mails after a batch and once a week: how many, never who; each once, also after a kill."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from passport.db import Session
from passport.db.core.mails import Mail
from passport.db.people.accounts import Account, Role
from passport.jobs import send_mail
from passport.services.core import failures, mails
from passport.services.endorsements import confirmations, decisions, endorser_mails
from passport.services.people import accounts
from tests.fixtures.towns import PASSWORD, Town

MONDAY = datetime(2026, 3, 16, 7, 5, tzinfo=UTC)
URL = "http://localhost:8000"


def told(town: Town) -> list[tuple[str, str, int]]:
    """Every mail so far: to whom, of what kind, about how many."""
    with town.transaction() as session:
        found = session.query(Mail).order_by(Mail.id)
        return [((one.to or "").split("@")[0], one.kind, int(mails.facts_of(one)["number"])) for one in found]


def tell_batches(town: Town) -> list[tuple[str, str, int]]:
    """The job comes by; gives every mail so far."""
    send_mail.notify_of_decisions(town.runtime)
    return told(town)


def on_monday(town: Town) -> list[str]:
    """The hourly job comes by three times on a Monday; gives who was told."""
    for _hour in range(3):
        send_mail.tell_digests(town.runtime)
        town.clock.forward(hours=1)
    return [who for who, kind, _number in told(town) if kind == "digest"]


def another_coordinator(town: Town) -> None:
    """Rowan, at Lanternmoor too."""
    with town.transaction() as session:
        casey = town.account(session, "casey")
        assert casey.staff is not None
        rowan = accounts.make(
            session,
            casey.programme,
            Role.COORDINATOR,
            email="rowan@example.test",
            name="Rowan Dummyname",
            first_name="Rowan",
            password=PASSWORD,
            at=town.clock(),
        )
        accounts.make_staff(session, rowan, casey.staff.school)


def test_a_batch_is_one_mail_to_the_champion_and_one_to_the_school(town: Town) -> None:
    for _one in range(3):
        town.endorsed(town.sent())
    town.endorsed(town.sent("kit"), "sky")
    assert tell_batches(town) == [], "a batch may go on for a moment"
    town.clock.forward(minutes=2)
    expected = [("robin", "endorsed", 3), ("sky", "endorsed", 1), ("casey", "endorsed-at-school", 3)]
    assert tell_batches(town) == expected
    town.clock.forward(hours=1)
    assert tell_batches(town) == expected, "once"
    with town.transaction() as session:
        said = "".join(one.facts for one in session.query(Mail))
    assert not any(name in said for name in ("Amara", "Kit", "Demoson"))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_was_undone_at_once_is_told_all_the_same_and_what_is_sent_back_is_not(town: Town) -> None:
    with town.transaction() as session:
        town.account(session, "robin").programme.undo_minutes = 24 * 60
    given, back = town.endorsed(town.sent()), town.sent()
    with town.transaction() as session:
        robin = town.account(session, "robin")
        decisions.undo(session, robin, given, town.clock())
        decisions.send_back(session, robin, back, 1, "not-there", town.clock())
    town.clock.forward(minutes=2)
    assert tell_batches(town) == [("robin", "endorsed", 1), ("casey", "endorsed-at-school", 1)]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_a_school_confirmed_is_told_in_its_own_words_and_leads_to_its_own_page(town: Town) -> None:
    another_coordinator(town)
    sent = town.sent()
    with town.transaction() as session:
        casey = town.account(session, "casey")
        confirmations.confirm(session, town.runtime.keys, casey, sent, 1, 1, 3, town.clock())
    town.clock.forward(minutes=2)
    assert tell_batches(town) == [("casey", "confirmed", 1), ("rowan", "confirmed-at-school", 1)]
    with town.transaction() as session:
        links = {one.kind: mails.facts_of(one)["link"] for one in session.query(Mail)}
    assert links["confirmed"] == f"{URL}/overview/confirmations"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_once_a_week_from_monday_morning_those_with_something_waiting_are_told_how_much(
    town: Town,
) -> None:
    town.sent()
    town.sent()
    town.clock.now = MONDAY - timedelta(minutes=10)
    send_mail.tell_digests(town.runtime)
    assert told(town) == [], "before seven nobody is woken"
    town.clock.now = MONDAY
    assert on_monday(town) == ["robin"], "nothing waits for Sky"
    assert told(town) == [("robin", "digest", 2)]
    town.clock.now = MONDAY + timedelta(days=6)
    assert on_monday(town) == ["robin"], "not again in that week"
    town.clock.now = MONDAY + timedelta(days=8)
    assert on_monday(town) == ["robin", "robin"], "a Tuesday will do after a Monday on which nothing ran"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_who_does_not_want_it_or_may_not_work_gets_none(town: Town) -> None:
    town.sent()
    town.sent("kit")
    with town.transaction() as session:
        morgan, robin, sky = (town.account(session, who) for who in ("morgan", "robin", "sky"))
        endorser_mails.set_digest(session, robin, False)
        accounts.suspend(session, morgan, sky, town.clock())
    town.clock.now = MONDAY
    assert on_monday(town) == []
    with town.transaction() as session:
        endorser_mails.set_digest(session, town.account(session, "robin"), True)
    assert on_monday(town) == ["robin"]
    town.clock.now = MONDAY.replace(month=12, day=7)
    assert on_monday(town) == ["robin"], "the onboarding has ended, so the queue is closed"


def test_two_workers_at_once_tell_each_thing_once(town: Town) -> None:
    town.sent()
    town.endorsed(town.sent())
    town.clock.now = MONDAY
    gate = threading.Barrier(4)

    def works(_number: int) -> None:
        gate.wait(timeout=30)
        send_mail.tell_digests(town.runtime)
        send_mail.notify_of_decisions(town.runtime)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(works, range(4)))
    assert sorted(told(town)) == [
        ("casey", "endorsed-at-school", 1),
        ("robin", "digest", 1),
        ("robin", "endorsed", 1),
    ]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_what_breaks_off_before_its_commit_is_told_the_next_time(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.sent()
    town.clock.now = MONDAY
    with monkeypatch.context() as breaking:
        breaking.setattr(mails, "tell", lambda *_facts, **_more: 1 / 0)
        send_mail.tell_digests(town.runtime)
    assert on_monday(town) == ["robin"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_each_digest_is_committed_alone_so_that_other_writers_wait_for_one_at_most(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.sent()
    town.sent("kit")
    town.clock.now = MONDAY
    tell, before = mails.tell, []

    def tell_and_look(*facts: Any, **more: Any) -> None:
        with town.runtime.database.reading() as session:
            before.append(session.query(Mail).count())
        tell(*facts, **more)

    monkeypatch.setattr(mails, "tell", tell_and_look)
    assert on_monday(town) == ["robin", "sky"]
    assert before == [0, 1]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_digest_that_fails_stops_no_other_and_is_given_up_after_a_bound(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.sent()
    town.sent("kit")
    town.clock.now = MONDAY
    tell, tried = mails.tell, []

    def fail_for_robin(session: Session, account: Account, *facts: Any, **more: Any) -> None:
        if account.first_name == "Robin":
            tried.append(account.first_name)
            raise ZeroDivisionError
        tell(session, account, *facts, **more)

    monkeypatch.setattr(mails, "tell", fail_for_robin)
    for _hour in range(failures.MOST + 2):
        assert on_monday(town) == ["sky"]
    assert len(tried) == failures.MOST
