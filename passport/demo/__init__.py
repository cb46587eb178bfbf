"""The demo programme: a place, its people and what they did, made by calling the real services."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from passport import db
from passport.db import Session
from passport.db.base import REFERENCE_ALPHABET
from passport.db.checking.demo_codes import DemoCode
from passport.db.people.accounts import Account, Champion, Role
from passport.db.programmes.activities.menu import Activity, ActivitySession
from passport.db.programmes.programme import Employer, Programme, School, Service
from passport.demo import cast, coming, endorsing, neighbours, onboarded, reviewing, structure, visiting
from passport.demo import codes as made_codes
from passport.demo import school as at_school
from passport.demo.cast import Person
from passport.demo.story import Teller, tell
from passport.openbadges import share_code
from passport.proofs.signing import KeyPlace, KeyRing
from passport.services.evidence.evidence_files import Stored
from passport.services.people import accounts, institutions
from passport.services.programmes import creation, issuers
from passport.services.programmes.frameworks import imports, versions

PHOTO = at_school.PHOTO
FRAMEWORK_FILE = Path(__file__).with_name("framework.csv")
BEFORE = timedelta(days=200)
SETTLED = timedelta(days=60)
EARLY = timedelta(days=12)
RECENTLY = timedelta(days=40)
LATELY = timedelta(days=20)
PILOT_BEGAN = datetime(2021, 9, 6, 9, 0, tzinfo=UTC)
Passwords = dict[str, str]


def codes(session: Session) -> list[DemoCode]:
    """Return one code for each verdict, V1 first."""
    return db.checking.demo_codes.codes(session)


def pretty(code: DemoCode) -> str:
    """Return the code grouped for reading."""
    return share_code.pretty(code.code)


def people() -> tuple[Person, ...]:
    """Return the people who can sign in."""
    return (*cast.STUDENTS[:2], *cast.CHAMPIONS, *cast.STAFF, *cast.CHECKERS)


def new_passwords() -> Passwords:
    """Return a random password for each person of the cast by their key."""
    everybody = (*cast.STUDENTS, *cast.CHAMPIONS, *cast.STAFF, *cast.CHECKERS)
    return {person.key: "-".join(_letters(4) for _ in range(3)) for person in everybody}


def _letters(number: int) -> str:
    return "".join(secrets.choice(REFERENCE_ALPHABET.lower()) for _ in range(number))


def make(
    session: Session,
    photo: Stored,
    public_url: str,
    place: KeyPlace,
    passwords: Passwords,
    now: datetime,
    undo_minutes: int = 0,
) -> None:
    """Make the whole demo. Its past is made in chronological order: the pilot of 2022, then last March.

    ``photo`` is `PHOTO`, stored before the transaction; ``undo_minutes`` is how long an endorsement made in
    the demo can be undone.
    """
    day = worked_example_day(now)
    began = day - BEFORE
    service = creation.make_service(session, public_url, True, place, PILOT_BEGAN)
    builder = neighbours.Builder(session, service, place, FRAMEWORK_FILE.read_bytes())
    pilot = builder.pilot()
    slug, name = cast.PROGRAMME
    programme = creation.make_programme(
        session, service, slug, name, place, began, contact=cast.CONTACT, undo_minutes=24 * 60
    )
    employers = _employers(session, service, programme, place, began)
    schools = {
        name: creation.make_school(session, programme, name, kind) for name, kind in cast.SCHOOLS.items()
    }
    people = _people(session, programme, employers, schools, passwords, began, now)
    onboarded.settle(session, people, schools, began.date(), began)
    _framework(session, programme, began)
    activities = _activities(session, programme, employers, day.date())
    beside = made_codes.Neighbours(pilot, builder.hollowmere(began))
    keys = KeyRing.load(place.directory, place.passphrase)
    teller = Teller(session, keys, public_url, people, activities, day - EARLY)
    told = tell(teller, day)
    recently = now - RECENTLY
    onboarded.settle(session, people, schools, recently.date(), recently)
    past = visiting.begin(session, people, employers, public_url, recently, now)
    teller.at = now - LATELY
    at_school.settle(teller, photo)
    endorsing.settle(teller, schools, employers)
    session.add_all(made_codes.make(teller, told, beside, now))
    structure.settle(session, people, schools, employers, public_url, now)
    coming.settle(session, people, now)
    visiting.settle(session, people, employers, past, now)
    reviewing.settle(session, people, now)
    # from here on, users of the demo need not wait a day for an entry
    programme.undo_minutes = undo_minutes
    issuers.sign_registry(session, keys, public_url, True, now)


def worked_example_day(now: datetime) -> datetime:
    """Return the afternoon of the last 14 March that is well in the past."""
    settled = now - SETTLED
    year = settled.year if settled.date() >= date(settled.year, 3, 14) else settled.year - 1
    return datetime.combine(date(year, 3, 14), time(14, 40), tzinfo=UTC)


def _employers(
    session: Session, service: Service, programme: Programme, place: KeyPlace, at: datetime
) -> dict[str, Employer]:
    made = {}
    for slug, (name, sector) in cast.EMPLOYERS.items():
        area = creation.make_sector(session, programme, sector)
        made[slug] = creation.make_employer(session, service, programme, area, slug, name, place, at)
    return made


def _people(
    session: Session,
    programme: Programme,
    employers: dict[str, Employer],
    schools: dict[str, School],
    passwords: Passwords,
    at: datetime,
    now: datetime,
) -> dict[str, Account]:
    made = {}
    for person in (*cast.STUDENTS, *cast.CHAMPIONS, *cast.STAFF):
        account = made[person.key] = accounts.make(
            session,
            programme,
            person.role,
            email=person.email,
            name=person.name,
            first_name=person.first_name,
            password=passwords[person.key],
            at=at,
        )
        if person.role is Role.STUDENT:
            sector = employers[person.place].sector
            born = date(at.year - person.year_group - 4, 11, 3)
            accounts.make_student(session, account, schools[person.school], sector, person.year_group, born)
        elif person.role is Role.CHAMPION:
            champion = accounts.make_champion(session, account, employers[person.place], person.job_title)
            _attach(session, champion, person.key, schools, at, now)
        elif person.role in {Role.COORDINATOR, Role.LEAD}:
            accounts.make_staff(session, account, schools[person.school])
    _institution(session, programme, passwords, at)
    return made


def _institution(session: Session, programme: Programme, passwords: Passwords, at: datetime) -> None:
    """Make a university whose staff check long lists."""
    university = institutions.add(session, programme, *cast.INSTITUTION, at)
    for person in cast.CHECKERS:
        institutions.add_account(session, university, person.email, person.name, passwords[person.key], at)


def _attach(
    session: Session, champion: Champion, key: str, schools: dict[str, School], at: datetime, now: datetime
) -> None:
    until = now.date() + timedelta(days=365)
    for school in cast.ATTACHED[key]:
        accounts.attach(session, champion, schools[school], at.date(), until)


def _framework(session: Session, programme: Programme, at: datetime) -> None:
    done = imports.import_table(
        session, programme, cast.FRAMEWORK, imports.read(FRAMEWORK_FILE.read_bytes()), at
    )
    if done.version is None or done.problems:
        raise ValueError(f"the demo's framework has problems: {done.problems}")
    versions.publish(session, done.version, *cast.SIGNERS, at)


def _activities(
    session: Session, programme: Programme, employers: dict[str, Employer], day: date
) -> dict[str, Activity]:
    made = {
        key: Activity(
            programme_id=programme.id,
            employer=employers[planned.employer],
            title=planned.title,
            kind=planned.kind,
            setting=planned.setting,
            held_on=day - timedelta(days=planned.days_before),
            hours=planned.hours,
            sessions=[ActivitySession(held_on=day - timedelta(days=planned.days_before))],
        )
        for key, planned in cast.ACTIVITIES.items()
    }
    session.add_all(made.values())
    session.flush()
    return made
