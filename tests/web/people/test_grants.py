"""Roles are given on pages: one manager proposes, another confirms, and their person sees what they mean."""

from __future__ import annotations

from flask import Flask

from passport.services.core import rights
from passport.services.core.rights import Who
from passport.web.core import route_access
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive

WHY = "Casey answers for safeguarding from this term on."


def test_two_managers_give_a_role_and_one_ends_it(town: Town, arrive: Arrive) -> None:
    morgan, quinn, casey = arrive("morgan"), arrive("quinn"), arrive("casey")
    assert "Correct it" in casey.read(f"/overview/entries/{town.issued()}")
    page = "/roles/new"
    wrong = morgan.send(page, email="nobody@example.test", role="lead", reason=WHY)
    assert "Check it letter by letter" in wrong.text
    assert WHY in wrong.text
    assert morgan.send(page, email="casey@example.test", role="lead", reason=WHY).status_code == 302
    assert "Waits for a second manager" in morgan.read("/roles")
    assert "/confirm" not in morgan.read("/roles")
    assert "Safeguarding lead" not in casey.read("/account/roles")
    [address] = [
        part.split('"')[0] for part in quinn.read("/roles").split('action="') if "/confirm" in part[:40]
    ]
    assert morgan.press("/roles", address).status_code == 409
    for _twice in range(2):
        assert quinn.press("/roles", address).status_code == 302
    own = casey.read("/account/roles")
    assert "Safeguarding lead" in own
    assert "read the worries of their school and act on them" in own
    assert morgan.press("/roles", address.replace("/confirm", "/end")).status_code == 302
    assert "Safeguarding lead" not in casey.read("/account/roles")


def test_a_new_person_is_proposed_with_a_school(town: Town, arrive: Arrive) -> None:
    morgan = arrive("morgan")
    typed = {"name": "Jo Stubfield", "email": "jo@example.test", "role": "lead", "reason": WHY}
    wrong = morgan.send("/roles/new-person", school="none", **typed)
    assert "coordinators and safeguarding leads work at one" in wrong.text
    assert "Jo Stubfield" in wrong.text
    assert morgan.send("/roles/new-person", school="none", **typed | {"role": "author"}).status_code == 302
    assert "jo@example.test" in morgan.read("/roles").replace("<wbr>", "")


def test_the_help_says_who_may_do_what_and_promises_nothing_that_does_not_exist(
    app: Flask, arrive: Arrive
) -> None:
    page = arrive().read("/help/who-may")
    assert "/help/who-may" in arrive().read("/help")
    with app.app_context():
        usable = {who: route_access.usable(rights.of_role(who)) for who in Who}
    for who, held in usable.items():
        assert (f'id="{who}"' in page) is bool(held)
    assert page.count("<li>") - page.split("<main")[0].count("<li>") >= sum(map(len, usable.values()))
    assert "read what a student wrote, only for a reason, which the student can read" in page
    for_everybody = page.split('id="anyone"')[1]
    assert "check up to 50 codes at once" in for_everybody
    assert "not in the service yet" not in page
    assert "run the applications for places" not in page, "there is no page for it"


def test_the_help_leads_to_the_ways_in(arrive: Arrive) -> None:
    visitor = arrive()
    page = visitor.read("/help")
    for door in ("/sign-in", "/sign-in/link", "/new-password"):
        assert f'href="{door}"' in page
        assert visitor.open(door).status_code == 200
