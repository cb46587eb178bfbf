"""Links by mail: looking is free, pressing uses them up, and no one learns who has an account."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from passport.adapters.mail import Postman
from passport.jobs import send_mail
from passport.services.core import mails
from tests.fixtures.towns import PASSWORD, Town
from tests.web.conftest import Arrive

ADDRESS = re.compile(r"http://localhost:8000(/\S+)")
NEW = "another four words here"


@pytest.fixture
def town(town: Town) -> Town:
    """A town whose mail is kept, as a demo's is."""
    return replace(town, runtime=replace(town.runtime, demo=True))


@pytest.fixture
def newest(town: Town) -> Callable[[], str]:
    """The address in the mail that was sent last."""

    def find() -> str:
        send_mail.post_due(town.runtime)
        with town.transaction() as session:
            mail = mails.newest(session, 1)[0]
            text = Postman(town.runtime.settings).write(mail.kind, mails.facts_of(mail)).text
        found = ADDRESS.search(text)
        assert found is not None
        return found[1]

    return find


def test_a_link_signs_in_once_and_looking_does_not_use_it_up(
    arrive: Arrive, newest: Callable[[], str]
) -> None:
    amara = arrive()
    asked = amara.send("/sign-in/link?next=/shares", email=" AMARA@example.test ")
    assert "Look in your mailbox" in amara.read(asked.location)
    address = newest()
    for _scanner in range(3):
        assert arrive().open(address).status_code == 200
        assert arrive().client.head(address).status_code == 200
    phone = arrive()
    assert "Amara" not in phone.read(address), "who it is for is not said to whoever has it"
    assert phone.send(address).location == "/shares"
    assert phone.open("/home").status_code == 200
    for again in (phone, arrive()):
        page = again.open(address)
        assert page.status_code == 410
        assert "This link has already been used" in page.text
        assert 'href="/sign-in/link"' in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_two_presses_at_once_sign_in_one(arrive: Arrive, newest: Callable[[], str]) -> None:
    arrive().send("/sign-in/link", email="amara@example.test")
    address = newest()
    first, second = arrive(), arrive()
    tokens = first.token(address), second.token(address)
    answers = [
        one.client.post(address, data={"csrf_token": token})
        for one, token in zip((first, second), tokens, strict=True)
    ]
    assert [answer.status_code for answer in answers] == [302, 410]


def test_an_old_link_and_a_broken_one_say_what_to_do(
    town: Town, arrive: Arrive, newest: Callable[[], str]
) -> None:
    arrive().send("/sign-in/link", email="amara@example.test")
    address = newest()
    assert "We do not know this link" in arrive().open(address[:-3]).text
    assert arrive().open("/new-password/" + address.rpartition("/")[2]).status_code == 410, "of another kind"
    town.clock.now += timedelta(minutes=30)
    page = arrive().open(address)
    assert "This link is too old" in page.text
    assert "Ask for a new one" in page.text


def test_a_new_password_by_mail_ends_every_sign_in_and_opens_a_locked_door(
    town: Town, arrive: Arrive, newest: Callable[[], str]
) -> None:
    open_one = arrive("amara")
    thief = arrive()
    for number in range(100):
        town.clock.forward(minutes=2)
        thief.send("/sign-in", email="amara@example.test", password=f"wrong {number}")
    town.clock.forward(minutes=2)
    locked = arrive().sign_in("amara")
    assert "too many wrong tries" in locked.text
    arrive().send("/new-password", email="amara@example.test")
    address = newest()
    amara = arrive()
    for bad, words in (
        ("short", "Use at least 15 characters"),
        ("passwordpassword", "Many people use this password"),
        ("aaaaaaaabbbbbbbbb", "easy to guess"),
        ("", "Enter a new password"),
    ):
        answer = amara.send(address, password=bad)
        assert words in answer.text, bad
        assert answer.status_code == 200
    done = amara.send(address, password=NEW)
    assert "Your new password is saved" in amara.read(done.location)
    assert open_one.open("/home").status_code == 302, "whoever was signed in is not any more"
    assert amara.send("/sign-in", email="amara@example.test", password=NEW).location == "/home"
    assert "already been used" in arrive().open(address).text
    assert "has changed" in arrive().read("/demo/mail")


def test_wrong_passwords_are_slowed_in_words(town: Town, arrive: Arrive) -> None:
    for name in ("robin", "nobody"):
        visitor = arrive()
        for _ in range(5):
            assert (
                "do not belong together"
                in visitor.send("/sign-in", email=f"{name}@example.test", password="x").text
            )
        waiting = visitor.sign_in(name)
        assert "Wait 2 seconds, then try again" in waiting.text
        assert 'value="correct horse' not in waiting.text
    town.clock.forward(seconds=2)
    assert arrive().sign_in("robin").location == "/queue"


def test_what_is_no_address_is_told_so_and_nothing_is_noted(town: Town, arrive: Arrive) -> None:
    for typed in ("amara", "", "x" * 5000):
        answer = arrive().send("/sign-in/link", email=typed)
        assert "Enter " in answer.text
        assert answer.status_code == 200


def test_a_suspended_account_gets_no_link(town: Town, arrive: Arrive) -> None:
    from passport.services.people import accounts

    with town.transaction() as session:
        accounts.suspend(
            session, town.account(session, "morgan"), town.account(session, "robin"), town.clock()
        )
    arrive().send("/sign-in/link", email="robin@example.test")
    send_mail.post_due(town.runtime)
    with town.transaction() as session:
        assert mails.newest(session, 5) == []


def test_mail_is_shown_in_a_demo_alone(app: Flask, town: Town, arrive: Arrive) -> None:
    assert "No mail was sent yet" in arrive().read("/demo/mail")
    app.extensions["passport"] = replace(town.runtime, demo=False)
    assert arrive().open("/demo/mail").status_code == 404
    assert "Sign in with a link" not in arrive().read("/sign-in"), "where no mail can go out, none is offered"


def test_the_password_that_was_is_no_good_any_more(arrive: Arrive, newest: Callable[[], str]) -> None:
    arrive().send("/new-password", email="kit@example.test")
    arrive().send(newest(), password=NEW)
    answer = arrive().send("/sign-in", email="kit@example.test", password=PASSWORD)
    assert "do not belong together" in answer.text
