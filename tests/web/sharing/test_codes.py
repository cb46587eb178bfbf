"""A share to take along: pictures, paper, plain text; no one else's, and nothing of it once it is over."""

from __future__ import annotations

import io
import re
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image

from passport.adapters import qr
from passport.db.sharing.shares import CompactState, Share
from passport.services.checking import receipts
from tests.fixtures.browsers import OpenPage
from tests.fixtures.paper import codes_on, scanned, text_of
from tests.fixtures.servers import Serve
from tests.fixtures.towns import PASSWORD, Town
from tests.web.conftest import Arrive, Visitor
from tests.web.sharing.test_shares import result_of

if TYPE_CHECKING:
    from flask import Flask

LAYOUTS = ("sheet", "large", "card", "cardpage")
PAPERS = [f"{layout}-{ink}" for layout in LAYOUTS for ink in ("colour", "grey")]


@pytest.fixture
def entry(town: Town) -> str:
    return town.issued()


@pytest.fixture
def share(town: Town, entry: str) -> str:
    """The address of Amara's share."""
    code = town.shared(entry)
    with town.transaction() as session:
        return f"/shares/{session.query(Share).filter_by(code=code).one().reference}"


@pytest.fixture
def amara(arrive: Arrive) -> Visitor:
    return arrive("amara")


def read_back(picture: bytes) -> str:
    """What a camera reads in a PNG."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return found.text


def everything(share: str, entry: str) -> list[str]:
    """All that can be taken along."""
    pictures = [
        f"{share}/{which}.{form}" for which in ("qr", f"entries/{entry}/qr") for form in ("png", "svg")
    ]
    return [*pictures, f"{share}/code.txt", *(f"{share}/print/{paper}.pdf" for paper in PAPERS)]


def test_the_pictures_lead_to_the_share_and_hold_the_entry(
    amara: Visitor, share: str, entry: str, town: Town, arrive: Arrive
) -> None:
    address = read_back(amara.open(f"{share}/qr.png").data)
    assert re.fullmatch(r"http://localhost:8000/c/SP[2-9A-Z]{12}", address)
    whole = read_back(amara.open(f"{share}/entries/{entry}/qr.png").data)
    assert whole.startswith(f"{address}#1")
    checked = arrive().client.post("/check", data={"text": whole}).text
    assert "Genuine and current" in checked
    assert "Amara Demoson" in checked


def test_a_png_knows_its_size_on_paper(amara: Visitor, share: str, entry: str) -> None:
    for which, side in (("qr", 30), (f"entries/{entry}/qr", 35)):
        picture = Image.open(io.BytesIO(amara.open(f"{share}/{which}.png").data))
        dots = picture.info["dpi"][0]
        margin = 8 * 12
        assert (picture.width - margin) / dots * 25.4 == pytest.approx(side, abs=0.1)


def test_an_svg_is_sent_small_to_the_person_who_takes_it_so(amara: Visitor, share: str, entry: str) -> None:
    address = f"{share}/entries/{entry}/qr.svg"
    plain = amara.open(address)
    small = amara.open(address, headers={"Accept-Encoding": "gzip"})
    assert plain.mimetype == small.mimetype == "image/svg+xml"
    assert b"mm" in plain.data[:200]
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) * 3 < len(plain.data)
    assert "Accept-Encoding" in small.headers["Vary"]


def test_a_picture_of_an_entry_is_drawn_in_no_time_and_then_kept(
    amara: Visitor, share: str, entry: str
) -> None:
    qr.entry_code.cache_clear()
    took = []
    for _twice in range(2):
        began = time.perf_counter()
        amara.open(f"{share}/entries/{entry}/qr.svg")
        took.append(time.perf_counter() - began)
    assert qr.entry_code.cache_info().hits == 1
    assert took[1] < took[0]


@pytest.mark.parametrize("paper", PAPERS)
def test_every_paper_is_a_pdf_with_the_code(amara: Visitor, share: str, paper: str) -> None:
    answer = amara.open(f"{share}/print/{paper}.pdf")
    assert answer.mimetype == "application/pdf"
    address = read_back(amara.open(f"{share}/qr.png").data)
    assert address in codes_on(scanned(answer.data))
    told = " ".join(text_of(answer.data).split())
    assert "Amara Demoson" in told
    assert "Paper is not proof. Check this code at http://localhost:8000." in told
    for private in ("A college", "2011", "example.test", "drawing and told"):
        assert private not in told
    if not paper.startswith("card"):
        assert "On my own: third of four levels. Not a national qualification level." in told
        assert "Saw it happen, 14 March 2026" in told


def test_a_name_that_we_have_no_letters_for_is_named(amara: Visitor, entry: str, town: Town) -> None:
    with town.transaction() as session:
        town.account(session, "amara").name = "Amara 日本"
    code = town.shared(town.issued())
    with town.transaction() as session:
        share = f"/shares/{session.query(Share).filter_by(code=code).one().reference}"
    answer = amara.open(f"{share}/print/sheet-grey.pdf")
    assert answer.status_code == 422
    assert "Amara 日本" in answer.text
    assert "Nothing is wrong with the name" in answer.text
    assert amara.open(f"{share}/qr.png").status_code == 200


def test_plain_text_for_forms_says_how_long_it_is(amara: Visitor, share: str) -> None:
    page = amara.read(share)
    texts = re.findall(r"<textarea[^>]*readonly[^>]*>([^<]*)</textarea>", page)
    counts = [int(count) for count in re.findall(r"(\d+) characters", page)]
    assert [len(text) for text in texts] == counts
    short, long = texts
    code = re.search(r"SP-\w{4}-\w{4}-\w{4}", page)
    assert code
    plain = code[0].replace("-", "")
    assert short == f"Skills passport code: {code[0]}\nCheck it at: http://localhost:8000/c/{plain}"
    assert long.startswith(short)
    assert "Measuring and checking: On my own, third of four levels. Endorsed by Robin Fixturely" in long
    file = amara.open(f"{share}/code.txt")
    assert (file.text, file.mimetype) == (long, "text/plain")
    assert "attachment" in file.headers["Content-Disposition"]


def test_plain_text_is_the_names_own_letters_in_page_and_file(amara: Visitor, town: Town) -> None:
    with town.transaction() as session:
        town.account(session, "robin").name = "R. O'Fixture & <b>"
    code = town.shared(town.issued())
    with town.transaction() as session:
        share = f"/shares/{session.query(Share).filter_by(code=code).one().reference}"
    assert "by R. O'Fixture & <b>," in amara.open(f"{share}/code.txt").text
    raw = amara.open(share).text
    assert "R. O&#39;Fixture &amp; &lt;b&gt;," in raw
    assert "<b>," not in raw


def test_nothing_of_it_is_anybody_elses(share: str, entry: str, arrive: Arrive) -> None:
    kit, stranger = arrive("kit"), arrive()
    for address in [*everything(share, entry), f"{share}/look"]:
        assert kit.open(address).status_code == 404, address
        assert stranger.open(address).status_code == 302, address


def test_nothing_of_it_is_left_once_the_share_is_over(amara: Visitor, share: str, entry: str) -> None:
    for address in everything(share, entry):
        assert amara.open(address).status_code == 200, address
    amara.press(share, f"{share}/stop")
    for address in everything(share, entry):
        assert amara.open(address).status_code == 404, address
    assert amara.open(f"{share}/look").location == share
    assert "Print it" not in amara.read(share)


def test_nor_once_its_last_day_is_over(share: str, entry: str, town: Town, arrive: Arrive) -> None:
    town.clock.now += timedelta(days=366)
    amara = arrive("amara")
    for address in everything(share, entry):
        assert amara.open(address).status_code == 404, address


def test_an_entry_that_was_withdrawn_is_on_no_paper(amara: Visitor, share: str, entry: str) -> None:
    amara.press("/evidence/new", f"/entries/{entry}/withdraw")
    assert amara.open(f"{share}/entries/{entry}/qr.svg").status_code == 404
    assert "Measuring and checking" not in amara.open(f"{share}/code.txt").text
    assert "Measuring" not in text_of(amara.open(f"{share}/print/sheet-grey.pdf").data)
    page = amara.read(share)
    assert "Withdrawn" in page
    assert f"entries/{entry}/qr" not in page


def test_an_entry_of_which_another_share_holds_no_code_has_none_here(
    amara: Visitor, share: str, town: Town
) -> None:
    assert amara.open(f"{share}/entries/{town.issued()}/qr.svg").status_code == 404


def test_the_page_says_when_a_code_is_not_ready_or_never_will_be(
    amara: Visitor, share: str, town: Town
) -> None:
    for state, words in (
        (CompactState.WAITING, "is not ready yet"),
        (CompactState.INTENDED, "is not ready yet"),
        (CompactState.NONE, "has no code of its own"),
    ):
        with town.transaction() as session:
            (one,) = session.query(Share).one().entries
            one.state, one.compact = state, None
        page = amara.read(share)
        assert words in page
        assert "holds the entry" not in page
        assert amara.open(f"{share}/print/sheet-colour.pdf").status_code == 200


def test_checks_are_counted_and_the_students_own_looks_are_not(
    amara: Visitor, share: str, town: Town, arrive: Arrive
) -> None:
    from passport.services.checking import checks

    assert "Not checked yet." in amara.read(share)
    assert "Genuine and current" in amara.read(f"{share}/look")
    assert "Not checked yet." in amara.read("/shares")
    for minute in range(2):
        town.clock.forward(minutes=minute)
        with town.transaction() as session:
            code = session.query(Share).one().code or ""
            result = checks.by_code(session, town.published(), code, town.clock())
            receipts.keep(session, result)
        words = ("Checked once, last on 14 March 2026", "Checked 2 times, last on 14 March 2026")[minute]
        assert words in amara.read(share)
        assert words in amara.read("/shares")


def test_what_a_student_looks_at_is_what_a_stranger_sees(
    amara: Visitor, share: str, town: Town, arrive: Arrive
) -> None:
    with town.transaction() as session:
        code = session.query(Share).one().code
    looked = result_of(amara.open(f"{share}/look").text)
    assert looked == result_of(arrive().open(f"/c/{code}").text)
    assert "Amara Demoson" in looked


def test_a_share_page_is_light(amara: Visitor, town: Town) -> None:
    """With six entries and all of their pictures, as a browser fetches them."""
    entries = [town.issued() for _ in range(6)]
    with town.transaction() as session:
        from passport.services.sharing import shares

        account, at = town.account(session, "amara"), town.clock()
        made = shares.draft(session, account, entries, at)
        shares.address_it(session, account, made.reference, "x", shares.usual_end(at), at)
        shares.activate(session, account, made.reference, at)
    from passport.jobs import queue as job_queue

    job_queue.make_codes(town.runtime)
    share = f"/shares/{made.reference}"
    page = amara.open(share)
    pictures = re.findall(r'<img[^>]*src="([^"]+)"', page.text)
    assert len(pictures) == 7
    weights = [len(amara.open(one, headers={"Accept-Encoding": "gzip"}).data) for one in pictures]
    assert len(page.data) + sum(weights) < 100_000


def test_the_button_copies_what_stands_there(
    app: Flask, serve: Serve, open_page: OpenPage, share: str
) -> None:
    address, page = serve(app), open_page("desktop")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/sign-in")
    page.fill("#email", "amara@example.test")
    page.fill("#password", PASSWORD)
    with page.expect_navigation():
        page.click("main button[type=submit]")
    page.goto(address + share)
    page.locator("[data-copy=text-short]").click()
    page.get_by_role("status").get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("Code and address").input_value()
    assert copied.startswith("Skills passport code: SP-")
