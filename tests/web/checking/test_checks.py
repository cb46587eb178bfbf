from __future__ import annotations

import json
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest

from passport.services.checking import typed_codes as box
from passport.services.checking.typed_codes import is_ours
from tests.fixtures.towns import STORY, Town
from tests.web.conftest import Arrive


@pytest.fixture
def code(town: Town) -> str:
    return town.shared(town.issued())


def _ways(code: str) -> list[str]:
    middle = code[2:]
    hyphens = "-".join(["SP", middle[:4], middle[4:8], middle[8:]])
    return [
        code,
        code.lower(),
        hyphens,
        hyphens.lower(),
        hyphens.replace("-", " "),
        hyphens.replace("-", "–"),
        f"  {hyphens}  ",
        middle,
        f"http://localhost:8000/c/{code}",
        f"localhost:8000/c/{code}",
        f"HTTP://LOCALHOST:8000/c/{hyphens.lower()}",
        f"http://localhost:8000/C/{hyphens}",
        f"http://localhost:8000/c/{code}?from=mail#top",
        f"<http://localhost:8000/c/{code}>",
        f"(http://localhost:8000/c/{hyphens}).",
        f"Code: {hyphens}",
        f"code:{hyphens}.",
        f"My code is {hyphens}.",
        f"“{hyphens}”",
        f"'{code}'",
        f"[{hyphens}]",
        hyphens.replace("-", "."),
        hyphens.replace("-", "_"),
        hyphens.replace("-", "/"),
        hyphens.replace("-", " / ").lower(),
        "/".join([middle[:4], middle[4:8], middle[8:]]),
        ".".join([middle[:4], middle[4:8], middle[8:]]) + ".",
    ]


def test_every_way_to_type_a_code_leads_to_its_page(code: str, arrive: Arrive) -> None:
    for typed in _ways(code):
        answer = arrive().open("/check", query_string={"code": typed})
        assert (answer.status_code, answer.location) == (303, f"/c/{code}"), typed


def test_the_verdict_page_of_a_current_entry(code: str, arrive: Arrive) -> None:
    page = arrive().read(f"/c/{code}")
    in_order = [
        "<h1",
        "Genuine and current",
        "Amara Demoson",
        "Lanternmoor High School",
        "Confirm this is your applicant before you rely on it",
        "Measuring and checking",
        "third of four levels",
        "Not a national qualification level",
        "Measures to the drawing's limits",
        "The other levels of this skill",
        "Brindlemoor, version 1",
        "agreed by Robin Fixturely for employers and Casey Exampleby for schools",
        "Production Director",
        "Tinderbeck Precision Ltd",
        "Saw it happen",
        "Workplace",
        "Review date",
        "Employer endorsed",
        "What we checked",
        "Not checked",
        "What this is not",
        "UCAS Tariff points",
        "14 March 2026 at 3:00pm",
    ]
    body = page[page.index("<main") :]
    places = [body.index(words) for words in in_order]
    assert places == sorted(places)
    for private in (STORY, "amara@example.test", "2011", "Year 10"):
        assert private not in page
    assert "<title>Genuine and current" in page
    assert len(page) < 20_000


def test_an_unknown_code_is_echoed_and_nothing_more(arrive: Arrive) -> None:
    answer = arrive().open("/c/SP-4F7K-9QXM-2TW9")
    assert answer.status_code == 404
    assert "We cannot find this code" in answer.text
    assert "SP-4F7K-9QXM-2TW9" in answer.text
    assert "Check what you typed" not in answer.text


@pytest.mark.parametrize(
    "typed", ["sp4f7k9qxm2tw8", "4f7k 9qxm 2tw8", "Code: SP.4F7K.9QXM.2TW8.", "SP-4F7K9QXM-2TW8"]
)
def test_a_code_of_the_right_length_is_echoed_as_it_stands_on_paper(typed: str, arrive: Arrive) -> None:
    page = unescape(arrive().open("/check", query_string={"code": typed}).text)
    assert '<bdi class="sp-code">SP-4F7K-9QXM-2TW8</bdi>' in page
    assert "Check what you typed" in page
    page = unescape(arrive().open("/c/" + quote(typed, safe="")).text)
    assert '<bdi class="sp-code">SP-4F7K-9QXM-2TW8</bdi>' in page


def test_a_broken_code_has_a_hint_and_is_echoed_safely(arrive: Arrive) -> None:
    for typed in (
        "SP-4F7K-9QXM-2TW8",
        "<script>alert(1)</script>",
        "'\"><img src=x onerror=alert(1)>",
        "٣" * 400,
    ):
        answer = arrive().open("/check", query_string={"code": typed})
        assert answer.status_code == 404
        assert "Check what you typed" in answer.text
        assert "<script>alert" not in answer.text
        assert "<img" not in answer.text
        assert typed[:200] in unescape(answer.text)


@pytest.mark.parametrize("typed", ["", "   "])
def test_nothing_typed_is_an_error_at_the_field(typed: str, arrive: Arrive) -> None:
    answer = arrive().open("/check", query_string={"code": typed})
    assert answer.status_code == 400
    assert "<title>Error:" in answer.text
    assert 'href="#code"' in answer.text


ELSEWHERE = [
    "https://passport.example.evil/c/{code}",
    "http://localhost:8001/c/{code}",
    "http://localhost/c/{code}",
    "http://localhost:8000@elsewhere.example/c/{code}",
    "http://elsewhere.example@localhost:8000/c/{code}",
    "http://localhost:8000.elsewhere.example/c/{code}",
    "http://lоcalhost:8000/c/{code}",
    "http://xn--lcalhost-xyz:8000/c/{code}",
    "http://[::1/c/{code}",
    "javascript://localhost:8000/c/{code}",
    "//localhost:8000/c/{code}",
    "elsewhere.example/c/{code}",
    "elsewhere.example?c={code}",
    "elsewhere.example#{code}",
    "www.elsewhere.example",
    "“www.elsewhere.example”.",
    "<https://elsewhere.example/c/{code}>",
    "Code: elsewhere.example/c/{code}",
]
# each looked at as a text with codes in it, and as a code
WITHOUT_A_CODE = (
    "http://localhost:8000/help#1",
    "http://localhost:8000/check#12345",
    "http://localhost:8000/#1",
    "see http://localhost:8000/help?x=SP-4F7K-9QXM-2TW9 now",
    "  http://localhost:8000/c/#1  ",
)
OURS_WITHOUT_A_CODE = [
    "http://localhost:8000",
    "localhost:8000",
    "http://localhost:8000/",
    "http://localhost:8000/c/",
    "http://localhost:8000/d/{code}",
    "http://localhost:8000/help",
    "http://localhost:8000//elsewhere.example/c/{code}",
]


def test_an_address_of_another_site_is_refused_in_words(code: str, arrive: Arrive) -> None:
    for address in ELSEWHERE:
        typed = address.format(code=code)
        answer = arrive().open("/check", query_string={"code": typed})
        assert not is_ours(typed, "http://localhost:8000"), typed
        assert answer.status_code == 400, typed
        assert "This leads to another site" in answer.text
        assert "http://localhost:8000/c/" in answer.text
        assert "Amara" not in answer.text


def test_a_text_in_which_no_code_stands_is_answered_once(arrive: Arrive) -> None:
    """Two readers sent such a text to each other until the stack was full."""
    visitor = arrive()
    for text in WITHOUT_A_CODE:
        asked = visitor.open("/check", query_string={"code": text})
        typed, pasted = (visitor.client.post("/check", data={box: text}) for box in ("code", "text"))
        assert {answer.status_code for answer in (asked, typed, pasted)} <= {200, 400, 404}, text


def test_another_page_of_ours_is_not_a_code_and_not_another_site(code: str, arrive: Arrive) -> None:
    for address in OURS_WITHOUT_A_CODE:
        typed = address.format(code=code)
        answer = arrive().open("/check", query_string={"code": typed})
        assert answer.status_code == 400, typed
        assert "That is a page of this service, but not the page of a code" in answer.text
        assert f'value="{typed}"' in answer.text
        assert "another site" not in answer.text.partition("<template")[0]


@pytest.mark.parametrize(
    ("pasted", "ours"),
    [
        ("https://passport.example/c/x", True),
        ("https://passport.example:443/c/x", True),
        ("http://passport.example/c/x", True),
        ("http://passport.example:80/c/x", True),
        ("PASSPORT.example/c/x", True),
        ("http://passport.example:443/c/x", False),
        ("https://passport.example:80/c/x", False),
        ("https://passport.example:8443/c/x", False),
        ("https://passport.example:99999/c/x", False),
        ("ftp://passport.example/c/x", False),
        ("https://me@passport.example/c/x", False),
    ],
)
def test_the_usual_port_may_be_written_or_left_out(pasted: str, ours: bool) -> None:
    assert is_ours(pasted, "https://passport.example") is ours
    assert box.looks_like_an_address(pasted)


def test_nothing_is_shown_of_an_entry_that_was_altered(code: str, town: Town, arrive: Arrive) -> None:
    with town.transaction() as session:
        from passport.db.credentials.records import Credential

        stored = session.query(Credential).one()
        assert stored.document is not None
        stored.document = stored.document.replace(b"Amara Demoson", b"Alice Demoson")
    page = arrive().read(f"/c/{code}")
    assert "Not genuine: do not rely on this" in page
    for claim in ("Amara", "Alice", "Demoson", "Measuring", "Robin", "Tinderbeck"):
        assert claim not in page
    assert "Failed" in page


@pytest.mark.parametrize("broken", ["gone", "old", "nonsense"])
def test_what_cannot_be_checked_is_never_a_pass(broken: str, code: str, town: Town, arrive: Arrive) -> None:
    bundle = town.runtime.public.directory / "bundle.json"
    if broken == "gone":
        bundle.unlink()
    elif broken == "old":
        town.clock.forward(hours=25)
    else:
        bundle.write_text("{")
    page = arrive().read(f"/c/{code}")
    assert "We could not finish the check" in page
    assert "Genuine and current" not in page
    assert "Amara" not in page


def test_the_operator_may_ask_for_fresher_lists(
    code: str, town: Town, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(town.runtime.settings.__dict__, "status_max_age", timedelta(hours=6))
    town.clock.forward(hours=5)
    assert "Genuine and current" in arrive().read(f"/c/{code}")
    town.clock.forward(hours=2)
    assert "We could not finish the check" in arrive().read(f"/c/{code}")


def test_several_entries_are_counted_and_the_worst_comes_first(town: Town, arrive: Arrive) -> None:
    from passport.jobs import queue as job_queue
    from passport.services.credentials import lifecycle
    from passport.services.sharing import shares

    first, second = town.issued(), town.issued()
    with town.transaction() as session:
        amara, at = town.account(session, "amara"), town.clock()
        share = shares.draft(session, amara, [first, second], at)
        shares.address_it(session, amara, share.reference, "both", shares.usual_end(at), at)
        code = shares.activate(session, amara, share.reference, at).code
        lifecycle.withdraw(session, amara, second, at)
    job_queue.run_due(town.runtime)
    page = arrive().read(f"/c/{code}")
    assert page.index("Genuine, but withdrawn") < page.index("2 entries in this code")
    assert "1 × Genuine and current" in page
    assert "1 × Genuine, but withdrawn" in page
    assert "This is said of 1 of the 2 entries" in page
    assert "What this is not" in page
    assert "issuers named here" not in page.partition("2 entries")[0], "of the withdrawn one none is named"


def test_a_framework_is_open_to_everybody(arrive: Arrive) -> None:
    page = arrive().read("/frameworks/1/1")
    assert page.count("With guidance") == 12
    assert "Robin Fixturely" in page
    assert "Measuring and checking" in arrive().read("/frameworks/1/1/skills/4")
    for address in ("/frameworks/1/2", "/frameworks/9/1", "/frameworks/1/1/skills/99", "/frameworks/x/1"):
        assert arrive().open(address).status_code == 404


def test_a_real_service_has_no_demo_pages_and_no_demo_banner(arrive: Arrive) -> None:
    assert arrive().open("/demo/codes").status_code == 404
    assert arrive().open("/demo/codes.json").status_code == 404
    assert "Demo data" not in arrive().read("/")


def test_a_demo_says_so_everywhere_and_lists_its_codes(town: Town, code: str) -> None:
    from dataclasses import replace

    from passport.app import create_app
    from passport.db.checking.demo_codes import DemoCode

    with town.transaction() as session:
        session.add(DemoCode(verdict="V1", code=code, why="An entry"))
    client = create_app(replace(town.runtime, demo=True)).test_client()
    table = client.get("/demo/codes").text
    assert '<td class="govuk-table__cell">V1: Genuine and current</td>' in table
    assert f'href="/c/{code}"' in table
    listed = json.loads(client.get("/demo/codes.json").data)
    assert listed[0]["verdict"] == "V1"
    assert client.get(f"/check?code={listed[0]['code']}").location == f"/c/{code}"
    for address in ("/", "/sign-in", f"/c/{code}", "/nowhere", "/help"):
        assert "Demo data: not real people" in client.get(address).text
