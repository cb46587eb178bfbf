from __future__ import annotations

from urllib.parse import quote

import pytest

from passport.web.doors import own_path
from tests.fixtures.towns import PASSWORD
from tests.web.conftest import Arrive

HOMES = {"amara": "/home", "robin": "/queue", "casey": "/overview", "morgan": "/overview"}


@pytest.mark.parametrize(("who", "home"), HOMES.items())
def test_everybody_starts_at_their_own_page(who: str, home: str, arrive: Arrive) -> None:
    assert arrive().sign_in(who).location == home


def test_a_wrong_password_and_an_unknown_address_look_alike(arrive: Arrive) -> None:
    wrong = arrive().send("/sign-in", email="amara@example.test", password="wrong")
    unknown = arrive().send("/sign-in", email="nobody@example.test", password=PASSWORD)
    for answer in (wrong, unknown):
        assert answer.status_code == 200
        assert "The email address and password do not belong together" in answer.text
        assert "<title>Error: Sign in" in answer.text
        assert 'href="#email"' in answer.text


def test_a_password_is_never_sent_back(arrive: Arrive) -> None:
    answer = arrive().send("/sign-in", email="amara@example.test", password="my-wrong-password")
    assert "my-wrong-password" not in answer.text


def test_signing_in_throws_away_what_was_in_the_session(arrive: Arrive) -> None:
    amara = arrive()
    before = amara.token("/sign-in")
    amara.sign_in("amara")
    assert amara.client.post("/evidence/new", data={"csrf_token": before}).status_code == 400


def test_signing_out_ends_it(arrive: Arrive) -> None:
    amara = arrive("amara")
    assert amara.press("/home", "/sign-out").location == "/sign-in"
    assert amara.open("/home").status_code == 302


ELSEWHERE = [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "/\\elsewhere.example/",
    "\\\\elsewhere.example",
    "/\t/elsewhere.example",
    "/\n/elsewhere.example",
    "javascript:alert(1)",
    "elsewhere.example",
    "",
    " /home",
]


def test_signing_in_never_leads_to_another_site(arrive: Arrive) -> None:
    for address in ELSEWHERE:
        assert own_path(address) == "", address
        assert arrive().sign_in("amara", f"/sign-in?next={quote(address)}").location == "/home", address


def test_signing_in_leads_on_to_the_page_that_was_asked_for(arrive: Arrive) -> None:
    amara = arrive()
    asked = amara.open("/shares?x=1&y=2").location
    assert amara.sign_in("amara", asked).location == "/shares?x=1&y=2"


def test_someone_who_is_signed_in_need_not_do_it_again(arrive: Arrive) -> None:
    assert arrive("robin").open("/sign-in").location == "/queue"


def test_the_wrong_way_in_on_the_front_page_still_leads_home(arrive: Arrive) -> None:
    for who, home in HOMES.items():
        for door in HOMES.values():
            assert arrive().sign_in(who, f"/sign-in?next={door}").location == home
            assert arrive(who).open(f"/sign-in?next={door}").location == home


def test_a_sign_in_page_that_was_open_for_too_long(arrive: Arrive) -> None:
    amara = arrive()
    fields = {"email": "amara@example.test", "password": PASSWORD, "csrf_token": "of an older session"}
    answer = amara.client.post("/sign-in?next=/shares", data=fields)
    assert answer.status_code == 400
    assert "Your page was open for too long" in answer.text
    assert "not signed in any more" not in answer.text
    assert 'href="/sign-in?next=/shares"' in answer.text
