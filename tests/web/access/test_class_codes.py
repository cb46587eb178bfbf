"""Pupils without an address: a class code for a lesson and a card of their own."""

from __future__ import annotations

import re
from datetime import date

import pytest

from passport.db.people.accounts import Role
from passport.db.programmes.programme import Sector
from passport.services.access import class_codes
from passport.services.core.errors import NotFound
from passport.services.people import accounts
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive, Visitor

BIG = re.compile(r'sp-panel__title sp-code">([A-Z0-9-]+)<')
CARD = re.compile(r'Your own code: <span class="sp-code">([A-Z0-9-]+)<')
PUPIL = re.compile(r'name="pupil" id="pupil-\d+" value="([A-Z0-9]+)"')


def lesson(casey: Visitor, minutes: int = 60) -> str:
    """The coordinator makes a class code."""
    assert casey.press("/class-codes", "/class-codes/new", minutes=minutes).status_code == 302
    return str(BIG.findall(casey.read("/class-codes"))[0])


def card(casey: Visitor, number: int = 0) -> str:
    """The coordinator gives a pupil a card."""
    pupils = PUPIL.findall(casey.read("/class-codes"))
    page = casey.press("/class-codes", "/class-codes/cards", pupil=pupils[number])
    [code] = CARD.findall(page.text)
    return str(code)


def come_in(arrive: Arrive, lesson_code: str, own: str) -> tuple[int, str]:
    """A pupil types two codes."""
    answer = arrive().send("/sign-in/class", class_code=lesson_code, pupil_code=own)
    return answer.status_code, answer.location or ""


def test_a_pupil_without_an_address_comes_in_for_a_lesson(town: Town, arrive: Arrive) -> None:
    with town.transaction() as session:
        amara = town.account(session, "amara")
        amara.email, amara.password_hash = None, ""
    casey = arrive("casey")
    code, own = lesson(casey), card(casey)
    assert re.fullmatch(r"[A-Z0-9]{3}-[A-Z0-9]{3}", code)
    assert re.fullmatch(r"[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}", own)
    amara_visits = arrive()
    answer = amara_visits.send(
        "/sign-in/class", class_code=f" {code.lower()} ", pupil_code=own.replace("-", " ")
    )
    assert answer.location == "/home"
    assert "With a class code" in amara_visits.read("/account")
    town.clock.forward(hours=2)
    assert amara_visits.open("/home").status_code == 302


def test_one_code_alone_opens_nothing_and_neither_is_said_to_be_right(town: Town, arrive: Arrive) -> None:
    casey = arrive("casey")
    code, own = lesson(casey), card(casey)
    said = set()
    for first, second in (
        (code, "222-222-222"),
        ("222-222", own),
        (code, own[:-1]),
        (code, own + "2"),
        (own, code),
    ):
        answer = arrive().send("/sign-in/class", class_code=first, pupil_code=second)
        assert answer.status_code == 200
        said.add(re.sub(r'value="[^"]*"', "", answer.text))
    assert len(said) == 1
    assert "These two codes do not belong together" in said.pop()


def test_one_class_code_too_many_is_refused_with_what_to_do(arrive: Arrive) -> None:
    casey = arrive("casey")
    for _code in range(class_codes.MOST_OPEN):
        lesson(casey)
    refused = casey.press("/class-codes", "/class-codes/new", minutes=60)
    assert refused.status_code == 409
    assert f"Your school has {class_codes.MOST_OPEN} class codes already. End one of them" in refused.text


@pytest.mark.parametrize("ending", ["time", "by hand"])
def test_a_class_code_ends(ending: str, town: Town, arrive: Arrive) -> None:
    casey = arrive("casey")
    code, own = lesson(casey), card(casey)
    if ending == "time":
        town.clock.forward(minutes=60)
    else:
        [action] = re.findall(r'action="(/class-codes/[A-Z0-9]+/end)"', casey.read("/class-codes"))
        casey.press("/class-codes", action)
    assert come_in(arrive, code, own)[0] == 200


def test_a_new_card_makes_the_old_one_useless(arrive: Arrive) -> None:
    casey = arrive("casey")
    code, old = lesson(casey), card(casey)
    new = card(casey)
    assert come_in(arrive, code, old)[0] == 200
    assert come_in(arrive, code, new) == (302, "/home")


def test_a_code_of_another_school_is_no_good(town: Town, arrive: Arrive) -> None:
    casey = arrive("casey")
    code, own = lesson(casey), card(casey)
    with town.transaction() as session:
        amara, kit = town.account(session, "amara"), town.account(session, "kit")
        assert amara.student is not None
        assert kit.student is not None
        with pytest.raises(NotFound):
            class_codes.give(session, town.account(session, "casey"), [kit.reference], town.clock())
        amara.student.school_id = kit.student.school_id
    assert come_in(arrive, code, own)[0] == 200, "they have left the school"
    names = arrive("casey").read("/class-codes")
    assert "Kit" not in names
    for other in ("amara", "robin", "morgan"):
        assert arrive(other).open("/class-codes").status_code == 404


def test_after_a_hundred_wrong_tries_a_class_code_is_over(town: Town, arrive: Arrive) -> None:
    casey = arrive("casey")
    code, own = lesson(casey), card(casey)
    for number in range(101):
        with town.transaction() as session:
            class_codes.record_attempt(session, code, town.clock())
            assert class_codes.find(session, code, f"{number:09}", town.clock()) is None
    assert come_in(arrive, code, own)[0] == 200


def cards(casey: Visitor, town: Town, number: int) -> list[str]:
    """Give so many new pupils of the coordinator's school a card each."""
    with town.transaction() as session:
        programme, at = town.account(session, "casey").programme, town.clock()
        amara = town.account(session, "amara").student
        assert amara is not None
        sector = session.get_one(Sector, amara.sector_id)
        for pupil in range(number):
            named = {"name": f"Pupil {pupil:02} Fixturely", "first_name": "Pupil"}
            made = accounts.make(session, programme, Role.STUDENT, email=None, password=None, at=at, **named)
            accounts.make_student(session, made, amara.school, sector, 10, date(2010, 1, 1))
    pupils = PUPIL.findall(casey.read("/class-codes"))[-number:]
    page = casey.press("/class-codes", "/class-codes/cards", pupil=pupils)
    return [str(code) for code in CARD.findall(page.text)]


def test_the_third_class_at_nine_signs_in_after_sixty_others(town: Town, arrive: Arrive) -> None:
    casey = arrive("casey")
    own = cards(casey, town, 90)
    assert len(set(own)) == 90
    classes = [lesson(casey) for _class in range(3)]
    for number, pupil in enumerate(own):
        assert (number, *come_in(arrive, classes[number // 30], pupil)) == (number, 302, "/home")
    with town.transaction() as session:
        opened = class_codes.open_ones(session, town.account(session, "casey"), town.clock())
        assert [one.failures for one in opened] == [0, 0, 0], "each success took its own attempt back"


def test_two_hundred_junk_class_codes_wait_and_classmates_with_a_good_one_come_in(
    town: Town, arrive: Arrive, capfd: pytest.CaptureFixture[str]
) -> None:
    casey = arrive("casey")
    code, own = lesson(casey), card(casey)
    guesser, classmate = arrive(), arrive()
    token = guesser.token("/sign-in/class")
    said = []
    for number in range(200):
        junk = {"csrf_token": token, "class_code": f"{number:06}", "pupil_code": "222222222"}
        said.append(guesser.client.post("/sign-in/class", data=junk))
        if number % 50 == 49:
            slip = classmate.send("/sign-in/class", class_code=code, pupil_code="222-222-222")
            assert "do not belong together" in slip.text, "no guess at class codes"
            assert come_in(arrive, code, own) == (302, "/home")
    assert [answer.status_code for answer in said] == [200] * 60 + [429] * 140
    assert "Wait 5 seconds" in said[-1].text
    assert 'value="000199"' in said[-1].text, "what was typed stays"
    assert said[-1].headers["Retry-After"] == "5"
    assert capfd.readouterr().err.count("security alert") == 1
    with town.transaction() as session:
        [good] = class_codes.open_ones(session, town.account(session, "casey"), town.clock())
        assert good.failures == 4, "a success takes back its own attempt and no failure"
    town.clock.forward(seconds=5)
    more = [guesser.client.post("/sign-in/class", data=junk).status_code for _time in range(2)]
    assert more == [200, 429], "one each five seconds"


def test_no_names_are_shown_to_the_person_who_has_the_class_code(arrive: Arrive) -> None:
    casey = arrive("casey")
    lesson(casey)
    page = arrive().read("/sign-in/class")
    assert "Amara" not in page
    assert "Lanternmoor" not in page


def test_cards_are_for_a_person(arrive: Arrive) -> None:
    casey = arrive("casey")
    assert "Choose at least one student" in casey.press("/class-codes", "/class-codes/cards").text
    assert casey.press("/class-codes", "/class-codes/new", minutes="99").status_code == 409
