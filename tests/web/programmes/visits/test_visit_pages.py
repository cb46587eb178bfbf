"""Visits on pages: two forms without account and cookie, the organiser's board, and the page of a visit."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select

from passport.db.core.mails import Mail
from passport.limits import VISIT_FORMS
from passport.services.people import accounts
from passport.services.programmes.visits import asking
from tests.fixtures.towns import PASSWORD, Town
from tests.web.conftest import Arrive, Visitor

OFFER = "/programmes/brindlemoor/offer-a-visit"
WISH = "/programmes/brindlemoor/ask-for-a-visit"
FILM = "https://films.example.test/furnace"


@pytest.fixture
def sector(town: Town) -> str:
    with town.transaction() as session:
        return asking.sectors(session, "brindlemoor")[0].reference


def offer(sector: str) -> dict[str, Any]:
    """What an employer types."""
    return {
        "organisation": "Cobaltfield Glassworks",
        "sector": sector,
        "about": "A walk through the furnace hall.",
        "place": "1 Furnace Road",
        "times": "Tuesdays",
        "most": "30",
        "first_year": "6",
        "last_year": "8",
        "access": ["step-free", "quiet"],
        "kit": "Closed shoes",
        "risk_assessment": "ready",
        "insurance": "yes",
        "contact": "Ren Madeupson",
        "email": "ren@glass.example.test",
        "phone": "01632 960001",
        "listed": "yes",
    }


def wish() -> dict[str, Any]:
    """What a teacher types."""
    return {
        "school": "Copperlark School",
        "year_group": "7",
        "students": "24",
        "adults": "3",
        "sector": "any",
        "wish": "To see how glass is made.",
        "times": "June",
        "need_step_free": "2",
        "contact": "Tam Dummyname",
        "email": "tam@school.example.test",
        "phone": "01632 960002",
    }


WHEN = {"held_on": ["24", "3", "2026"], "from_time": "9:30", "to_time": "noon"}


def organiser(town: Town, arrive: Arrive) -> Visitor:
    """An organiser, signed in."""
    with town.transaction() as session:
        programme = town.account(session, "morgan").programme
        about = {"email": "org@example.test", "name": "Org Dummyname", "first_name": "Org"}
        accounts.make(
            session, programme, accounts.Role.ORGANISER, **about, password=PASSWORD, at=town.clock()
        )
    return arrive("org")


def links(town: Town) -> dict[str, str]:
    """The newest address that was mailed to each side."""
    with town.transaction() as session:
        rows = session.scalars(select(Mail).where(Mail.kind == "visit").order_by(Mail.id))
        return {str(one.to): json.loads(one.facts)["link"].partition("8000")[2] for one in rows}


def planned(town: Town, arrive: Arrive, sector: str) -> tuple[Visitor, str]:
    """Both forms sent and matched; gives the organiser and the visit's address."""
    stranger, org = arrive(), organiser(town, arrive)
    stranger.client.post(OFFER, data=offer(sector))
    stranger.client.post(WISH, data=wish())
    board = org.read("/visits")
    request = board.partition("/visits/requests/")[2][:10]
    page = org.read(f"/visits/requests/{request}")
    assert "Fits in everything that was asked" in page
    address = f"/visits/requests/{request}/plan/" + page.partition(f"{request}/plan/")[2][:10]
    filled = org.read(address)
    assert 'value="24"' in filled
    assert "1 Furnace Road" in filled
    fields = {"students": "24", "adults": "3", "meeting": "Gate 2", "need_step_free": "2"}
    phones = {"school_phone": "01632 960002", "host_phone": "01632 960001"}
    made = org.send(address, **WHEN, **fields, **phones)
    assert made.status_code == 302, made.text
    return org, made.location


def test_an_employer_and_a_teacher_send_their_forms_without_account_or_cookie(
    town: Town, arrive: Arrive, sector: str
) -> None:
    stranger = arrive()
    for address, fields, said in ((OFFER, offer(sector), "We have your offer"), (WISH, wish(), "your class")):
        assert "Set-Cookie" not in stranger.open(address).headers
        sent = stranger.client.post(address, data=fields)
        assert sent.status_code == 303
        page = stranger.read(sent.location)
        assert said in page
        assert "example.test" not in page, "the page of thanks shows nothing of what was sent"
        again = stranger.client.post(address, data=fields)
        assert again.location == sent.location
    for wrong in ("/programmes/nowhere/offer-a-visit", "/programmes/brindlemoor/visits/sent/BBBBBBBBBB"):
        assert stranger.open(wrong).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"organisation": ""}, "Enter the name of your organisation"),
        ({"most": "many"}, "Enter the most students that can come, like 24"),
        ({"most": "9999"}, "Enter the most students that can come, like 24"),
        ({"first_year": "14"}, "Enter a year group from 1 to 13, like 8"),
        ({"first_year": "9"}, "The last year group is before the first"),
        ({"email": "me"}, "Enter an email address in full"),
        ({"email": "a,b@c.test"}, "Enter an email address in full"),
        ({"phone": "ring me"}, "Enter a telephone number with its digits"),
        ({"about": "x" * 1001}, "Use at most 1000 characters"),
        ({"insurance": "perhaps"}, "Choose whether you are insured for it"),
    ],
)
def test_what_is_wrong_is_said_at_its_box_and_nothing_typed_is_lost(
    arrive: Arrive, sector: str, wrong: dict[str, Any], said: str
) -> None:
    page = unescape(arrive().client.post(OFFER, data=offer(sector) | wrong).text)
    assert said in page
    assert "Error:" in page.partition("</title>")[0]
    assert "A walk through the furnace hall." in page or "about" in wrong
    assert 'value="step-free" checked' in page
    if "organisation" not in wrong:
        assert "Cobaltfield Glassworks" in page


def test_after_ten_forms_in_an_hour_from_one_network_all_that_was_typed_comes_back_with_the_time_to_wait(
    town: Town, arrive: Arrive, sector: str
) -> None:
    ours, theirs = ({"REMOTE_ADDR": f"192.0.2.{number}"} for number in (1, 2))
    client = arrive().client
    for number in range(VISIT_FORMS.most):
        fields = offer(sector) | {"organisation": f"Glassworks {number}"}
        assert client.post(OFFER, data=fields, environ_overrides=ours).status_code == 303
    late = client.post(OFFER, data=offer(sector), environ_overrides=ours)
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) > 0
    assert "Wait 60 minutes, then send it again" in late.text
    assert "A walk through the furnace hall." in late.text
    assert client.post(OFFER, data=offer(sector), environ_overrides=theirs).status_code == 303


def test_an_organiser_matches_them_and_both_sides_read_one_sheet_without_a_name_of_a_student(
    town: Town, arrive: Arrive, sector: str
) -> None:
    org, address = planned(town, arrive, sector)
    assert "Classes that wait for a host" in org.read("/visits")
    assert "24 March 2026, 9:30am to 12:00pm" in org.read(address)
    stranger, sent = arrive(), links(town)
    for link in sent.values():
        answer = stranger.open(link)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        page = unescape(answer.text)
        for words in ("Gate 2", "01632 960001", "01632 960002", "A way in and around without steps: for 2"):
            assert words in page
    assert stranger.open("/visit/of-no-link").status_code == 404
    town.clock.forward(days=25)
    from passport.services.privacy import retention

    with town.transaction() as session:
        retention.purge(session, town.clock())
    assert [stranger.open(link).status_code for link in sent.values()] == [404, 404]
    assert arrive("morgan").read("/visits").count("Copperlark") == 0


def test_a_second_organiser_who_had_the_form_open_reads_what_it_says_now(
    town: Town, arrive: Arrive, sector: str
) -> None:
    org, address = planned(town, arrive, sector)
    fields = {"students": "24", "adults": "3", "meeting": "Gate 2", **WHEN}
    shown = org.open(f"{address}/change").text
    assert arrive("morgan").send(f"{address}/change", **fields | {"students": "20"}).status_code == 302
    from tests.web.conftest import SEEN, TOKEN

    token, seen = TOKEN.search(shown), SEEN.search(shown)
    assert token
    assert seen
    late = org.client.post(
        f"{address}/change",
        data={"csrf_token": token[1], "seen": seen[1], **fields, "meeting": "Gate 9"},
    )
    page = unescape(late.text)
    assert "This was changed while you had it open" in page
    assert "20 students" in page.partition("It says now:")[2]
    assert "Gate 9" in page


def test_moved_online_in_one_act_the_school_finds_the_film_and_counts_its_class(
    town: Town, arrive: Arrive, sector: str
) -> None:
    org, address = planned(town, arrive, sector)
    fields = {"instead": "online", "why": "Snow on the hills.", "film": FILM, "worksheet": ""}
    refused = org.send(f"{address}/stop", **fields)
    assert "tick that it has captions" in refused.text
    assert FILM in refused.text
    assert org.send(f"{address}/stop", **fields, captions="yes").location == address
    assert "Moved online" in org.read(address)
    sent, stranger = links(town), arrive()
    school, host = sent["tam@school.example.test"], sent["ren@glass.example.test"]
    assert FILM in stranger.read(school)
    typed = re.findall(r'<input[^>]* name="(\w+)"', stranger.read(school))
    assert typed == ["came"], "a number is asked for, and no name"
    assert "Your class count" not in stranger.read(host)
    assert "Enter how many took part" in stranger.client.post(school, data={"came": "all"}).text
    assert stranger.client.post(school, data={"came": "23"}).status_code == 303
    assert stranger.client.post(host, data={"came": "1"}).status_code == 303
    assert ">23<" in org.read(address), "the host's side counts nobody"


def test_a_cancelled_visit_says_so_and_why_to_both_sides(town: Town, arrive: Arrive, sector: str) -> None:
    org, address = planned(town, arrive, sector)
    first, stranger = links(town), arrive()
    assert org.send(f"{address}/change", students="20", adults="3", **WHEN).status_code == 302
    second = links(town)
    assert [stranger.open(link).status_code for link in first.values()] == [404, 404], "a change ends them"
    assert [stranger.open(link).status_code for link in second.values()] == [200, 200]
    org.send(f"{address}/stop", instead="cancelled", why="The furnace is being repaired.")
    assert [stranger.open(link).status_code for link in second.values()] == [404, 404]
    for link in links(town).values():
        page = stranger.read(link)
        assert "This visit is cancelled." in page
        assert "The furnace is being repaired." in page
        for gone in ("Visit sheet", "01632", "24 March", "20 students"):
            assert gone not in page, "who is no host any more reads no number of the school"
    assert "Copperlark School" in org.read("/visits").partition("Offers of employers")[0]


def test_the_board_is_for_organisers_and_managers(arrive: Arrive) -> None:
    assert "/visits" in arrive("morgan").read("/overview")
    for who in ("casey", "robin", "amara", "ash"):
        assert arrive(who).open("/visits").status_code == 404
