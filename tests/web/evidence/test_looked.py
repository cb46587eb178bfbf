"""Who has looked: what adults open is on the student's page, all of it, and no other person's."""

from __future__ import annotations

from passport.services.evidence import reading_log
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive


def test_every_page_on_which_a_champion_reads_her_words_is_a_look(town: Town, arrive: Arrive) -> None:
    sent, robin, amara = town.sent(), arrive("robin"), arrive("amara")
    page = f"/queue/{sent}"
    assert "in five places" in robin.read(page)
    assert "in five places" in robin.read(f"{page}/endorse/review?version=1&basis=1&level=3")
    robin.read(f"{page}/decline?version=1")
    robin.send(f"{page}/decline?version=1", reason="cannot-say", version="1")
    looked = amara.read("/looked")
    assert "Robin Fixturely" in looked
    assert "2 times" in looked
    assert "Robin" not in arrive("kit").read("/looked")


def test_nothing_is_left_out_however_many_there_are(town: Town, arrive: Arrive) -> None:
    with town.transaction() as session:
        amara, casey = town.account(session, "amara"), town.account(session, "casey")
        for number in range(reading_log.PAGE + 1):
            reading_log.record(session, casey, amara.id, town.clock(), reason=f"reason {number} of many")
    visitor = arrive("amara")
    first, last = visitor.read("/looked"), visitor.read("/looked?page=2")
    assert "reason 0 of many" not in first
    assert "Earlier looks" in first
    assert "reason 0 of many" in last
    assert "Later looks" in last
    assert "Earlier looks" not in last
    for page in ("0", "-1", "x"):
        assert "reason 200 of many" in visitor.read(f"/looked?page={page}")


def test_a_student_without_an_entry_finds_who_looked_and_whom_to_ask_too(town: Town, arrive: Arrive) -> None:
    """Each link of the page leads to words that are there."""
    town.sent()
    amara = arrive("amara")
    home = amara.read("/home")
    assert "None yet." in home
    for address, words in (
        ("/looked", "Who has looked"),
        ("/my-data", "This is what the service holds of you"),
        ("/my-data/requests", "What would you like?"),
        ("/help#worry", "If somebody is in danger now"),
    ):
        assert f'href="{address}"' in home
        page, _, place = address.partition("#")
        said = amara.read(page)
        assert words in said.partition(f'id="{place}"')[2 if place else 0]
