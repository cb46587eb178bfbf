"""Another person decides: a relative passes it on, a student asks once, a quiet champion is passed by."""

from datetime import date, timedelta

import pytest

from passport.db.core.notices import Notice
from passport.db.evidence.evidence import Evidence
from passport.db.people.accounts import Attachment, Role
from passport.jobs import nightly
from passport.services.core.errors import NotFound, Refused
from passport.services.endorsements import decisions, exclusions, related_champions
from passport.services.evidence import drafting, evidence_access
from passport.services.people import accounts, onboarding
from passport.services.programmes import school_days
from tests.fixtures.towns import PASSWORD, Town

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def another(town: Town, key: str = "lee", since: date = date(2025, 12, 4)) -> None:
    """A second champion of Lanternmoor, onboarded."""
    with town.transaction() as session:
        robin, amara = town.account(session, "robin"), town.account(session, "amara")
        assert robin.champion
        assert amara.student
        account = accounts.make(
            session,
            robin.programme,
            Role.CHAMPION,
            email=f"{key}@example.test",
            name="Lee Madeupson",
            first_name="Lee",
            password=PASSWORD,
            at=town.clock(),
        )
        champion = accounts.make_champion(session, account, robin.champion.employer, "Fitter")
        accounts.attach(session, champion, amara.student.school, since, date(2026, 12, 31))
        onboarding.settle(session, champion, [amara.student.school], robin, since, town.clock())
        town.references[key] = account.reference


def sees(town: Town, who: str) -> list[str]:
    """What waits for a person."""
    with town.transaction() as session:
        return [one.reference for one in decisions.queue(session, town.account(session, who), town.clock())]


def notices(town: Town, who: str) -> list[str]:
    """The kinds of what a person was told."""
    with town.transaction() as session:
        account = town.account(session, who)
        return [one.kind for one in session.query(Notice).filter_by(account_id=account.id)]


def related(town: Town, reference: str, who: str = "robin") -> None:
    """A champion says so."""
    with town.transaction() as session:
        related_champions.declare_related(session, town.account(session, who), reference, town.clock())


def ask(town: Town, reference: str) -> Evidence:
    """Amara asks another person."""
    with town.transaction() as session:
        return exclusions.ask_another(session, town.account(session, "amara"), reference, town.clock())


def decline(town: Town, reference: str, who: str, version: int = 1) -> None:
    """A champion is not able to say."""
    with town.transaction() as session:
        account = town.account(session, who)
        decisions.decline(session, account, reference, version, "cannot-say", town.clock())


def test_a_relative_passes_it_on_and_never_gets_it_back(town: Town) -> None:
    another(town)
    reference = town.sent()
    for _click in range(2):
        related(town, reference)
    assert (sees(town, "robin"), sees(town, "lee")) == ([], [reference])
    with town.transaction() as session:
        robin = town.account(session, "robin")
        with pytest.raises(NotFound):
            evidence_access.open_evidence(session, robin, reference, town.clock())
    with pytest.raises(NotFound):
        town.endorsed(reference)
    assert "no-champion" not in notices(town, "casey")
    town.endorsed(reference, "lee")


def test_where_no_one_is_left_the_coordinator_is_told(town: Town) -> None:
    reference = town.sent()
    related(town, reference)
    assert notices(town, "casey") == ["no-champion"]


def test_another_schools_cannot_be_passed_on(town: Town) -> None:
    reference = town.sent("kit")
    with pytest.raises(NotFound):
        related(town, reference)
    assert sees(town, "sky") == [reference]


def test_a_student_asks_another_person_once(town: Town) -> None:
    another(town)
    reference = town.sent()
    with pytest.raises(Refused, match="asked-another-already"):
        ask(town, reference)
    decline(town, reference, "robin")
    for _click in range(2):
        assert ask(town, reference).version == 2
    assert (sees(town, "robin"), sees(town, "lee")) == ([], [reference])
    decline(town, reference, "lee", version=2)
    with pytest.raises(Refused, match="asked-another-already"):
        ask(town, reference)
    with town.transaction() as session:
        amara, kit = town.account(session, "amara"), town.account(session, "kit")
        assert drafting.own(session, amara, reference).state == "declined"
        with pytest.raises(NotFound):
            exclusions.ask_another(session, kit, reference, town.clock())
        told = decisions.decided(session, town.account(session, "robin"))
        assert [one.reason for one in told] == ["cannot-say"], "what was decided stays"


def pass_on(town: Town) -> dict[str, int]:
    """The daily job."""
    with town.transaction() as session:
        programme = town.account(session, "morgan").programme_id
        return exclusions.pass_on_quiet(session, programme, town.clock())


def test_after_twenty_quiet_school_days_it_goes_to_another_champion(town: Town) -> None:
    another(town, since=date(2026, 3, 30))
    reference = town.sent()
    day = town.clock().date()
    with town.transaction() as session:
        programme = town.account(session, "morgan").programme_id
        school_days.close(session, programme, date(2026, 4, 1), date(2026, 4, 10), "Easter holiday")
        last = school_days.after(session, programme, day, 20)
    town.clock.forward(days=(last - day).days)
    assert pass_on(town)["passed_on"] == 0, "the twentieth day is not over"
    town.clock.forward(days=1)
    assert pass_on(town) == {"passed_on": 1, "without_champion": 0}
    assert (sees(town, "robin"), sees(town, "lee")) == ([], [reference])
    assert notices(town, "lee") == ["passed-on"]
    assert pass_on(town) == {"passed_on": 0, "without_champion": 0}, "once"


def test_who_decided_something_is_not_quiet(town: Town) -> None:
    another(town, since=date(2026, 3, 30))
    old = town.sent()
    town.clock.forward(days=25)
    town.endorsed(town.sent())
    town.clock.forward(days=5)
    pass_on(town)
    assert old in sees(town, "robin")


def test_where_all_are_quiet_it_stays_and_the_coordinator_is_told_once(town: Town) -> None:
    reference = town.sent()
    town.clock.forward(days=33)
    for _day in range(3):
        assert pass_on(town) == {"passed_on": 0, "without_champion": 1}
        town.clock.forward(days=1)
    assert sees(town, "robin") == [reference]
    assert notices(town, "casey") == ["no-champion"]


def test_a_champion_who_cannot_work_gets_nothing_passed_on(town: Town) -> None:
    another(town, since=date(2026, 3, 30))
    town.sent()
    town.clock.forward(days=33)
    with town.transaction() as session:
        lee = town.account(session, "lee")
        row = session.query(Attachment).filter_by(champion_id=lee.id).one()
        row.until = town.clock().date() - timedelta(days=1)
    assert pass_on(town) == {"passed_on": 0, "without_champion": 1}


def test_the_job_of_each_night_does_it_in_every_programme_and_once(town: Town) -> None:
    another(town, since=date(2026, 3, 30))
    reference = town.sent()
    town.clock.forward(days=33)
    for _night in range(2):
        nightly.run(town.runtime)
    assert (sees(town, "robin"), sees(town, "lee")) == ([], [reference])
    assert notices(town, "lee") == ["passed-on"]
