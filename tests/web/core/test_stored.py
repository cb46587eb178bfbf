"""Two people change the same thing: the second is told what it says by then, and loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest

from passport.db.people.accounts import Role
from passport.jobs import queue as job_queue
from passport.services.people import accounts
from passport.services.programmes import cohorts, schools, screening, sectors
from tests.fixtures.towns import PASSWORD, Town
from tests.web.conftest import SEEN, Arrive, Visitor

OVERTAKEN = "This was changed while you had it open."
STAYS = "[odd words]\nkeep this one\n"


@dataclass
class Case:
    """A form that two people have open: who, where, what each types, and how the second reads the first's."""

    address: str
    first: dict[str, Any]
    second: dict[str, Any]
    reads: str
    people: tuple[str, str] = ("morgan", "quinn")

    def kept(self) -> str:
        """A part of what the second typed that must still be in the form."""
        return str(next(iter(self.second.values()))).splitlines()[-1]


def _days(last: int) -> dict[str, Any]:
    return {"starts": ["1", "9", "2026"], "ends": [str(last), "7", "2027"], "sector": "all"}


def case(town: Town, which: str) -> Case:
    """One of the forms that show what is stored."""
    with town.transaction() as session:
        morgan = town.account(session, "morgan")
        school = schools.listed(session, morgan, town.clock())[0].school.reference
        if which == "sector":
            address = f"/manage/sectors/{sectors.listed(session, morgan)[0].sector.reference}"
            return Case(address, {"name": "Making"}, {"name": "Engines"}, "Making")
        if which == "school":
            first, second = {"name": "Lantern Academy", "kind": "school"}, {"name": "Moor", "kind": "college"}
            return Case(f"/manage/schools/{school}/change", first, second, "Lantern Academy")
        if which == "cohort":
            intake = cohorts.Intake("First", "", town.clock().date(), town.clock().date())
            address = f"/manage/cohorts/{cohorts.add(session, morgan, intake, town.clock()).reference}"
            first, second = {"name": "Autumn", **_days(1)}, {"name": "Spring", **_days(20)}
            return Case(address, first, second, "1 September 2026 to 1 July 2027")
        if which == "rules":
            rules = {"sample": "", "step": "save"}
            screening.save(session, morgan, STAYS, town.clock())
            first = {"rules": f"{STAYS}their phrase", **rules}
            return Case("/screening", first, {"rules": f"{STAYS}my own phrase", **rules}, "their phrase")
        assert which == "supervision"
        casey = town.account(session, "casey")
        assert casey.staff is not None
        about = {"email": "jo@example.test", "name": "Jo Stubfield", "first_name": "Jo"}
        jo = accounts.make(session, casey.programme, Role.LEAD, **about, password=PASSWORD, at=town.clock())
        accounts.make_staff(session, jo, casey.staff.school)
        address = f"/overview/champions/{town.references['robin']}/supervision"
        first = dict[str, Any](decision="no", decided_on=["3", "3", "2026"])
        second = dict[str, Any](decided_on=["2", "3", "2026"], decision="yes")
        return Case(address, first, second, "No, 3 March 2026, Casey Exampleby", ("casey", "jo"))


def seen(visitor: Visitor, address: str) -> str:
    """The stamp that a page carries."""
    found = SEEN.search(visitor.open(address).text)
    assert found, address
    return found.group(1)


@pytest.mark.parametrize("which", ["sector", "school", "cohort", "rules", "supervision"])
def test_the_second_of_two_reads_what_the_first_wrote_and_then_decides(
    which: str, town: Town, arrive: Arrive
) -> None:
    it = case(town, which)
    one, other = (arrive(who) for who in it.people)
    opened = seen(other, it.address)
    for _click in range(2):
        assert one.send(it.address, **it.first, seen=seen(one, it.address)).status_code == 302
    late = other.send(it.address, **it.second, seen=opened)
    page = unescape(late.text)
    assert late.status_code == 200
    assert OVERTAKEN in page
    assert it.reads in page.partition("It says now:")[2].partition("</form>")[0]
    assert it.kept() in page.partition("<form")[2] or which == "supervision"
    if which == "supervision":
        assert 'value="yes" checked' in page
    again = SEEN.search(late.text)
    assert again
    assert other.send(it.address, **it.second, seen=again.group(1)).status_code == 302, "now it was read"
    assert OVERTAKEN not in one.send(it.address, **it.second, seen=opened).text, "it says so already"


@pytest.mark.parametrize("which", ["sector", "school", "cohort", "rules", "supervision"])
def test_a_form_without_its_stamp_writes_over_nothing(which: str, town: Town, arrive: Arrive) -> None:
    it = case(town, which)
    answer = arrive(it.people[1]).send(it.address, **it.second, seen="")
    assert answer.status_code == 200
    assert OVERTAKEN in unescape(answer.text)


def test_two_who_correct_a_name_do_not_undo_each_other(town: Town, arrive: Arrive) -> None:
    entry = town.issued()
    address, reason = f"/overview/entries/{entry}/correct/name", "Her mother showed the passport."
    morgan, casey = arrive("morgan"), arrive("casey")
    opened = seen(casey, address)
    first = {"name": "Amara Demosson", "first_name": "Amara", "reason": reason}
    assert morgan.send(address, **first).status_code == 302
    job_queue.run_due(town.runtime)
    second = {"name": "Amara Demo", "first_name": "Amara", "reason": reason}
    late = casey.press("/account", address, **second, seen=opened)
    page = unescape(late.text)
    assert late.status_code == 200
    assert OVERTAKEN in page
    assert "Amara Demosson" in page.partition("It says now:")[2].partition("<form")[0]
    for typed in ('value="Amara Demo"', reason):
        assert typed in page
    with town.transaction() as session:
        assert town.account(session, "amara").name == "Amara Demosson"


def test_what_was_kept_of_a_form_is_held_against_what_it_showed(town: Town, arrive: Arrive) -> None:
    """The sign-in ended while the manager typed; meanwhile the other manager was faster."""
    it = case(town, "school")
    quinn = arrive("quinn")
    opened = seen(quinn, it.address)
    town.clock.forward(hours=13)
    sent = quinn.client.post(it.address, data={"csrf_token": "old", "seen": opened, **it.second})
    assert sent.status_code in {302, 400}
    arrive("morgan").send(it.address, **it.first)
    quinn.sign_in("quinn")
    back = quinn.read(it.address)
    assert 'value="Moor"' in back, "what was typed is there"
    late = quinn.send(it.address, **it.second)
    assert OVERTAKEN in unescape(late.text)
