"""The page of notices, and the quiet count in the header."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from passport.services.core import notices
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive

if TYPE_CHECKING:
    from flask import Flask

COUNT = re.compile(r'<span class="sp-count">(\d+)<')


def test_new_ones_are_counted_beside_the_menu_until_the_page_is_opened(town: Town, arrive: Arrive) -> None:
    town.issued()
    amara = arrive("amara")
    assert COUNT.findall(amara.read("/home")) == ["2"]
    page = amara.read("/notices")
    assert "is signed: you have a new entry" in page
    assert page.count(">New<") == 2
    assert not COUNT.search(page)
    assert not COUNT.search(amara.read("/home"))
    assert ">New<" not in amara.read("/notices")


def test_a_notice_leads_to_what_it_is_about(town: Town, arrive: Arrive) -> None:
    entry = town.issued()
    page = arrive("amara").read("/notices")
    assert f'href="/entries/{entry}"' in page or f'/{entry}"' in page
    assert arrive("amara").open(re.findall(rf'href="([^"]*{entry})"', page)[0]).status_code == 200


def test_no_one_sees_anothers(town: Town, arrive: Arrive) -> None:
    town.issued()
    for who in ("kit", "robin", "casey", "morgan", "ash"):
        assert "Nothing yet." in arrive(who).read("/notices")
    assert arrive().open("/notices").location.startswith("/sign-in")
    assert COUNT.findall(arrive("amara").read("/home")) == ["2"]


@pytest.mark.parametrize("page", ["0", "-3", "x", "99999"])
def test_a_page_that_is_not_there_is_none_the_worse(page: str, arrive: Arrive) -> None:
    assert "Nothing yet." in arrive("amara").read(f"/notices?page={page}")


def test_every_kind_has_words_and_leads_somewhere_or_nowhere(app: Flask) -> None:
    with app.test_request_context():
        words: Any = app.jinja_env.get_template("core/notices/_words.html").make_module(
            {"_": lambda text, **facts: text % facts}
        )
        for kind, names in notices.KINDS.items():
            # an address of a framework has numbers
            odd = {"until": "2026-04-01", "framework": "1", "version": "2"}
            facts = {name: odd.get(name, f"the-{name}") for name in names}
            said = str(words.says(kind, facts)).strip()
            assert said.endswith("."), kind
            assert bool(str(words.address(kind, facts)).strip()) == bool(
                str(words.leads_to(kind, facts)).strip()
            )
        assert len(
            {
                str(words.says(kind, dict.fromkeys(names, "2026-04-01")))
                for kind, names in notices.KINDS.items()
            }
        ) == len(notices.KINDS)


def test_the_count_takes_no_second_connection_while_a_page_has_one(
    app: Flask, town: Town, arrive: Arrive
) -> None:
    amara = arrive("amara")
    out, most = 0, 0

    def taken(*_told: object) -> None:
        nonlocal out, most
        out += 1
        most = max(most, out)

    def given_back(*_told: object) -> None:
        nonlocal out
        out -= 1

    event.listen(town.runtime.database.engine, "checkout", taken)
    event.listen(town.runtime.database.engine, "checkin", given_back)
    for address in ("/home", "/shares", "/account", "/notices", "/evidence/new"):
        amara.read(address)
    assert (out, most) == (0, 1)


def test_a_public_page_asks_nothing_for_it_and_ones_own_one_question(
    app: Flask, town: Town, arrive: Arrive
) -> None:
    amara = arrive("amara")
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(town.runtime.database.engine, "before_cursor_execute", note)
    for address in ("/", "/help", "/privacy"):
        amara.read(address)
    assert not [one for one in asked if "notices" in one]
    amara.read("/home")
    assert len([one for one in asked if "notices" in one]) == 1
