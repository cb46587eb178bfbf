from __future__ import annotations

import re

import pytest

from passport.services.credentials import lifecycle
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive, Visitor
from tests.web.credentials.test_entries import verdict

WHY = "The employer told us that nobody of theirs was there."


@pytest.fixture
def morgan(arrive: Arrive) -> Visitor:
    return arrive("morgan")


@pytest.fixture
def entry(town: Town) -> str:
    return town.issued()


def asked(morgan: Visitor, entry: str) -> str:
    """The page of a request."""
    answer = morgan.send(f"/overview/entries/{entry}/withdraw", reason=WHY)
    assert answer.status_code == 302
    return str(answer.location)


def test_one_asks_another_confirms_and_the_student_is_told(
    town: Town, morgan: Visitor, entry: str, arrive: Arrive
) -> None:
    code = town.shared(entry)
    page = asked(morgan, entry)
    assert "another manager decides" in morgan.read(page)
    assert verdict(town, arrive, code) == "Genuine and current"
    quinn = arrive("quinn")
    assert "1 waits for a second manager" in quinn.read("/overview")
    assert WHY in quinn.read(page)
    assert quinn.press(page, f"{page}/confirm").status_code == 302
    assert verdict(town, arrive, code) == "Genuine, but withdrawn"
    told = arrive("amara").read(f"/entries/{entry}")
    assert "The programme withdrew this entry" in told
    assert WHY not in told
    assert "Quinn" not in told
    assert "Decided by Quinn Mockingham" in morgan.read(page)


def test_the_person_who_asked_cannot_confirm_by_hand_either(morgan: Visitor, entry: str) -> None:
    page = asked(morgan, entry)
    answer = morgan.press(page, f"{page}/confirm")
    assert answer.status_code == 409
    assert "Another manager has to decide this" in answer.text
    answer = morgan.press(page, f"{page}/refuse", reason="I have changed my mind.")
    assert answer.status_code == 409


def test_refused_or_taken_back_the_entry_stays(
    town: Town, morgan: Visitor, entry: str, arrive: Arrive
) -> None:
    code, quinn = town.shared(entry), arrive("quinn")
    page = asked(morgan, entry)
    assert morgan.press(page, f"{page}/cancel").status_code == 302
    page = asked(morgan, entry)
    answer = quinn.send(f"{page}/refuse", reason="short")
    assert "at least 10 characters" in answer.text
    assert quinn.send(f"{page}/refuse", reason="The register shows that they were.").status_code == 302
    assert "The register shows that they were." in morgan.read(page)
    assert verdict(town, arrive, code) == "Genuine and current"


def test_withdrawn_by_the_student_meanwhile_there_is_nothing_to_decide(
    town: Town, morgan: Visitor, entry: str, arrive: Arrive
) -> None:
    page, quinn = asked(morgan, entry), arrive("quinn")
    token = quinn.token(page)
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    answer = quinn.client.post(f"{page}/confirm", data={"csrf_token": token})
    assert answer.status_code == 409
    assert "nothing to decide any more" in answer.text
    assert "Not needed any more" in quinn.read(page)
    assert "You withdrew this entry" in arrive("amara").read(f"/entries/{entry}")


def test_it_is_for_managers_alone(entry: str, morgan: Visitor, arrive: Arrive) -> None:
    page = asked(morgan, entry)
    for who in ("casey", "amara", "robin"):
        visitor = arrive(who)
        for address in (page, "/overview/withdrawals", f"/overview/entries/{entry}/withdraw"):
            assert visitor.open(address).status_code == 404, (who, address)
    assert "has asked for it to be withdrawn" in arrive("casey").read(f"/overview/entries/{entry}")


def test_a_second_request_leads_to_the_first(morgan: Visitor, entry: str, arrive: Arrive) -> None:
    page, quinn = asked(morgan, entry), arrive("quinn")
    assert quinn.open(f"/overview/entries/{entry}/withdraw").location == page
    assert re.search("Waits for a second manager", quinn.read("/overview/withdrawals"))
