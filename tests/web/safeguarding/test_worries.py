"""The button for a worried reader, the pages of those in charge, and scribing in a browser's steps."""

import re
from html import unescape

from tests.fixtures.towns import STORY, Town
from tests.services.safeguarding.test_worries import WORDS, make_lead
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
    seen = casey.read(f"/school/{reference}")
    assert WORDS not in seen
    assert "worried:" not in seen
    assert "Held by somebody at your school" in seen
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


def test_every_page_with_a_students_words_has_the_button_for_the_person_who_reads_it(
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


def without(page: str, reference: str) -> str:
    """A page without what differs anyway: the text's reference and the form's token."""
    return re.sub(r'name="csrf_token"[^>]*>', "", page).replace(reference, "REFERENCE")


def test_a_coordinator_cannot_pass_on_a_text_that_a_reader_is_worried_about(
    town: Town, arrive: Arrive
) -> None:
    make_lead(town)
    worried, kept = town.sent(), town.sent()
    arrive("robin").send(f"/worried/{worried}", words=WORDS)
    lead, casey = arrive("jo"), arrive("casey")
    why = "I read what a colleague asked me about."
    lead.press(f"/school/{kept}", f"/school/{kept}", why=why)
    token = lead.token("/school/worries/" + lead.read("/school/worries").split('"/school/worries/')[1][:10])
    lead.client.post(f"/school/{kept}/hold", data={"csrf_token": token})
    shown = [without(casey.read(f"/school/{one}"), one) for one in (worried, kept)]
    assert "they decide about it" in shown[0]
    assert "/release" not in shown[0]
    assert shown[0] == shown[1], "a text with a worry looks like any that the lead keeps"
    for step in ("release", "send-back"):
        page = f"/school/{worried}/{step}"
        answers = [casey.open(f"/school/{one}/{step}") for one in (worried, kept)]
        answers += [
            casey.press("/account", f"/school/{one}/{step}", reason="about-others") for one in (worried, kept)
        ]
        assert [one.status_code for one in answers] == [409] * 4, page
        said = {without(one.text, ref) for one, ref in zip(answers, (worried, kept) * 2, strict=True)}
        assert len(said) == 1
    robin = arrive("robin")
    assert robin.open(f"/queue/{worried}").status_code == 404


def test_the_lead_reads_what_happened_and_passes_it_on_from_a_page_that_says_what_follows(
    town: Town, arrive: Arrive
) -> None:
    make_lead(town)
    sent = town.sent()
    robin, lead = arrive("robin"), arrive("jo")
    robin.send(f"/worried/{sent}", words=WORDS)
    worry = "/school/worries/" + lead.read("/school/worries").split('"/school/worries/')[1][:10]
    assert "Held because a reader was worried" in lead.read(worry)
    check = lead.read(f"/school/{sent}/release")
    assert "Robin Fixturely" in check
    assert WORDS in check
    assert "the student is told" in check
    assert robin.open(f"/queue/{sent}").status_code == 404, "looking at the page passes nothing on"
    assert lead.send(f"/school/{sent}/release").location == "/school"
    assert robin.open(f"/queue/{sent}").status_code == 200
    history = lead.read(worry)
    assert "Passed on to a champion: Jo Stubfield" in re.sub(r"<[^>]+>", "", history)
    assert "with the champions, who can decide about it" in history


def test_a_worry_about_the_only_lead_goes_to_a_manager_who_decides_with_a_reason(
    town: Town, arrive: Arrive
) -> None:
    make_lead(town)
    sent, why = town.sent(), "The school has no other safeguarding lead."
    robin, lead, morgan = arrive("robin"), arrive("jo"), arrive("morgan")
    assert "Jo Stubfield" in robin.read(f"/worried/{sent}")
    wrong = robin.send(f"/worried/{sent}", words=WORDS, subjects="someone-else")
    assert "Choose one of the names below, or none" in unescape(wrong.text)
    assert WORDS in wrong.text, "nothing that was typed is lost"
    robin.send(f"/worried/{sent}", words=WORDS, subjects=town.references["jo"])
    assert "No worry" not in lead.read("/school/worries")
    assert "Nobody has told you of a worry." in lead.read("/school/worries")
    refused = lead.open(f"/school/{sent}/release")
    assert (refused.status_code, "they decide about it" in refused.text) == (409, True)
    assert "1 is new" in morgan.read("/overview")
    page = "/overview/worries/" + morgan.read("/overview/worries").split('"/overview/worries/')[1][:10]
    assert WORDS not in morgan.read(page)
    assert WORDS not in morgan.send(page, reason="short").text
    read = morgan.send(page, reason=why).text
    assert WORDS in read
    assert STORY in read
    assert why in arrive("amara").read("/looked")
    assert "Choose what you decide" in morgan.send(f"{page}/decide", reason=why).text
    assert morgan.send(f"{page}/decide", choice="release", reason=why).location == "/overview/worries"
    assert robin.open(f"/queue/{sent}").status_code == 200
    assert morgan.send(f"{page}/decide", choice="close", reason=why).status_code == 302
    assert "No worry waits for you." in morgan.read("/overview/worries")


def test_a_lead_hands_on_what_is_about_them(town: Town, arrive: Arrive) -> None:
    make_lead(town)
    sent = town.sent()
    arrive("robin").send(f"/worried/{sent}", words=WORDS)
    lead = arrive("jo")
    page = "/school/worries/" + lead.read("/school/worries").split('"/school/worries/')[1][:10]
    assert "about-me" in lead.read(page)
    assert "you cannot take this back" in lead.read(f"{page}/about-me")
    assert lead.send(f"{page}/about-me").location == "/school/worries"
    assert lead.open(page).status_code == 404
    assert "No coordinator" not in lead.send(f"/school/{sent}", why="To see what she wrote there.").text
    assert "A worry at Lanternmoor" in arrive("quinn").read("/overview/worries")
