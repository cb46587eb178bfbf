"""A coordinator confirms on a page; what passes between adults and children is within the school's sight."""

from __future__ import annotations

import pytest

from passport.jobs import queue as job_queue
from passport.services.endorsements import decisions
from passport.services.evidence import drafting
from tests.fixtures.towns import STORY, Town
from tests.web.conftest import Arrive, Visitor

CHOICE: dict[str, str | int] = {"version": 1, "basis": 2, "level": 3}
BAD_NOTE = "text me on 07700 900123"


@pytest.fixture
def casey(arrive: Arrive) -> Visitor:
    return arrive("casey")


def test_a_coordinator_confirms_and_undoes(town: Town, casey: Visitor, arrive: Arrive) -> None:
    with town.transaction() as session:
        town.account(session, "casey").programme.undo_minutes = 24 * 60
    sent = town.sent()
    assert f"/overview/confirm/{sent}" in casey.read(f"/school/{sent}")
    page = casey.read(f"/overview/confirm/{sent}")
    assert STORY in page
    assert "checked" not in page, "nothing is chosen beforehand"
    assert "“School or college confirmed”" in page
    missing = casey.send(f"/overview/confirm/{sent}", version=1)
    assert "Choose how you know" in missing.text
    assert "Choose the level" in missing.text
    for _click in range(2):
        done = casey.client.post(
            f"/overview/confirm/{sent}", data={"csrf_token": casey.token("/account"), **CHOICE}
        )
        assert done.location == "/overview/confirmations"
    given = casey.read("/overview/confirmations")
    assert given.count('class="sp-row"') == 1
    assert "Confirmed, not signed yet" in given
    mine = arrive("amara").read(f"/evidence/{sent}")
    assert "Your school confirmed it." in mine
    assert "champion can" not in mine
    undo = given.partition("/overview/confirmations/")[2].partition('"')[0]
    casey.press("/overview/confirmations", f"/overview/confirmations/{undo}")
    assert "Undone. It waits again." in casey.read("/overview/confirmations")
    casey.send(f"/overview/confirm/{sent}", **CHOICE)
    town.clock.forward(hours=25)
    job_queue.run_due(town.runtime)
    casey.sign_in("casey")
    given = casey.read("/overview/confirmations")
    assert "Confirmed and signed" in given
    late = casey.press("/account", f"/overview/confirmations/{_newest(town)}/undo")
    assert late.status_code == 409
    assert "It is signed already" in late.text


def _newest(town: Town) -> str:
    from passport.services.endorsements import confirmations

    with town.transaction() as session:
        return confirmations.given(session, town.account(session, "casey"))[0].reference


def test_what_changed_or_is_another_schools_is_not_confirmed(
    town: Town, casey: Visitor, arrive: Arrive
) -> None:
    sent, other = town.sent(), town.sent("kit")
    token = casey.token(f"/overview/confirm/{sent}")
    robin = arrive("robin")
    robin.send(f"/queue/{sent}/send-back?version=1", version=1, reason="different-level")
    amara = arrive("amara")
    changed = {"narrative": STORY + " More.", "held_on": ["10", "3", "2026"], "hours": "2"}
    amara.send(f"/evidence/{sent}/story", **changed)
    amara.send(f"/evidence/{sent}/check")
    assert "What changed" in casey.read(f"/overview/confirm/{sent}")
    late = casey.client.post(f"/overview/confirm/{sent}", data={"csrf_token": token, **CHOICE})
    assert late.status_code == 409
    assert "It has changed since you opened it" in late.text
    assert f'href="/school/{sent}"' in late.text
    assert casey.open(f"/overview/confirm/{other}").status_code == 404
    foreign = casey.client.post(f"/overview/confirm/{other}", data={"csrf_token": token, **CHOICE})
    assert foreign.status_code == 404
    with town.transaction() as session:
        for who, reference in (("amara", sent), ("kit", other)):
            assert drafting.own(session, town.account(session, who), reference).state == "submitted"


def test_a_note_with_a_phone_number_is_seen_by_the_school_alone(
    town: Town, casey: Visitor, arrive: Arrive
) -> None:
    """Product, J3 i."""
    sent, robin, amara = town.sent(), arrive("robin"), arrive("amara")
    robin.send(f"/queue/{sent}/send-back?version=1", version=1, reason="say-what-happened", note=BAD_NOTE)
    assert "Your note waits: somebody at the school reads it first." in robin.read("/queue")
    for page in ("/home", f"/evidence/{sent}", f"/evidence/{sent}/versions", "/notices"):
        assert "07700" not in amara.read(page), page
    listed = casey.read("/overview/notes")
    assert BAD_NOTE in listed
    stop = listed.partition("/overview/notes/")[2].partition("/")[0]
    assert casey.press("/overview/notes", f"/overview/notes/{stop}/stop").location == "/overview/notes"
    assert "Never shown" in casey.read("/overview/notes")
    assert "07700" not in amara.read(f"/evidence/{sent}")


def test_who_is_related_passes_it_on_and_a_student_asks_once(town: Town, arrive: Arrive) -> None:
    """Product, J3 c; and "declined -> submitted, once"."""
    related, declined = town.sent(), town.sent(level=2)
    robin, amara = arrive("robin"), arrive("amara")
    robin.press(f"/queue/{related}", f"/queue/{related}/related")
    assert "Somebody else decides about it now." in robin.read("/queue")
    assert robin.open(f"/queue/{related}").status_code == 404
    robin.send(f"/queue/{declined}/decline?version=1", version=1, reason="cannot-say")
    for _click in range(2):
        asked = amara.press("/account", f"/evidence/{declined}/ask-another")
        assert asked.location == f"/evidence/{declined}"
    assert "Ask somebody else" not in amara.read(f"/evidence/{declined}")
    assert declined not in robin.read("/queue")
    with town.transaction() as session:
        assert decisions.queue(session, town.account(session, "robin"), town.clock()) == []
