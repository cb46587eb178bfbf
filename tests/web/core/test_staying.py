"""No one is signed out by surprise: a warning in time, a way to stay, and what was typed stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passport.services.evidence import drafting
from passport.services.people import accounts
from passport.web.core.filters import as_time
from tests.fixtures.browsers import OpenPage
from tests.fixtures.servers import Serve
from tests.fixtures.towns import STORY, Town
from tests.web.by_keyboard import good, sign_in, tab_to
from tests.web.conftest import Arrive

if TYPE_CHECKING:
    from flask import Flask

WARNING = "You will be signed out at"


def shown(page: str) -> bool:
    """Whether a page warns by itself, without scripts."""
    return (
        "data-ends=" in page
        and 'role="alert"' in page
        and not page.partition("data-ends=")[2].split(">")[0].endswith("hidden")
    )


def test_a_page_that_is_made_late_says_when_and_how_to_stay(town: Town, arrive: Arrive) -> None:
    amara = arrive("amara")
    assert not shown(amara.read("/home"))
    town.clock.forward(hours=11, minutes=50)
    page = amara.read("/home")
    assert shown(page)
    assert f"{WARNING}" in page
    assert as_time(town.clock()) not in page
    stayed = amara.press("/home", "/account/stay")
    assert "You stay signed in" in stayed.text
    town.clock.forward(minutes=30)
    assert not shown(amara.read("/home"))
    town.clock.forward(minutes=41)
    assert amara.open("/home").status_code == 302


def test_a_script_is_answered_in_figures(town: Town, arrive: Arrive) -> None:
    amara = arrive("amara")
    town.clock.forward(hours=11, minutes=50)
    token = amara.token("/home")
    answer = amara.client.post(
        "/account/stay", data={"csrf_token": token}, headers={"Accept": "application/json"}
    )
    assert answer.json is not None
    assert answer.json["seconds"] == 70 * 60
    assert answer.json["until"]


def test_pages_for_everybody_warn_no_one(town: Town, arrive: Arrive) -> None:
    amara = arrive("amara")
    town.clock.forward(hours=11, minutes=50)
    for address in ("/", "/help", "/check"):
        assert "data-ends" not in amara.read(address)


def test_after_the_end_no_one_stays(town: Town, arrive: Arrive) -> None:
    amara = arrive("amara")
    token = amara.token("/home")
    with town.transaction() as session:
        morgan, account = town.account(session, "morgan"), town.account(session, "amara")
        accounts.suspend(session, morgan, account, town.clock())
    assert amara.client.post("/account/stay", data={"csrf_token": token}).status_code in {302, 400}
    assert amara.open("/home").status_code == 302


def test_in_a_browser_the_warning_comes_by_itself_and_what_was_typed_stays(
    app: Flask, town: Town, serve: Serve, open_page: OpenPage
) -> None:
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        reference = drafting.start(session, amara, town.activity, at).reference
        drafting.choose_skill(session, amara, reference, 4, at)
        drafting.choose_level(session, amara, reference, 3, at)
    address = serve(app)
    phone = open_page("narrow")
    phone.clock.install()
    sign_in(phone, address, "amara")
    phone.goto(f"{address}/evidence/{reference}/story")
    # the script comes after the page: it has counted from now once it took away what is for pages without it
    phone.locator("[data-ends-tab]").wait_for(state="detached")
    phone.fill("#narrative", STORY)
    warning = phone.get_by_role("alert").get_by_text(WARNING)
    assert not warning.is_visible()
    town.clock.forward(hours=11, minutes=50)
    phone.clock.fast_forward("11:50:00")
    warning.wait_for()
    good(phone)
    tab_to(phone, "Stay signed in")
    with phone.expect_response("**/account/stay") as told:
        phone.keyboard.press("Enter")
    assert told.value.ok
    warning.wait_for(state="hidden")
    assert phone.get_by_text("You stay signed in until").count() == 1
    assert phone.input_value("#narrative") == STORY
    town.clock.forward(minutes=71)
    phone.clock.fast_forward("01:11:00")
    phone.get_by_text("You have been signed out").wait_for()
    good(phone)
    assert phone.input_value("#narrative") == STORY
