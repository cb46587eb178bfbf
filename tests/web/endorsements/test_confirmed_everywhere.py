"""School or college confirmed has its own label wherever an entry is seen, and never the other one."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING

import pypdfium2
import pytest

from passport.db.sharing.shares import Share
from passport.jobs import queue as job_queue
from passport.openbadges import address, share_code
from passport.services.credentials import lifecycle
from passport.services.endorsements import confirmations
from tests.fixtures.browsers import OpenPage
from tests.fixtures.servers import Serve
from tests.fixtures.towns import Town
from tests.web.checking.test_desk import hand_in, results
from tests.web.conftest import Arrive, Visitor

if TYPE_CHECKING:
    from flask import Flask

CONFIRMED, ENDORSED = "School or college confirmed", "Employer endorsed"


def confirmed(town: Town) -> str:
    """An entry that Casey confirmed for the school; gives its reference."""
    sent = town.sent()
    with town.transaction() as session:
        casey = town.account(session, "casey")
        confirmations.confirm(session, town.runtime.keys, casey, sent, 1, 1, 3, town.clock())
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        return lifecycle.mine(session, town.account(session, "amara"))[0].reference


class Seen:
    """One entry, shared, and everything that people see of it."""

    def __init__(self, town: Town, arrive: Arrive, entry: str) -> None:
        """Share it."""
        self.town, self.arrive, self.entry = town, arrive, entry
        self.code = town.shared(entry)
        with town.transaction() as session:
            self.share = session.query(Share).filter_by(code=self.code).one().reference

    def page(self, who: str | None, path: str) -> str:
        """The text of a person's page."""
        visitor: Visitor = self.arrive(who) if who else self.arrive()
        return visitor.read(path.format(**vars(self)))

    def api(self) -> str:
        """The answer to a program."""
        asked = self.arrive().client.post("/api/checks", json={"checks": [{"code": self.code}]})
        return asked.text

    def desk(self, csv_file: bool) -> str:
        """The answer to a list, as a page or as a file."""
        visitor = self.arrive()
        table = f"code\r\n{share_code.pretty(self.code)}\r\n".encode()
        place = results(self.town, visitor, hand_in(visitor, ("list.csv", table)))
        if not csv_file:
            return visitor.read(f"{place}?group=found")
        rows = csv.reader(io.StringIO(visitor.open(f"{place}/answer.csv").get_data().decode("utf-8-sig")))
        return "\n".join(" ".join(row) for row in rows)

    def several(self) -> str:
        """The answer to a text with two codes."""
        again = self.town.shared(self.entry)
        codes = f"{share_code.pretty(self.code)} and {share_code.pretty(again)}"
        return self.arrive().client.post("/check", data={"text": codes}).text

    def receipt(self) -> str:
        """The receipt of a check."""
        number = self.page(None, "/c/{code}").partition('href="/receipts/')[2].partition('"')[0]
        return self.arrive().read(f"/receipts/{number}")

    def badge(self) -> str:
        """The picture that holds the entry, in its words."""
        picture = self.arrive("amara").open(f"/entries/{self.entry}/entry.svg").get_data(as_text=True)
        return unescape(picture.partition("<title>")[2].partition("</title>")[0])

    def paper(self, layout: str) -> str:
        """What is printed."""
        got = self.arrive("amara").open(f"/shares/{self.share}/print/{layout}-colour.pdf")
        assert got.status_code == 200, got.status_code
        document = pypdfium2.PdfDocument(got.get_data())
        return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in document)


# What is seen there, and whether an employer's endorsement is named there as such too. A card names no entry.
PLACES: dict[str, tuple[Callable[[Seen], str], bool]] = {
    "own pages": (lambda seen: seen.page("amara", "/home"), False),
    "own entry": (lambda seen: seen.page("amara", "/entries/{entry}"), True),
    "choosing what to share": (lambda seen: seen.page("amara", "/shares/new"), False),
    "own share": (lambda seen: seen.page("amara", "/shares/{share}"), False),
    "plain text": (lambda seen: seen.page("amara", "/shares/{share}/code.txt"), False),
    "the school's list": (lambda seen: seen.page("casey", "/overview/entries"), False),
    "the school's page": (lambda seen: seen.page("casey", "/overview/entries/{entry}"), True),
    "a check of the code": (lambda seen: seen.page(None, "/c/{code}"), True),
    "several codes at once": (Seen.several, False),
    "a receipt": (Seen.receipt, True),
    "a program's check": (Seen.api, True),
    "a list's page": (lambda seen: seen.desk(False), False),
    "a list's file": (lambda seen: seen.desk(True), False),
    "the badge": (Seen.badge, True),
    "a sheet": (lambda seen: seen.paper("sheet"), True),
    "a large sheet": (lambda seen: seen.paper("large"), True),
}


@pytest.mark.parametrize(
    ("make", "own", "other"), [(Town.issued, ENDORSED, CONFIRMED), (confirmed, CONFIRMED, ENDORSED)]
)
def test_each_place_says_which_it_is(
    town: Town, arrive: Arrive, make: Callable[[Town], str], own: str, other: str
) -> None:
    seen = Seen(town, arrive, make(town))
    for place, (look, names_both) in PLACES.items():
        shown = look(seen).lower()
        if own is CONFIRMED or names_both:
            assert own.lower() in shown, place
        assert other.lower() not in shown, place


def test_what_she_logged_says_so_wherever_its_state_is_read(town: Town, arrive: Arrive) -> None:
    """Also before it is signed, and to a champion who comes too late."""
    by_school, by_robin = town.sent(), town.sent(level=2)
    town.endorsed(by_robin, level=2)
    with town.transaction() as session:
        casey = town.account(session, "casey")
        confirmations.confirm(session, town.runtime.keys, casey, by_school, 1, 1, 3, town.clock())
    pages = {
        "amara": ("/evidence/{}", "/home"),
        "casey": ("/school/{}", "/school?show=all"),
        "robin": ("/queue/{}",),
    }
    for who, paths in pages.items():
        for path in paths:
            page = arrive(who).read(path.format(by_school))
            assert f"{CONFIRMED}</strong>" in page, path
            assert page.count("Endorsed</strong>") == ("{}" not in path), path
        assert CONFIRMED not in arrive(who).read(paths[0].format(by_robin)), who
        assert "Endorsed</strong>" in arrive(who).read(paths[0].format(by_robin)), who


def test_the_page_that_checks_by_itself_says_so_too(
    town: Town, app: Flask, serve: Serve, arrive: Arrive, open_page: OpenPage
) -> None:
    """The code with the entry inside: read and judged in the browser, without asking for it."""
    seen = Seen(town, arrive, confirmed(town))
    with town.transaction() as session:
        [entry] = session.query(Share).filter_by(code=seen.code).one().entries
        text = address.write(town.runtime.settings.public_url, seen.code, entry.compact or b"")
    page = open_page("phone")
    page.goto(f"{serve(app)}/c/{seen.code}#{text.partition('#')[2]}")
    label = page.locator(".sp-label--confirmed")
    label.wait_for()
    assert label.inner_text() == CONFIRMED
    shown = page.get_by_role("main").inner_text()
    assert "No employer has endorsed it." in shown
    assert "Confirmed by" in shown
    for words in (ENDORSED, "Endorsed by"):
        assert words not in shown


def test_no_page_of_its_life_says_that_an_employer_endorsed_it(town: Town, arrive: Arrive) -> None:
    entry = confirmed(town)
    casey = arrive("casey")
    for step in ("correct", "correct/day"):
        page = casey.read(f"/overview/entries/{entry}/{step}").partition("<main")[2]
        assert "confirmed" in page, step
        for words in ("endorsed", "the champion"):
            assert words not in page, (step, words)
    why = {"ground": "endorsement", "reason": "The school asks what happened there."}
    casey.send(f"/overview/entries/{entry}/hold", **why)
    assert "looking at how it was confirmed" in arrive("amara").read(f"/entries/{entry}")
