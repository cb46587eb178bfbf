"""The button for a worried reader, the pages of whoever is in charge, and scribing in a browser's steps."""

from tests.fixtures.towns import STORY, Town
from tests.services.test_worries import WORDS, make_lead
from tests.web.conftest import Arrive


def test_one_button_then_999_and_the_lead_reads_it(town: Town, arrive: Arrive) -> None:
    make_lead(town)
    reference = town.sent()
    robin, lead, casey = arrive("robin"), arrive("jo"), arrive("casey")
    assert f"/worried/{reference}" in robin.read(f"/queue/{reference}")
    asked = robin.read(f"/worried/{reference}")
    assert "call 999" in asked
    assert STORY not in asked
    assert robin.send(f"/worried/{reference}", words=WORDS).location == "/worried"
    assert "call 999" in robin.read("/worried")
    assert robin.open(f"/queue/{reference}").status_code == 404
    assert "Held because somebody who read it is worried" in casey.read(f"/school/{reference}")
    assert WORDS not in casey.read(f"/school/{reference}")
    assert casey.open("/school/worries").status_code == 404
    address = lead.read("/school/worries").split('href="/school/worries/')[1].split('"')[0]
    assert WORDS in lead.read(f"/school/worries/{address}")
    assert "Robin Fixturely" in lead.read(f"/school/worries/{address}")
    assert lead.send(f"/school/worries/{address}", step="close").status_code == 302
    assert "Nobody has told you of a worry." in lead.read("/school/worries")
    assert WORDS not in arrive("amara").read(f"/evidence/{reference}")


def test_a_coordinator_writes_it_down_and_the_student_reads_and_sends_it(town: Town, arrive: Arrive) -> None:
    casey, amara, robin = arrive("casey"), arrive("amara"), arrive("robin")
    page = f"/school/students/{town.references['amara']}/write"
    day = {"held_on": ["10", "3", "2026"], "hours": "2.5"}
    nothing = casey.send(page, narrative="Too short", **day)
    assert "Choose the activity" in nothing.text
    assert "Too short" in nothing.text
    whole = {"activity": town.activity, "skill": "4", "level": "3", "narrative": STORY, **day}
    assert casey.send(page, **whole).status_code == 302
    assert "Written down, not sent yet" in casey.read(page)
    draft = casey.read(page).split("/school/drafts/")[1].split('"')[0]
    assert "Your school wrote" in amara.read("/notices")
    check = f"/evidence/{draft}/check"
    assert "It is right: send to your champion" in amara.read(check)
    assert amara.send(check).status_code == 302
    assert "Written down by somebody at the school" in robin.read(f"/queue/{draft}")
    assert casey.open(f"/school/drafts/{draft}").status_code == 404


def test_what_changed_is_shown_in_words_to_student_and_champion(town: Town, arrive: Arrive) -> None:
    reference = town.sent()
    amara, casey, robin = arrive("amara"), arrive("casey"), arrive("robin")
    casey.send(f"/school/{reference}/send-back", reason="say-what-happened")
    other = STORY.replace("five", "seven")
    fields = {"narrative": other, "held_on": ["11", "3", "2026"], "hours": "2.5"}
    assert amara.send(f"/evidence/{reference}/story", **fields).status_code == 302
    assert amara.send(f"/evidence/{reference}/check").status_code == 302
    versions = amara.read(f"/evidence/{reference}/versions")
    changed = "[taken out: </span>five<span"
    assert changed in versions
    assert "[added: </span>seven<span" in versions
    assert "It said: 10 March 2026" in versions
    # the first version was the school's alone to see
    assert "five" not in robin.read(f"/queue/{reference}")
    assert changed in casey.read(f"/school/{reference}")
