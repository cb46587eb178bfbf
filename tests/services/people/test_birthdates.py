"""A date of birth is compared, five times an hour for each code, and never told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from passport.jobs import queue as job_queue
from passport.openbadges import share_code
from passport.services.checking import checks
from passport.services.checking.checks import Match
from passport.services.credentials import lifecycle
from passport.services.sharing import shares
from passport.verifier import Verdict
from tests.fixtures.towns import Town

BORN, OTHER = date(2011, 5, 6), date(2011, 5, 7)


def compare(town: Town, code: str, day: date) -> Match | None:
    """One try."""
    with town.transaction() as session:
        return checks.match_birthdate(session, town.published(), code, day, town.clock())[1]


def test_match_and_no_match(town: Town) -> None:
    code = town.shared(town.issued())
    assert compare(town, code, BORN) is Match.MATCH
    assert compare(town, code, OTHER) is Match.NO_MATCH


def test_the_sixth_try_within_an_hour_is_refused_even_with_the_right_date(town: Town) -> None:
    code, another = town.shared(town.issued()), town.shared(town.issued())
    birthdate_attempts = [OTHER, BORN, OTHER, OTHER, OTHER]
    assert [compare(town, code, day) for day in birthdate_attempts].count(Match.NO_MATCH) == 4
    assert [compare(town, code, BORN), compare(town, code, OTHER)] == [Match.TOO_OFTEN] * 2
    assert compare(town, another, BORN) is Match.MATCH, "it is counted for each code"
    town.clock.forward(minutes=59, seconds=59)
    assert compare(town, code, BORN) is Match.TOO_OFTEN
    town.clock.forward(seconds=1)
    job_queue.publish_due(town.runtime)
    assert compare(town, code, BORN) is Match.MATCH


def test_twenty_at_once_get_five_answers(town: Town) -> None:
    code = town.shared(town.issued())
    with ThreadPoolExecutor(10) as threads:
        found = list(threads.map(lambda _one: compare(town, code, BORN), range(20)))
    assert found.count(Match.MATCH) == 5
    assert found.count(Match.TOO_OFTEN) == 15


def test_nothing_is_compared_where_the_page_shows_no_one(town: Town) -> None:
    entry = town.issued()
    code = town.shared(entry)
    assert compare(town, share_code.new(), BORN) is None
    assert compare(town, "nonsense", BORN) is None
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    job_queue.publish_due(town.runtime)
    assert compare(town, code, BORN) is None
    stopped = town.shared(town.issued())
    with town.transaction() as session:
        amara = town.account(session, "amara")
        shares.stop(session, amara, shares.mine(session, amara)[0].reference, town.clock())
    assert compare(town, stopped, BORN) is None


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_past_its_review_date_it_can_be_compared(town: Town) -> None:
    with town.transaction() as session:
        town.account(session, "amara").programme.review_months = 1
    code = town.shared(town.issued())
    town.clock.forward(days=32)
    job_queue.publish_due(town.runtime)
    with town.transaction() as session:
        result, match = checks.match_birthdate(session, town.published(), code, BORN, town.clock())
    assert (result.verdict, match) == (Verdict.PAST_REVIEW, Match.MATCH)


def test_the_date_is_written_nowhere(town: Town) -> None:
    """Not into a log, the trail, a receipt or the count of tries."""
    code = town.shared(town.issued())
    with capture_logs() as logs:
        compare(town, code, OTHER)
        compare(town, code, BORN)
    assert logs == []
    with town.transaction() as session:
        for table in ("birthdate_tries", "receipts", "audit_records"):
            held = str(session.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608 - our names
            assert "2011" not in held
        birthdate_attempts = session.execute(text("SELECT count(*) FROM birthdate_tries")).scalar_one()
    assert birthdate_attempts == 2


def test_tries_are_forgotten(town: Town) -> None:
    from passport.db.checking import birthdate_attempts

    compare(town, town.shared(town.issued()), OTHER)
    with town.transaction() as session:
        assert birthdate_attempts.purge(session, town.clock()) == 0
        assert birthdate_attempts.purge(session, town.clock() + timedelta(seconds=1)) == 1
