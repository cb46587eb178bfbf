"""Visits in the demo: offers and wishes that wait, one visit that is planned and one that was counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from passport.db import Session
from passport.db.people.accounts import Account
from passport.db.programmes.programme import Employer
from passport.db.programmes.visits.visits import Visit
from passport.services.core.dates import today
from passport.services.programmes.visits import asking, challenges, planning
from passport.services.programmes.visits.asking import Offer, Person, Wish
from passport.services.programmes.visits.challenges import Brief, Result
from passport.services.programmes.visits.planning import Details

HOST = Person("Fenn Placeholderby", "fenn.placeholderby@cobaltfield.example.test", "07700 900410")
TEACHER = Person("Lou Testerly", "lou.testerly@copperlark.example.test", "07700 900420")
TIMES = time(9, 30), time(11, 45)


def begin(
    session: Session,
    people: dict[str, Account],
    makers: dict[str, Employer],
    public_url: str,
    began: datetime,
    now: datetime,
) -> Visit:
    """Send both forms some weeks ago and plan two visits; return the one that is over by now."""
    slug, morgan = people["morgan"].programme.slug, people["morgan"]
    offered = asking.offer(session, slug, _offer(makers), began)
    visits = []
    for number, days in enumerate((-21, 14)):
        wish = replace(_wish(makers), year_group=6 + number)
        asked = asking.wish(session, slug, wish, began)
        sheet = replace(planning.first_sheet(offered, asked), transport="Coach from school at 9am.")
        day = today(now) + timedelta(days=days)
        details = Details(day, *TIMES, asked.students, asked.adults, sheet)
        visits.append(
            planning.plan(session, morgan, asked.reference, offered.reference, details, public_url, began)
        )
    return visits[0]


def settle(
    session: Session, people: dict[str, Account], makers: dict[str, Employer], past: Visit, now: datetime
) -> None:
    """Count who came to the visit that is over, and leave an offer and a wish to be matched."""
    slug, morgan = people["morgan"].programme.slug, people["morgan"]
    planning.count(session, past, morgan.reference, 23, now)
    _challenge(session, people, now)
    hospital = replace(
        _offer(makers),
        organisation="Skylark Children's Hospital",
        sector=makers["skylark"].sector.reference,
        about="The play team and the X-ray room, without patients.",
        place="Main entrance, Skylark Way, Brindlemoor",
        most=15,
        first_year=8,
        last_year=11,
        risk_assessment="will-write",
    )
    asking.offer(session, slug, hospital, now)
    asking.wish(
        session, slug, replace(_wish(makers), sector="", year_group=9, students=15, times="June"), now
    )


def _offer(makers: dict[str, Employer]) -> Offer:
    return Offer(
        organisation="Cobaltfield Glassworks",
        person=HOST,
        sector=makers["cobaltfield"].sector.reference,
        about="A walk through the furnace hall, then each student sees a bead being blown.",
        place="Gate 2, Kiln Road, Brindlemoor",
        times="Tuesdays and Thursdays in term time, in the morning.",
        most=28,
        first_year=6,
        last_year=9,
        access=("step-free", "toilet", "quiet", "clear-sound"),
        kit="Closed shoes. We lend glasses and coats.",
        risk_assessment="ready",
        insurance="yes",
        listed=True,
    )


def _wish(makers: dict[str, Employer]) -> Wish:
    return Wish(
        school="Copperlark School",
        person=TEACHER,
        sector=makers["cobaltfield"].sector.reference,
        wish="To see how a material changes with heat, after our science unit.",
        times="A morning before the end of term.",
        year_group=7,
        students=24,
        adults=3,
        needs={"step-free": 1, "quiet": 2},
    )


def _challenge(session: Session, people: dict[str, Account], now: datetime) -> None:
    """Publish a brief with its outcome and four classes, and leave one of Robin's to be published."""
    morgan, robin = people["morgan"], people["robin"]
    waste = Brief(
        "Cut waste on line 3",
        "One part in twelve from line 3 is thrown away, mostly after the second cut. What would you measure,"
        " what would you change first, and how would you know that it helped?",
        "Squared paper, callipers, and the table of a week's measurements on the last page.",
        lessons=3,
        first_year=9,
        last_year=11,
    )
    made = challenges.new(session, morgan, "tinderbeck", waste, now)
    told = "The team moved the stop by two millimetres and showed a week of measurements before and after."
    challenges.record(session, morgan, made.reference, Result(5, told), now)
    for days, school, students in (
        (40, "Lanternmoor High School", 30),
        (33, "Otterbrook School", 27),
        (30, "Thistlegate School", 28),
        (26, "Quillhaven Academy", 27),
    ):
        day = today(now) - timedelta(days=days)
        challenges.add_class(session, morgan, made.reference, day, school, 9, students, now)
    quiet = replace(
        waste, title="A quieter workshop", brief="The fans on line 1 are loud. Make them quieter."
    )
    challenges.new(session, robin, "tinderbeck", quiet, now)
