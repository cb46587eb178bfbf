"""A page's number of questions to the database does not grow with its rows."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from passport.db import Session
from passport.db.people.accounts import Role
from passport.db.programmes.activities.menu import Activity
from passport.db.programmes.frameworks.versions import Skill
from passport.db.programmes.programme import Sector
from passport.demo import many as crowds
from passport.jobs import queue as job_queue
from passport.services.checking import checks
from passport.services.credentials import lifecycle
from passport.services.endorsements import decisions
from passport.services.evidence import drafting
from passport.services.people import accounts
from passport.services.sharing import shares
from tests.fixtures.towns import PASSWORD, Town


def many(town: Town, numbers: range) -> None:
    """More students of Amara's school, each with two pieces of evidence that wait."""
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock() - timedelta(hours=1)
        assert amara.student is not None
        sector = session.get_one(Sector, amara.student.sector_id)
        students = []
        for number in numbers:
            account = accounts.make(
                session,
                amara.programme,
                Role.STUDENT,
                email=f"student{number}@example.test",
                name=f"Student Number{number}",
                first_name="Student",
                password=PASSWORD,
                at=at,
            )
            accounts.make_student(session, account, amara.student.school, sector, 9, date(2011, 1, 1))
            students.append(account)
        skills = [session.get_one(Skill, number) for number in (4, 5)]
        crowd = crowds.Crowd(students, [session.query(Activity).one()], skills)
        crowds.send(session, crowd, range(2 * len(students)), at, level=2)


def questions(town: Town, page: Callable[[Session], int]) -> tuple[int, int]:
    """How many rows a page has, and how many questions it took."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    engine = town.runtime.database.engine
    event.listen(engine, "before_cursor_execute", note)
    with town.runtime.database.reading() as session:
        rows = page(session)
    event.remove(engine, "before_cursor_execute", note)
    return rows, len([one for one in asked if one.startswith("SELECT")])


def queue(session: Session, town: Town) -> int:
    """What the champion's queue shows."""
    waiting = decisions.queue(session, town.account(session, "robin"), town.clock())
    shown = [
        (one.student.first_name, one.student.initial, one.student.school.name, one.activity.title)
        for one in waiting
    ]
    return len(shown) + sum(0 for one in waiting if one.skill is None or one.activity.host_name == "")


def decided(session: Session, town: Town) -> int:
    """What the page of decisions shows."""
    decided = decisions.decided(session, town.account(session, "robin"))
    shown = [
        (one.evidence.student.first_name, one.evidence.student.initial, one.version.skill.name, one.can_undo)
        for one in decided
    ]
    return len(shown)


@pytest.mark.parametrize("page", [queue, decided])
def test_a_champions_pages_ask_no_more_for_a_hundred_rows_than_for_ten(
    town: Town, page: Callable[[Session, Town], int]
) -> None:
    counted = []
    for numbers in (range(5), range(5, 50)):
        many(town, numbers)
        if page is decided:
            send_all_back(town)
        counted.append(questions(town, lambda session: page(session, town)))
    (few, asked), (lots, asked_for_lots) = counted
    assert (few, lots) == (10, 100)
    assert asked_for_lots == asked <= 5


def send_all_back(town: Town) -> None:
    """Robin returns everything."""
    with town.transaction() as session:
        robin, at = town.account(session, "robin"), town.clock()
        for one in decisions.queue(session, robin, at):
            decisions.send_back(session, robin, one.reference, one.version, "not-there", at)


def test_a_students_pages_and_a_check_ask_no_more_for_six_entries_than_for_two(town: Town) -> None:
    counted = []
    for _round in (2, 4):
        for _entry in range(_round):
            town.issued()
        # the second time: what was just published is believed after a question of its own
        counted.append([[questions(town, page)[1] for _time in range(2)][1] for page in pages(town)])
    assert counted[0] == counted[1]
    assert max(counted[1]) <= 9


def pages(town: Town) -> list[Callable[[Session], int]]:
    """Home, the list of shares, and the check of all entries at once."""
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        entries = [one.reference for one in shares.shareable(session, amara)]
        reference = shares.draft(session, amara, entries, at).reference
        shares.address_it(session, amara, reference, "x", shares.usual_end(at), at)
        code = shares.activate(session, amara, reference, at).code or ""
    job_queue.publish_due(town.runtime)

    def home(session: Session) -> int:
        amara = town.account(session, "amara")
        mine = lifecycle.mine(session, amara)
        words = [(one.skill_name, one.endorser_name, one.endorser_role, one.employer_name) for one in mine]
        wrote = [(one.activity.title, one.skill and one.skill.name) for one in drafting.mine(session, amara)]
        return len(words) + len(wrote)

    def sharing(session: Session) -> int:
        found = shares.mine(session, town.account(session, "amara"))
        return len([entry.skill_name for share in found for entry in share.credentials])

    def check(session: Session) -> int:
        return len(checks.by_code(session, town.published(), code, town.clock()).entries)

    return [home, sharing, check]
