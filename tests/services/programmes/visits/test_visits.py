"""Visits on both databases: two forms without an account, one match, one sheet, and what is left of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select

from passport.db import Base, Session
from passport.db.core.mails import Mail
from passport.db.programmes.visits.asks import VisitOffer, VisitRequest
from passport.db.programmes.visits.visits import Visit, VisitLink, VisitSheet
from passport.services.core import edit_conflict
from passport.services.core.errors import EditConflict, NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.privacy import retention
from passport.services.programmes.visits import asking, planning
from passport.services.programmes.visits.asking import Offer, Person, Wish
from passport.services.programmes.visits.planning import Details, Online, Sheet
from tests.fixtures.towns import Town

HERE = "http://localhost:8000"
SLUG = "brindlemoor"
FILM = Online("https://films.example.test/furnace", "https://films.example.test/sheet.pdf", captions=True)


def told(session: Session) -> tuple[Offer, Wish]:
    """What an employer offers and a class would like; they fit."""
    sector = asking.sectors(session, SLUG)[0].reference
    host = Person("Ren Madeupson", "ren@glass.example.test", "01632 960001")
    teacher = Person("Tam Dummyname", "tam@school.example.test", "01632 960002")
    offer = Offer(
        organisation="Cobaltfield Glassworks",
        person=host,
        sector=sector,
        about="A walk through the furnace hall.",
        place="1 Furnace Road",
        times="Tuesdays",
        most=30,
        first_year=6,
        last_year=8,
        access=("step-free", "quiet"),
        kit="Closed shoes",
        risk_assessment="ready",
        insurance="yes",
        listed=True,
    )
    wish = Wish(
        school="Copperlark School",
        person=teacher,
        sector="",
        wish="To see how glass is made.",
        times="June",
        year_group=7,
        students=24,
        adults=3,
        needs={"step-free": 2, "quiet": 0},
    )
    return offer, wish


def details(students: int = 24, on: date = date(2026, 3, 24)) -> Details:
    """A morning with a sheet."""
    sheet = Sheet("Gate 2", "Coach", "Closed shoes", "01632 960002", "01632 960001", {"step-free": 2})
    return Details(on, time(9, 30), time(12), students, 3, sheet)


def asked(town: Town) -> tuple[str, str]:
    """Both forms, sent; gives the references of wish and offer."""
    with town.transaction() as session:
        offer, wish = told(session)
        at = town.clock()
        return (
            asking.wish(session, SLUG, wish, at).reference,
            asking.offer(session, SLUG, offer, at).reference,
        )


def planned(town: Town) -> str:
    """A visit; gives its reference."""
    wish, offer = asked(town)
    with town.transaction() as session:
        morgan = town.account(session, "morgan")
        return planning.plan(session, morgan, wish, offer, details(), HERE, town.clock()).reference


def mailed(session: Session) -> list[tuple[str | None, str]]:
    """To whom mail was queued, and what each says has happened."""
    rows = session.scalars(select(Mail).order_by(Mail.id))
    return [(one.to, json.loads(one.facts).get("what", one.kind)) for one in rows]


def number(session: Session, table: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_the_same_form_sent_twice_is_one_and_no_one_is_mailed_before_an_organiser_acts(town: Town) -> None:
    first, second = asked(town), asked(town)
    assert first == second
    with town.transaction() as session:
        assert (number(session, VisitOffer), number(session, VisitRequest)) == (1, 1)
        assert mailed(session) == []
        wish = session.scalars(select(VisitRequest)).one()
        assert wish.needs == {"step-free": 2}, "what nobody needs is not kept"


def test_a_form_that_cannot_be_is_refused_with_its_reason(town: Town) -> None:
    with town.transaction() as session:
        offer, wish = told(session)
        at = town.clock()
        offers = [
            (replace(offer, first_year=9), Reason.YEARS_REVERSED),
            (replace(offer, most=0), Reason.PEOPLE_OUT_OF_RANGE),
            (replace(offer, about=" "), Reason.NOT_COMPLETE),
            (replace(offer, about="x" * 1001), Reason.TEXT_TOO_LONG),
            (replace(offer, access=("stairs",)), Reason.NOT_COMPLETE),
            (replace(offer, sector="of-nobody"), Reason.SECTOR_RETIRED),
            (replace(offer, person=Person("R", "r@x.test", "ring me")), Reason.PHONE_UNUSABLE),
            (replace(offer, person=Person("R", "a,r@x.test", "")), Reason.NOT_COMPLETE),
        ]
        for typed, reason in offers:
            with pytest.raises(Refused) as refused:
                asking.offer(session, SLUG, typed, at)
            assert refused.value.reason is reason, typed
        wishes = [
            (replace(wish, needs={"step-free": 28}), Reason.MORE_NEEDS_THAN_PEOPLE),
            (replace(wish, year_group=14), Reason.NOT_COMPLETE),
        ]
        for asked_for, reason in wishes:
            with pytest.raises(Refused) as refused:
                asking.wish(session, SLUG, asked_for, at)
            assert refused.value.reason is reason, asked_for
        with pytest.raises(NotFound):
            asking.offer(session, "nowhere", offer, at)


def test_more_forms_than_a_programme_can_answer_are_refused(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_WAITING", 1)
    asked(town)
    with town.transaction() as session:
        offer, _ = told(session)
        with pytest.raises(Refused) as refused:
            asking.offer(session, SLUG, replace(offer, organisation="Another"), town.clock())
        assert refused.value.reason is Reason.TOO_MANY_WAITING
        again = asking.offer(session, SLUG, offer, town.clock())
        assert again.organisation == "Cobaltfield Glassworks", "what was sent before is there"


def test_offers_stand_in_the_order_in_which_they_fit(town: Town) -> None:
    wish, _ = asked(town)
    with town.transaction() as session:
        offer, _ = told(session)
        small = replace(offer, organisation="Small", most=10, first_year=9, last_year=11, access=())
        asking.offer(session, SLUG, small, town.clock())
        morgan = town.account(session, "morgan")
        found = planning.fits(session, morgan, planning.find_request(session, morgan, wish))
        assert [(fit.offer.organisation, fit.misfits) for fit in found] == [
            ("Cobaltfield Glassworks", ()),
            ("Small", ("places", "years", "step-free")),
        ]


def test_a_match_tells_both_sides_and_takes_the_wish_once(town: Town) -> None:
    wish, offer = asked(town)
    with town.transaction() as session:
        morgan, at = town.account(session, "morgan"), town.clock()
        visit = planning.plan(session, morgan, wish, offer, details(), HERE, at)
        assert planning.plan(session, morgan, wish, offer, details(), HERE, at) is visit
        assert mailed(session) == [
            ("tam@school.example.test", "planned"),
            ("ren@glass.example.test", "planned"),
        ]
        assert visit.starts_at.isoformat() == "2026-03-24T09:30:00+00:00"
        assert planning.board(session, morgan, at).requests == []
        assert len(planning.board(session, morgan, at).offers) == 1, "an offer may serve many classes"
        with pytest.raises(Refused) as refused:
            planning.plan(session, morgan, wish, offer, details(students=20), HERE, at)
        assert refused.value.reason is Reason.VISIT_TAKEN, "what the slower organiser typed is not kept"
        other, _ = told(session)
        second = asking.offer(session, SLUG, replace(other, organisation="Another"), at).reference
        with pytest.raises(Refused) as refused:
            planning.plan(session, morgan, wish, second, details(), HERE, at)
        assert refused.value.reason is Reason.VISIT_TAKEN


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (details(on=date(2026, 3, 13)), Reason.VISIT_IN_THE_PAST),
        (replace(details(), ends=time(9)), Reason.ENDS_BEFORE_IT_BEGINS),
        (replace(details(), starts=time(0), ends=time(23)), Reason.ENDS_BEFORE_IT_BEGINS),
        (details(students=0), Reason.PEOPLE_OUT_OF_RANGE),
    ],
)
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_visit_that_cannot_be_is_not_planned(town: Town, wrong: Details, reason: Reason) -> None:
    wish, offer = asked(town)
    with town.transaction() as session:
        morgan = town.account(session, "morgan")
        with pytest.raises(Refused) as refused:
            planning.plan(session, morgan, wish, offer, wrong, HERE, town.clock())
        assert refused.value.reason is reason


def test_a_visit_in_summer_begins_at_the_time_that_clocks_show(town: Town) -> None:
    wish, offer = asked(town)
    with town.transaction() as session:
        morgan = town.account(session, "morgan")
        visit = planning.plan(session, morgan, wish, offer, details(on=date(2026, 6, 23)), HERE, town.clock())
        assert visit.starts_at.isoformat() == "2026-06-23T08:30:00+00:00"
        assert planning.details_of(visit).starts == time(9, 30)


def test_a_change_is_told_once_and_two_organisers_do_not_undo_each_other(town: Town) -> None:
    reference = planned(town)
    with town.transaction() as session:
        morgan, quinn = town.account(session, "morgan"), town.account(session, "quinn")
        at = town.clock()
        shown = edit_conflict.stamp(planning.said(planning.find(session, morgan, reference)))
        for _click in range(2):
            planning.change(session, morgan, reference, details(students=20), HERE, at, shown)
        assert mailed(session)[2:] == [
            ("tam@school.example.test", "changed"),
            ("ren@glass.example.test", "changed"),
        ]
        with pytest.raises(EditConflict):
            planning.change(session, quinn, reference, details(students=22), HERE, at, shown)


def test_cancelled_in_one_act_both_are_told_and_the_class_waits_again(town: Town) -> None:
    reference = planned(town)
    with town.transaction() as session:
        morgan, at = town.account(session, "morgan"), town.clock()
        for _click in range(2):
            planning.stop(session, morgan, reference, "The furnace is being repaired.", None, HERE, at)
        assert mailed(session)[2:] == [
            ("tam@school.example.test", "cancelled"),
            ("ren@glass.example.test", "cancelled"),
        ]
        assert [one.school for one in planning.board(session, morgan, at).requests] == ["Copperlark School"]
        visit = planning.find(session, morgan, reference)
        for act in (
            lambda: planning.change(session, morgan, reference, details(), HERE, at),
            lambda: planning.stop(session, morgan, reference, "Again.", FILM, HERE, at),
            lambda: planning.count(session, visit, "school", 20, at),
        ):
            with pytest.raises(Refused):
                act()


def test_moved_online_a_film_with_captions_takes_its_place_and_the_class_is_counted(town: Town) -> None:
    reference = planned(town)
    with town.transaction() as session:
        morgan, at = town.account(session, "morgan"), town.clock()
        for wrong, reason in (
            (replace(FILM, captions=False), Reason.FILM_WITHOUT_CAPTIONS),
            (replace(FILM, film=""), Reason.FILM_WITHOUT_CAPTIONS),
            (replace(FILM, film="javascript:alert(1)"), Reason.ADDRESS_UNUSABLE),
            (replace(FILM, worksheet="http://x.test/"), Reason.ADDRESS_UNUSABLE),
        ):
            with pytest.raises(Refused) as refused:
                planning.stop(session, morgan, reference, "Snow.", wrong, HERE, at)
            assert refused.value.reason is reason
        planning.stop(session, morgan, reference, "Snow.", FILM, HERE, at)
        assert mailed(session)[2:] == [
            ("tam@school.example.test", "online"),
            ("ren@glass.example.test", "online"),
        ]
        visit = planning.find(session, morgan, reference)
        planning.count(session, visit, "school", 23, at)
        assert visit.came == 23


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_no_one_is_counted_before_the_visit_begins(town: Town) -> None:
    reference = planned(town)
    with town.transaction() as session:
        visit = planning.find(session, town.account(session, "morgan"), reference)
        with pytest.raises(Refused) as refused:
            planning.count(session, visit, "school", 23, town.clock())
        assert refused.value.reason is Reason.VISIT_NOT_BEGUN
        planning.count(session, visit, "school", 23, town.clock.forward(days=11))
        assert visit.came == 23


def test_fourteen_days_after_the_visit_sheet_links_and_the_schools_contact_are_gone(town: Town) -> None:
    reference = planned(town)
    with town.transaction() as session:
        planning.stop(session, town.account(session, "morgan"), reference, "Snow.", FILM, HERE, town.clock())
    town.clock.forward(days=10 + 13)
    with town.transaction() as session:
        assert retention.purge(session, town.clock())["visit_sheets"] == 0
    town.clock.forward(days=2)
    with town.transaction() as session:
        removed = retention.purge(session, town.clock())
        assert (removed["visit_sheets"], removed["visit_contacts"]) == (1, 1)
        left = [number(session, table) for table in (VisitSheet, VisitLink, VisitRequest)]
        assert left == [0, 0, 0]
        assert retention.purge(session, town.clock())["visit_sheets"] == 0, "a second run finds nothing"
    with town.transaction() as session:
        visit = planning.find(session, town.account(session, "morgan"), reference)
        assert (visit.host, visit.school, visit.students) == (
            "Cobaltfield Glassworks",
            "Copperlark School",
            24,
        )
        assert visit.request is None, "the ledger keeps numbers, and no address"
        assert (visit.place, visit.why, visit.film, visit.worksheet) == ("", "", "", "")


def test_what_is_closed_goes_after_a_fortnight_and_what_is_open_after_a_year(town: Town) -> None:
    wish, offer = asked(town)
    with town.transaction() as session:
        morgan, at = town.account(session, "morgan"), town.clock()
        for _click in range(2):
            planning.close_request(session, morgan, wish, at)
        assert mailed(session) == [("tam@school.example.test", "visit-declined")]
        assert planning.purge(session, at + timedelta(days=13))["visit_contacts"] == 0
        assert planning.purge(session, at + timedelta(days=15))["visit_contacts"] == 1
        assert planning.purge(session, at + timedelta(days=364))["visit_contacts"] == 0
        assert planning.purge(session, at + timedelta(days=366))["visit_contacts"] == 1
        with pytest.raises(NotFound):
            planning.find_offer(session, morgan, offer)


def test_an_offer_that_was_closed_stays_until_its_visit_is_over(town: Town) -> None:
    planned(town)
    with town.transaction() as session:
        morgan, at = town.account(session, "morgan"), town.clock()
        offer = planning.board(session, morgan, at).offers[0].reference
        planning.close_offer(session, morgan, offer, at - timedelta(days=30))
        planning.purge(session, at)
        assert planning.find_offer(session, morgan, offer).email, "the host is still told of changes"
        planning.purge(session, at + timedelta(days=30))
        assert number(session, VisitOffer) == 0
        assert number(session, Visit) == 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_coordinators_and_champions_do_not_read_whom_another_school_sent(town: Town) -> None:
    with town.transaction() as session:
        for who in ("casey", "robin", "amara"):
            with pytest.raises(NotFound):
                planning.board(session, town.account(session, who), town.clock())
