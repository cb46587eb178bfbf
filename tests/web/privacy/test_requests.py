"""From a student's wish to its answer, by the pages of all three people."""

from __future__ import annotations

from tests.fixtures.towns import Town
from tests.web.conftest import Arrive, Visitor


def link(page: str, start: str) -> str:
    """The first address on a page that begins so."""
    at = page.index(f'"{start}') + 1
    return page[at : page.index('"', at)]


def ask(amara: Visitor, kind: str, words: str = "") -> None:
    assert amara.send("/my-data/requests", kind=kind, words=words).status_code == 302


def test_a_mistake_is_asked_answered_and_read(arrive: Arrive, town: Town) -> None:
    amara, casey = arrive("amara"), arrive("casey")
    empty = amara.send("/my-data/requests", kind="mistake", words=" ")
    assert "Say what is wrong, and how it should be" in empty.text
    long = amara.send("/my-data/requests", kind="mistake", words="x" * 1001)
    assert "Use at most 1000 characters" in long.text
    assert "x" * 1001 in long.text
    ask(amara, "mistake", "I am in year 11.")
    shown = amara.read("/my-data/requests")
    assert "Waiting for an answer" in shown
    assert "titleText" not in shown
    address = link(casey.read("/privacy-requests"), "/privacy-requests/")
    assert "I am in year 11." in casey.read(address)
    assert casey.send(address, reason="short").status_code == 200
    casey.send(address, reason="Your year is 11 now, thank you.")
    assert "Your year is 11 now, thank you." in amara.read("/my-data/requests")
    assert "Casey" in amara.read("/looked")


def test_an_erasure_goes_through_two_people_and_ends_the_sign_in(arrive: Arrive, town: Town) -> None:
    amara, casey, morgan = arrive("amara"), arrive("casey"), arrive("morgan")
    ask(amara, "erasure")
    address = link(casey.read("/privacy-requests"), "/privacy-requests/")
    assert "has not passed it on yet" in morgan.read(address)
    casey.press(address, f"{address}/pass-on")
    assert "A manager carries it out" in casey.read(address)
    assert "Erase for good" in morgan.read(address)
    assert morgan.press(address, f"{address}/erase").status_code == 302
    assert "Done" in morgan.read("/privacy-requests")
    assert "Amara" not in casey.read("/students")
    assert amara.open("/home").status_code == 302
