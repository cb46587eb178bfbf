"""The demo for champions: a queue with groups, a school's confirmation, champions who may not endorse."""

from __future__ import annotations

from datetime import date, timedelta

from passport.db.people.accounts import Account, Role
from passport.db.programmes.programme import Employer, School
from passport.demo.story import STORIES, UNDO, Teller
from passport.openbadges.credential import Basis
from passport.services.credentials import issuing
from passport.services.credentials.lifecycle import of_endorsement
from passport.services.endorsements import confirmations, decisions
from passport.services.people import accounts, onboarding

SCHOOL = "Lanternmoor High School"
# fictional: a student who joins with a class code has no e-mail address and no password
PUPILS = ("Mina Pretendova", "Toby Standinham", "Lou Inventsson")
NEW_CHAMPION = ("Lee Madeupson", "Developer", "bitbarn")
EXPIRED_CHAMPION = ("Dana Notionally", "Furnace Supervisor", "cobaltfield")
# held until the school has read it: it would take a child and an adult out of the school's sight
NOTE = "Good start. Text me on 07700 900123 and I will tell you what else to look at."
A_YEAR_AND_A_BIT = timedelta(days=400)


def settle(teller: Teller, schools: dict[str, School], makers: dict[str, Employer]) -> None:
    """Make the events of the last two days."""
    school = schools[SCHOOL]
    _champions(teller, school, makers)
    for pupil in PUPILS:
        _pupil(teller, pupil, school, makers["tinderbeck"])
    for pupil in PUPILS:
        teller.sends(pupil, "gauges", 4, 2, STORIES[f"gauges of {pupil.split()[0]}"])
    _confirmed(teller)
    back = teller.sends("Toby Standinham", "pump", 6, 2, STORIES["bracket"])
    teller.sends("Mina Pretendova", "pump", 5, 2, STORIES["guards"])
    robin = teller.people["robin"]
    reason = "say-what-happened"
    decisions.send_back(teller.session, robin, back.reference, back.version, reason, teller.at, NOTE)


def _pupil(teller: Teller, name: str, school: School, employer: Employer) -> None:
    account = _account(teller, name, Role.STUDENT)
    born = date(teller.at.year - 14, 11, 3)
    accounts.make_student(teller.session, account, school, employer.sector, 10, born)


def _champions(teller: Teller, school: School, makers: dict[str, Employer]) -> None:
    """Make a champion who is not briefed, and one whose year has ended."""
    session, at = teller.session, teller.at
    for name, title, employer in (NEW_CHAMPION, EXPIRED_CHAMPION):
        champion = accounts.make_champion(
            session, _account(teller, name, Role.CHAMPION), makers[employer], title
        )
        accounts.attach(session, champion, school, at.date(), at.date() + timedelta(days=300))
    morgan, lee, dana = (teller.people[who] for who in ("morgan", NEW_CHAMPION[0], EXPIRED_CHAMPION[0]))
    onboarding.check_identity(session, morgan, lee.reference, at)
    if dana.champion is not None:
        earlier = (at - A_YEAR_AND_A_BIT).date()
        onboarding.settle(session, dana.champion, [school], morgan, earlier, at)


def _account(teller: Teller, name: str, role: Role) -> Account:
    first_name = name.split(maxsplit=1)[0]
    address = name.lower().replace(" ", ".") + "@brindlemoor.example.test"
    teller.people[name] = accounts.make(
        teller.session,
        teller.people["morgan"].programme,
        role,
        email=None if role is Role.STUDENT else address,
        name=name,
        first_name=first_name,
        password=None,
        at=teller.at,
    )
    return teller.people[name]


def _confirmed(teller: Teller) -> None:
    """Make evidence that Amara showed at school and their coordinator confirmed; issue it a day later."""
    session, casey = teller.session, teller.people["casey"]
    sent = teller.sends("amara", "women", 1, 3, STORIES["timetable"])
    teller.at += timedelta(hours=1)
    basis, level = Basis.SAW_IT.value, sent.level or 1
    decided = confirmations.confirm(
        session, teller.keys, casey, sent.reference, sent.version, basis, level, teller.at
    )
    teller.at += UNDO
    issuing.intend(session, teller.keys, teller.public_url, [decided.id], teller.at)
    issuing.finish(session, teller.keys, [decided.id], teller.at)
    teller.shares("amara", of_endorsement(session, decided), "Hollowmere Sixth Form College", teller.at)
