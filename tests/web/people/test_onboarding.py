"""The queue is closed with the reason in words until all is in order; each page does its own part."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from passport.db.people.onboarding import OnboardingStep
from passport.services.people.onboarding import DECLARATIONS
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive


def test_a_new_champion_is_let_in_step_by_step(town: Town, arrive: Arrive) -> None:
    reference = town.sent()
    with town.transaction() as session:
        session.execute(delete(OnboardingStep))
    robin, whose = arrive("robin"), town.references["robin"]
    closed = robin.read("/queue")
    assert "Your queue is closed" in closed
    for words in (
        "You have not read the briefing and made the declarations yet.",
        "The programme manager has not checked who you are yet.",
        "Lanternmoor High School has not decided about supervision yet.",
    ):
        assert words in closed
    assert "Amara" not in closed
    assert robin.open(f"/queue/{reference}").status_code == 404
    some = robin.send("/briefing", declared=list(DECLARATIONS[:-1]))
    assert some.status_code == 200
    assert "Tick each of them to go on" in some.text
    assert some.text.count("checked") == len(DECLARATIONS) - 1, "what was ticked stays ticked"
    assert robin.send("/briefing", declared=list(DECLARATIONS)).location == "/queue"
    page = f"/overview/champions/{whose}"
    morgan, casey = arrive("morgan"), arrive("casey")
    assert "Robin Fixturely" in morgan.read("/overview/champions")
    assert morgan.press(page, f"{page}/identity").location == page
    decided = {"decision": "yes", "decided_on": ["1", "3", "2026"]}
    none = casey.send(f"{page}/supervision", decided_on=["1", "3", "2099"])
    assert "Choose yes or no" in none.text
    assert "Enter a day in the last 12 months" in none.text
    assert 'value="2099"' in none.text, "what was typed is there"
    assert "has not decided about supervision" in robin.read("/queue")
    assert casey.send(f"{page}/supervision", **decided).location == page
    assert "1 March 2026, by Casey Exampleby. Holds until 1 March 2027" in casey.read(page)
    queue = robin.read("/queue")
    assert "Amara D." in queue
    assert "closed" not in queue


def test_what_has_ended_is_said_and_what_ends_soon_too(town: Town, arrive: Arrive) -> None:
    town.sent()
    town.clock.now += timedelta(days=264)
    page = arrive("robin").read("/queue")
    assert "Briefing and declarations: holds until 4 December 2026." in page
    assert (
        "Supervision at Lanternmoor High School: holds until 4 December 2026. The school decides again."
        in page
    )
    assert "Ends soon" in arrive("morgan").read("/overview/champions")
    town.clock.now += timedelta(days=2)
    page = arrive("robin").read("/queue")
    assert "Your briefing and declarations ended on 4 December 2026. They hold for a year." in page
    assert "The check of who you are ended on 4 December 2026" in page
    assert "Amara" not in page


def test_each_part_is_only_for_those_who_do_it(town: Town, arrive: Arrive) -> None:
    robin, sky = town.references["robin"], town.references["sky"]
    casey, morgan = arrive("casey"), arrive("morgan")
    assert "Sky Notareal" not in casey.read("/overview/champions")
    assert casey.open(f"/overview/champions/{sky}").status_code == 404
    assert casey.open(f"/overview/champions/{sky}/supervision").status_code == 404
    identity = f"/overview/champions/{robin}/identity"
    assert casey.press(f"/overview/champions/{robin}", identity).status_code == 404
    assert morgan.open(f"/overview/champions/{robin}/supervision").status_code == 404
    assert "Decide about supervision" not in morgan.read(f"/overview/champions/{robin}")


def test_a_manager_holds_everything_of_a_champion_since_a_time(town: Town, arrive: Arrive) -> None:
    entry = town.issued()
    morgan, page = arrive("morgan"), f"/overview/champions/{town.references['robin']}"
    why = "Somebody else had the account."
    wrong = morgan.send(f"{page}/hold", since=["14", "3", "2026"], hour="soon", reason=why)
    assert "Enter a time like 14:30" in wrong.text
    assert why in wrong.text
    assert morgan.send(f"{page}/hold", since=["14", "3", "2026"], hour="14:30", reason=why).location == page
    assert "1 entry is on hold now." in morgan.read(page)
    assert "on hold" in arrive("amara").read(f"/entries/{entry}")
    assert arrive("casey").open(f"{page}/hold").status_code == 404
    town.clock.forward(minutes=16)
    assert morgan.open(f"{page}/hold").location.startswith("/confirm"), "asked again who it is"
