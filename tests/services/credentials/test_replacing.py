"""A higher level takes a lower one's place if its holder wants that; their codes are renewed in one step."""

import pytest

from passport.db.credentials.records import CredentialState
from passport.db.sharing.shares import Share
from passport.jobs import queue as job_queue
from passport.services.core.errors import NotFound, Refused
from passport.services.credentials import entry_search, holds, lifecycle, replacement
from passport.services.sharing import renewals, shares
from passport.verifier import Verdict
from tests.fixtures.towns import Town
from tests.services.core.test_at_once import at_once
from tests.services.core.test_queries import questions
from tests.services.credentials.test_corrections import redate
from tests.services.credentials.test_holds import verdict

WHY = "The champion says that he meant another student."


def at_level(town: Town, level: int, who: str = "amara", by: str = "robin") -> str:
    """An entry at a level; gives its reference."""
    town.endorsed(town.sent(who, level), by, level)
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        return lifecycle.mine(session, town.account(session, who))[0].reference


def replace(town: Town, entry: str, who: str = "amara") -> None:
    with town.transaction() as session:
        replacement.replace(session, town.account(session, who), entry, town.clock())


def offered(town: Town) -> dict[str, str]:
    with town.transaction() as session:
        mine = lifecycle.mine(session, town.account(session, "amara"))
        return {lower: higher.reference for lower, higher in replacement.offers(mine).items()}


def renew(town: Town, share: str, who: str = "amara") -> str:
    with town.transaction() as session:
        made = renewals.renew(session, town.account(session, who), share, town.clock())
        return made.code or ""


def share_of(town: Town, code: str) -> str:
    with town.transaction() as session:
        return session.query(Share).filter_by(code=code).one().reference


def test_it_is_her_choice_and_both_count_until_then(town: Town) -> None:
    low, middle, high = at_level(town, 1), at_level(town, 2), at_level(town, 3)
    old, new = town.shared(low), town.shared(high)
    assert offered(town) == {low: high, middle: high}
    assert verdict(town, old) is Verdict.CURRENT
    for _second_click in range(2):
        replace(town, low)
    assert verdict(town, old) is Verdict.REPLACED
    assert verdict(town, new) is Verdict.CURRENT
    assert offered(town) == {middle: high}
    with pytest.raises(Refused, match="no-higher-level"):
        replace(town, high)


def test_nothing_takes_the_place_of_what_is_on_hold_or_comes_from_what_is(town: Town) -> None:
    low, high = at_level(town, 1), at_level(town, 3)
    for held in (low, high):
        with town.transaction() as session:
            holds.hold(session, town.account(session, "casey"), held, "other", WHY, town.clock())
        assert offered(town) == {}
        with pytest.raises(Refused, match="no-higher-level"):
            replace(town, low)
        with town.transaction() as session:
            holds.lift(session, town.account(session, "casey"), held, WHY, town.clock())
    with pytest.raises(NotFound):
        replace(town, low, "kit")
    replace(town, low)


def test_replacing_and_withdrawing_at_once_leave_one_of_the_two(town: Town) -> None:
    for _round in range(3):
        low, _high = at_level(town, 1), at_level(town, 3)

        def withdraw(entry: str = low) -> None:
            with town.transaction() as session:
                lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())

        at_once(lambda entry=low: replace(town, entry), withdraw)  # type: ignore[misc]
        with town.transaction() as session:
            state = lifecycle.own(session, town.account(session, "amara"), low).state
            assert state in {CredentialState.REPLACED, CredentialState.WITHDRAWN}


def test_a_new_code_shows_what_took_the_place_for_the_same_reader_until_the_same_day(town: Town) -> None:
    low, high = at_level(town, 1), at_level(town, 3)
    code = town.shared(low)
    share = share_of(town, code)
    with pytest.raises(Refused, match="nothing-to-renew"):
        renew(town, share)
    replace(town, low)
    codes = set(at_once(*[lambda: renew(town, share)] * 3))
    [made] = [str(one) for one in codes]
    assert made != code
    assert (verdict(town, code), verdict(town, made)) == (Verdict.REPLACED, Verdict.CURRENT)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        older, newer = (session.query(Share).filter_by(code=one).one() for one in (code, made))
        assert (newer.audience, newer.until) == (older.audience, older.until)
        assert [entry.reference for entry in newer.credentials] == [high]
        assert renewals.outdated(session, amara, town.clock()) == []
        shares.stop(session, amara, share, town.clock())
    with pytest.raises(Refused, match="share-over"):
        renew(town, share)
    with pytest.raises(NotFound):
        renew(town, share, "kit")


def test_a_code_follows_a_correction_and_then_a_higher_level(town: Town) -> None:
    low = at_level(town, 1)
    code = town.shared(low)
    redate(town, low, town.clock().date().replace(day=9))
    job_queue.run_due(town.runtime)
    high = at_level(town, 3)
    [corrected] = offered(town)
    assert corrected not in {low, high}
    replace(town, corrected)
    made = renew(town, share_of(town, code))
    assert verdict(town, made) is Verdict.CURRENT
    with town.transaction() as session:
        newer = session.query(Share).filter_by(code=made).one()
        assert [entry.reference for entry in newer.credentials] == [high]


def test_a_list_of_entries_asks_no_more_for_many_than_for_few(town: Town) -> None:
    def page(session: object) -> int:
        found = entry_search.listed(session, town.account(session, "morgan"), "", "", 1)  # type: ignore[arg-type]
        return len(
            [(one.student.account.name, one.student.school.name, one.skill_name) for one in found.rows]
        )

    counted = []
    for number in (3, 12):
        for _one in range(number):
            town.endorsed(town.sent())
        job_queue.run_due(town.runtime)
        counted.append(questions(town, page))
    assert [rows for rows, _asked in counted] == [3, 15]
    assert counted[0][1] == counted[1][1]
