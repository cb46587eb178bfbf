"""What was typed survives the end of a sign-in, for the same person and for half an hour."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.fixtures.towns import STORY, Town
from tests.web.conftest import Arrive, Visitor

WORDS = "Nobody but me should read this before I send it: I stopped the machine by myself and told them."


@pytest.fixture
def late(town: Town, arrive: Arrive) -> tuple[Visitor, str, str]:
    """Amara, the page of their story, and what they read when they sent it too late."""
    amara = arrive("amara")
    reference = amara.send("/evidence/new", activity=town.activity).location.split("/")[2]
    amara.send(f"/evidence/{reference}/skill", skill=4)
    amara.send(f"/evidence/{reference}/level", level=3)
    page = f"/evidence/{reference}/story"
    fields = {"csrf_token": amara.token(page), "narrative": WORDS, "hours": "2.5"}
    town.clock.forward(hours=12, minutes=1)
    answer = amara.client.post(page, data=fields)
    assert answer.status_code == 400
    assert "it is in the form again" in answer.text
    assert f'href="/sign-in?next={page}"' in answer.text
    return amara, page, reference


def test_the_same_person_finds_it_in_the_form_again(late: tuple[Visitor, str, str], town: Town) -> None:
    amara, page, reference = late
    with town.transaction() as session:
        [row] = session.execute(text("SELECT * FROM kept_forms")).all()
    assert WORDS not in str(row)
    town.clock.forward(minutes=29)
    assert amara.sign_in("amara", f"/sign-in?next={page}").location == page
    shown = amara.read(page)
    assert WORDS in shown
    assert "What you had typed is in the form again" in shown
    assert WORDS not in amara.read(f"/evidence/{reference}"), "it is not sent yet"
    assert WORDS not in amara.read(f"/evidence/{reference}/level")


def test_after_it_was_sent_it_is_kept_no_more(late: tuple[Visitor, str, str], town: Town) -> None:
    amara, page, _reference = late
    amara.sign_in("amara", f"/sign-in?next={page}")
    done = amara.send(page, narrative=STORY, held_on=["10", "3", "2026"], hours="2.5")
    assert done.status_code == 302
    with town.transaction() as session:
        assert session.execute(text("SELECT * FROM kept_forms")).all() == []


def test_after_half_an_hour_it_is_gone(late: tuple[Visitor, str, str], town: Town) -> None:
    amara, page, _reference = late
    town.clock.forward(minutes=30)
    amara.sign_in("amara")
    assert WORDS not in amara.read(page)


def test_another_person_at_the_same_computer_never_sees_it(late: tuple[Visitor, str, str]) -> None:
    amara, page, _reference = late
    amara.sign_in("kit")
    assert amara.open(page).status_code == 404


def test_another_site_can_plant_nothing(town: Town, arrive: Arrive) -> None:
    amara = arrive("amara")
    town.clock.forward(hours=12, minutes=1)
    amara.client.post("/evidence/new", data={"activity": WORDS}, headers={"Sec-Fetch-Site": "cross-site"})
    with town.transaction() as session:
        assert session.execute(text("SELECT * FROM kept_forms")).all() == []


def test_passwords_and_codes_are_never_kept(town: Town, arrive: Arrive) -> None:
    amara = arrive("amara")
    town.clock.forward(hours=12, minutes=1)
    amara.client.post("/evidence/new", data={"password": WORDS, "code": WORDS, "csrf_token": "x"})
    with town.transaction() as session:
        assert session.execute(text("SELECT * FROM kept_forms")).all() == []
