from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from passport.db import Base
from passport.web.access.signing_in import own_path
from tests.fixtures.towns import PASSWORD, Town
from tests.web.conftest import Arrive, Visitor

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

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


def test_one_password_tried_on_many_accounts_is_slowed_and_a_school_that_signs_in_is_not(
    arrive: Arrive, town: Town, capfd: pytest.CaptureFixture[str]
) -> None:
    visitor = arrive()
    token = visitor.token("/sign-in")

    def attempt(name: str, password: str, network: str = "192.0.2.1") -> TestResponse:
        typed = {"csrf_token": token, "email": f"{name}@example.test", "password": password}
        return visitor.client.post("/sign-in", data=typed, environ_overrides={"REMOTE_ADDR": network})

    for _morning in range(30):
        for who in HOMES:
            arrived = Visitor(visitor.client.application.test_client())
            typed = {"csrf_token": arrived.token("/sign-in"), "email": f"{who}@example.test"}
            answer = arrived.client.post(
                "/sign-in",
                data={**typed, "password": PASSWORD},
                environ_overrides={"REMOTE_ADDR": "192.0.2.1"},
            )
            assert answer.status_code == 302
    sprayed = [attempt(f"person-{number}", "Summer2026 Summer2026") for number in range(103)]
    assert [answer.status_code for answer in sprayed] == [200] * 100 + [429] * 3
    assert "Wait 30 seconds" in sprayed[-1].text
    assert 'value="person-102@example.test"' in sprayed[-1].text, "what was typed stays"
    assert sprayed[-1].headers["Retry-After"] == "30"
    assert attempt("amara", PASSWORD).status_code == 429
    assert attempt("nobody", "x", "192.0.2.2").status_code == 200, "another network does not wait"
    logged = capfd.readouterr().err
    assert logged.count("security alert") == 1
    assert "192.0.2" not in logged
    assert "example.test" not in logged
    town.clock.forward(seconds=30)
    assert attempt("amara", PASSWORD).location == "/home"


def test_no_address_of_anybody_is_stored(
    arrive: Arrive, town: Town, capfd: pytest.CaptureFixture[str]
) -> None:
    here = "203.0.113.77"
    visitor = arrive()
    for page, typed in (
        ("/sign-in", {"email": "amara@example.test", "password": "wrong"}),
        ("/sign-in", {"email": "amara@example.test", "password": PASSWORD}),
        ("/sign-in/class", {"class_code": "222222", "pupil_code": "222222222"}),
    ):
        data = {"csrf_token": visitor.token(page), **typed}
        visitor.client.post(page, data=data, environ_overrides={"REMOTE_ADDR": here})
    with town.transaction() as session:
        stored = {
            name: [str(tuple(row)) for row in session.execute(table.select())]
            for name, table in Base.metadata.tables.items()
        }
    assert len(stored["attempts"]) == 2, "the network's two buckets: success cleared the name's"
    assert not [name for name, rows in stored.items() if any(here in row for row in rows)]
    assert here not in capfd.readouterr().err
    counts = visitor.client.application.extensions["passport.limits"]._own._counts
    assert counts
    assert not [key for key in counts if here in key]


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
