"""A receipt says what was found then and what is so now; of the entries, what the code shows now."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from passport.db.credentials.records import Credential, CredentialState
from passport.jobs import queue as job_queue
from passport.openbadges import share_code
from passport.services.checking import checks, receipts
from passport.services.checking.receipts import ReceiptThenAndNow
from passport.services.core.errors import NotFound
from passport.services.credentials import lifecycle
from passport.services.sharing import shares
from passport.verifier import Verdict
from tests.fixtures.towns import Town


def keep(town: Town, code: str) -> str | None:
    """Check a code as a page does, and keep the receipt."""
    with town.transaction() as session:
        return receipts.keep(session, checks.by_code(session, town.published(), code, town.clock()))


def reopen(town: Town, number: str | None) -> ReceiptThenAndNow:
    """Open it again."""
    with town.runtime.database.reading() as session:
        kept = receipts.read_number(number or "")
        return receipts.reopen(session, town.published(), kept, town.clock())


def names(opened: ReceiptThenAndNow) -> list[str]:
    """Whose names it shows."""
    return [entry.credential.holder_name for entry in opened.now.entries if entry.credential]


def count(town: Town) -> tuple[int, int]:
    """How many receipts there are, and how many checks the student sees."""
    with town.transaction() as session:
        rows = session.execute(text("SELECT count(*) FROM receipts")).scalar_one()
        seen = sum(one.checks for one in shares.mine(session, town.account(session, "amara")))
        return rows, seen


def test_then_and_now(town: Town) -> None:
    entry = town.issued()
    number = keep(town, town.shared(entry))
    opened = reopen(town, number)
    assert (opened.verdict, opened.now.verdict, opened.counts) == (
        Verdict.CURRENT,
        Verdict.CURRENT,
        {Verdict.CURRENT: 1},
    )
    assert (opened.number, names(opened)) == (number, ["Amara Demoson"])
    then = town.clock()
    town.clock.forward(days=3)
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    job_queue.publish_due(town.runtime)
    opened = reopen(town, number)
    assert (opened.checked_at, opened.verdict, opened.now.verdict) == (
        then,
        Verdict.CURRENT,
        Verdict.WITHDRAWN,
    )
    assert opened.now.checked_at == town.clock()


def test_nothing_is_shown_again_after_a_stop_or_an_erasure(town: Town) -> None:
    entry = town.issued()
    number = keep(town, town.shared(entry))
    with town.transaction() as session:
        amara = town.account(session, "amara")
        shares.stop(session, amara, shares.mine(session, amara)[0].reference, town.clock())
    opened = reopen(town, number)
    assert (opened.verdict, opened.now.verdict, opened.now.entries) == (
        Verdict.CURRENT,
        Verdict.SHARING_ENDED,
        (),
    )
    with town.transaction() as session:
        session.query(Credential).one().state = CredentialState.ERASED
    opened = reopen(town, number)
    assert (opened.verdict, opened.now.verdict, opened.now.entries) == (
        Verdict.CURRENT,
        Verdict.UNKNOWN_CODE,
        (),
    )
    assert opened.now.code == ""


def test_one_receipt_a_minute_and_each_is_counted_for_the_student(town: Town) -> None:
    code = town.shared(town.issued())
    first = keep(town, code)
    assert keep(town, code) == first
    town.clock.forward(seconds=59)
    assert keep(town, code) == first
    assert count(town) == (1, 1)
    town.clock.forward(seconds=1)
    assert keep(town, code) != first
    assert count(town) == (2, 2)


def test_two_outcomes_in_one_minute_are_two_receipts(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    first = keep(town, code)
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    job_queue.publish_due(town.runtime)
    second = keep(town, code)
    assert [reopen(town, number).verdict for number in (first, second)] == [
        Verdict.CURRENT,
        Verdict.WITHDRAWN,
    ]


def test_ten_at_once_get_the_same_receipt(town: Town) -> None:
    code = town.shared(town.issued())
    with ThreadPoolExecutor(10) as threads:
        numbers = set(threads.map(lambda _one: keep(town, code), range(10)))
    assert len(numbers) == 1
    assert count(town) == (1, 1)


def test_an_unknown_code_leaves_nothing(town: Town) -> None:
    assert keep(town, share_code.new()) is None
    assert keep(town, "nonsense") is None
    assert count(town) == (0, 0)


def test_a_receipt_holds_no_name_and_no_one_who_checked(town: Town) -> None:
    code = town.shared(town.issued())
    keep(town, code)
    with town.transaction() as session:
        row = str(session.execute(text("SELECT * FROM receipts")).one())
    for private in ("Amara", "Demoson", "Lanternmoor", "Measuring", code, "127.0.0.1"):
        assert private not in row


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_number_is_read_however_it_is_written_and_a_slip_shows(town: Town) -> None:
    number = keep(town, town.shared(town.issued())) or ""
    assert number.startswith("R-")
    assert len(number) == 16
    for typed in (
        number.lower(),
        number.replace("-", " "),
        number.replace("-", ""),
        f" {number} ",
        "r" + number[1:],
    ):
        assert reopen(town, typed).number == number
    sign = number[5]
    for other in set(share_code.ALPHABET) - {sign}:
        with pytest.raises(NotFound):
            receipts.read_number(number[:5] + other + number[6:])
    for typed in ("", "R", number[1:], f"S{number[1:]}", "R-" + "é" * 12):
        with pytest.raises(NotFound):
            receipts.read_number(typed)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_numbers_cannot_be_counted_up(town: Town) -> None:
    code = town.shared(town.issued())
    numbers = []
    for _minute in range(5):
        numbers.append((keep(town, code) or "")[2:15])
        town.clock.forward(minutes=1)
    assert len({number[:4] for number in numbers}) == 5


def test_it_is_kept_for_twelve_months_and_then_no_more(town: Town) -> None:
    code = town.shared(town.issued())
    number = keep(town, code)
    town.clock.forward(days=365)
    job_queue.publish_due(town.runtime)
    assert reopen(town, number).verdict is Verdict.CURRENT
    with town.transaction() as session:
        assert receipts.purge(session, town.clock()) == 0
    town.clock.forward(seconds=1)
    with pytest.raises(NotFound):
        reopen(town, number)
    with town.transaction() as session:
        assert receipts.purge(session, town.clock()) == 1
    assert count(town)[0] == 0
