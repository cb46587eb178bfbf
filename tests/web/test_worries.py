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
    assert "1 is new" in lead.read("/overview")
    assert "/school/worries" not in casey.read("/overview")
    address = lead.read("/school/worries").split('href="/school/worries/')[1].split('"')[0]
    assert WORDS in lead.read(f"/school/worries/{address}")
    assert "Robin Fixturely" in lead.read(f"/school/worries/{address}")
    assert lead.send(f"/school/worries/{address}", step="acknowledge").status_code == 302
    assert "is new" not in lead.read("/overview")
    assert "Being dealt with" in lead.read("/school/worries")
    assert lead.send(f"/school/worries/{address}", step="close").status_code == 302
    assert "Nobody has told you of a worry." in lead.read("/school/worries")
    assert WORDS not in arrive("amara").read(f"/evidence/{reference}")


BUTTON = "I am worried about what I read"


def test_of_a_worry_nothing_is_cut(town: Town, arrive: Arrive) -> None:
    robin, reference = arrive("robin"), town.sent()
    long = "He waits for her at the gate. " * 166
    page = robin.send(f"/worried/{reference}", words=long + long)
    assert "Use at most 5000 characters" in page.text
    assert page.text.count("He waits for her at the gate.") == 332, "nothing that was typed is lost"
    assert robin.send(f"/worried/{reference}", words=long).location == "/worried"
    lead = arrive("casey")
    assert lead.read(f"/school/{reference}").count("He waits for her at the gate.") == 166


def test_every_page_with_a_students_words_has_the_button_for_whoever_reads_it(
    town: Town, arrive: Arrive
) -> None:
    make_lead(town)
    entry, sent = town.issued(), town.sent(story=STORY.replace("five", "six"))
    robin, casey, lead, morgan = (arrive(who) for who in ("robin", "casey", "jo", "morgan"))
    for visitor, page in (
        (robin, "/queue"),
        (robin, f"/queue/{sent}"),
        (casey, f"/school/{sent}"),
        (casey, f"/overview/confirm/{sent}"),
    ):
        shown = visitor.read(page)
        assert "places" in shown, page
        assert BUTTON in shown, page
    behind = f"/overview/entries/{entry}/evidence"
    why = "A teacher asked me to look at what she wrote there."
    read = lead.send(behind, reason=why).text
    address = read.split('href="/worried/')[1].split('"')[0]
    assert "no champion decides" not in lead.read(f"/worried/{address}"), "it is decided already"
    assert lead.send(f"/worried/{address}", words=WORDS).location == "/worried"
    assert "Jo Stubfield" in lead.read(
        "/school/worries/" + lead.read("/school/worries").split('"/school/worries/')[1].split('"')[0]
    )
    assert "Tell the school's safeguarding lead today" in morgan.send(behind, reason=why).text
    assert morgan.open(f"/worried/{address}").status_code == 404


def test_a_student_tells_her_school_and_what_she_sent_goes_on_its_way(town: Town, arrive: Arrive) -> None:
    make_lead(town)
    sent = town.sent()
    amara, robin, lead = arrive("amara"), arrive("robin"), arrive("jo")
    assert f"/worried/{sent}" in amara.read(f"/evidence/{sent}")
    assert "Your champion is not told" in amara.read(f"/worried/{sent}")
    assert amara.send(f"/worried/{sent}", words="He asked for my number.").location == "/worried"
    assert "talks to you about it" in amara.read("/worried")
    assert robin.open(f"/queue/{sent}").status_code == 200
    for page in ("/queue", f"/queue/{sent}", "/notices"):
        assert "my number" not in robin.read(page)
    worry = lead.read("/school/worries").split('"/school/worries/')[1].split('"')[0]
    shown = lead.read(f"/school/worries/{worry}")
    assert "A student has told you of a worry" in shown
    assert "He asked for my number." in shown


def test_a_row_of_the_queue_says_what_belongs_to_the_text(town: Town, arrive: Arrive) -> None:
    sent = town.sent()
    amara, robin = arrive("amara"), arrive("robin")
    assert "see what changed" not in robin.read("/queue")
    robin.send(f"/queue/{sent}/send-back?version=1", version=1, reason="different-level")
    amara.send(f"/evidence/{sent}/level", level=2)
    amara.send(f"/evidence/{sent}/check")
    assert "Sent again: see what changed" in robin.read("/queue")


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
