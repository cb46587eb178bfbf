"""The second step: who has power over a child's record shows two things, and again to sign."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from passport.services.access import second_factor
from passport.services.access.attempts import Attempts
from passport.services.core.errors import NotFound, Refused
from tests.fixtures.towns import PASSWORD, Town
from tests.web.conftest import Arrive, Visitor

LETTERS = re.compile(r'Letters to type: <span class="sp-code">([A-Z2-7 ]+)<')
RECOVERY = re.compile(r'<li><span class="sp-code">([A-Z0-9-]{19})<')
SECOND = "/sign-in/second"


@pytest.fixture
def town(town: Town) -> Town:
    """A real instance, which demands a second factor of adults."""
    settings = town.runtime.settings.model_copy(update={"second_factor": None})
    return replace(town, runtime=replace(town.runtime, settings=settings))


class Phone:
    """An authenticator app."""

    def __init__(self, letters: str, town: Town) -> None:
        """Keep the secret."""
        self.app = pyotp.TOTP(letters.replace(" ", ""))
        self.town = town

    def code(self, **off: float) -> str:
        """What it shows now; its clock may be off."""
        return self.app.at(self.town.clock() + timedelta(**off))


def set_up(visitor: Visitor, town: Town, begin: str = SECOND, at: str = SECOND) -> tuple[Phone, list[str]]:
    """Set an app up; gives it, and the recovery codes."""
    place = visitor.press(begin, f"{at}/app/begin").location
    [letters] = LETTERS.findall(visitor.read(place))
    phone = Phone(letters, town)
    done = visitor.send(place, code=phone.code())
    codes = RECOVERY.findall(done.text)
    assert len(codes) == 10
    return phone, codes


def arrive_with_app(arrive: Arrive, town: Town, who: str = "robin") -> tuple[Visitor, Phone, list[str]]:
    """An adult's first sign-in."""
    visitor = arrive()
    assert visitor.sign_in(who).location == SECOND
    phone, codes = set_up(visitor, town)
    return visitor, phone, codes


@pytest.mark.parametrize("who", ["robin", "casey", "morgan", "ash"])
def test_an_adult_gets_nowhere_without_a_second_factor(who: str, arrive: Arrive, town: Town) -> None:
    visitor = arrive()
    assert visitor.sign_in(who).location == SECOND
    for page in ("/queue", "/overview", "/account", "/home", "/confirm", "/entries"):
        assert visitor.open(page).status_code in {302, 404}, page
    assert visitor.open("/account").location.startswith("/sign-in")
    assert "Set up a second step" in visitor.read(SECOND)


def test_a_student_needs_none_and_may_have_one(arrive: Arrive, town: Town) -> None:
    amara = arrive("amara")
    set_up(amara, town, "/account", "/account")
    assert arrive().sign_in("amara").location == SECOND


def test_the_code_of_an_app_lets_in_once(arrive: Arrive, town: Town) -> None:
    robin, phone, _codes = arrive_with_app(arrive, town)
    assert robin.open("/queue").status_code == 200
    again = arrive()
    assert again.sign_in("robin", "/sign-in?next=/decisions").location == f"{SECOND}?next=/decisions"
    assert "This code has been used" in again.send(f"{SECOND}?next=/decisions", code=phone.code()).text
    town.clock.forward(seconds=30)
    code = phone.code()
    assert again.send(f"{SECOND}?next=/decisions", code=f" {code[:3]} {code[3:]} ").location == "/decisions"
    third = arrive()
    third.sign_in("robin")
    assert "This code has been used" in third.send(SECOND, code=code).text


@pytest.mark.parametrize(("minutes", "words"), [(2, "2 minutes fast"), (-2, "2 minutes slow")])
def test_a_clock_that_is_two_minutes_off_is_told(
    minutes: int, words: str, arrive: Arrive, town: Town
) -> None:
    _robin, phone, _codes = arrive_with_app(arrive, town)
    town.clock.forward(minutes=10)
    again = arrive()
    again.sign_in("robin")
    answer = again.send(SECOND, code=phone.code(minutes=minutes))
    assert f"The clock of your phone seems to be {words}" in answer.text
    assert again.open("/queue").status_code == 302
    assert again.send(SECOND, code=phone.code(seconds=-30)).status_code == 302, "one step off is nothing"


@pytest.mark.parametrize("while_setting_up", [False, True])
def test_a_code_that_was_refused_because_of_the_clock_stays_refused(
    while_setting_up: bool, arrive: Arrive, town: Town
) -> None:
    """The code was typed where others may have seen it, and its time comes minutes later."""
    visitor = arrive()
    visitor.sign_in("robin")
    place = visitor.press(SECOND, f"{SECOND}/app/begin").location
    [letters] = LETTERS.findall(visitor.read(place))
    phone = Phone(letters, town)
    if not while_setting_up:
        visitor.send(place, code=phone.code())
        town.clock.forward(minutes=10)
        visitor, place = arrive(), SECOND
        visitor.sign_in("robin")
    early = phone.code(minutes=3)
    assert "3 minutes fast" in visitor.send(place, code=early).text
    town.clock.forward(minutes=3)
    assert "This code has been used" in visitor.send(place, code=early).text
    town.clock.forward(seconds=30)
    assert "This code has been used" not in visitor.send(place, code=phone.code()).text
    assert visitor.open("/queue").status_code == 200


def test_guessing_codes_is_slow_and_ends(arrive: Arrive, town: Town) -> None:
    _robin, phone, codes = arrive_with_app(arrive, town)
    town.clock.forward(minutes=1)
    thief = arrive()
    thief.sign_in("robin")
    for _ in range(5):
        assert "does not fit" in thief.send(SECOND, code="000000").text
    assert "Wait 2 seconds" in thief.send(SECOND, code=phone.code()).text
    for _ in range(95):
        town.clock.forward(minutes=2)
        thief = arrive() if thief.open(SECOND).status_code == 302 else thief
        if "second" not in str(thief.open(SECOND).text).lower():
            thief.sign_in("robin")
        thief.send(SECOND, code="000000")
    town.clock.forward(minutes=2)
    last = arrive()
    last.sign_in("robin")
    assert "too many wrong codes" in last.send(SECOND, code=phone.code()).text
    assert "too many wrong codes" in last.send(f"{SECOND}/recovery", code=codes[0]).text


def test_a_recovery_code_stands_in_once(arrive: Arrive, town: Town) -> None:
    _robin, _phone, codes = arrive_with_app(arrive, town)
    for code, status in (
        (codes[0].lower(), 302),
        (codes[0], 200),
        (codes[1].replace("-", " "), 302),
        ("x", 200),
    ):
        again = arrive()
        again.sign_in("robin")
        assert again.send(f"{SECOND}/recovery", code=code).status_code == status, code
    assert "7 left" in arrive_again(arrive, codes[2]).read("/account")


def arrive_again(arrive: Arrive, code: str) -> Visitor:
    """Robin comes in with a recovery code."""
    visitor = arrive()
    visitor.sign_in("robin")
    visitor.send(f"{SECOND}/recovery", code=code)
    return visitor


def test_a_password_alone_adds_no_second_factor_to_a_person_who_has_one(arrive: Arrive, town: Town) -> None:
    arrive_with_app(arrive, town)
    thief = arrive()
    thief.sign_in("robin")
    assert thief.press(SECOND, f"{SECOND}/app/begin").location.startswith("/sign-in")
    assert thief.press(SECOND, f"{SECOND}/passkey", response="{}").location.startswith("/sign-in")
    assert thief.press(SECOND, "/sign-in/passkey/new-options").status_code == 404


def test_a_sign_in_that_waits_is_over_after_a_quarter_of_an_hour(arrive: Arrive, town: Town) -> None:
    robin = arrive()
    robin.sign_in("robin")
    town.clock.forward(minutes=15)
    assert robin.open(SECOND).location == "/sign-in"


def test_before_signing_a_person_is_asked_again_and_loses_nothing(arrive: Arrive, town: Town) -> None:
    robin, phone, _codes = arrive_with_app(arrive, town)
    page = f"/queue/{town.sent()}/endorse?version=1"
    assert robin.open(page).status_code == 200
    token = robin.token(page)
    town.clock.forward(minutes=15)
    sent = robin.client.post(page, data={"csrf_token": token, "version": 1, "basis": 2, "level": 3})
    assert sent.status_code == 302
    assert sent.location.startswith("/confirm?next=")
    for wrong in ({"password": "x"}, {"code": "000000"}, {}, {"password": ""}):
        assert robin.send(sent.location, **wrong).status_code == 200
    assert robin.open(page).location.startswith("/confirm")
    assert "Use a passkey" not in robin.read(sent.location), "there is none"
    back = robin.send(sent.location, password=PASSWORD)
    assert back.location == page
    form = robin.read(page)
    assert "What you had typed is in the form again" in form
    assert re.search(r'value="2"\s+checked', form)
    town.clock.forward(minutes=15)
    assert robin.send(robin.open(page).location, code=phone.code()).location == page


def test_a_stolen_cookie_cannot_endorse_hold_or_withdraw(arrive: Arrive, town: Town) -> None:
    places = {
        "robin": [f"/queue/{town.sent()}/endorse?version=1"],
        "casey": [f"/overview/entries/{(entry := town.issued())}/hold"],
        "morgan": [f"/overview/entries/{entry}/withdraw", f"/overview/entries/{entry}/correct/name"],
    }
    thieves = {who: arrive_with_app(arrive, town, who)[0] for who in places}
    town.clock.forward(minutes=16)
    for who, pages in places.items():
        token = thieves[who].token("/account")
        for page in pages:
            asked = thieves[who].open(page)
            assert (asked.location or "").startswith("/confirm"), (page, asked.status_code)
            posted = thieves[who].client.post(page, data={"csrf_token": token})
            assert posted.location.startswith("/confirm"), page
        for page in ("/account/password", "/account/recovery-codes", "/account/app/remove"):
            posted = thieves[who].client.post(page, data={"csrf_token": token, "password": "x" * 20})
            assert posted.location.startswith("/confirm"), page


def test_two_people_let_a_person_in_again_who_lost_everything(arrive: Arrive, town: Town) -> None:
    robin, phone, codes = arrive_with_app(arrive, town)
    attempts = Attempts("a secret")
    with town.transaction() as session:
        for by in ([], ["Morgan"], ["Morgan", " morgan "]):
            with pytest.raises(Refused, match="name-two"):
                second_factor.reset(session, attempts, "robin@example.test", by, town.clock())
        with pytest.raises(NotFound):
            second_factor.reset(session, attempts, "nobody@example.test", ["Morgan", "Quinn"], town.clock())
        second_factor.reset(session, attempts, "Robin@example.test", ["Morgan", "Quinn"], town.clock())
    assert robin.open("/queue").status_code == 302
    again = arrive()
    again.sign_in("robin")
    assert "Set up a second step" in again.read(SECOND)
    assert again.send(f"{SECOND}/recovery", code=codes[0]).status_code == 200
    town.clock.forward(minutes=1)
    new, _codes = set_up(again, town)
    assert new.app.secret != phone.app.secret


def test_the_last_second_factor_is_not_removed_where_one_is_demanded(arrive: Arrive, town: Town) -> None:
    robin, _phone, _codes = arrive_with_app(arrive, town)
    assert robin.press("/account", "/account/app/remove").status_code == 409
    amara = arrive("amara")
    set_up(amara, town, "/account", "/account")
    assert amara.press("/account", "/account/app/remove").status_code == 302
    assert arrive().sign_in("amara").location == "/home"


def test_a_new_password_may_be_shorter_beside_a_second_factor(arrive: Arrive, town: Town) -> None:
    robin, _phone, _codes = arrive_with_app(arrive, town)
    assert "at least 8 characters" in robin.read("/account/password")
    assert robin.send("/account/password", password="k7#Qz!9w").location == "/account"
    assert "signed out everywhere else" in robin.read("/account")
