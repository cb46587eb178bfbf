"""A coordinator's pages: their students, and accounts that are closed at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from passport.services.people import accounts
from tests.services.safeguarding.test_transfers import settle
from tests.web.conftest import Arrive, Visitor
from tests.web.programmes.test_managing import offered, went

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.fixtures.towns import Town

HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>")


@pytest.fixture
def casey(arrive: Arrive) -> Visitor:
    return arrive("casey")


def add(casey: Visitor, **other: object) -> TestResponse:
    fields: dict[str, object] = {
        "name": "Mina Invented",
        "first_name": "Mina",
        "born_on": ["1", "7", "2011"],
        "year": "9",
        "sector": offered(casey, "/students/new", "Engineering"),
        "cohort": "none",
        "email": "mina@example.test",
    }
    return casey.send("/students/new", **fields | other)


def test_a_student_is_added_invited_and_comes(town: Town, casey: Visitor, arrive: Arrive) -> None:
    page = went(add(casey))
    assert went(add(casey)) == page, "a second click"
    assert "No invitation sent" in casey.read(page)
    went(casey.press(page, f"{page}/invite"))
    assert "Invited, has not come yet" in casey.read(page)
    with town.transaction() as session:
        town.references["mina"] = page.rpartition("/")[2]
        town.account(session, "mina").password_hash = accounts.hashed("correct horse battery")
    mina = arrive("mina")
    assert "Has not come yet" not in casey.read(page).partition("History")[0]
    assert "Casey Exampleby" in mina.read("/looked")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"born_on": ["1", "7", "2013"]}, "Students under 13 have no account"),
        ({"born_on": ["31", "2", "2011"]}, "Enter a day that exists"),
        ({"born_on": ["", "", ""]}, "Enter the date of birth"),
        ({"email": "KIT@example.test"}, "There is an account with this address already"),
        ({"year": "3"}, "Choose the year group"),
        ({"sector": "nonsense"}, "Choose the sector"),
        ({"first_name": ""}, "Enter the first name"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(
    casey: Visitor, other: dict[str, object], told: str
) -> None:
    answer = add(casey, **other)
    assert answer.status_code == 200
    assert told in answer.text
    assert 'value="Mina Invented"' in answer.text
    assert "Error:" in answer.text.partition("</title>")[0]


def test_the_list_is_searched(casey: Visitor) -> None:
    went(add(casey))
    assert "Amara Demoson" in casey.read("/students")
    found = casey.read("/students?name=mina")
    assert "Mina Invented" in found
    assert "Amara Demoson" not in found
    assert "Nobody here has these letters" in casey.read("/students?name=Kit")
    assert "Amara Demoson" not in casey.read("/students?state=invited")


def test_paused_she_reads_and_does_not_write_and_goes_on(town: Town, casey: Visitor, arrive: Arrive) -> None:
    entry, page = town.issued(), f"/students/{town.references['amara']}"
    went(casey.send(f"{page}/pause", note="Exams"))
    assert "Exams" in casey.read(page)
    amara = arrive("amara")
    answer = amara.send("/evidence/new", activity=town.activity)
    assert answer.status_code == 409
    assert "You can read and share what you have" in answer.text
    assert amara.open(f"/entries/{entry}").status_code == 200
    went(casey.send(f"{page}/go-on"))
    assert went(amara.send("/evidence/new", activity=town.activity))


def test_leaving_asks_why_and_a_note_stays_with_the_school(town: Town, casey: Visitor) -> None:
    page = f"/students/{town.references['amara']}"
    answer = casey.send(f"{page}/withdraw", note="Her own words")
    assert "Choose why" in answer.text
    assert "Her own words" in answer.text
    for _click in range(2):
        went(casey.press(page, f"{page}/withdraw", reason="own-wish", note="Her own words"))
    history = casey.read(page).partition("History")[2]
    assert history.count("They wish to stop") == 1
    assert casey.open(f"{page}/pause").status_code == 302, "nothing left to pause"


def test_a_student_moves_once_the_other_school_has_accepted(
    town: Town, casey: Visitor, arrive: Arrive
) -> None:
    settle(town)
    page = f"/students/{town.references['amara']}"
    assert "Choose the school" in casey.send(f"{page}/transfer").text
    check = went(casey.send(f"{page}/transfer", school=town.references["thistlegate"]))
    said = casey.read(check)
    assert "Offer this student to Thistlegate School?" in said
    assert "ends after 14 days" in said
    assert "Take it back" not in casey.read(page), "nothing is offered by looking at the page"
    token = casey.token(check)
    for _click in range(2):
        assert went(casey.client.post(check, data={"csrf_token": token, "note": "Moves house"})) == page
    ari = arrive("ari")
    home, listed = ari.read("/overview"), ari.read("/students")
    assert "1 student of another school waits for your answer" in home
    assert "1 offer of yours waits for another school" in casey.read("/overview")
    offer = "/transfers/" + listed.split('"/transfers/')[1][:10]
    shown = ari.read(offer)
    for words in ("Amara D.", "Year 10", "Lanternmoor High School"):
        assert words in shown
    for words in ("Demoson", "Moves house", "example.test", town.references["amara"]):
        assert words not in home + listed + shown + ari.read("/notices"), words
    assert ari.open(page).status_code == 404
    assert casey.open(offer).status_code == 404
    amara = arrive("amara")
    assert "has offered you to Thistlegate School" in amara.read("/notices")
    assert went(amara.send("/evidence/new", activity=town.activity)), "the student goes on logging"
    assert went(ari.press(offer, f"{offer}/accept")) == page
    assert "Amara Demoson" in ari.read(page)
    assert "Moves house" not in ari.read(page)
    assert casey.open(page).status_code == 404
    assert "Amara" not in casey.read("/students").partition("<h1")[2]
    late = casey.press("/students", offer.replace("/transfers", "/transfers") + "/take-back")
    assert (late.status_code, "This offer is over" in late.text) == (409, True)


def test_an_offer_is_taken_back_or_refused_and_the_student_stays(
    town: Town, casey: Visitor, arrive: Arrive
) -> None:
    settle(town)
    page = f"/students/{town.references['amara']}"
    ari = arrive("ari")
    for verb in ("take-back", "refuse"):
        went(casey.send(f"{page}/transfer/{town.references['thistlegate']}"))
        offer = "/transfers/" + ari.read("/students").split('"/transfers/')[1][:10]
        if verb == "refuse":
            assert went(ari.press(offer, f"{offer}/refuse")) == "/students"
        else:
            assert "Take it back" in casey.read(page)
            assert went(casey.press(page, f"{offer}/take-back")) == "/students"
        over = ari.open(offer)
        assert (over.status_code, "This offer is over" in over.text) == (409, True)
        assert casey.open(page).status_code == 200
    assert "you stay at your school" in arrive("amara").read("/notices")
    assert "has refused a student" in casey.read("/notices")


def test_a_suspension_ends_the_session_and_the_note_is_for_few(
    town: Town, casey: Visitor, arrive: Arrive
) -> None:
    amara = arrive("amara")
    page = f"/suspensions/{town.references['amara']}"
    assert HEADING.findall(casey.read(page)) == ["Amara Demoson"], "whom one is about to suspend"
    assert "Choose why" in casey.send(page, note="Lost on the bus").text
    went(casey.send(page, reason="lost-device", note="Lost on the bus"))
    assert HEADING.findall(casey.read(page)) == ["Amara Demoson"]
    assert amara.open("/home").location.startswith("/sign-in")
    assert "Lost on the bus" in casey.read(page)
    assert "Amara Demoson" in casey.read("/suspensions")
    assert f'action="{page}/end"' in casey.read(page)
    went(casey.press(page, f"{page}/end"))
    assert arrive("amara").open("/home").status_code == 200


def test_people_to_suspend_are_found_by_their_whole_name_alone(casey: Visitor, arrive: Arrive) -> None:
    assert "Amara Demoson" in casey.read("/suspensions?who=amara+demoson")
    for typed in ("Amara", "Kit+Placeholder", "Morgan+Samplewright"):
        assert "Nobody whom you can suspend" in casey.read(f"/suspensions?who={typed}")
    assert "Kit Placeholder" in arrive("morgan").read("/suspensions?who=Kit+Placeholder")
    assert re.search("Kit", arrive("morgan").read("/suspensions")) is None


def test_invitations_are_sent_in_one_go_and_nobody_gets_two(town: Town, casey: Visitor) -> None:
    went(add(casey))
    went(add(casey, name="Noor Invented", email="noor@example.test"))
    went(add(casey, name="Mo Invented", email=""))
    assert "2 students have an email address and no invitation" in casey.read("/students")
    went(casey.press("/students", "/students/invite"))
    assert "2 invitations are on their way" in casey.read("/students?state=invited")
    assert "no invitation that can be used" not in casey.read("/students")
    went(casey.press("/students/new", "/students/invite"))
    assert "0 invitations are on their way" in casey.read("/students?state=invited")


def test_a_class_code_is_shown_large_without_a_name(town: Town, casey: Visitor) -> None:
    went(casey.press("/class-codes", "/class-codes/new", minutes=60))
    address = casey.read("/class-codes").partition('href="/class-codes/')[2].partition('"')[0]
    page = casey.read(f"/class-codes/{address}")
    assert 'class="sp-wall"' in page
    assert "Amara" not in page
    assert casey.open("/class-codes/OTHER/wall").status_code == 404
