"""What the text of a code means: the page's scanner and the service say the same, however it is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from passport.services.checking import text_search
from passport.services.checking.parsed_input import Found

if TYPE_CHECKING:
    from playwright.sync_api import Page

OURS = "https://passport.example"
CODE, PRETTY = "SP4F7K9QXM2TW9", "SP-4F7K-9QXM-2TW9"
SHARE = f"{OURS}/c/{CODE}"
ENTRY = f"{SHARE}#1" + "123456789" * 20
REWRITTEN = f"https://eur02.safelinks.protection.outlook.com/?url={quote(SHARE, safe='')}&data=05"
TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"

CASES: dict[str, list[str]] = {
    "share": [
        SHARE,
        f"{SHARE}/",
        f"{SHARE}?utm_source=poster",
        f"{SHARE}/?utm_source=poster&utm_medium=qr",
        f"{SHARE}#main-content",
        f"{SHARE}#xtor=RSS-1",
        f"{OURS}/c/{PRETTY}",
        f"{OURS}/c/{PRETTY.lower()}/",
        SHARE.upper(),
        SHARE.replace("https", "http"),
        f"{OURS}:443/c/{CODE}",
        f"passport.example/c/{CODE}",
        f"PASSPORT.EXAMPLE/C/{PRETTY}",
        CODE,
        PRETTY,
        PRETTY.lower(),
        f"Code: {PRETTY}",
        "“4F7K 9QXM 2TW9”",
        "4F7K 9QXM 2TW9",
        f"Scan me! {SHARE}.",
        f"Amara Demoson\nSkills passport: {PRETTY}\nLanternmoor",
        f"[my passport]({SHARE})",
        f'=HYPERLINK("{SHARE}","{PRETTY}")',
    ],
    "entry": [
        ENTRY,
        ENTRY.replace("https", "http"),
        ENTRY.replace("#", "?utm_source=poster#"),
        ENTRY.replace("#", "/#"),
        ENTRY.replace(CODE, PRETTY.lower()),
        f"This is what the scanner says: {ENTRY}",
    ],
    "page": [
        OURS,
        f"{OURS}/",
        f"{OURS}/check",
        f"{OURS}/check#main-content",
        f"{OURS}/help#1.2",
        f"{OURS}/c/",
        f"{OURS}/help/",
    ],
    "elsewhere": [
        "https://elsewhere.example",
        "elsewhere.example",
        f"https://elsewhere.example/c/{CODE}",
        f"elsewhere.example/c/{CODE}",
        f"{OURS}@elsewhere.example/c/{CODE}",
        f"https://passport.example.evil.test/c/{CODE}",
        f"{OURS}:8443/c/{CODE}",
        f"ftp://passport.example/c/{CODE}",
        f"//passport.example/c/{CODE}",
        f"javascript:/c/{CODE}",
        f"data:text/html,/c/{CODE}",
        f"https://elsewhere.example/?url={quote(SHARE, safe='')}",
    ],
    "badge": [
        f"My badge:\n{TOKEN}",
        f"Hello, {json.dumps({'jwt': TOKEN})}",
        '{"jwt": "x"}',
        TOKEN,
        f'["{TOKEN}"]',
    ],
    "nothing": [
        "hello",
        "WIFI:T:WPA;S:school;P:secret;;",
        "12345",
        "n/a",
        "tel:+441632960001",
        "SP-4F7K-9QXM-2TW0",
    ],
}


def service_says(found: Found) -> str:
    """What the service finds, in the words of the scanner; another page of ours has nothing in it either."""
    for kind, things in (("entry", found.fragments), ("share", found.codes), ("badge", found.documents)):
        if things:
            return kind
    return "elsewhere" if found.others else "nothing"


def test_the_service_reads_a_code_as_it_reads_pasted_text() -> None:
    for kind, cases in CASES.items():
        for text in cases:
            found = text_search.everything_in(text, OURS)
            assert service_says(found) == ("nothing" if kind == "page" else kind), text
            assert found.codes in ((), (CODE,)), text
            assert found.fragments in ((), (ENTRY,)), text


def scanned(modules: Page, given: list[str]) -> list[dict[str, Any]]:
    script = """async ([texts, ours]) => {
      const { meaning } = await import("/static/check/scanned.js");
      return texts.map((text) => meaning(text, [ours], ours));
    }"""
    said: list[dict[str, Any]] = modules.evaluate(script, [given, OURS])
    return said


def test_the_scanner_reads_a_code_as_the_service_does(modules: Page) -> None:
    every = [(kind, text) for kind, cases in CASES.items() for text in cases]
    for (kind, text), said in zip(every, scanned(modules, [text for _, text in every]), strict=True):
        assert said["kind"] == kind, text
        if kind == "share":
            assert (said["code"], said["origin"]) == (CODE, OURS), text
        if kind == "entry":
            assert said["text"] == ENTRY, text


def test_what_a_gateway_rewrote_is_another_site_to_a_camera_and_its_code_is_offered(modules: Page) -> None:
    ten_times = REWRITTEN
    for _ in range(9):
        ten_times = f"https://eur02.safelinks.protection.outlook.com/?url={quote(ten_times, safe='')}"
    for text in (REWRITTEN, ten_times):
        [said] = scanned(modules, [text])
        assert (said["kind"], said["code"]) == ("elsewhere", CODE)
        assert text_search.everything_in(text, OURS) == Found((CODE,))
