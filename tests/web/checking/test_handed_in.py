"""Typing, pasting and uploading on one page, without JavaScript and without a cookie."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from passport.adapters import pictures, qr
from passport.jobs import queue as job_queue
from passport.limits import READER_TIME
from passport.openbadges import address, share_code
from passport.web.checking import reader_time, typing_hints
from tests.fixtures import sheets
from tests.fixtures.towns import Town
from tests.web.conftest import Arrive, Visitor
from tests.web.places import questions

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.fixtures.occupied import Occupied

INPUTS = Path(__file__).parents[2] / "inputs" / "old-badges"
BADGE = pictures.Badge("Measuring", 3, "On my own", "Made in Brindlemoor", "#1d5c63")
HEADING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


def ask(visitor: Visitor, **fields: object) -> TestResponse:
    """Send one of the page's forms; a file is bytes."""
    data = {
        name: FileStorage(io.BytesIO(value), "x.bin") if isinstance(value, bytes) else value
        for name, value in fields.items()
    }
    boundary, body = encode_multipart(data)
    kind = f"multipart/form-data; boundary={boundary}"
    return visitor.client.post("/check", data=body, content_type=kind, buffered=True)


def heading(answer: TestResponse) -> str:
    """The page's first heading."""
    found = HEADING.search(answer.text)
    assert found, answer.text
    return unescape(re.sub("<[^>]*>", "", found[1])).strip()


def problem(answer: TestResponse) -> str:
    """What the page says is wrong, and at which field."""
    assert answer.status_code in {400, 413, 429, 503}
    assert "<title>Error:" in answer.text
    found = re.search(r'error-summary__list">\s*<li>\s*<a href="#(\w+)">(.*?)</a>', answer.text, re.DOTALL)
    assert found
    return f"{found[1]}: {unescape(found[2])}"


@pytest.fixture
def code(town: Town) -> str:
    return town.shared(town.issued())


@pytest.fixture
def printed(town: Town, code: str) -> str:
    """The text of the entry's own code on paper."""
    from passport.db.sharing.shares import SharedCredential

    job_queue.make_codes(town.runtime)
    with town.transaction() as session:
        return address.write("http://localhost:8000", code, session.query(SharedCredential).one().compact)


@pytest.fixture
def badge(town: Town, code: str) -> bytes:
    from passport.db.credentials.records import Credential

    with town.transaction() as session:
        return session.query(Credential).one().document or b""


def test_the_page_has_every_way_and_leaves_no_cookie(arrive: Arrive) -> None:
    page = arrive().open("/check")
    assert page.text.count('method="post"') == 4, "with that of a badge in a code, for the page's scanner"
    assert "csrf_token" not in page.text
    assert "Set-Cookie" not in page.headers
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


def test_a_code_goes_to_its_page_however_it_comes(code: str, arrive: Arrive) -> None:
    pretty = share_code.pretty(code)
    sheet = sheets.encoded(sheets.sheet([f"http://localhost:8000/c/{code}"]))
    ways: list[dict[str, object]] = [
        {"code": pretty.lower()},
        {"code": f"My code is {pretty}, and my name is Amara"},
        {"text": pretty},
        {"text": f"Dear Sir or Madam,\n\nmy code is {pretty}.\nhttps://elsewhere.example/signature\n"},
        {"text": f"See http://localhost:8000/c/{code}."},
        {"text": f"\nHTTP://LOCALHOST:8000/c/{pretty.lower()}?from=mail \n"},
        {"file": sheet},
        {"file": sheets.pdf([sheets.sheet([f"http://localhost:8000/c/{code}"])])},
        {"file": sheets.written("Code: " + pretty)},
        {"file": sheets.form(pretty, beside=200)},
        {"file": sheets.form(*code, beside=22)},
        {"file": sheets.linked(f"http://localhost:8000/c/{code}")},
        {"file": qr.svg(f"http://localhost:8000/c/{code}").encode()},
        {"file": f"Dear Sir or Madam,\r\nmy code is {pretty}.".encode()},
    ]
    for way in ways:
        answer = ask(arrive(), **way)
        assert (answer.status_code, answer.location) == (303, f"/c/{code}"), way


def test_no_question_needs_a_token_and_none_may_come_from_another_site(
    app: Flask, code: str, arrive: Arrive
) -> None:
    found = questions(app)
    assert len(found) >= 3
    for rule, method in found:
        where = rule.build(dict.fromkeys(rule.arguments, code))
        assert where is not None
        for site, refused in (("cross-site", True), ("same-site", True), ("same-origin", False)):
            answer = arrive().client.open(where[1], method=method, headers={"Sec-Fetch-Site": site})
            assert ("This did not come from our page" in answer.text) is refused, (rule, site)
            assert "Set-Cookie" not in answer.headers, rule


def test_the_whole_text_of_a_printed_code(printed: str, code: str, arrive: Arrive) -> None:
    middle = len(printed) // 2
    for way in (
        {"text": printed},
        {"text": f"This is what the scanner says:\n{printed}\n"},
        {"text": printed[:middle] + "\n" + printed[middle:]},
        {"code": printed},
    ):
        answer = ask(arrive(), **way)
        assert (answer.status_code, heading(answer)) == (200, "Genuine and current"), way
        assert "Amara Demoson" in answer.text
        assert "It says what our own record says" in answer.text
        assert f'href="/c/{code}"' not in answer.text.partition("<main")[0]
        assert printed[-40:] not in answer.text, "nothing of it is sent back"
        assert re.search(r"R-\w{4}-\w{4}-\w{4}", answer.text)
    spoilt = printed[:-1] + str((int(printed[-1]) + 1) % 10)
    answer = ask(arrive(), text=spoilt)
    assert heading(answer) == "Not genuine: do not rely on this"
    for word in ("Amara", "Lanternmoor", "Measuring"):
        assert word not in answer.text
    elsewhere = ask(arrive(), text=printed.replace("localhost:8000", "elsewhere.example"))
    assert (elsewhere.status_code, heading(elsewhere)) == (400, "This leads to another site")


def test_a_badge_file_pasted_or_uploaded(badge: bytes, town: Town, arrive: Arrive) -> None:
    from passport.openbadges.baking import bake_png

    picture = sheets.encoded(sheets.small_page("https://elsewhere.example"))
    for way in (
        {"text": badge.decode()},
        {"file": badge},
        {"file": bake_png(sheets.encoded(_blank()), badge)},
        {"file": bake_png(sheets.encoded(_noise()), badge)},
        {"file": sheets.carrying(badge=badge)},
    ):
        answer = ask(arrive(), **way)
        assert (answer.status_code, heading(answer)) == (200, "Genuine and current")
        assert "Amara Demoson" in answer.text
        assert "You handed in an entry itself, without a code" in answer.text
        assert "Compare their date of birth" not in answer.text
        assert "Receipt:" not in answer.text
    answer = ask(arrive(), file=bake_png(picture, badge))
    assert heading(answer) == "Genuine and current", "with a code of somebody else's in the picture"
    assert "Leads to another site" in answer.text
    assert heading(ask(arrive(), file=badge.replace(b"Amara", b"Clara"))).startswith("Not genuine")


def _blank() -> Image.Image:
    return Image.new("L", (50, 50), 255)


def _noise() -> Image.Image:
    """A picture of five megabytes, which is less than is said to be taken."""
    return Image.effect_noise((2_600, 2_000), 90)


@pytest.mark.parametrize("name", ["ob1-text-url.png", "ob2-itxt.png", "svg-ob2.svg"])
def test_an_older_badge_gets_no_verdict_and_words_of_its_own(name: str, arrive: Arrive) -> None:
    answer = ask(arrive(), file=(INPUTS / name).read_bytes())
    assert heading(answer) == "We cannot check this kind of file"
    assert "Open Badges 1 or 2" in answer.text
    assert "Not genuine" not in answer.text


def test_three_codes_in_one_file_are_a_list_with_counts(town: Town, code: str, arrive: Arrive) -> None:
    from passport.services.credentials import lifecycle

    entry = town.issued()
    withdrawn, unknown = town.shared(entry), share_code.new()
    with town.transaction() as session:
        lifecycle.withdraw(session, town.account(session, "amara"), entry, town.clock())
    job_queue.publish_due(town.runtime)
    texts = [f"http://localhost:8000/c/{one}" for one in (code, withdrawn, unknown)]
    texts.append("https://elsewhere.example/c/" + code)
    answer = ask(arrive(), file=sheets.pdf([sheets.sheet(texts)]))
    assert answer.status_code == 200
    assert heading(answer) == "Genuine, but withdrawn"
    text = unescape(re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", answer.text)))
    assert "the most serious of 4 answers" in text
    for line in ("1 × Genuine and current", "1 × Genuine, but withdrawn", "1 × We cannot find this code"):
        assert line in text
    assert "1 × Leads to another site" in text
    assert f'href="/c/{code}"' in answer.text or share_code.pretty(code) in answer.text
    assert share_code.pretty(unknown) in text
    assert 'href="https://elsewhere' not in answer.text
    assert len(re.findall(r"R-\w{4}-\w{4}-\w{4}", text)) == 2


def test_every_file_that_cannot_be_read_has_its_words(arrive: Arrive) -> None:
    huge = sheets.encoded(Image.new("1", (10_000, 6_000), 1))
    wrong = {
        b"": "file: Choose a file first",
        sheets.empty_pages(1): "file: There is no code in this file",
        sheets.empty_pages(300): "file: This PDF has more than 50 pages",
        sheets.locked(sheets.empty_pages(1)): "file: This PDF has a password",
        huge: "file: This is too large",
        sheets.empty_pages(1)[:100]: "file: This file is damaged",
        b"hello": "file: There is no code in this file",
        b"GIF89a\x01\x00": "file: We cannot read this kind of file",
        b"\0\0\0\x18ftypheic\0\0\0\0": "file: This photo is in a format that only phones read (HEIC)",
        b"PK\x03\x04" + bytes(100): "file: We cannot read this kind of file",
        pictures.png(BADGE): "file: This is the picture of a badge, and it has lost its data",
        b"%PDF-" + bytes(12 * 1024 * 1024): "file: This is too large",
    }
    for data, words in wrong.items():
        assert problem(ask(arrive(), file=data)).startswith(words), words


def test_what_is_larger_than_any_photo_is_not_read_at_all(arrive: Arrive) -> None:
    said = {"CONTENT_LENGTH": str(33 * 1024 * 1024), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    answer = arrive().client.post("/check", environ_overrides=said)
    assert problem(answer).startswith("file: This is too large")
    assert answer.status_code == 413


def test_text_that_cannot_be_used_is_kept_in_its_box(arrive: Arrive) -> None:
    assert problem(ask(arrive(), text=" \n ")).startswith("text: Paste the text")
    cut = ask(arrive(), text='{"@context": ["https://www.w3.org/ns/cred')
    assert problem(cut).startswith("text: This looks like the text of a badge file")
    assert "https://www.w3.org/ns/cred" in unescape(cut.text)
    many = ask(arrive(), text="\n".join(share_code.pretty(share_code.new()) for _one in range(21)))
    assert problem(many).startswith("text: There are more than 20 codes in it")
    nonsense = ask(arrive(), text="<script>alert(1)</script>")
    assert (nonsense.status_code, heading(nonsense)) == (404, "We cannot find this code")
    assert "<script>alert" not in nonsense.text


def test_a_strangers_badge_is_folded_away(town: Town, arrive: Arrive) -> None:
    from tests.services.checking.test_handed_in import strangers

    answer = ask(arrive(), file=strangers("<b>Made in Faketown</b>"))
    assert heading(answer) == "We do not recognise who issued this"
    folded = answer.text.partition("What it claims to be")[2].partition("</details>")[0]
    assert "&lt;b&gt;Made in Faketown" in folded
    assert "Made in Faketown" not in answer.text.replace(folded, "")


@pytest.mark.parametrize(
    ("typed", "signs", "likely"),
    [
        ("SP-4F7K-9OXM-2TW9", "O", "SP-4F7K-9QXM-2TW9"),
        ("SP-4F7K-90XM-2TW9", "0", "SP-4F7K-9QXM-2TW9"),
        ("sp 4f7k 9oxm 2iw9", "O, I", "SP-4F7K-9QXM-2TW9"),
        ("SP-4FLK-9QXM-2TW9", "L", ""),
        ("SP-AAAA-EEEE-IIII", "A, E, I", ""),
        ("SP-4F7K-9XQM-2TW9", "", ""),
    ],
)
def test_letters_that_no_code_has_are_named(typed: str, signs: str, likely: str, arrive: Arrive) -> None:
    answer = ask(arrive(), code=typed)
    assert (answer.status_code, heading(answer)) == (404, "We cannot find this code")
    assert (f"Our codes have no {signs} in them." in answer.text) is bool(signs)
    assert ("Perhaps it is:" in answer.text) is bool(likely)
    assert likely in answer.text
    assert "Amara" not in answer.text


def test_no_other_code_is_offered_for_a_code_that_was_mistyped() -> None:
    """Change each sign of a code to each other one: what is offered must be the code that was meant."""
    code = "4F7K9QXM2TW9"
    offered = {
        likely
        for place, sign in enumerate(code)
        for other in share_code.ALPHABET
        if other != sign
        for slip in [typing_hints.find("SP" + code[:place] + other + code[place + 1 :])]
        for likely in (slip.likely if slip else ())
    }
    assert offered <= {share_code.pretty("SP" + code)}


def test_the_number_of_a_receipt_in_the_box_for_codes_opens_the_receipt(code: str, arrive: Arrive) -> None:
    page = arrive().read(f"/c/{code}")
    number = page.partition('href="/receipts/')[2].partition('"')[0]
    answer = ask(arrive(), code=f" {number.lower()} ")
    assert answer.status_code == 303
    assert "Then" in arrive().read(answer.location)
    assert ask(arrive(), code=number[:-1] + ("2" if number[-1] != "2" else "3")).status_code == 404


def test_entries_of_several_people_are_said_to_be_so(town: Town, code: str, arrive: Arrive) -> None:
    other = town.shared(town.issued("kit", "sky"), "kit")
    answer = ask(arrive(), text=f"{share_code.pretty(code)} and {share_code.pretty(other)}")
    text = unescape(re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", answer.text)))
    assert "These belong to several people: Amara Demoson , Kit Placeholder ." in text
    again = town.shared(town.issued())
    answer = ask(arrive(), text=f"{share_code.pretty(code)} and {share_code.pretty(again)}")
    assert "several people" not in answer.text


def test_files_that_find_no_reader_are_refused_soon_and_codes_are_checked_meanwhile(
    code: str, arrive: Arrive, occupied_readers: Occupied
) -> None:
    pdf = sheets.empty_pages(1)
    with ThreadPoolExecutor(10) as pool:
        asked = [pool.submit(ask, arrive(), file=pdf, code="SP 4F7K", text="a letter") for _ in range(10)]
        held = [occupied_readers.begun() for _ in range(2)]
        refused = [one.result() for _, one in zip(range(8), as_completed(asked, timeout=60), strict=False)]
        assert heading(arrive().open(f"/c/{code}")).startswith("Genuine and current")
        assert heading(ask(arrive(), code=code)) == "Redirecting..."
        for connection in held:
            connection.close()
        statuses = sorted(one.result(20).status_code for one in asked)
    assert statuses == [400] * 2 + [503] * 8
    for answer in refused:
        assert problem(answer).startswith("file: We are reading other files at the moment")
        assert int(answer.headers["Retry-After"]) > 0
        assert 'value="SP 4F7K"' in answer.text
        assert ">a letter</textarea>" in answer.text


def test_a_network_that_used_its_time_of_the_readers_is_refused_files_and_not_codes(
    code: str, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_time, "READER_TIME", replace(READER_TIME, most=1))
    pdf = sheets.empty_pages(1)
    assert ask(arrive(), file=pdf).status_code == 400
    answer = ask(arrive(), file=pdf, code=code)
    assert answer.status_code == 429
    assert problem(answer).startswith("file: Reading files from your network has taken a long time")
    assert 1 <= int(answer.headers["Retry-After"]) <= 300
    assert f'value="{code}"' in answer.text
    assert ask(arrive(), code=code).status_code == 303
    other = {"REMOTE_ADDR": "192.0.2.7"}
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(pdf), "x.pdf")})
    kind = f"multipart/form-data; boundary={boundary}"
    sent = arrive().client.post("/check", data=body, content_type=kind, environ_overrides=other)
    assert sent.status_code == 400


STRANGERS = Path(__file__).parents[2] / "inputs" / "strangers"
# The words of the page, and whether anything of the badge is shown: the true outcome and its reason
OF_STRANGERS = {
    "00-base.json": ("signed by whoever made this address; anyone can make one", True),
    "03-no-zone.json": ("not a time with its zone", True),
    "11-achtype-unknown.json": ("not as Open Badges 3.0 has it", True),
    "37-proof-array-2same.json": ("its issuer names no list", True),
    "45-jwt-typ-missing.jwt": ("signed by whoever made this address; anyone can make one", True),
    "57-jwt-v11-vc-claim-typ-JWT.jwt": ("it is written to an older version of the data model", True),
    "60-added-undefined-term.json": ("the member 'gradePointAverage' is not covered by it", False),
}


def test_a_strangers_badge_has_the_true_outcome_and_reason_of_each_check(arrive: Arrive) -> None:
    visitor = arrive()
    for name, (words, is_shown) in OF_STRANGERS.items():
        answer = ask(visitor, file=(STRANGERS / name).read_bytes())
        assert heading(answer) == "We do not recognise who issued this", name
        assert words in unescape(answer.text), name
        assert ("Plainly Invented College" in answer.text) is is_shown, name
        assert "Not genuine" not in answer.text
