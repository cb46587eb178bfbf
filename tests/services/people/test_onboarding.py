"""A champion works only after identity, briefing and the school's decision, and each holds for a year."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from passport.db.core.audit import AuditRecord
from passport.db.people.onboarding import OnboardingStep, Step
from passport.services.core.errors import NotFound, Refused
from passport.services.endorsements import decisions
from passport.services.evidence import evidence_access
from passport.services.people import onboarding
from passport.services.people.onboarding import DECLARATIONS
from tests.fixtures.towns import BEGAN, Town

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def forget(town: Town, *steps: Step) -> None:
    """As if some of it had never been done."""
    with town.transaction() as session:
        session.execute(delete(OnboardingStep).where(OnboardingStep.step.in_(steps)))


def lacks(town: Town, who: str = "robin") -> list[tuple[str, str]]:
    """What a champion still lacks."""
    with town.transaction() as session:
        standing = onboarding.own(session, town.account(session, who), town.clock())
        return [(check.step.value, check.state) for check in standing.missing]


def sees(town: Town, reference: str) -> bool:
    """Whether Robin sees a piece of evidence, in the queue and by its address."""
    with town.transaction() as session:
        robin = town.account(session, "robin")
        queued = [one.reference for one in decisions.queue(session, robin, town.clock())]
        try:
            evidence_access.open_evidence(session, robin, reference, town.clock())
        except NotFound:
            assert queued == []
            return False
        assert queued == [reference]
        return True


@pytest.mark.parametrize("step", Step)
def test_without_one_of_it_a_champion_sees_and_decides_nothing(town: Town, step: Step) -> None:
    reference = town.sent()
    assert sees(town, reference)
    forget(town, step)
    assert lacks(town) == [(step.value, "missing")]
    assert not sees(town, reference)
    with pytest.raises(NotFound):
        town.endorsed(reference)


def test_each_of_them_does_a_part(town: Town) -> None:
    reference = town.sent()
    forget(town, *Step)
    whose = town.references["robin"]
    with town.transaction() as session:
        robin, casey, morgan = (town.account(session, who) for who in ("robin", "casey", "morgan"))
        onboarding.brief(session, robin, DECLARATIONS, town.clock())
        onboarding.check_identity(session, morgan, whose, town.clock())
        onboarding.decide_supervision(session, casey, whose, True, date(2026, 3, 1), town.clock())
        for nobody in (casey, robin):
            with pytest.raises(NotFound):
                onboarding.check_identity(session, nobody, whose, town.clock())
        for nobody in (morgan, robin):
            with pytest.raises(NotFound):
                onboarding.decide_supervision(session, nobody, whose, True, date(2026, 3, 1), town.clock())
        with pytest.raises(NotFound):
            onboarding.brief(session, casey, DECLARATIONS, town.clock())
    assert lacks(town) == []
    assert sees(town, reference)
    with town.transaction() as session:
        acts = [row for row in session.query(AuditRecord) if row.action.startswith("champion.")][-3:]
        assert [row.action for row in acts] == [
            "champion.briefing",
            "champion.identity",
            "champion.supervision",
        ]
        assert {row.subject for row in acts} == {whose}


def test_no_declaration_may_be_left_out(town: Town) -> None:
    with town.transaction() as session:
        robin = town.account(session, "robin")
        for some in ([], DECLARATIONS[:-1], [*DECLARATIONS[:-1], "another"]):
            with pytest.raises(Refused, match="declaration-missing"):
                onboarding.brief(session, robin, some, town.clock())


def test_a_school_says_no_and_later_yes(town: Town) -> None:
    reference, whose = town.sent(), town.references["robin"]
    for good in (False, True):
        with town.transaction() as session:
            casey, today = town.account(session, "casey"), town.clock().date()
            onboarding.decide_supervision(session, casey, whose, good, today, town.clock())
        assert lacks(town) == ([] if good else [("supervision", "refused")])
        assert sees(town, reference) is good


def test_it_ends_after_a_year_to_the_day(town: Town) -> None:
    town.clock.now = BEGAN.replace(year=2026, month=12, day=3)
    assert lacks(town) == []
    town.clock.forward(days=1)
    assert {state for _step, state in lacks(town)} == {"expired"}
    with town.transaction() as session:
        robin, at = town.account(session, "robin"), town.clock()
        onboarding.brief(session, robin, DECLARATIONS, at)
    assert [step for step, _state in lacks(town)] == ["identity", "supervision"]


@pytest.mark.parametrize("days", [1, -366])
def test_a_decision_of_no_possible_day_is_refused(town: Town, days: int) -> None:
    with town.transaction() as session:
        day = town.clock().date() + timedelta(days=days)
        casey, whose = town.account(session, "casey"), town.references["robin"]
        with pytest.raises(Refused, match="day-out-of-range"):
            onboarding.decide_supervision(session, casey, whose, True, day, town.clock())


def test_a_coordinator_has_to_do_with_the_champions_of_the_own_school_alone(town: Town) -> None:
    with town.transaction() as session:
        casey, morgan = town.account(session, "casey"), town.account(session, "morgan")
        own = onboarding.listed(session, casey, town.clock())
        assert [one.champion.account.name for one in own] == ["Robin Fixturely"]
        assert len(onboarding.listed(session, morgan, town.clock())) == 2
        with pytest.raises(NotFound):
            onboarding.one(session, casey, town.references["sky"], town.clock())
        with pytest.raises(NotFound):
            onboarding.listed(session, town.account(session, "amara"), town.clock())
