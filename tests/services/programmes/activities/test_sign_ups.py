"""Sign-ups: places are given once, in order, and the school decides."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from passport import db
from passport.db import Session
from passport.db.core.mails import Mail
from passport.db.people.accounts import Account, EnrolmentState, Role
from passport.db.programmes.activities.menu import Activity
from passport.db.programmes.activities.sign_ups import SignUp, SignUpState
from passport.services.core import notices
from passport.services.core.errors import NotFound, Refused
from passport.services.core.reasons import Reason
from passport.services.people import accounts, rollover, students
from passport.services.privacy import erasure
from passport.services.programmes.activities import menu, planning, sign_ups, telling
from passport.services.programmes.activities.planning import Plan, When
from passport.services.safeguarding import transfers
from tests.fixtures.towns import PASSWORD, Town

TO_COME = date(2026, 4, 20)
# by night as many as an assembly hall holds
AT_ONCE = 200 if os.environ.get("TESTS_NIGHT") else 40


def plan(**other: object) -> Plan:
    """A master class with two places in April, or with other values."""
    values: dict[str, object] = {
        "title": "Robot arm",
        "kind": "master class",
        "employer": "tinderbeck",
        "setting": "workplace",
        "when": When(TO_COME, time(9, 30), time(12)),
        "hours": Decimal("2.5"),
        "places": 2,
    }
    return Plan(**(values | other))  # type: ignore[arg-type]  # by name


def planned(town: Town, **other: object) -> str:
    """Add an activity as Casey; gives its reference."""
    with town.transaction() as session:
        return planning.add(session, town.account(session, "casey"), plan(**other), town.clock()).reference


def pupils(town: Town, number: int, school: str = "amara") -> list[str]:
    """Make this many more students of Amara's school and sector; gives their references."""
    with town.transaction() as session:
        amara = town.account(session, school)
        assert amara.student is not None
        made = []
        for count in range(number):
            account = accounts.make(
                session,
                amara.programme,
                Role.STUDENT,
                email=None,
                name=f"Pupil{count} Invented",
                first_name=f"Pupil{count}",
                password=PASSWORD if count == 0 else None,
                at=town.clock(),
            )
            sector = session.get_one(db.programmes.programme.Sector, amara.student.sector_id)
            accounts.make_student(session, account, amara.student.school, sector, 10, date(2011, 5, 6))
            made.append(account.reference)
        return made


def signed_up(town: Town, reference: str, who: str) -> SignUpState:
    """Sign somebody up, given by their reference; gives the state."""
    with town.transaction() as session:
        return sign_ups.sign_up(session, accounts.known(session, who), reference, town.clock()).state


def states(session: Session, reference: str) -> list[tuple[str, SignUpState]]:
    """Who is in the list of an activity, by first name, in its order."""
    activity = session.query(Activity).filter_by(reference=reference).one()
    rows = session.query(SignUp).filter_by(activity_id=activity.id).order_by(SignUp.number)
    return [(one.student.first_name, one.state) for one in rows]


def kinds(session: Session, account: Account) -> list[str]:
    """The notices of an account, oldest first."""
    rows = db.core.notices.of_account(session, account.id, 0, 100)
    return [one.kind for one in reversed(rows)]


def test_the_last_place_goes_once_and_the_others_wait_in_the_order_of_their_commits(town: Town) -> None:
    reference = planned(town, places=1)
    everybody = pupils(town, AT_ONCE)
    gate = threading.Barrier(len(everybody))
    order: list[str] = []

    def sign_up(who: str) -> SignUpState:
        gate.wait(timeout=60)
        with town.runtime.database.transaction() as session:
            made = sign_ups.sign_up(session, accounts.known(session, who), reference, town.clock())
            state = made.state
            # the row of the activity is locked until the commit, so nobody else is between
            order.append(made.student.first_name)
        return state

    with ThreadPoolExecutor(len(everybody)) as pool:
        told = list(pool.map(sign_up, everybody))
    assert sorted(told) == [SignUpState.BOOKED] + [SignUpState.WAITING] * (AT_ONCE - 1)
    with town.transaction() as session:
        assert states(session, reference) == [
            (name, SignUpState.WAITING if number else SignUpState.BOOKED) for number, name in enumerate(order)
        ]


def test_a_place_given_back_goes_to_the_first_who_waits_and_they_are_told_by_mail(town: Town) -> None:
    reference = planned(town, places=1)
    amara, kit = town.references["amara"], town.references["kit"]
    first, last = pupils(town, 2)
    assert [signed_up(town, reference, who) for who in (first, amara, kit, last, amara)] == [
        SignUpState.BOOKED,
        *[SignUpState.WAITING] * 4,
    ]
    with town.transaction() as session:
        offer = sign_ups.offer(session, town.account(session, "kit"), reference, town.clock())
        assert (offer.place, offer.free, offer.waiting) == (2, 0, 3)
        for _again in range(2):
            sign_ups.leave(session, accounts.known(session, first), reference, town.clock())
        assert states(session, reference) == [
            ("Pupil0", SignUpState.LEFT),
            ("Amara", SignUpState.BOOKED),
            ("Kit", SignUpState.WAITING),
            ("Pupil1", SignUpState.WAITING),
        ]
        assert kinds(session, town.account(session, "amara")) == ["place-free"]
        [mail] = session.query(Mail).all()
        assert mail.account is not None
        assert (mail.account.first_name, mail.kind) == ("Amara", "place-free")
        assert "Amara" not in mail.facts
    assert signed_up(town, reference, first) is SignUpState.WAITING, "at the end of the list"


def test_more_places_go_to_those_who_wait_and_fewer_than_are_taken_are_refused(town: Town) -> None:
    reference = planned(town, places=1)
    for who in [town.references["amara"], town.references["kit"], *pupils(town, 1)]:
        signed_up(town, reference, who)
    with town.transaction() as session:
        casey = town.account(session, "casey")
        planning.change(session, casey, reference, plan(places=2), town.clock())
        assert [state for _, state in states(session, reference)] == ["booked", "booked", "waiting"]
        for places in (1, None):
            with pytest.raises(Refused) as refused:
                planning.change(session, casey, reference, plan(places=places), town.clock())
            assert (refused.value.reason, refused.value.details) == (Reason.PLACES_TAKEN, {"taken": 2})


def test_the_school_says_yes_or_no_to_its_own_students_alone(town: Town) -> None:
    reference = planned(town, places=1)
    for who in ("amara", "kit"):
        signed_up(town, reference, town.references[who])
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        assert kinds(session, casey) == ["places-to-approve"]
        [waiting] = sign_ups.to_approve(session, casey)
        assert waiting.student.first_name == "Amara"
        found = sign_ups.who_signed_up(session, casey, waiting.activity)
        assert [one.student.first_name for one in found.shown] == ["Amara"], "no names of other schools"
        assert found.by_school == {
            "Lanternmoor High School": {"booked": 1},
            "Thistlegate School": {"waiting": 1},
        }
        kits = session.query(SignUp).filter_by(number=2).one()
        for act in (sign_ups.approve, sign_ups.refuse):
            with pytest.raises(NotFound):
                act(session, casey, reference, kits.reference, at)
        with pytest.raises(NotFound):
            sign_ups.approve(session, town.account(session, "morgan"), reference, waiting.reference, at)
        for _again in range(2):
            sign_ups.approve(session, casey, reference, waiting.reference, at)
        assert sign_ups.to_approve(session, casey) == []
        for _again in range(2):
            sign_ups.refuse(session, casey, reference, waiting.reference, at)
        assert states(session, reference) == [("Amara", "refused"), ("Kit", "booked")]
        amara = kinds(session, town.account(session, "amara"))
        assert amara == ["sign-up-approved", "sign-up-refused"]
        assert kinds(session, town.account(session, "kit")) == ["place-free"]
        with pytest.raises(Refused, match="changed-meanwhile"):
            sign_ups.approve(session, casey, reference, waiting.reference, at)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"places": None}, Reason.NO_SIGN_UP),
        ({"year_from": 11, "year_to": 13}, Reason.ACTIVITY_FOR_OTHERS),
        ({"year_to": 9}, Reason.ACTIVITY_FOR_OTHERS),
        ({"when": When(date(2026, 3, 10))}, Reason.ACTIVITY_BEGUN),
    ],
)
def test_a_sign_up_that_cannot_be_is_refused_with_its_reason(
    other: dict[str, object], reason: Reason, town: Town
) -> None:
    reference = planned(town, **other)
    with pytest.raises(Refused) as refused:
        signed_up(town, reference, town.references["amara"])
    assert refused.value.reason is reason


def test_a_student_is_offered_what_is_for_their_sector_and_year(town: Town) -> None:
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        glass = db.programmes.programme.Sector(programme_id=casey.programme_id, name="Glass")
        session.add(glass)
        session.flush()
        [engineering] = [
            one for one in db.programmes.sectors.of_programme(session, casey.programme_id) if one != glass
        ]
        menu: dict[str, dict[str, object]] = {
            "For all": {},
            "Glass": {"sectors": (glass.reference,)},
            "Engineering": {"sectors": (engineering.reference, glass.reference)},
            "Old": {"year_from": 11},
            "Fitting": {"year_from": 10, "year_to": 10},
            "Gone": {"when": When(date(2026, 3, 1))},
        }
        for title, other in menu.items():
            planning.add(session, casey, plan(title=title, **other), at)
        planning.add(session, casey, plan(title="Not yet shown"), at, draft=True)
        amara = town.account(session, "amara")
        seen = {one.activity.title for one in sign_ups.offers(session, amara, at)}
        assert seen == {"For all", "Engineering", "Fitting"}
        of_glass = session.query(Activity).filter_by(title="Glass").one().reference
        with pytest.raises(NotFound):
            sign_ups.offer(session, amara, of_glass, at)


def test_only_an_active_student_signs_up_and_nobody_leaves_once_it_has_begun(town: Town) -> None:
    reference = planned(town)
    with town.transaction() as session:
        amara = town.account(session, "amara")
        assert amara.student is not None
        amara.student.enrolment = EnrolmentState.PAUSED
    with pytest.raises(Refused, match="enrolment-not-active"):
        signed_up(town, reference, town.references["amara"])
    assert signed_up(town, reference, town.references["kit"]) is SignUpState.BOOKED
    town.clock.forward(days=(TO_COME - town.clock().date()).days)
    with town.transaction() as session, pytest.raises(Refused, match="activity-begun"):
        sign_ups.leave(session, town.account(session, "kit"), reference, town.clock() + timedelta(hours=12))


def test_nobody_overtakes_the_waiting_list_where_a_place_is_free(town: Town) -> None:
    reference = planned(town, places=1)
    first, second, third = pupils(town, 3)
    assert [signed_up(town, reference, who) for who in (first, second)] == [
        SignUpState.BOOKED,
        SignUpState.WAITING,
    ]
    with town.transaction() as session:
        activity = session.query(Activity).filter_by(reference=reference).one()
        # a place that nobody gave to who waits
        session.query(SignUp).filter_by(activity_id=activity.id, number=1).one().state = SignUpState.LEFT
    assert signed_up(town, reference, third) is SignUpState.WAITING
    with town.transaction() as session:
        assert [state for _name, state in states(session, reference)] == [
            SignUpState.LEFT,
            SignUpState.BOOKED,
            SignUpState.WAITING,
        ]


def withdraw(session: Session, town: Town, who: str) -> None:
    casey = town.account(session, "casey")
    students.enrol(session, casey, who, EnrolmentState.WITHDRAWN, "other", "", town.clock())


def complete(session: Session, town: Town, _who: str) -> None:
    # of the town's and this module's students, Amara alone is in the last year
    rollover.roll_over(session, town.account(session, "casey"), 11, (), town.clock())


def transfer(session: Session, town: Town, who: str) -> None:
    casey, kit = town.account(session, "casey"), town.account(session, "kit")
    student = accounts.known(session, who).student
    assert student is not None
    assert kit.student is not None
    transfers.move(session, student, kit.student.school, (casey, casey), town.clock())


def erase(session: Session, town: Town, who: str) -> None:
    erasure.erase(session, accounts.known(session, who), "test", town.clock())


@pytest.mark.parametrize("leaves", [withdraw, complete, transfer, erase])
def test_who_leaves_gives_their_place_to_the_next(
    leaves: Callable[[Session, Town, str], None], town: Town
) -> None:
    reference, over = planned(town, places=1), planned(town, title="Before")
    amara, [other] = town.references["amara"], pupils(town, 1)
    for activity in (reference, over):
        for who in (amara, other):
            signed_up(town, activity, who)
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        [held] = menu.find(session, casey, over).sessions
        planning.change_session(session, casey, held.reference, When(at.date() - timedelta(days=1)), at)
        student = town.account(session, "amara").student
        assert student is not None
        student.year_group = 11
    with town.transaction() as session:
        leaves(session, town, amara)
    with town.transaction() as session:
        found = states(session, reference)
        assert ("Pupil0", SignUpState.BOOKED) in found
        assert [state for name, state in found if name != "Pupil0"] in ([], [SignUpState.LEFT])
        assert "place-free" in kinds(session, accounts.known(session, other))
        assert ("Pupil0", SignUpState.BOOKED) in states(session, over)
        if leaves is not erase:
            assert ("Amara", SignUpState.BOOKED) in states(session, over), "they took part in it"


def test_who_signed_up_is_told_when_it_is_cancelled_or_its_host_leaves(town: Town) -> None:
    cancelled, left, booked = planned(town), planned(town, title="Other"), planned(town, title="Booked")
    signed_up(town, booked, town.references["kit"])
    signed_up(town, cancelled, town.references["amara"])
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        assert planning.cancel(session, casey, cancelled, "weather", at) == 1
        assert planning.cancel(session, casey, cancelled, "weather", at) == 0, "told once"
        amara = town.account(session, "amara")
        assert kinds(session, amara) == ["activity-cancelled"]
        assert [mail.kind for mail in session.query(Mail)] == ["activity-cancelled"]
        assert sign_ups.mine(session, amara)[0].activity.is_cancelled
        sign_ups.leave(session, amara, cancelled, at)
        activity = session.query(Activity).filter_by(reference=left).one()
        assert activity.employer is not None
        activity.employer.issuer.until = at
        telling.host_left(session, activity.employer.id, at)
        assert kinds(session, town.account(session, "kit")) == ["host-left"]
    for reference, reason in ((cancelled, "activity-cancelled"), (left, "host-left")):
        with pytest.raises(Refused, match=reason):
            signed_up(town, reference, town.references["amara"])
    with town.transaction() as session:
        told = notices.opened(session, town.account(session, "amara"), 1, town.clock())
        assert told.told[0].facts["why"] == "weather"
