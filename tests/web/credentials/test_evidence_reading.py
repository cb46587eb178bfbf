"""A manager and a lead say why before they read a student's text; the student reads what they said."""

from __future__ import annotations

import pytest

from passport.db.people.accounts import Role
from passport.services.people import grants
from tests.fixtures.towns import STORY, Town
from tests.web.conftest import Arrive

URL = "http://localhost:8000"
WHY = "A teacher asked whether the shaft was measured with the machine running."


def test_a_manager_says_why_and_the_student_reads_it(town: Town, arrive: Arrive) -> None:
    page = f"/overview/entries/{town.issued()}"
    morgan, amara = arrive("morgan"), arrive("amara")
    assert f"{page}/evidence" in morgan.read(page)
    assert STORY not in morgan.read(f"{page}/evidence")
    refused = morgan.send(f"{page}/evidence", reason="because")
    assert (refused.status_code, STORY in refused.text) == (200, False)
    assert "Error:" in refused.text
    assert "because" in refused.text
    assert "What you wrote:" not in amara.read("/looked")
    assert STORY in morgan.send(f"{page}/evidence", reason=WHY).text
    said = amara.read("/looked")
    assert WHY in said
    assert "Morgan Samplewright" in said


@pytest.mark.parametrize("place", ["Lanternmoor", "Thistlegate"])
def test_a_lead_reads_those_of_the_own_school_alone(town: Town, arrive: Arrive, place: str) -> None:
    entry = town.issued() if place == "Lanternmoor" else town.issued("kit", "sky")
    with town.transaction() as session:
        morgan, quinn = town.account(session, "morgan"), town.account(session, "quinn")
        town.account(session, "casey").role = Role.STEERING
        asked = grants.propose(session, morgan, "casey@example.test", Role.LEAD, WHY, town.clock())
        grants.confirm(session, quinn, asked.reference, URL, town.clock())
    casey = arrive("casey")
    answer = casey.open(f"/overview/entries/{entry}/evidence")
    if place == "Thistlegate":
        assert answer.status_code == 404
        return
    assert STORY not in answer.text
    assert STORY in casey.send(f"/overview/entries/{entry}/evidence", reason=WHY).text
    assert WHY in arrive("amara").read("/looked")
