"""The structure of the demo's programme: cohorts, sectors of schools, closed days, waiting requests."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from passport import db
from passport.db import Session
from passport.db.people.accounts import Account, Role
from passport.db.programmes.programme import Employer, School
from passport.demo import cast
from passport.services.evidence import reading_log
from passport.services.people import grants, students
from passport.services.people.grants import Newcomer as NewPerson
from passport.services.people.students import Newcomer
from passport.services.programmes import closed_days, cohorts, schools
from passport.services.programmes.cohorts import Intake
from passport.services.trust import employers

# fictional like all names here: requested by one manager, so that another can try to confirm it
ASKED = ("Fernlight Foundry", "fernlight-foundry")
COORDINATORS = (
    ("Rowan Dummyname", "rowan.dummyname@brindlemoor.example.test", "Otterbrook School"),
    ("Toni Madeupson", "toni.madeupson@brindlemoor.example.test", "Quillhaven Academy"),
)
NEWCOMER = ("Sasha Fillerby", "Sasha", "sasha.fillerby@brindlemoor.example.test")
HOLIDAYS = (("Christmas holidays", 12, 21, 14), ("Easter holidays", 4, 3, 13), ("Summer holidays", 7, 22, 41))


def settle(
    session: Session,
    people: dict[str, Account],
    places: dict[str, School],
    makers: dict[str, Employer],
    public_url: str,
    now: datetime,
) -> None:
    """Set up the structure as its managers, and leave open requests for users of the demo."""
    morgan, casey, at = people["morgan"], people["casey"], now
    _put_into_cohorts(session, morgan, people, at)
    for number, school in enumerate(places.values()):
        # each school works in two sectors that follow each other in the list
        for maker in (list(makers.values()) * 2)[number % len(makers) :][:2]:
            since = at.date() - timedelta(days=200)
            schools.work_in(session, morgan, school.reference, maker.sector.reference, since, None, at)
    _close_for_holidays(session, morgan, at)
    retail = makers["marrow-and-vane"].sector.reference
    employers.ask_to_begin(session, morgan, *ASKED, retail, at)
    _propose_coordinators(session, people, places, public_url, at)
    reading_log.record(session, casey, people["amara"].id, at - timedelta(days=1))
    _bring_in_adult(session, casey, makers["tinderbeck"].sector.reference, public_url, at)


def _propose_coordinators(
    session: Session, people: dict[str, Account], places: dict[str, School], public_url: str, at: datetime
) -> None:
    """Make one coordinator confirmed by two managers and not signed in yet, and one waiting for Morgan."""
    rowan, toni = (NewPerson(name, email, places[school].reference) for name, email, school in COORDINATORS)
    morgan, quinn = people["morgan"], people["quinn"]
    why = "Runs the programme at the school from this term on."
    asked = grants.propose_newcomer(session, morgan, rowan, Role.COORDINATOR, why, at)
    grants.confirm(session, quinn, asked.reference, public_url, at)
    grants.propose_newcomer(session, quinn, toni, Role.COORDINATOR, why, at)


def _put_into_cohorts(session: Session, morgan: Account, people: dict[str, Account], at: datetime) -> None:
    year = at.year if at.month >= 9 else at.year - 1
    made = [
        cohorts.add(
            session,
            morgan,
            Intake(f"{name} intake, September {first}", "", date(first, 9, 1), date(first + 2, 7, 31)),
            at,
        )
        for name, first in (("First", year - 1), ("Second", year))
    ]
    for number, person in enumerate(cast.STUDENTS):
        student = people[person.key].student
        if student is not None:
            student.cohort = made[number % 2]
    session.flush()


def _close_for_holidays(session: Session, morgan: Account, at: datetime) -> None:
    for year in (at.year, at.year + 1):
        for why, month, day, length in HOLIDAYS:
            first = date(year, month, day)
            last = first + timedelta(days=length)
            closed_days.add(session, morgan, first, last, f"{why} {year}", at)


def _bring_in_adult(session: Session, casey: Account, sector: str, public_url: str, at: datetime) -> None:
    """Make a student who is invited and has not signed in yet."""
    name, first_name, email = NEWCOMER
    cohort = db.programmes.cohorts.of_programme(session, casey.programme_id)[0].reference
    born = date(at.year - 14, 5, 6)
    newcomer = Newcomer(name, first_name, born, 9, sector, cohort, email)
    added = students.add(session, casey, newcomer, at)
    students.invite(session, casey, added.account.reference, public_url, at)
