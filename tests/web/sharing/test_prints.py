"""A coordinator prints for a ceremony; a student says whether they may."""

from __future__ import annotations

import pytest

from passport.db.sharing.shares import Share
from passport.jobs import queue as job_queue
from passport.services.sharing import prints
from tests.fixtures.paper import pages
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive, Visitor


@pytest.fixture
def share(town: Town) -> str:
    """The reference of Amara's share."""
    code = town.shared(town.issued())
    with town.transaction() as session:
        return session.query(Share).filter_by(code=code).one().reference


@pytest.fixture
def casey(arrive: Arrive) -> Visitor:
    return arrive("casey")


def allow(amara: Visitor, share: str, allowed: str = "1") -> None:
    """Amara says so on the page of their code."""
    page = f"/shares/{share}"
    assert amara.press(page, f"{page}/school", allowed=allowed).status_code == 302


def test_without_a_students_leave_the_school_sees_no_share_of_hers(
    share: str, casey: Visitor, arrive: Arrive
) -> None:
    amara = arrive("amara")
    assert "Your school may not print this." in amara.read(f"/shares/{share}")
    page = casey.read("/prints")
    assert "No student lets the school print a share now" in page
    assert "Amara" not in page
    allow(amara, share)
    assert "Your school may print this." in amara.read(f"/shares/{share}")
    page = casey.read("/prints")
    assert "Amara Demoson" in page
    assert "checked" not in page
    for private in ("SP-", "A college"):
        assert private not in page
    allow(amara, share, "0")
    assert "Amara" not in casey.read("/prints")


def test_from_choosing_to_the_pdf(share: str, casey: Visitor, arrive: Arrive, town: Town) -> None:
    amara = arrive("amara")
    allow(amara, share)
    place = casey.send("/prints", sheets=share, layout="sheet", ink="grey").location
    for _reload in range(2):
        assert "0 of 1" in casey.read(place)
    assert casey.open(f"{place}/progress").json == {"done": 0, "total": 1, "finished": False}
    assert casey.open(f"{place}/sheets.pdf").status_code == 404
    job_queue.run_due(town.runtime)
    assert casey.open(f"{place}/progress").json == {"done": 1, "total": 1, "finished": True}
    page = casey.read(place)
    assert "1 student in one PDF" in page
    assert "gone on 21 March 2026" in page
    assert pages(casey.open(f"{place}/sheets.pdf").data) == 1
    assert "1 student" in casey.read("/prints")
    town.clock.forward(days=7)
    job_queue.run_due(town.runtime)
    casey = arrive("casey")
    assert "These sheets are gone" in casey.read(place)
    assert casey.open(f"{place}/sheets.pdf").status_code == 404


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({}, "Choose at least one student"),
        ({"layout": "sheet"}, "Choose colour or grey"),
        ({"ink": "grey", "layout": "poster"}, "Choose what you want to print"),
        ({"sheets": "NOSUCHREF"}, "has stopped sharing"),
    ],
)
def test_each_wrong_answer_has_its_message(
    answers: dict[str, str], message: str, share: str, casey: Visitor, arrive: Arrive
) -> None:
    allow(arrive("amara"), share)
    answer = casey.send("/prints", **answers)
    assert "There is a problem" in answer.text
    assert message in answer.text


def test_no_other_person_prints_and_no_other_school_sees_it(
    share: str, casey: Visitor, arrive: Arrive, town: Town
) -> None:
    allow(arrive("amara"), share)
    place = casey.send("/prints", sheets=share, layout="card", ink="colour").location
    job_queue.run_due(town.runtime)
    with town.transaction() as session:
        other = town.account(session, "kit").student
        staff = town.account(session, "casey").staff
        assert other is not None
        assert staff is not None
        staff.school_id = other.school_id
    for address in (place, f"{place}/sheets.pdf", f"{place}/progress"):
        assert casey.open(address).status_code == 404, address
        for who in ("amara", "robin", "morgan"):
            assert arrive(who).open(address).status_code == 404
    assert "Amara" not in casey.read("/prints")


def test_a_name_that_was_left_out_is_named(casey: Visitor, arrive: Arrive, town: Town) -> None:
    with town.transaction() as session:
        town.account(session, "amara").name = "Amara 日本"
    code = town.shared(town.issued())
    with town.transaction() as session:
        share = session.query(Share).filter_by(code=code).one().reference
    allow(arrive("amara"), share)
    place = casey.send("/prints", sheets=share, layout="card", ink="colour").location
    job_queue.run_due(town.runtime)
    page = casey.read(place)
    assert "No sheets were made" in page
    assert "Amara 日本" in page
    assert "letters that we have no print for" in page


def test_more_than_can_be_printed_at_once_is_said_at_the_choice_and_keeps_it(
    share: str, casey: Visitor, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(arrive("amara"), share)
    monkeypatch.setattr(prints, "MOST_SHEETS", 0)
    answer = casey.send("/prints", sheets=share, layout="card", ink="grey")
    assert answer.status_code == 200
    assert "You chose 1 students. Choose at most 0, and print the others after them" in answer.text
    assert answer.text.count("checked") == 3, "the student, what and how"
