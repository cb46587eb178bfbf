"""School days are counted as a school's calendar does: no weekend, no holiday."""

from datetime import date, timedelta

import pytest

from passport.services.programmes import school_days
from tests.fixtures.towns import Town

FRIDAY = date(2026, 3, 13)
EASTER = (date(2026, 3, 30), date(2026, 4, 10))


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_weekends_and_closed_days_do_not_count(town: Town) -> None:
    with town.transaction() as session:
        programme = town.account(session, "morgan").programme_id
        assert school_days.count(session, programme, FRIDAY, FRIDAY) == 0
        assert school_days.count(session, programme, FRIDAY, FRIDAY + timedelta(days=3)) == 1
        assert school_days.count(session, programme, FRIDAY, date(2026, 4, 13)) == 21
        school_days.close(session, programme, *EASTER, "Easter holiday")
        assert school_days.count(session, programme, FRIDAY, date(2026, 4, 13)) == 11
        assert school_days.count(session, programme, FRIDAY, FRIDAY - timedelta(days=9)) == 0, "not gone by"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_day_is_found_after_and_before_so_many_school_days(town: Town) -> None:
    with town.transaction() as session:
        programme = town.account(session, "morgan").programme_id
        school_days.close(session, programme, *EASTER, "Easter holiday")
        assert school_days.after(session, programme, FRIDAY, 10) == date(2026, 3, 27)
        assert school_days.after(session, programme, FRIDAY, 11) == date(2026, 4, 13)
        for days in (0, 1, 4, 11, 20):
            first = school_days.before(session, programme, date(2026, 4, 13), days)
            assert school_days.count(session, programme, first, date(2026, 4, 13)) == days
            assert school_days.count(session, programme, first + timedelta(days=1), date(2026, 4, 13)) <= days


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_programme_that_never_opens_again_is_not_counted_for_ever(town: Town) -> None:
    with town.transaction() as session:
        programme = town.account(session, "morgan").programme_id
        school_days.close(session, programme, date(2000, 1, 1), date(2999, 1, 1), "Closed")
        assert school_days.after(session, programme, FRIDAY, 10) > FRIDAY
        assert school_days.before(session, programme, FRIDAY, 10) < FRIDAY
