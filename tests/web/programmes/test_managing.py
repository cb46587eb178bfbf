"""The manager's pages: a programme is set up without a release, every mistake is told at its box."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from passport.services.core import audit, mails
from passport.services.core.errors import NotFound
from passport.services.people import institutions
from tests.web.conftest import Arrive, Visitor

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.fixtures.towns import Town

KEY = re.compile(r"spk_[A-Z0-9]{8}_[\w-]{43}")


@pytest.fixture
def morgan(arrive: Arrive) -> Visitor:
    return arrive("morgan")


def offered(visitor: Visitor, page: str, words: str) -> str:
    """The value of the answer with these words."""
    text = visitor.read(page)
    found = re.search(r'<input[^>]*value="([^"]+)"[^>]*>\s*<label[^>]*>\s*' + re.escape(words), text)
    assert found, (page, words)
    return found[1]


def went(answer: TestResponse) -> str:
    """Where an answer leads to."""
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def test_the_start_page_counts_what_there_is(morgan: Visitor) -> None:
    page = morgan.read("/manage")
    for words in ("Sectors", "Schools and colleges", "Champions and their schools", "2 students, 2 active"):
        assert words in page
    assert "Run the programme" in morgan.read("/overview")


def test_a_sector_is_added_renamed_retired_and_offered_again(morgan: Visitor) -> None:
    assert went(morgan.send("/manage/sectors", name="Retail")) == "/manage/sectors"
    assert went(morgan.send("/manage/sectors", name="Retail")) == "/manage/sectors"
    page = morgan.read("/manage/sectors")
    assert page.count(">Retail<") == 1
    [one] = re.findall(r'href="(/manage/sectors/[A-Z0-9]+)"><span dir="auto">Retail', page)
    went(morgan.send(one, name="Shops"))
    went(morgan.press(one, f"{one}/retire"))
    assert "Retired" in morgan.read("/manage/sectors")
    assert "Shops" not in morgan.read("/manage/cohorts/new")
    went(morgan.press(one, f"{one}/revive"))
    assert "Shops" in morgan.read("/manage/cohorts/new")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "Enter the name of the sector"),
        ("engineering", "There is one with this name already"),
        ("Re\u202etail", "Leave out signs that cannot be seen"),
        ("x" * 121, "Use at most 120 characters"),
    ],
)
def test_a_name_that_cannot_be_taken_is_told_and_stays_in_its_box(
    morgan: Visitor, name: str, told: str
) -> None:
    answer = morgan.send("/manage/sectors", name=name)
    assert answer.status_code == 200
    assert told in answer.text
    assert f'value="{name}"' in answer.text or not name


def test_a_school_is_added_changed_and_put_into_a_sector(morgan: Visitor) -> None:
    answer = morgan.send("/manage/schools/new", name="Brindlemoor College")
    assert "Choose what it is" in answer.text
    assert 'value="Brindlemoor College"' in answer.text
    school = went(morgan.send("/manage/schools/new", name="Brindlemoor College", kind="college"))
    sector = offered(morgan, f"{school}/sectors", "Engineering")
    answer = morgan.send(f"{school}/sectors", sector=sector, since=["31", "2", "2026"])
    assert "Enter a day that exists" in answer.text
    days = {"since": ["1", "1", "2026"], "until": ["", "", ""]}
    went(morgan.send(f"{school}/sectors", sector=sector, **days))
    answer = morgan.send(f"{school}/sectors", sector=sector, since=["1", "2", "2026"])
    assert "This overlaps with a time" in answer.text
    assert "from 1 January 2026 on" in morgan.read(school)
    went(morgan.send(f"{school}/change", name="Brindlemoor Sixth Form", kind="college"))
    assert "Brindlemoor Sixth Form" in morgan.read("/manage/schools")
    [time] = re.findall(rf'action="({school}/sectors/[A-Z0-9]+/end)"', morgan.read(school))
    went(morgan.press(school, time))
    assert "1 January 2026 to 14 March 2026" in morgan.read(school)


def ask(visitor: Visitor, **other: str) -> TestResponse:
    sector = offered(visitor, "/manage/employers/new", "Engineering")
    fields = {"name": "Cobaltfield Glassworks", "slug": "cobaltfield", "sector": sector}
    return visitor.send("/manage/employers/new", **fields | other)


def test_two_managers_let_an_employer_in_and_one_alone_cannot(
    town: Town, morgan: Visitor, arrive: Arrive
) -> None:
    assert "2 to 40 small letters" in ask(morgan, slug="Cobalt Field").text
    assert "An employer or programme has this word already" in ask(morgan, slug="tinderbeck").text
    page = went(ask(morgan))
    assert went(ask(morgan)) == page, "a second click"
    assert "another manager decides" in morgan.read(page)
    assert morgan.press(page, f"{page}/approve").status_code == 409
    quinn = arrive("quinn")
    assert "1 request waits for a second manager" in quinn.read("/manage")
    went(quinn.press(page, f"{page}/approve"))
    assert "Cobaltfield Glassworks" in arrive().read("/programmes/brindlemoor")
    assert arrive().open("/employers/cobaltfield/did.json").status_code == 200
    assert "Look at the employer" in quinn.read(page)
    with town.transaction() as session:
        assert audit.broken_at(session) is None


def test_a_request_is_taken_back_or_refused(morgan: Visitor, arrive: Arrive) -> None:
    page = went(ask(morgan))
    went(morgan.press(page, f"{page}/refuse"))
    assert "Taken back" in morgan.read(page)
    page = went(ask(morgan))
    quinn = arrive("quinn")
    went(quinn.press(page, f"{page}/refuse"))
    assert "Refused" in morgan.read(page)


def champion(morgan: Visitor, **other: str) -> TestResponse:
    fields = {"name": "Gale Invented", "job_title": "Head", "email": "gale@example.test"}
    return morgan.send("/manage/champions/new", **fields | {"employer": "tinderbeck"} | other)


def test_a_champion_is_made_attached_invited_and_ended(town: Town, morgan: Visitor) -> None:
    assert "Enter an email address in full" in champion(morgan, email="gale").text
    told = champion(morgan, email="office@example.test").text
    assert "Several people seem to read this address" in told
    assert 'value="Gale Invented"' in told
    page = went(champion(morgan))
    school = offered(morgan, f"{page}/attach", "Thistlegate School")
    days = {"since": ["14", "3", "2026"], "until": ["31", "3", "2026"]}
    answer = morgan.send(f"{page}/attach", school=school, since=days["until"], until=days["since"])
    assert "The last day is before the first" in answer.text
    for words in ("Which school?", "From which day?", "Until which day?"):
        assert answer.text.count(words) == 1, "each box has its own words"
    went(morgan.send(f"{page}/attach", school=school, **days))
    assert "Ends soon" in morgan.read("/manage/champions")
    went(morgan.press(page, f"{page}/invite"))
    assert "Invited, has not come yet" in morgan.read(page)
    with town.transaction() as session:
        [mail] = mails.newest(session, 1)
        assert (mail.kind, mail.account and mail.account.name) == ("invitation", "Gale Invented")
    [end] = re.findall(r'action="(/manage/champions/attachments/[A-Z0-9]+/end)"', morgan.read(page))
    went(morgan.press(page, end))
    assert "Ended early" in morgan.read(page)


def test_a_coordinator_takes_two_managers_and_is_invited_again_when_it_is_old(
    town: Town, morgan: Visitor, arrive: Arrive
) -> None:
    quinn = arrive("quinn")
    school = offered(morgan, "/roles/new-person", "Thistlegate School")
    fields = {"name": "Drew Invented", "email": "Drew@example.test", "school": school}
    fields |= {"role": "coordinator", "reason": "Runs it there from this term on."}
    for _click in range(2):
        went(morgan.send("/roles/new-person", **fields))
    assert "Drew Invented" not in morgan.read("/manage/people"), "one manager alone lets nobody in"
    assert "Another manager proposed somebody for a role" in quinn.read("/notices")
    [confirm] = re.findall(r'action="(/roles/[A-Z0-9]+/confirm)"', quinn.read("/roles"))
    for _click in range(2):
        went(quinn.press("/roles", confirm))
    with town.transaction() as session:
        assert len(mails.newest(session, 9)) == 1
    assert "Invited, has not come yet" in morgan.read("/manage/people")
    town.clock.forward(days=31)
    assert morgan.sign_in("morgan").status_code == 302
    page = morgan.read("/manage/people")
    assert "Invitation too old" in page
    [again] = re.findall(r'action="(/manage/people/[A-Z0-9]+/invite)"', page)
    went(morgan.press("/manage/people", again))
    assert "Invited, has not come yet" in morgan.read("/manage/people")
    told = morgan.send("/roles/new-person", **fields | {"name": "Somebody Else"}).text
    assert "There is an account with this address already" in told


def test_an_institution_its_people_and_a_key_that_is_shown_once(town: Town, morgan: Visitor) -> None:
    page = went(morgan.send("/manage/institutions", name="College of Southlark"))
    went(morgan.send(f"{page}/people/new", name="Sam Invented", email="sam@example.test"))
    answer = morgan.press(page, f"{page}/keys")
    [key] = KEY.findall(answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert key not in morgan.read(page)
    prefix = key.split("_")[1]
    with town.transaction() as session:
        assert institutions.who_asks(session, key) is not None
    for _click in range(2):
        went(morgan.press(page, f"{page}/keys/{prefix}/end"))
    assert "ended on 14 March 2026" in morgan.read(page)
    with town.transaction() as session:
        assert institutions.who_asks(session, key) is None
        with pytest.raises(NotFound):
            institutions.own(session, town.account(session, "casey"), page.rpartition("/")[2])


def test_holidays_are_added_and_removed(morgan: Visitor) -> None:
    days = {"since": ["1", "4", "2026"], "until": ["12", "4", "2026"]}
    assert "Enter what it is" in morgan.send("/manage/closed-days", name="", **days).text
    went(morgan.send("/manage/closed-days", name="Easter holidays", **days))
    page = morgan.read("/manage/closed-days")
    assert "1 April 2026 to 12 April 2026" in page
    [remove] = re.findall(r'action="(/manage/closed-days/[A-Z0-9]+/remove)"', page)
    went(morgan.press("/manage/closed-days", remove))
    assert "1 April 2026" not in morgan.read("/manage/closed-days")


def test_a_cohort_is_added_and_changed(morgan: Visitor) -> None:
    days = {"starts": ["1", "9", "2026"], "ends": ["31", "7", "2027"]}
    answer = morgan.send("/manage/cohorts/new", name="First intake", sector="all", starts=days["starts"])
    assert "Enter the last day" in answer.text
    assert 'value="First intake"' in answer.text
    went(morgan.send("/manage/cohorts/new", name="First intake", sector="all", **days))
    page = morgan.read("/manage/cohorts")
    assert "1 September 2026 to 31 July 2027" in page
    [one] = re.findall(r'href="(/manage/cohorts/[A-Z0-9]{10})"', page)
    sector = offered(morgan, one, "Engineering")
    went(morgan.send(one, name="Intake of 2026", sector=sector, **days))
    assert "Intake of 2026" in morgan.read("/manage/cohorts")
