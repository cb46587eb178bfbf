"""A check has a receipt, a receipt opens again, and a date of birth is compared on the page of a code."""

from __future__ import annotations

import re
import statistics
import time
from html import unescape
from typing import TYPE_CHECKING

import pytest

from passport.db.credentials.records import Credential, CredentialState
from passport.jobs import queue as job_queue
from passport.openbadges import share_code
from passport.services.checking import checks
from passport.services.credentials import lifecycle
from passport.services.sharing import shares
from passport.verifier import Verdict
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive, Visitor

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

NUMBER = re.compile(r"R-\w{4}-\w{4}-\w{4}")
BORN = {"day": "6", "month": "5", "year": "2011"}
OTHER = {"day": "7", "month": "5", "year": "2011"}


@pytest.fixture
def entry(town: Town) -> str:
    return town.issued()


@pytest.fixture
def code(town: Town, entry: str) -> str:
    return town.shared(entry)


def receipt_on(page: str) -> str:
    """The number on a page."""
    numbers: set[str] = set(NUMBER.findall(page))
    [number] = numbers
    return number


def counted(town: Town) -> int:
    """The checks that the student sees."""
    with town.transaction() as session:
        return sum(one.checks for one in shares.mine(session, town.account(session, "amara")))


def test_loading_a_page_again_makes_no_second_receipt(code: str, town: Town, arrive: Arrive) -> None:
    numbers = {receipt_on(arrive().read(f"/c/{code}")) for _time in range(3)}
    assert len(numbers) == 1
    assert counted(town) == 1
    town.clock.forward(minutes=1)
    assert receipt_on(arrive().read(f"/c/{code}")) not in numbers
    assert counted(town) == 2


def test_fetching_ahead_and_asking_for_the_headers_check_nothing(
    code: str, town: Town, arrive: Arrive
) -> None:
    arrive().open(f"/c/{code}", headers={"Sec-Purpose": "prefetch;prerender"})
    arrive().client.head(f"/c/{code}")
    assert counted(town) == 0


def test_then_and_now(entry: str, code: str, town: Town, arrive: Arrive) -> None:
    number = receipt_on(arrive().read(f"/c/{code}"))
    town.clock.forward(days=2)
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    job_queue.publish_due(town.runtime)
    asked = arrive().client.post("/receipts", data={"number": number.lower()})
    assert (asked.status_code, asked.location) == (303, f"/receipts/{number.replace('-', '')}")
    page = arrive().read(asked.location)
    assert page.index("<h1") < page.index("Then") < page.index("Genuine and current") < page.index("Now")
    assert page.index("Now") < page.index("Genuine, but withdrawn")
    assert "14 March 2026 at 3:00pm" in page
    assert counted(town) == 1, "opening a receipt is no new check"


def test_a_stopped_share_is_not_opened_again_by_its_receipt(code: str, town: Town, arrive: Arrive) -> None:
    number = receipt_on(arrive().read(f"/c/{code}"))
    address = f"/receipts/{number}"
    assert "Amara Demoson" in arrive().read(address)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        shares.stop(session, amara, shares.mine(session, amara)[0].reference, town.clock())
    stopped = arrive().read(address)
    with town.transaction() as session:
        session.query(Credential).one().state = CredentialState.ERASED
    erased = arrive().read(address)
    pages = {stopped: "The holder has stopped sharing this", erased: "We cannot find this code"}
    for page, words in pages.items():
        assert "Genuine and current" in page
        assert words in page
        for private in ("Amara", "Lanternmoor", "Measuring", "Robin"):
            assert private not in page
    assert share_code.pretty(code) not in erased


def test_a_number_that_is_none_and_one_that_no_one_has(arrive: Arrive) -> None:
    unknown = "R-" + share_code.pretty(share_code.new())[3:]
    answer = arrive().open(f"/receipts/{unknown}")
    assert answer.status_code == 404
    assert unknown in answer.text
    for typed, words in (("", "Enter the number"), ("R-4F7K", "This is no receipt number")):
        refused = arrive().client.post("/receipts", data={"number": typed})
        assert refused.status_code == 400
        assert words in refused.text
        assert "<title>Error:" in refused.text
    assert arrive().open("/receipts/<script>").status_code == 404


def test_where_nothing_can_be_written_the_verdict_is_shown_all_the_same(
    code: str, town: Town, arrive: Arrive
) -> None:
    visitor = arrive()
    began = time.monotonic()
    with town.transaction():
        page = visitor.read(f"/c/{code}")
    assert time.monotonic() - began < 5
    assert "Genuine and current" in page
    assert "We could not make a receipt of this check just now" in page
    assert not NUMBER.search(page)


def compare(visitor: Visitor, code: str, **born: str) -> TestResponse:
    """Send the form with a date."""
    return visitor.client.post(f"/c/{code}/birthdate", data=born)


def test_match_no_match_and_not_more_than_five(code: str, arrive: Arrive) -> None:
    page = compare(arrive(), code, **OTHER)
    assert page.status_code == 200
    assert "No match: check with your applicant" in page.text
    for _time in range(4):
        assert "the one in the school's record" in compare(arrive(), code, **BORN).text
    sixth = compare(arrive(), code, **BORN)
    assert "five times an hour" in sixth.text
    assert "school's record" not in sixth.text
    for answer in (page, sixth):
        assert answer.text.index("<h1") < answer.text.index('class="sp-match"')
        assert "Amara Demoson" in answer.text


def test_the_date_is_in_no_answer(code: str, arrive: Arrive, capfd: pytest.CaptureFixture[str]) -> None:
    for born in (
        BORN,
        OTHER,
        {"day": "31", "month": "2", "year": "2011"},
        {"day": "x", "month": "", "year": "2011"},
    ):
        answer = compare(arrive(), code, **born)
        sent = answer.text + str(answer.headers)
        assert "2011" not in sent
        assert "6 May" not in sent
    assert "2011" not in capfd.readouterr().err


def test_what_is_no_day_is_no_try(code: str, arrive: Arrive) -> None:
    for _time in range(6):
        assert "that is not a day" in compare(arrive(), code, day="31", month="2", year="2011").text
    assert "school's record" in compare(arrive(), code, **BORN).text


def test_only_a_page_that_shows_a_person_offers_to_compare(
    entry: str, code: str, town: Town, arrive: Arrive
) -> None:
    assert f'action="/c/{share_code.pretty(code)}/birthdate"' in arrive().read(f"/c/{code}")
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    job_queue.publish_due(town.runtime)
    assert "/birthdate" not in arrive().read(f"/c/{code}")
    for born in (BORN, OTHER):
        answer = compare(arrive(), code, **born)
        assert "sp-match" not in answer.text
    assert compare(arrive(), share_code.new(), **BORN).status_code == 404


def test_unknown_and_erased_are_the_same_page_after_the_same_time(
    code: str, town: Town, arrive: Arrive
) -> None:
    with town.transaction() as session:
        session.query(Credential).one().state = CredentialState.ERASED
    other = share_code.new()
    erased, unknown = arrive().open(f"/c/{code}"), arrive().open(f"/c/{other}")
    assert erased.status_code == unknown.status_code == 404
    text = unescape(erased.text).replace(share_code.pretty(code), "")
    assert text == unescape(unknown.text).replace(share_code.pretty(other), "")
    times: dict[str, list[float]] = {code: [], other: []}
    with town.runtime.database.reading() as session:
        for number in range(600):
            one = (code, other)[number % 2]
            began = time.perf_counter()
            found = checks.by_code(session, town.published(), one, town.clock())
            times[one].append(time.perf_counter() - began)
            assert found.verdict is Verdict.UNKNOWN_CODE
    ratio = statistics.median(times[code]) / statistics.median(times[other])
    assert 0.8 < ratio < 1.25
