"""Sectors, schools, attachments, people, suspensions: changed by whom, and what comes of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from passport.services.access import sign_ins
from passport.services.access.sign_ins import Way
from passport.services.core.errors import NotFound, Refused, SharedMailbox, UnusableText
from passport.services.credentials import corrections, lifecycle
from passport.services.evidence import evidence_access
from passport.services.people import accounts, champions, grants, staff, students
from passport.services.people.champions import Standing
from passport.services.people.staff import Came
from passport.services.programmes import closed_days, schools, sectors
from passport.services.reporting import structure
from passport.services.safeguarding import suspensions
from tests.fixtures import neighbours

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from passport.services import Session
    from passport.services.people.accounts import Account
    from tests.fixtures.towns import Town


def school_of(session: Session, town: Town, who: str = "amara") -> str:
    account = town.account(session, who)
    place = account.student or account.staff
    assert place is not None
    return place.school.reference


def test_a_seventh_sector_needs_no_release(town: Town) -> None:
    with town.transaction() as session:
        morgan, at = town.account(session, "morgan"), town.clock()
        made = sectors.add(session, morgan, "  Retail ", at)
        assert (made.name, sectors.add(session, morgan, "Retail", at)) == ("Retail", made)
        with pytest.raises(Refused, match="name-taken"):
            sectors.add(session, morgan, "retail", at)
        with pytest.raises(Refused, match="name-taken"):
            sectors.rename(session, morgan, made.reference, "engineering", at)
        with pytest.raises(UnusableText):
            sectors.add(session, morgan, "Re\u202etail", at)
        sectors.rename(session, morgan, made.reference, "Shops", at)
        sectors.retire(session, morgan, made.reference, at)
        assert [one.name for one in sectors.offered(session, morgan)] == ["Engineering"]
        sectors.revive(session, morgan, made.reference, at)
        used = {line.sector.name: line.is_used for line in sectors.listed(session, morgan)}
        assert used == {"Engineering": True, "Shops": False}


def test_a_schools_new_name_stands_in_what_is_signed_from_now_on(town: Town) -> None:
    before = town.issued()
    with town.transaction() as session:
        morgan, at = town.account(session, "morgan"), town.clock()
        schools.change(session, morgan, school_of(session, town), "Lanternmoor Academy", "school", at)
    town.clock.forward(hours=1)
    town.issued()
    with town.transaction() as session:
        mine = lifecycle.mine(session, town.account(session, "amara"))
        named = {one.reference: corrections.said(one).school for one in mine}
    assert named.pop(before) == "Lanternmoor High School"
    assert list(named.values()) == ["Lanternmoor Academy"]


def test_a_school_is_in_several_sectors_each_between_its_days(town: Town) -> None:
    with town.transaction() as session:
        morgan, at = town.account(session, "morgan"), town.clock()
        college = schools.add(session, morgan, "Brindlemoor College", "college", at).reference
        assert schools.add(session, morgan, "Brindlemoor College", "college", at).reference == college
        with pytest.raises(Refused, match="name-taken"):
            schools.add(session, morgan, "Brindlemoor College", "school", at)
        with pytest.raises(Refused, match="kind-unknown"):
            schools.add(session, morgan, "Another", "castle", at)
        retail = sectors.add(session, morgan, "Retail", at).reference
        engineering = sectors.offered(session, morgan)[0].reference
        first, last = date(2026, 1, 1), date(2026, 6, 30)
        schools.work_in(session, morgan, college, retail, first, None, at)
        one = schools.work_in(session, morgan, college, engineering, first, last, at)
        assert schools.work_in(session, morgan, college, engineering, first, last, at) is one
        with pytest.raises(Refused, match="times-overlap"):
            schools.work_in(session, morgan, college, engineering, last, None, at)
        with pytest.raises(Refused, match="ends-before-it-starts"):
            schools.work_in(session, morgan, college, engineering, last, first, at)
        schools.work_in(session, morgan, college, engineering, date(2026, 9, 1), None, at)
        [line] = [one for one in schools.listed(session, morgan, at) if one.school.kind == "college"]
        assert {one.name for one in line.sectors} == {"Retail", "Engineering"}
        schools.leave(session, morgan, college, one.reference, at)
        assert one.until == at.date()
        later = schools.of_school(session, line.school)[0]
        schools.leave(session, morgan, college, later.reference, at)
        assert later not in schools.of_school(session, line.school), "it had not begun"


def test_an_attachment_begins_ends_and_runs_out(town: Town) -> None:
    with town.transaction() as session:
        morgan, at = town.account(session, "morgan"), town.clock()
        robin, day = town.references["robin"], town.clock().date()
        other = school_of(session, town, "kit")
        with pytest.raises(Refused, match="over-already"):
            champions.attach(session, morgan, robin, other, day - timedelta(9), day - timedelta(1), at)
        made = champions.attach(session, morgan, robin, other, day, day + timedelta(20), at)
        same = champions.attach(session, morgan, robin, other, day, day + timedelta(20), at)
        assert same is made
        with pytest.raises(Refused, match="times-overlap"):
            champions.attach(session, morgan, robin, other, day + timedelta(5), day + timedelta(50), at)
        later = champions.attach(session, morgan, robin, other, day + timedelta(21), day + timedelta(99), at)
        assert champions.standing(later, day) is Standing.PENDING
        assert champions.standing(later, day + timedelta(100)) is Standing.EXPIRED
        champion = champions.find(session, morgan, robin, lock=False)
        soon = [line.attachment for line in champions.of_champion(session, champion, at) if line.ends_soon]
        assert soon == [made]
        assert structure.counts(session, morgan, at).ends_soon == 1
        reference = made.reference
    sent = town.sent("kit")
    with town.transaction() as session:
        morgan, at = town.account(session, "morgan"), town.clock()
        champions.end(session, morgan, reference, at)
        champions.end(session, morgan, reference, at)
        with pytest.raises(NotFound):
            evidence_access.open_evidence(session, town.account(session, "robin"), sent, at)
        again = champions.attach(session, morgan, robin, other, day, day + timedelta(20), at)
        assert again.reference != reference


def test_a_champions_account_is_made_once_and_for_one_person(town: Town) -> None:
    with town.transaction() as session:
        morgan, at = town.account(session, "morgan"), town.clock()
        who = ("tinderbeck", "Gale Invented", "gale@example.test", "Head of Furnaces")
        made = champions.make(session, morgan, *who, at)
        assert champions.make(session, morgan, *who, at) is made
        with pytest.raises(Refused, match="email-taken"):
            champions.make(session, morgan, "tinderbeck", "Other", "amara@example.test", "Chief", at)
        with pytest.raises(SharedMailbox):
            champions.make(
                session, morgan, "tinderbeck", "Other", "info@tinderbeck.example.test", "Chief", at
            )
        for other in ("brindlemoor", "nobody"):
            with pytest.raises(NotFound):
                champions.make(session, morgan, other, "Other", "other@example.test", "Chief", at)


def test_an_address_of_another_programme_is_told_apart_by_nothing_and_asking_stands_in_the_log(
    town: Town,
) -> None:
    neighbours.settle(town)
    who = ("tinderbeck", "Gale Invented")
    with town.transaction() as session, capture_logs() as logs:
        morgan, at = town.account(session, "morgan"), town.clock()
        said = []
        for taken in ("far.champion@example.test", "sky@example.test"):
            with pytest.raises(Refused) as refused:
                champions.make(session, morgan, *who, taken, "Head of Furnaces", at)
            said.append((refused.value.reason, refused.value.args))
    assert said[0] == said[1]
    assert [(one["event"], one["actor"]) for one in logs] == [("address taken", morgan.reference)] * 2
    assert "example.test" not in str(logs)


def test_an_invitation_is_not_sent_sent_old_or_accepted(town: Town) -> None:
    with town.transaction() as session:
        morgan, at = town.account(session, "morgan"), town.clock()
        gale = champions.make(session, morgan, "tinderbeck", "Gale Invented", "gale@example.test", "Head", at)
        assert staff.line(session, gale.account, at).came is Came.NOT_SENT
        staff.invite(session, morgan, gale.account.reference, "http://localhost", at)
        assert staff.line(session, gale.account, at).came is Came.SENT
        assert staff.line(session, gale.account, at + timedelta(days=31)).came is Came.OLD
        assert structure.counts(session, morgan, at).not_come == 1
        with pytest.raises(NotFound):
            staff.invite(session, morgan, town.references["amara"], "http://localhost", at)


def let_in(session: Session, town: Town, role: accounts.Role) -> Account:
    """Two managers let Drew in, at Amara's school."""
    who = grants.Newcomer("Drew Invented", "drew@example.test", school_of(session, town))
    morgan, quinn, at = town.account(session, "morgan"), town.account(session, "quinn"), town.clock()
    asked = grants.propose_newcomer(session, morgan, who, role, "Works here from this term on.", at)
    made = grants.confirm(session, quinn, asked.reference, "http://localhost", at).account
    assert made is not None
    return made


def signed_in(session: Session, town: Town, account: Account) -> str:
    return sign_ins.begin(session, account, Way.PASSWORD, town.clock())


def test_a_suspension_ends_what_is_open_and_says_why_to_few(town: Town) -> None:
    with town.transaction() as session:
        casey, amara, at = town.account(session, "casey"), town.account(session, "amara"), town.clock()
        token = signed_in(session, town, amara)
        suspensions.suspend(session, casey, amara.reference, "lost-device", "Phone stolen on the bus", at)
        row = sign_ins.by_token(session, token)
        assert row is not None
        assert not sign_ins.is_going_on(row, at)
        again = suspensions.suspend(session, casey, amara.reference, "other", "", at)
        [line] = suspensions.history(session, again)
        assert (line.reason, line.note) == ("lost-device", "Phone stolen on the bus")
        assert suspensions.closed(session, casey, at) == [amara]
        with pytest.raises(Refused, match="not-invitable"):
            students.invite(session, casey, amara.reference, "http://localhost", at)
        suspensions.readmit(session, casey, amara.reference, at)
        assert amara.suspended_at is None
        with pytest.raises(Refused, match="suspension-reason"):
            suspensions.suspend(session, casey, amara.reference, "", "", at)


@pytest.mark.parametrize(
    ("who", "whom", "may"),
    [
        ("casey", "amara", True),
        ("casey", "kit", False),
        ("casey", "robin", False),
        ("casey", "morgan", False),
        ("casey", "casey", False),
        ("morgan", "morgan", False),
        ("morgan", "quinn", True),
        ("morgan", "robin", True),
        ("morgan", "ash", True),
        ("robin", "amara", False),
        ("amara", "amara", False),
    ],
)
def test_who_suspends_whom(town: Town, who: str, whom: str, *, may: bool) -> None:
    with town.transaction() as session:
        actor, at = town.account(session, who), town.clock()
        if may:
            assert suspensions.find(session, actor, town.references[whom], at, lock=False).name
            name = town.account(session, whom).name
            assert suspensions.search(session, actor, name.upper(), at)
            return
        with pytest.raises(NotFound):
            suspensions.suspend(session, actor, town.references[whom], "other", "", at)


def test_a_lead_suspends_the_champions_of_the_school_and_only_a_manager_suspends_a_lead(town: Town) -> None:
    with town.transaction() as session:
        casey, at = town.account(session, "casey"), town.clock()
        morgan, drew = town.account(session, "morgan"), let_in(session, town, accounts.Role.LEAD)
        assert suspensions.find(session, drew, town.references["robin"], at, lock=False).name
        assert suspensions.find(session, drew, casey.reference, at, lock=False).name
        for other in ("sky", "kit", "morgan"):
            with pytest.raises(NotFound):
                suspensions.find(session, drew, town.references[other], at, lock=False)
        with pytest.raises(NotFound):
            suspensions.find(session, casey, drew.reference, at, lock=False)
        assert suspensions.find(session, morgan, drew.reference, at, lock=False).name


def test_closed_days_are_kept_once_and_do_not_overlap(town: Town) -> None:
    first, last = date(2026, 4, 1), date(2026, 4, 12)
    with town.transaction() as session:
        morgan, at = town.account(session, "morgan"), town.clock()
        made = closed_days.add(session, morgan, first, last, "Easter holidays", at)
        assert closed_days.add(session, morgan, first, last, "Easter holidays", at) is made
        with pytest.raises(Refused, match="times-overlap"):
            closed_days.add(session, morgan, last, last, "A day", at)
        with pytest.raises(Refused, match="closed-too-long"):
            closed_days.add(session, morgan, date(2026, 5, 1), date(2027, 5, 1), "For ever", at)
        closed_days.remove(session, morgan, made.reference, at)
        assert closed_days.listed(session, morgan) == []


def asks(session: Session, actor: Account, at: datetime) -> list[Callable[[], object]]:
    """What only a manager may."""
    return [
        lambda: structure.counts(session, actor, at),
        lambda: sectors.add(session, actor, "Retail", at),
        lambda: schools.add(session, actor, "Another", "school", at),
        lambda: staff.listed(session, actor, at),
        lambda: champions.listed(session, actor, at),
        lambda: closed_days.listed(session, actor),
    ]


@pytest.mark.parametrize("who", ["casey", "robin", "amara", "ash"])
def test_only_managers_run_the_programme(town: Town, who: str) -> None:
    with town.transaction() as session:
        for ask in asks(session, town.account(session, who), town.clock()):
            with pytest.raises(NotFound):
                ask()
