"""Challenges on both databases: a champion proposes, an organiser publishes, classes are counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from passport.services.core import edit_conflict
from passport.services.core.errors import EditConflict, NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.programmes.visits import challenges
from passport.services.programmes.visits.challenges import Brief, Result
from tests.fixtures.towns import Town

BRIEF = Brief("Cut waste on line 3", "One part in twelve is thrown away.", "Callipers", 3, 9, 11)
SLUG = "brindlemoor"


def test_a_champion_proposes_for_their_own_employer_and_an_organiser_publishes(town: Town) -> None:
    with town.transaction() as session:
        robin, morgan, at = town.account(session, "robin"), town.account(session, "morgan"), town.clock()
        for _click in range(2):
            made = challenges.new(session, robin, "tinderbeck", BRIEF, at)
        assert len(challenges.listed(session, morgan)) == 1
        assert challenges.published(session, SLUG) == []
        with pytest.raises(NotFound):
            challenges.public(session, SLUG, made.reference)
        for act in (challenges.publish, challenges.close):
            with pytest.raises(NotFound):
                act(session, robin, made.reference, at)
        challenges.publish(session, morgan, made.reference, at)
        assert challenges.public(session, SLUG, made.reference).title == BRIEF.title
        with pytest.raises(Refused) as refused:
            challenges.change(session, robin, made.reference, replace(BRIEF, lessons=4), at)
        assert refused.value.reason is Reason.CHALLENGE_SETTLED, "what is public is changed by an organiser"
        challenges.close(session, morgan, made.reference, at)
        assert challenges.published(session, SLUG) == []


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (replace(BRIEF, brief="Ring 07700 900123"), Reason.CONTACT_IN_BRIEF),
        (replace(BRIEF, needed="see www.example.com"), Reason.CONTACT_IN_BRIEF),
        (replace(BRIEF, title="me@example.com"), Reason.CONTACT_IN_BRIEF),
        (replace(BRIEF, brief=" "), Reason.NOT_COMPLETE),
        (replace(BRIEF, lessons=0), Reason.NOT_COMPLETE),
        (replace(BRIEF, first_year=12), Reason.YEARS_REVERSED),
        (replace(BRIEF, title=" "), Reason.NAME_MISSING),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_brief_that_cannot_be_is_refused(town: Town, wrong: Brief, reason: Reason) -> None:
    with town.transaction() as session:
        with pytest.raises(Refused) as refused:
            challenges.new(session, town.account(session, "robin"), "tinderbeck", wrong, town.clock())
        assert refused.value.reason is reason


def test_two_organisers_do_not_undo_each_other(town: Town) -> None:
    with town.transaction() as session:
        morgan, quinn, at = town.account(session, "morgan"), town.account(session, "quinn"), town.clock()
        made = challenges.new(session, morgan, "tinderbeck", BRIEF, at)
        seen = edit_conflict.stamp(challenges.said(made))
        challenges.change(session, morgan, made.reference, replace(BRIEF, lessons=4), at, seen)
        with pytest.raises(EditConflict):
            challenges.change(session, quinn, made.reference, replace(BRIEF, lessons=5), at, seen)
        seen = edit_conflict.stamp(challenges.said_of_result(made))
        challenges.record(session, morgan, made.reference, Result(5, "It worked."), at, seen)
        with pytest.raises(EditConflict):
            challenges.record(session, quinn, made.reference, Result(6, "It worked."), at, seen)


def test_classes_reached_are_numbers_and_the_same_class_counts_once(town: Town) -> None:
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        made = challenges.new(session, casey, "tinderbeck", BRIEF, at)
        for students in (28, 30):
            challenges.add_class(
                session, casey, made.reference, date(2026, 3, 10), "Copperlark", 9, students, at
            )
        challenges.add_class(session, casey, made.reference, date(2026, 3, 11), "Copperlark", 9, 25, at)
        assert (len(made.classes), made.reached) == (2, 55)
        with pytest.raises(Refused) as refused:
            challenges.add_class(session, casey, made.reference, date(2026, 3, 20), "Copperlark", 9, 25, at)
        assert refused.value.reason is Reason.CLASS_IN_THE_FUTURE


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_champion_sees_nothing_of_another_employer(town: Town) -> None:
    with town.transaction() as session:
        morgan, robin, at = town.account(session, "morgan"), town.account(session, "robin"), town.clock()
        made = challenges.new(session, morgan, "tinderbeck", BRIEF, at)
        with pytest.raises(NotFound):
            challenges.new(session, robin, "cobaltfield", BRIEF, at)
        assert challenges.find(session, robin, made.reference) is made
        kit = town.account(session, "amara")
        for stranger in (kit, town.account(session, "ash")):
            with pytest.raises(NotFound):
                challenges.listed(session, stranger)
