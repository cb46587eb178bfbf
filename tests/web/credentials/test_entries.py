from __future__ import annotations

import re

import pytest

from passport.jobs import queue as job_queue
from passport.services.credentials import holds
from tests.fixtures.towns import Town
from tests.services.credentials.test_holds import another_coordinator
from tests.web.conftest import Arrive, Visitor

WHY = "The champion says that he meant another student."


@pytest.fixture
def casey(arrive: Arrive) -> Visitor:
    return arrive("casey")


@pytest.fixture
def entry(town: Town) -> str:
    return town.issued()


def verdict(town: Town, arrive: Arrive, code: str) -> str:
    """The heading that a person who checks reads a minute later."""
    town.clock.forward(seconds=60)
    job_queue.run_due(town.runtime)
    found = re.search(r'class="sp-verdict__words">([^<]+)', arrive().open(f"/c/{code}").text)
    assert found
    return found.group(1)


def test_an_office_finds_its_entries_by_list_by_state_and_by_code(
    town: Town, casey: Visitor, entry: str, arrive: Arrive
) -> None:
    code, kits = town.shared(entry), town.shared(town.issued("kit", "sky"), "kit")
    page = casey.read("/overview/entries")
    assert "Amara Demoson" in page
    assert "Kit Placeholder" not in page
    assert "There is none here" in casey.read("/overview/entries?state=on_hold")
    found = casey.send("/overview/entries", code=f" {code.lower()} ")
    assert (found.status_code, found.location) == (303, f"/overview/entries/{entry}")
    for typed, said in (
        (kits, "We cannot find"),
        ("SP-2222-2222-2222", "We cannot find"),
        ("", "Enter the code"),
    ):
        answer = casey.send("/overview/entries", code=typed)
        assert answer.status_code in {400, 404}
        assert said in answer.text
        assert typed in answer.text
    everywhere = arrive("morgan").read("/overview/entries")
    assert "Amara Demoson" in everywhere
    assert "Kit Placeholder" in everywhere


def test_a_long_list_comes_in_pages(town: Town, casey: Visitor) -> None:
    for _one in range(26):
        town.endorsed(town.sent())
    job_queue.run_due(town.runtime)
    first = casey.read("/overview/entries")
    assert "Page 1 of 2" in first
    assert first.count('class="sp-row"') == 25
    assert casey.read("/overview/entries?page=2").count('class="sp-row"') == 1
    for odd in ("0", "-3", "x", "99"):
        assert casey.open(f"/overview/entries?page={odd}").status_code == 200


def test_held_it_says_so_everywhere_and_the_student_is_told_whom_to_ask(
    town: Town, casey: Visitor, entry: str, arrive: Arrive
) -> None:
    code = town.shared(entry)
    page = f"/overview/entries/{entry}"
    assert casey.send(f"{page}/hold", ground="endorsement", reason=WHY).status_code == 302
    assert verdict(town, arrive, code) == "Genuine, but on hold: ask again later"
    assert WHY in casey.read(page)
    assert WHY not in arrive().open(f"/c/{code}").text
    told = arrive("amara").read(f"/entries/{entry}")
    assert "on hold since" in told
    assert "Casey Exampleby at Lanternmoor High School" in told
    assert "Your school is looking at how it was endorsed" in told
    assert WHY not in told
    assert casey.send(f"{page}/lift", reason="He looked again: it was her.").status_code == 302
    assert verdict(town, arrive, code) == "Genuine and current"
    assert "on hold since" not in arrive("amara").read(f"/entries/{entry}")


def test_a_worry_is_never_told_to_the_student_and_not_to_a_manager(
    town: Town, casey: Visitor, entry: str, arrive: Arrive
) -> None:
    page = f"/overview/entries/{entry}"
    casey.send(f"{page}/hold", ground="wellbeing", reason=WHY)
    told = arrive("amara").read(f"/entries/{entry}")
    assert "on hold since" in told
    assert "worry" not in told.lower()
    morgan = arrive("morgan")
    assert WHY not in morgan.read(page)
    assert "The school keeps the reason" in morgan.read(page)
    answer = morgan.send(f"{page}/lift", reason="I think that it is settled.")
    assert answer.status_code == 409
    assert "only the school can take it off" in answer.text
    assert "I think that it is settled." in answer.text, "nothing typed is lost"


def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(casey: Visitor, entry: str) -> None:
    page = f"/overview/entries/{entry}"
    for step, fields, said in (
        ("hold", {"reason": WHY}, "Choose what it is about"),
        ("hold", {"ground": "x", "reason": WHY}, "Choose what it is about"),
        ("hold", {"ground": "other", "reason": "short"}, "at least 10 characters"),
        ("correct/name", {"name": "", "first_name": "A", "reason": WHY}, "Enter the full name"),
        (
            "correct/name",
            {"name": "A\u200bB", "first_name": "A", "reason": WHY},
            "Leave out signs that cannot be seen",
        ),
        ("correct/school", {"reason": WHY}, "Choose the school"),
        ("correct/day", {"held_on": ["31", "2", "2026"], "reason": WHY}, "Enter a day that exists"),
        ("correct/day", {"held_on": ["15", "3", "2026"], "reason": WHY}, "not in the future"),
    ):
        answer = casey.send(f"{page}/{step}", **fields)
        assert "There is a problem" in answer.text, step
        assert said in answer.text, step
        assert str(fields["reason"]) in answer.text
        assert "Error:" in answer.text


def test_a_corrected_name_leaves_no_trace_of_the_older_one(
    town: Town, casey: Visitor, entry: str, arrive: Arrive
) -> None:
    code = town.shared(entry)
    form = {"name": "Amara Realname", "first_name": "Amara", "reason": "The school's record was mended."}
    assert casey.send(f"/overview/entries/{entry}/correct/name", **form).status_code == 302
    assert "being signed" in arrive("amara").read(f"/entries/{entry}")
    assert verdict(town, arrive, code) == "Genuine, but replaced by a newer entry"
    assert "Demoson" not in arrive().open(f"/c/{code}").text
    amara = arrive("amara")
    home = amara.read("/home")
    assert "Make a new code for A college" in home
    newer = amara.open(f"/entries/{entry}").location
    assert newer != f"/entries/{entry}"
    assert "Amara Realname" in amara.read(newer)
    for address in ("/home", newer, "/shares", f"/overview/entries{newer.removeprefix('/entries')}"):
        visitor = casey if address.startswith("/overview") else amara
        assert "Demoson" not in visitor.read(address), address
    assert casey.open(f"/overview/entries/{entry}").location.endswith(newer.removeprefix("/entries"))
    assert amara.open(f"/entries/{entry}/entry.json").status_code == 404


def test_a_new_code_comes_in_one_step_and_a_second_click_makes_no_other(
    town: Town, casey: Visitor, entry: str, arrive: Arrive
) -> None:
    code = town.shared(entry)
    casey.send(
        f"/overview/entries/{entry}/correct/day", held_on=["9", "3", "2026"], reason="The register says so."
    )
    assert verdict(town, arrive, code) == "Genuine, but replaced by a newer entry"
    amara = arrive("amara")
    [address] = set(re.findall(r'action="(/shares/[A-Z0-9]+/renew)"', amara.read("/home")))
    assert "Make a new code for A college" in amara.read(address.removesuffix("/renew"))
    token = amara.token("/home")
    made = {amara.client.post(address, data={"csrf_token": token}).location for _click in range(2)}
    assert len(made) == 1
    page = amara.read(made.pop())
    found = re.search(r"SP-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page)
    assert found
    assert verdict(town, arrive, found.group(0)) == "Genuine and current"
    assert "Make a new code" not in amara.read("/home")


def test_the_student_reads_who_has_looked(town: Town, casey: Visitor, entry: str, arrive: Arrive) -> None:
    amara = arrive("amara")
    assert "Nobody has looked yet" in amara.read("/looked")
    for _time in range(2):
        casey.read(f"/overview/entries/{entry}")
    page = amara.read("/looked")
    assert "Casey Exampleby" in page
    assert "2 times" in page
    assert "Nobody has looked yet" in arrive("kit").read("/looked")


def test_another_schools_and_another_programmes_entries_are_not_there(
    town: Town, entry: str, arrive: Arrive
) -> None:
    another_coordinator(town)
    jo = arrive("jo")
    token = jo.token("/overview/entries")
    steps = ("", "/hold", "/lift", "/correct", "/correct/name", "/correct/school", "/correct/day")
    for step in (*steps, "/withdraw"):
        assert jo.open(f"/overview/entries/{entry}{step}").status_code == 404, step
    good = {
        "csrf_token": token,
        "ground": "other",
        "reason": WHY,
        "name": "A B",
        "first_name": "A",
        "held_on": ["9", "3", "2026"],
    }
    for step in ("/hold", "/lift", "/correct/name", "/correct/day", "/withdraw"):
        assert jo.client.post(f"/overview/entries/{entry}{step}", data=good).status_code == 404, step
    for who in ("amara", "robin"):
        assert arrive(who).open(f"/overview/entries/{entry}").status_code == 404
    assert "Nobody has looked yet" in arrive("amara").read("/looked")


def test_a_step_that_has_no_use_leads_to_the_entry(town: Town, casey: Visitor, entry: str) -> None:
    page = f"/overview/entries/{entry}"
    assert casey.open(f"{page}/lift").location == page
    with town.transaction() as session:
        holds.hold(session, town.account(session, "casey"), entry, "other", WHY, town.clock())
    assert casey.open(f"{page}/hold").location == page
