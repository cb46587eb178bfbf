"""Students name an activity that is missing; their school accepts it, for them alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from passport.db import Session
from passport.db.core.notices import Notice
from passport.services.core.errors import NotFound, Refused
from passport.services.evidence import drafting
from passport.services.programmes.activities import menu, proposals
from passport.services.programmes.activities.proposals import Proposed
from tests.fixtures.towns import Town

JOB = Proposed(
    "part-time job", "Serving on Saturdays", "Corner Bakery", "workplace", date(2026, 3, 7), Decimal(4)
)


def asked(town: Town, wanted: Proposed = JOB) -> str:
    """Amara asks; gives the reference."""
    with town.transaction() as session:
        return proposals.propose(session, town.account(session, "amara"), wanted, town.clock()).reference


def told(session: Session, town: Town, who: str) -> list[str]:
    """The kinds of somebody's notices."""
    account = town.account(session, who)
    return [one.kind for one in session.query(Notice).filter_by(account_id=account.id).order_by(Notice.id)]


def test_what_a_school_accepts_in_one_step_is_that_students_alone(town: Town) -> None:
    reference = asked(town)
    assert asked(town) == reference, "asked twice"
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        assert told(session, town, "casey") == ["activity-proposed"]
        assert [one.reference for one in proposals.waiting(session, casey)] == [reference]
        made = proposals.accept(session, casey, reference, at)
        assert proposals.accept(session, casey, reference, at).id == made.id
        assert proposals.waiting(session, casey) == []
        assert told(session, town, "amara") == ["proposal-accepted"]
        amara, kit = town.account(session, "amara"), town.account(session, "kit")
        assert made.host_name == "Corner Bakery"
        assert "Serving on Saturdays" in [one.title for one in menu.for_student(session, amara, at)]
        for other in (kit, casey):
            assert "Serving on Saturdays" not in [one.title for one in menu.for_student(session, other, at)]
        draft = drafting.start(session, amara, made.reference, at)
        assert (draft.held_on, draft.hours) == (JOB.held_on, JOB.hours)
        with pytest.raises(NotFound):
            drafting.start(session, kit, made.reference, at)
        with pytest.raises(NotFound):
            menu.find(session, town.account(session, "morgan"), made.reference)
        listed = menu.listed(session, town.account(session, "morgan"), 1)
        assert [line.activity.title for line in listed.lines] == ["Gear pump strip-down"]
        with pytest.raises(Refused, match="changed-meanwhile"):
            proposals.refuse(session, casey, reference, "ask-me", at)


def test_a_host_that_is_an_employer_of_the_programme_is_that_employer(town: Town) -> None:
    reference = asked(town, replace(JOB, host="tinderbeck precision ltd"))
    with town.transaction() as session:
        made = proposals.accept(session, town.account(session, "casey"), reference, town.clock())
        assert made.employer is not None
        assert made.host_name == "Tinderbeck Precision Ltd"
        made.employer.issuer.until = town.clock()
    later = asked(town, replace(JOB, title="Another day", host="Tinderbeck Precision Ltd"))
    with town.transaction() as session:
        made = proposals.accept(session, town.account(session, "casey"), later, town.clock())
        assert made.employer is None, "it has left"
        assert made.host_name == "Tinderbeck Precision Ltd"


def test_a_refusal_has_a_fixed_reason_and_no_other_school_answers(town: Town) -> None:
    reference = asked(town)
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        with pytest.raises(Refused, match="reason-unknown"):
            proposals.refuse(session, casey, reference, "I do not like it", at)
        with pytest.raises(NotFound):
            proposals.accept(session, town.account(session, "morgan"), reference, at)
        for _again in range(2):
            proposals.refuse(session, casey, reference, "not-known", at)
        assert told(session, town, "amara") == ["proposal-refused"]
        assert [one.state for one in proposals.mine(session, town.account(session, "amara"))] == ["refused"]
        with pytest.raises(Refused, match="changed-meanwhile"):
            proposals.accept(session, casey, reference, at)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"kind": "mentoring"}, "not-complete"),
        ({"setting": "moon"}, "not-complete"),
        ({"hours": Decimal(0)}, "hours-out-of-range"),
        ({"hours": Decimal(201)}, "hours-out-of-range"),
        ({"held_on": date(2026, 12, 1)}, "proposed-day"),
        ({"held_on": date(2020, 1, 1)}, "proposed-day"),
        ({"title": "Text me on 07700 900123"}, "contact-in-title"),
        ({"host": "pat@example.com"}, "contact-in-host"),
        ({"title": " "}, "name-missing"),
    ],
)
def test_a_proposal_that_cannot_be_is_refused(wrong: dict[str, object], reason: str, town: Town) -> None:
    with pytest.raises(Refused, match=reason):
        asked(town, replace(JOB, **wrong))  # type: ignore[arg-type]  # by name


def test_a_student_asks_for_ten_at_a_time(town: Town) -> None:
    for number in range(10):
        asked(town, replace(JOB, title=f"Job {number}"))
    with pytest.raises(Refused, match="too-many-proposals"):
        asked(town)
