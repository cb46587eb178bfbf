"""While a worry about a text is open only the people in charge decide about it, however it could move on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from passport.db.core.notices import Notice
from passport.db.evidence.evidence import EvidenceState
from passport.services.core import edit_conflict
from passport.services.core.errors import EditConflict, NotFound, Refused
from passport.services.credentials import champion_holds
from passport.services.endorsements import confirmations, decisions, exclusions
from passport.services.evidence import (
    drafting,
    evidence_history,
    evidence_holds,
    worry_escalations,
    worry_reports,
)
from passport.services.safeguarding import worries
from tests.fixtures.towns import STORY, Town
from tests.services.core.test_crossing import crossing
from tests.services.evidence.test_evidence_holds import OTHER, REACHED, decide, robin_sees, state
from tests.services.safeguarding.test_worries import WORDS, make_lead, raise_one, told

SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])
WHY = "The only safeguarding lead of the school is named in it."


def confirm(town: Town, reference: str) -> None:
    with town.transaction() as session:
        casey, item = town.account(session, "casey"), town.runtime.keys
        confirmations.confirm(session, item, casey, reference, 1, 1, 1, town.clock())


WAYS: dict[str, Callable[[Town, str], None]] = {
    "release": lambda town, reference: decide(town, "release", reference),
    "send back": lambda town, reference: decide(town, "send_back", reference, "contact-details"),
}


def held_by_lead(town: Town) -> str:
    """A text that the lead holds: no worry has anything to do with it."""
    reference = town.sent(story=OTHER)
    decide(town, "hold", reference, who="jo")
    return reference


@pytest.mark.parametrize("story", [STORY, REACHED])
@pytest.mark.parametrize("way", WAYS)
def test_a_coordinator_is_refused_as_for_any_text_that_the_lead_reads(
    town: Town, way: str, story: str
) -> None:
    make_lead(town)
    worried, other = town.sent(story=story), held_by_lead(town)
    raise_one(town, "casey" if story == REACHED else "robin", worried)
    refusals = []
    for reference in (worried, other):
        with pytest.raises(Refused) as refused:
            WAYS[way](town, reference)
        refusals.append((refused.value.reason, state(town, reference)))
        with town.transaction() as session:
            casey = town.account(session, "casey")
            item = evidence_holds.theirs(session, casey, reference)
            hold = evidence_holds.open_hold(session, item)
            assert hold is not None
            assert evidence_holds.cause_for(session, casey, item, hold).value in {"staff", "screening"}
    assert refusals == [("with-lead", EvidenceState.HELD)] * 2
    assert not robin_sees(town, worried)


@SQLITE
def test_what_the_lead_passed_on_while_the_worry_is_open_no_coordinator_decides_about(town: Town) -> None:
    make_lead(town)
    reference = town.sent()
    raise_one(town, "robin", reference)
    decide(town, "release", reference, who="jo")
    assert robin_sees(town, reference)
    for way in (WAYS["send back"], confirm):
        with pytest.raises(Refused, match="with-lead"):
            way(town, reference)
    decide(town, "hold", reference)
    assert not robin_sees(town, reference), "to hold it is always safe"
    with pytest.raises(Refused, match="with-lead"):
        WAYS["release"](town, reference)
    with town.transaction() as session:
        jo = town.account(session, "jo")
        item = evidence_holds.theirs(session, jo, reference)
        names = [(event.what, event.name) for event in evidence_history.of(session, item)]
        assert names == [
            ("sent", ""),
            ("held-worry", ""),
            ("school-released", "Jo Stubfield"),
            ("held-staff", "Casey Exampleby"),
        ]
        [worry] = worries.of_school(session, jo)
        worries.acknowledge(session, jo, worry, town.clock(), close=True)
    WAYS["release"](town, reference)
    assert robin_sees(town, reference)


def send_again(town: Town, reference: str) -> None:
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        drafting.describe(session, amara, reference, OTHER, date(2026, 3, 10), Decimal(2), at)
        drafting.submit(session, amara, reference, at)


def returned(town: Town) -> str:
    """A champion sends a text back, and is worried about it afterwards."""
    reference = town.sent()
    with town.transaction() as session:
        robin, at = town.account(session, "robin"), town.clock()
        decisions.send_back(session, robin, reference, 1, "different-level", at)
    raise_one(town, "robin", reference)
    return reference


def test_sent_again_while_the_worry_is_open_it_waits_for_the_lead(town: Town) -> None:
    make_lead(town)
    reference = returned(town)
    send_again(town, reference)
    assert state(town, reference) is EvidenceState.HELD
    assert not robin_sees(town, reference)
    with pytest.raises(Refused, match="with-lead"):
        WAYS["release"](town, reference)
    decide(town, "release", reference, who="jo")
    assert robin_sees(town, reference)


@pytest.mark.parametrize("how", ["undo", "hold the champion"])
def test_an_endorsement_that_is_undone_while_the_worry_is_open_goes_to_the_lead(town: Town, how: str) -> None:
    make_lead(town)
    reference = town.sent()
    given = town.endorsed(reference)
    raise_one(town, "casey", reference)
    with town.transaction() as session:
        if how == "undo":
            decisions.undo(session, town.account(session, "robin"), given, town.clock())
        else:
            champion_holds.hold_by_operator(session, "robin@example.test", town.clock(), WHY, town.clock())
    assert state(town, reference) is EvidenceState.HELD
    assert not robin_sees(town, reference)
    with pytest.raises(Refused, match="with-lead"):
        WAYS["release"](town, reference)


@SQLITE
def test_another_champion_is_asked_after_the_lead_has_read_it(town: Town) -> None:
    make_lead(town)
    reference = town.sent()
    with town.transaction() as session:
        robin, at = town.account(session, "robin"), town.clock()
        decisions.decline(session, robin, reference, 1, "cannot-say", at)
    raise_one(town, "casey", reference)
    for _click in range(2):
        with town.transaction() as session:
            amara = town.account(session, "amara")
            assert exclusions.ask_another(session, amara, reference, town.clock()).version == 2
    assert state(town, reference) is EvidenceState.HELD


def worries_about(town: Town, reference: str, who: str = "casey") -> Callable[[Any], object]:
    return lambda session: worry_reports.raise_one(
        session, town.account(session, who), reference, WORDS, town.clock()
    )


@pytest.mark.parametrize("way", WAYS)
def test_a_decision_and_a_worry_at_the_same_moment_exclude_each_other(town: Town, way: str) -> None:
    make_lead(town)
    first, second = town.sent(story=REACHED), town.sent(story=REACHED + " Soon.")

    def decides() -> str:
        try:
            WAYS[way](town, first)
        except Refused as refused:
            return refused.reason
        return "decided"

    assert crossing(town, worries_about(town, first), decides) == "with-lead"
    assert state(town, first) is EvidenceState.HELD

    def releases(session: Any) -> None:
        evidence_holds.release(session, town.account(session, "casey"), second, town.clock())

    def worried() -> None:
        raise_one(town, "casey", second)

    crossing(town, releases, worried)
    assert state(town, second) is EvidenceState.HELD, "the worry came second and holds what was passed on"


def read_by(town: Town, who: str, reference: str) -> str:
    """The stamp of the form that a person has open."""
    with town.transaction() as session:
        account = town.account(session, who)
        item = evidence_holds.theirs(session, account, reference)
        return edit_conflict.stamp(evidence_holds.read_before_deciding(session, account, item))


@SQLITE
def test_a_worry_that_came_after_the_form_was_opened_is_read_first(town: Town) -> None:
    make_lead(town)
    reference = town.sent(story=REACHED)
    forms = {who: read_by(town, who, reference) for who in ("casey", "jo")}
    raise_one(town, "casey", reference)
    with pytest.raises(Refused, match="with-lead"):
        decide_with(town, "casey", reference, forms["casey"])
    with pytest.raises(EditConflict):
        decide_with(town, "jo", reference, forms["jo"])
    with pytest.raises(EditConflict):
        decide_with(town, "jo", reference, "")
    decide_with(town, "jo", reference, read_by(town, "jo", reference))
    decide_with(town, "jo", reference, "", again=True)
    assert robin_sees(town, reference)


def decide_with(town: Town, who: str, reference: str, read: str, *, again: bool = False) -> None:
    with town.transaction() as session:
        account = town.account(session, who)
        evidence_holds.release(session, account, reference, town.clock(), read)


def raised_about(town: Town, reference: str, who: str, about: str) -> str:
    with town.transaction() as session:
        account = town.account(session, who)
        named = [town.references[about]]
        return worry_reports.raise_one(session, account, reference, WORDS, town.clock(), named).reference


def test_a_lead_whom_the_worry_is_about_neither_reads_it_nor_decides(town: Town) -> None:
    make_lead(town)
    reference = town.sent(story=REACHED)
    worry = raised_about(town, reference, "casey", "jo")
    assert "worry-raised" not in told(town, "jo")
    assert told(town, "morgan") == ["worry-handed-up"]
    for way in ("release", "send_back"):
        with pytest.raises(Refused, match="with-lead"):
            decide(town, way, reference, *(["about-others"] if way == "send_back" else []), who="jo")
    with town.transaction() as session:
        jo, casey = town.account(session, "jo"), town.account(session, "casey")
        morgan, at = town.account(session, "morgan"), town.clock()
        item = evidence_holds.theirs(session, jo, reference)
        assert worries.about_text(session, jo, item) == []
        assert worries.of_school(session, jo) == []
        assert worries.new_ones(session, jo) == 0
        assert worries.new_ones(session, morgan) == 1
        for who in (jo, casey, town.account(session, "amara")):
            with pytest.raises(NotFound):
                worries.opened(session, who, worry)
            with pytest.raises(NotFound):
                worries.opened_by_manager(session, who, worry)
        with pytest.raises(Refused, match="reason-missing"):
            worry_escalations.decide(session, morgan, worry, worry_escalations.RELEASE, "", at)
        assert worry_escalations.read(session, morgan, worry, WHY, at).words == WORDS
        for _click in range(2):
            worry_escalations.decide(session, morgan, worry, worry_escalations.RELEASE, WHY, at)
            worry_escalations.decide(session, morgan, worry, worry_escalations.CLOSE, WHY, at)
        assert worries.handed_up(session, morgan) == []
    assert robin_sees(town, reference)


@SQLITE
def test_another_lead_decides_and_no_manager_then(town: Town) -> None:
    make_lead(town)
    town.references["first lead"] = town.references["jo"]
    make_second_lead(town)
    reference = town.sent(story=REACHED)
    worry = raised_about(town, reference, "casey", "first lead")
    assert told(town, "morgan") == []
    with town.transaction() as session, pytest.raises(NotFound):
        worries.opened_by_manager(session, town.account(session, "morgan"), worry)
    with pytest.raises(Refused, match="with-lead"):
        decide(town, "release", reference, who="first lead")
    decide(town, "release", reference, who="second lead")
    assert robin_sees(town, reference)


def make_second_lead(town: Town) -> None:
    from passport.db.people.accounts import Role
    from passport.services.people import accounts
    from tests.fixtures.towns import BEGAN

    with town.transaction() as session:
        casey = town.account(session, "casey")
        assert casey.staff is not None
        person = accounts.make(
            session,
            casey.programme,
            Role.LEAD,
            email="ari@example.test",
            name="Ari Fixturely",
            first_name="Ari",
            password=None,
            at=BEGAN,
        )
        accounts.make_staff(session, person, casey.staff.school)
        town.references["second lead"] = person.reference


@SQLITE
def test_a_lead_hands_on_a_worry_that_names_them(town: Town) -> None:
    make_lead(town)
    reference = town.sent()
    worry = raise_one(town, "robin", reference)
    with town.transaction() as session:
        worries.name_self(session, town.account(session, "jo"), worry, town.clock())
    assert told(town, "morgan") == ["worry-handed-up"]
    with pytest.raises(Refused, match="with-lead"):
        decide(town, "release", reference, who="jo")
    with town.transaction() as session:
        handed = Notice.facts.contains(worry)
        assert session.query(Notice).filter(handed).count() == 2, "Morgan and Quinn"


@SQLITE
def test_where_a_school_has_no_lead_its_coordinator_decides_unless_it_is_about_them(town: Town) -> None:
    first, second = town.sent(), town.sent(story=OTHER)
    raise_one(town, "robin", first)
    raised_about(town, second, "robin", "casey")
    WAYS["release"](town, first)
    with pytest.raises(Refused, match="with-lead"):
        WAYS["release"](town, second)
    assert told(town, "morgan") == ["worry-handed-up"]


@SQLITE
def test_a_students_worry_about_a_lead_keeps_that_lead_from_their_text_alone(town: Town) -> None:
    make_lead(town)
    reference = town.sent(story=REACHED)
    raised_about(town, reference, "amara", "jo")
    with pytest.raises(Refused, match="with-lead"):
        decide(town, "release", reference, who="jo")
    WAYS["release"](town, reference)
    assert robin_sees(town, reference)


@SQLITE
def test_a_lead_keeps_a_held_text_and_only_a_lead_decides_then(town: Town) -> None:
    make_lead(town)
    reference = town.sent(story=REACHED)
    decide(town, "hold", reference)
    decide(town, "hold", reference, who="jo")
    with pytest.raises(Refused, match="with-lead"):
        WAYS["release"](town, reference)
    decide(town, "release", reference, who="jo")
    assert robin_sees(town, reference)
