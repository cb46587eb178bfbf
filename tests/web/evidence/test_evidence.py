from __future__ import annotations

import re
from html import unescape

import pytest

from passport.services.programmes.frameworks import imports, versions
from tests.fixtures.towns import STORY, Town
from tests.web.conftest import Arrive, Visitor

GOOD = {"narrative": STORY, "held_on": ["10", "3", "2026"], "hours": "2.5"}


@pytest.fixture
def amara(arrive: Arrive) -> Visitor:
    return arrive("amara")


@pytest.fixture
def started(amara: Visitor, town: Town) -> str:
    """The address of something that Amara has begun to log, with skill and level."""
    skill = amara.send("/evidence/new", activity=town.activity).location
    level = amara.send(skill, skill=4).location
    assert amara.send(level, level=3).location == level.replace("level", "story")
    return level.removesuffix("/level")


def test_logging_in_small_steps(amara: Visitor, town: Town) -> None:
    skill = amara.send("/evidence/new", activity=town.activity).location
    assert skill.endswith("/skill")
    level = amara.send(skill, skill=4).location
    assert level.endswith("/level")
    assert "Measures to the drawing's limits" in amara.read(level)
    after = amara.send(level, level=3).location
    reference = after.split("/")[2]
    story = f"/evidence/{reference}/story"
    assert amara.send(story, **GOOD).location == f"/evidence/{reference}/check"
    answers = amara.read(f"/evidence/{reference}/check")
    for words in (STORY, "Measuring and checking", "On my own", "10 March 2026", "2.5 hours"):
        assert words in answers
    sent = amara.send(f"/evidence/{reference}/check").location
    page = amara.read(sent)
    assert reference in page
    assert "usually replies within 10 school days" in page
    assert "Waiting" in amara.read("/home")


@pytest.mark.parametrize("step", ["", "/skill", "/level"])
def test_nothing_chosen_says_so_and_leads_to_the_field(step: str, amara: Visitor, started: str) -> None:
    address = f"{started}{step}" if step else "/evidence/new"
    field = step.strip("/") or "activity"
    answer = amara.send(address)
    assert "There is a problem" in answer.text
    assert "<title>Error:" in answer.text
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    assert "autofocus" in answer.text


def test_what_was_typed_wrongly_is_kept_and_shown_as_it_was_typed(amara: Visitor, started: str) -> None:
    typed = {"narrative": "  Too <b>short</b> ", "held_on": ["31", "2", "26x"], "hours": "two"}
    answer = amara.send(f"{started}/story", **typed)
    assert "  Too &lt;b&gt;short&lt;/b&gt; </textarea>" in answer.text
    for value in ("31", "2", "26x", "two"):
        assert f'value="{value}"' in answer.text
    for words in ("at least 60 characters", "Enter a day that exists", "Enter the hours as a number"):
        assert words in answer.text
    for field in ("narrative", "held_on-day", "hours"):
        assert f'href="#{field}"' in answer.text
        assert f'id="{field}"' in answer.text
    assert "Too &lt;b&gt;short&lt;/b&gt;" in amara.open(f"{started}/story").text


def test_a_draft_that_is_kept_while_a_student_types_empties_no_day_and_no_hours(
    amara: Visitor, started: str
) -> None:
    story = f"{started}/story"

    def shown() -> list[str]:
        return sorted(re.findall(r'name="(?:hours|held_on)"[^>]*value="([^"]*)"', amara.read(story)))

    assert amara.send(story, narrative="Too short", held_on=["8", "feb", "26"], hours="2h").status_code == 200
    kept = shown()
    assert kept == ["02", "08", "2", "2026"]
    by_itself = {"headers": {"Accept": "application/json"}}
    for typing in ({"held_on": ["3", "", ""], "hours": "tw"}, {}):
        data = {"csrf_token": amara.token(story), "narrative": "Still too short", **typing}
        assert amara.client.post(story, data=data, **by_itself).status_code == 200
        assert shown() == kept


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"narrative": ""}, "Enter what you did, in at least 60 characters"),
        ({"narrative": "x" * 601}, "Use at most 600 characters"),
        ({"held_on": ["", "", ""]}, "Enter the day it happened"),
        ({"held_on": ["15", "3", "2026"]}, "Enter a day that is not in the future"),
        ({"held_on": ["1"]}, "Enter a day that exists"),
        ({"held_on": ["1", "2", "2026", "4"]}, "Enter a day that exists"),
        ({"held_on": ["1", "2", "99999999999999999999"]}, "Enter a day that exists"),
        ({"hours": ""}, "Enter the hours it took"),
        ({"hours": "0"}, "Enter the hours it took"),
        ({"hours": "-1"}, "Enter the hours it took"),
        ({"hours": "NaN"}, "Enter the hours it took"),
        ({"hours": "1e9"}, "Enter the hours it took"),
        ({"hours": "lots"}, "Enter the hours as a number"),
        # what the service would not keep is not good either: the step would come back without a word
        ({"hours": "0.004"}, "Enter the hours it took"),
        ({"narrative": "\u200b" * 80}, "Enter what you did, in at least 60 characters"),
        ({"narrative": "\x00" * 80}, "Enter what you did, in at least 60 characters"),
        ({"narrative": "\u202e" * 40 + "x" * 59}, "Enter what you did, in at least 60 characters"),
        ({"held_on": ["10", "3", "2019"]}, "Enter a day in the last three years"),
    ],
)
def test_each_wrong_answer_has_its_message(
    wrong: dict[str, object], message: str, amara: Visitor, started: str
) -> None:
    answer = amara.send(f"{started}/story", **(GOOD | wrong))
    assert answer.status_code == 200
    assert message in answer.text
    assert amara.open(f"{started}/check").location == f"{started}/story"


def test_lines_are_counted_as_the_page_counts_them(amara: Visitor, started: str) -> None:
    story = "\r\n".join(["123456789"] * 60)  # 599 characters, 659 as it is posted
    assert amara.send(f"{started}/story", **(GOOD | {"narrative": story})).location == f"{started}/check"


def test_after_sending_it_cannot_be_changed(amara: Visitor, started: str) -> None:
    amara.send(f"{started}/story", **GOOD)
    token = amara.token(f"{started}/check")
    amara.send(f"{started}/check")
    late = amara.client.post(f"{started}/level", data={"csrf_token": token, "level": 4})
    assert late.status_code == 409
    assert "already sent" in late.text
    assert f'href="{started}"' in late.text
    assert amara.open(f"{started}/story").location == started
    assert "On my own" in amara.read(started)


def test_a_text_that_comes_too_late_is_given_back(amara: Visitor, started: str) -> None:
    amara.send(f"{started}/story", **GOOD)
    token = amara.token(f"{started}/story")
    amara.send(f"{started}/check")
    typed = "Much better <b>words</b> that I wrote in the other tab, and should hate to lose."
    late = amara.client.post(f"{started}/story", data=GOOD | {"csrf_token": token, "narrative": typed})
    assert late.status_code == 409
    assert typed in unescape(late.text)
    assert "<b>" not in late.text
    assert "What you had just written" in late.text


def test_what_was_sent_back_is_changed_before_it_is_sent_again(
    amara: Visitor, started: str, arrive: Arrive
) -> None:
    amara.send(f"{started}/story", **GOOD)
    amara.send(f"{started}/check")
    back = started.replace("/evidence", "/queue") + "/send-back?version=1"
    arrive("robin").send(back, version=1, reason="different-level")
    same = amara.send(f"{started}/check")
    assert same.status_code == 409
    assert "You have not changed anything since it was sent back" in same.text
    assert f'href="{started}"' in same.text
    amara.send(f"{started}/level", level=2)
    assert amara.send(f"{started}/check").location == f"{started}/sent"


@pytest.mark.parametrize(("step", "field"), [("skill", "skill"), ("level", "level")])
@pytest.mark.parametrize("sent", ["x", "7x", "99999999999999999999999", "-1", "", "\x00"])
def test_the_words_about_a_forged_choice_are_ours(
    sent: str, step: str, field: str, amara: Visitor, started: str
) -> None:
    answer = amara.send(f"{started}/{step}", **{field: sent})
    assert answer.status_code in {200, 409}
    assert "Choose" in answer.text
    assert not re.search("valid|coerce", answer.text.replace("novalidate", ""), re.IGNORECASE)


def test_a_second_click_sends_it_once(amara: Visitor, started: str, town: Town, arrive: Arrive) -> None:
    amara.send(f"{started}/story", **GOOD)
    token = amara.token(f"{started}/check")
    for _click in range(2):
        answer = amara.client.post(f"{started}/check", data={"csrf_token": token})
        assert answer.location == f"{started}/sent"
    assert arrive("robin").read("/queue").count("/queue/") == 1


def test_a_skill_that_was_retired_meanwhile_is_chosen_again_and_the_text_is_there(
    amara: Visitor, started: str, town: Town
) -> None:
    amara.send(f"{started}/story", **GOOD)
    token = amara.token(f"{started}/check")
    with town.transaction() as session:
        programme = town.account(session, "amara").programme
        content = "group,skill,With guidance,With support,On my own,Guiding others\nAll,Listening,a,b,c,d\n"
        done = imports.import_table(
            session, programme, "Brindlemoor", imports.read(content.encode()), town.clock()
        )
        assert done.version is not None
        versions.publish(session, done.version, "Ann", "Bob", town.clock())
    for ask in ("POST", "GET"):
        answer = amara.client.open(f"{started}/check", method=ask, data={"csrf_token": token})
        assert answer.location == f"{started}/skill"
        shown = amara.read(f"{started}/skill")
        assert "is not offered any more. Choose another one. Your text is kept." in shown
        assert "Listening" in shown
    [listening] = re.findall(r'type="radio" value="(\d+)"', shown)
    assert amara.send(f"{started}/skill", skill=listening).location == f"{started}/level"
    assert amara.send(f"{started}/level", level=1).location == f"{started}/check"
    assert STORY in amara.read(f"{started}/check")
    assert amara.send(f"{started}/check").location == f"{started}/sent"


def test_the_prompts_are_those_of_the_level(amara: Visitor, started: str) -> None:
    asked = set()
    for level, prompt in (
        (1, "What were you shown or told to do?"),
        (2, "who helped with what?"),
        (3, "What did you decide yourself, and why?"),
        (4, "Whom did you guide, and in what?"),
    ):
        amara.send(f"{started}/level", level=level)
        page = amara.read(f"{started}/story")
        assert prompt in page
        asked.add(page.partition('class="sp-prompts"')[2].partition("</div>")[0])
    assert len(asked) == 4


def test_a_skill_or_an_activity_that_is_not_offered(amara: Visitor, started: str) -> None:
    assert amara.send(f"{started}/skill", skill=999).status_code == 409
    assert amara.send("/evidence/new", activity="NOSUCHTHING").status_code == 404
    assert "There is a problem" in amara.send(f"{started}/level", level=9).text


def test_removing_it(amara: Visitor, started: str) -> None:
    assert "After 30 days its words and files are deleted for good." in amara.read(started)
    assert amara.press(started, f"{started}/remove").location == "/home"
    home = amara.read("/home")
    assert "Nobody can see it any more. It is deleted for good on 13 April 2026." in home
    assert "Gear pump" not in home
    for page in (started, f"{started}/versions", f"{started}/check", f"{started}/files"):
        assert amara.open(page).status_code == 404


HOSTILE = "<script>alert(1)</script> \"'><img src=x onerror=alert(1)> שלום 😀 " + "w" * 80


def test_hostile_text_stays_text(amara: Visitor, started: str, arrive: Arrive) -> None:
    amara.send(f"{started}/story", **(GOOD | {"narrative": HOSTILE}))
    amara.send(f"{started}/check")
    reference = started.split("/")[2]
    for visitor, address in ((amara, started), (arrive("robin"), f"/queue/{reference}")):
        page = visitor.open(address).text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "שלום 😀" in page


def on_page(page: str) -> dict[str, str]:
    """What a page's form sends along by itself."""
    fields = re.findall(r'name="(page|seen)"[^>]* value="([^"]*)"', page)
    assert [name for name, _ in fields] == ["page", "seen"]
    return dict(fields)


OTHER = "On the bus I wrote it all again, and better: whose gauge it was, what it measured, and what I said."


def test_two_pages_of_one_draft_never_write_over_each_other(amara: Visitor, started: str) -> None:
    address = f"{started}/story"
    phone, desktop = on_page(amara.read(address)), on_page(amara.read(address))
    kept = amara.client.post(
        address,
        data=GOOD | phone | {"csrf_token": amara.token(address)},
        headers={"Accept": "application/json"},
    )
    assert kept.json == {"kept": "3:00pm"}
    typed = GOOD | desktop | {"csrf_token": amara.token(address), "narrative": OTHER, "hours": "7"}
    by_itself = amara.client.post(address, data=typed, headers={"Accept": "application/json"})
    assert (by_itself.status_code, by_itself.json) == (409, {"kept": None})
    both = amara.client.post(address, data=typed)
    assert both.status_code == 409
    assert "<title>Error:" in both.text
    assert "changed elsewhere while you had this page open" in both.text
    assert unescape(both.text).count(STORY) == 1, "what the phone wrote"
    assert "2.5 hours" in both.text
    assert unescape(both.text).count(OTHER) == 1, "what was typed here"
    assert 'value="7"' in both.text
    assert "data-keeping" not in both.text, "nothing is kept before they chose"
    assert STORY in unescape(amara.read(address))
    chosen = typed | on_page(both.text)
    assert amara.client.post(address, data=chosen).location == f"{started}/check"
    assert OTHER in unescape(amara.read(address))


def test_a_scribe_does_not_write_over_what_the_student_put_right(arrive: Arrive, town: Town) -> None:
    casey, amara = arrive("casey"), arrive("amara")
    student = f"/school/students/{town.references['amara']}/write"
    told = GOOD | {"activity": town.activity, "skill": "4", "level": "3"}
    assert casey.send(student, **told).status_code == 302
    draft = casey.read(student).split("/school/drafts/")[1].split('"')[0]
    address = f"/school/drafts/{draft}"
    opened = on_page(casey.read(address))
    assert amara.send(f"/evidence/{draft}/story", **(GOOD | {"narrative": OTHER})).status_code == 302
    late = STORY.replace("five", "six")
    typed = told | opened | {"csrf_token": casey.token(address), "narrative": late}
    both = casey.client.post(address, data=typed)
    assert both.status_code == 409
    assert OTHER in unescape(both.text)
    assert late in unescape(both.text)
    assert OTHER in unescape(amara.read(f"/evidence/{draft}/story"))
    assert casey.client.post(address, data=typed | on_page(both.text)).status_code == 302
    assert late in unescape(amara.read(f"/evidence/{draft}/story"))


def test_what_is_sent_is_what_she_read(arrive: Arrive, town: Town) -> None:
    """The scribe corrects it while the student reads it: they read it again before any other person does."""
    casey, amara = arrive("casey"), arrive("amara")
    student = f"/school/students/{town.references['amara']}/write"
    told = GOOD | {"activity": town.activity, "skill": "4", "level": "3"}
    assert casey.send(student, **told).status_code == 302
    draft = casey.read(student).split("/school/drafts/")[1].split('"')[0]
    check = f"/evidence/{draft}/check"

    def press(page: str) -> str:
        """Send what the page shows, and say where that leads."""
        [read] = re.findall(r'name="read"[^>]* value="([0-9a-f]+)"', page)
        sent = amara.client.post(check, data={"csrf_token": amara.token(check), "read": read})
        return sent.location.removeprefix(f"/evidence/{draft}")

    for later in ({"narrative": OTHER}, {"level": "4"}, {"skill": "5"}, {"hours": "3"}):
        read = amara.read(check)
        told |= later
        assert casey.send(f"/school/drafts/{draft}", **told).status_code == 302
        assert press(read) == "/check"
        assert "Not sent yet: this was changed elsewhere" in amara.read(check)
    assert OTHER in unescape(amara.read(check))
    assert press(amara.read(check)) == "/sent"
