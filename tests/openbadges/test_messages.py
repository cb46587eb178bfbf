"""Credentials in messages: as mail programs, chats and people leave them, found once and in one piece."""

from __future__ import annotations

import codecs
import html
import json
import quopri
import textwrap
import time

import pytest

from passport.openbadges import messages
from passport.openbadges.errors import WrappedTooOften
from passport.openbadges.messages import read
from passport.proofs import json_text
from passport.proofs.keys import base64url
from tests.world import World

ENTRY = World().secured_entry()
JSON = json.dumps(ENTRY, indent=2, ensure_ascii=False)
BYTES = json_text.write(ENTRY)
TOKEN = World().token().decode()
VP = json.dumps({"type": "VerifiablePresentation", "verifiableCredential": [ENTRY]})


def in_lines(text: str, width: int = 76) -> str:
    return "\n".join(text[start : start + width] for start in range(0, len(text), width))


def quoted(text: str, mark: str = "> ") -> str:
    return textwrap.indent(text, mark, lambda _line: True)


def printed(text: str) -> str:
    return quopri.encodestring(text.encode()).decode()


def as_windows(text: str) -> str:
    """Take UTF-8 for Windows-1252, as Windows does: five of its bytes stand for control characters there."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


LETTER = "Hello,\n\nhere is my badge:\n\n{}\n\nBest wishes\nAmara"
FOUND = {
    "amid prose": LETTER.format(JSON),
    "right after a word": f"Badge:{JSON}.",
    "a presentation amid prose": LETTER.format(VP),
    "quoted": "On Monday Amara wrote:\n" + quoted(LETTER.format(JSON)),
    "quoted twice": quoted(quoted(LETTER.format(JSON), ">")),
    "quoted-printable": printed(LETTER.format(JSON)),
    "quoted-printable with CRLF": printed(LETTER.format(JSON)).replace("\n", "\r\n"),
    "quoted and quoted-printable": quoted(printed(LETTER.format(JSON))),
    "quoted-printable in Windows-1252": quopri.encodestring(LETTER.format(JSON).encode("cp1252")).decode(),
    "escaped for HTML": f"<p>Here it is:</p><pre>{html.escape(JSON)}</pre>",
    "escaped, alone": html.escape(JSON),
    "taken for Windows-1252": as_windows(JSON),
    "taken for Latin-1": LETTER.format(JSON).encode().decode("latin-1"),
    "in a cell": f'name,badge\nAmara,"{JSON.replace(chr(34), 2 * chr(34))}"\n',
    "in a fence": f"```json\n{JSON}\n```",
}
TOKENS = {
    "alone": TOKEN,
    "with blanks": f"\n  {TOKEN} \n",
    "as a JSON string": f'"{TOKEN}"',
    "with a label": f"My badge:\n\n{TOKEN}",
    "with a label in its line": f"My badge: {TOKEN}",
    "at the end of a sentence": f"My badge is {TOKEN}.",
    "in lines": in_lines(TOKEN),
    "in lines with CRLF": in_lines(TOKEN, 64).replace("\n", "\r\n"),
    "in lines that fit, and a word": in_lines(TOKEN, len(TOKEN) // 7 + 1) + "\nThanks",
    "in lines after a label": in_lines(f"My badge: {TOKEN}") + "\n\nThanks",
    "in one line, and a word": f"{TOKEN}\nThanks",
    "in quoted lines": "She wrote:\n" + quoted(in_lines(TOKEN) + "\nThanks"),
    "quoted-printable": printed(LETTER.format(TOKEN)),
    "in lines of HTML": "<p>My badge:</p>\n<p>" + in_lines(TOKEN).replace("\n", "<br>\r\n") + "</p>",
    "jwt in JSON in prose": LETTER.format(json.dumps({"jwt": TOKEN})),
    "in a link": f"https://wallet.example/share?vc={TOKEN}",
}


@pytest.mark.parametrize("name", FOUND)
def test_json_comes_out_whole(name: str) -> None:
    found = read(FOUND[name])
    assert [json.loads(one) for one in found.opened.credentials] == [ENTRY]
    assert not found.mended
    assert not found.broken


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_comes_out_whole(name: str) -> None:
    assert read(TOKENS[name]).opened.credentials == [TOKEN.encode()]


@pytest.mark.parametrize("width", [40, 60, 64, 72, 76, 78, 80, 100, 998])
@pytest.mark.parametrize("label", ["", "Badge: ", "Here is the badge that I was given in March: "])
def test_a_token_ends_where_its_signature_ends(width: int, label: str) -> None:
    text = f"Hello\n\n{in_lines(label + TOKEN, width)}\nThanks\nAmara"
    assert read(text).opened.credentials == [TOKEN.encode()]
    assert "".join(read(text).rests[0].split()) == "".join(f"Hello{label}ThanksAmara".split())


def test_a_token_of_an_unknown_algorithm_ends_with_its_last_shorter_line() -> None:
    header, signature = base64url(b'{"alg":"ES9"}'), "c2" * 100
    token = f"{header}.{header}.{signature}"
    assert read(in_lines(token, 60) + "\nThanks").opened.credentials == [token.encode()]


def test_json_whose_words_were_broken_is_put_together_and_marked() -> None:
    """Mail programs replace the space at which they break a line."""
    lines = JSON.replace(" the ", " the\n").replace('"proofValue": "z', '"proofValue": "z\n')
    found = read(LETTER.format(lines))
    assert [json.loads(one) for one in found.opened.credentials] == [ENTRY]
    assert found.mended == {BYTES}


def test_what_stands_beside_is_left_over() -> None:
    found = read(f"My code is SP-4F7K-9QXM-2TW9.\n{JSON}\nand {TOKEN}\nhttps://elsewhere.example/")
    assert found.opened.credentials == [BYTES, TOKEN.encode()]
    assert " ".join(found.rests[0].split()) == "My code is SP-4F7K-9QXM-2TW9. and https://elsewhere.example/"


@pytest.mark.parametrize(
    "text",
    [
        "Hello",
        '{"a": 1} and {"b": 2}',
        "a.b.c",
        "www.example.com",
        "eyJhbGciOiJub25lIn0",
        '"hello"',
        "[1, 2]",
    ],
)
def test_there_is_none(text: str) -> None:
    found = read(f"See {text}")
    assert (found.opened.credentials, found.broken) == ([], False)
    assert found.rests[0] == f"See {text}"


@pytest.mark.parametrize(
    "text", [JSON[:-400], JSON.replace('"name"', '"id": "urn:x:y", "name"', 1), "{ hello }"]
)
def test_a_badge_that_is_cut_off_is_not_searched_for_its_parts(text: str) -> None:
    """The endorsement inside is a credential of its own: it is not what was handed in."""
    found = read(text)
    assert (found.opened.credentials, found.broken) == ([], True)


def test_work_grows_with_the_text_alone() -> None:
    mb = 1024 * 1024
    began = time.process_time()
    for part in (
        '{"',
        '{"a":',
        '{"@context":',
        '{"a":[1,2',
        "eyJhbGciOiJub25lIn0.",
        "eyJhbGci",
        ">",
        "=\n",
        '{"\n"',
    ):
        read(part * (mb // len(part) // 4))
    read('{"@context": ' + '"\\' * (mb // 8))  # each quotation mark may begin a string without an end
    read('{"@context": "x\ny' + " " * (mb // 4) + 'y"}')  # each blank may come before a line's end
    assert time.process_time() - began < 30
    with pytest.raises(WrappedTooOften):
        read(json.dumps([TOKEN] * 101))


def test_the_parts_of_a_saved_mail() -> None:
    from tests.fixtures.own_inputs import saved_mail

    whole = saved_mail("Grüße", JSON, attached=True)
    for mail in (whole, whole.replace("\n", "\r\n"), f"Received: from a\n by b\n{whole}"):
        assert messages.is_mail(mail.encode())
        text, page, badge = messages.mail_parts(mail.encode())
        assert text.decode().strip() == "Grüße"
        assert "elsewhere.example" in page.decode()
        assert json.loads(badge) == ENTRY
    for other in (
        JSON,
        LETTER.format(JSON),
        "Hello: there\n\nMIME-Version: 1.0",
        "From: a\nTo: b\n\nHello",
        "",
    ):
        assert not messages.is_mail(other.encode())


@pytest.mark.parametrize("said", ["", "; charset=us-ascii", "; charset=utf-8", "; charset=windows-1252"])
def test_a_mail_in_the_letters_of_windows_is_read_whatever_it_says_of_itself(said: str) -> None:
    """Some programs name no character set, or a wrong one. A quotation mark of ours is one byte there."""
    head = f"MIME-Version: 1.0\r\nContent-Type: text/plain{said}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    (text,) = messages.mail_parts(head.encode() + LETTER.format(JSON).encode("cp1252"))
    assert read(text.decode()).opened.credentials == [BYTES]


def test_lines_between_blanks_are_joined() -> None:
    held = '{"@context": "https://x.example/a\t\n\n\t\nb", "proof": "c\r\n\t>d\t\n"}'
    (joined,) = read(held).opened.credentials
    assert json.loads(joined) == {"@context": "https://x.example/ab", "proof": "cd"}


@pytest.mark.parametrize("said", ["idna", "punycode", "undefined", "utf\0-8", "zlib", "x-nothing"])
def test_a_mail_may_name_any_character_set(said: str) -> None:
    """Some names of Python's codecs are none of character sets, raise other errors, or take very long."""
    head = f'MIME-Version: 1.0\nContent-Type: text/plain; charset="{said}"\n\n'
    began = time.process_time()
    for text in (JSON, "xn--a.b", "-" + "aa" * 200_000):
        assert len(messages.mail_parts((head + text).encode())) == 1
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "inside",
    [
        "Content-Type: message/rfc822\n\n" * 3_000,
        "".join(f"Content-Type: multipart/mixed; boundary=x{n}\n\n--x{n}\n" for n in range(900)),
        "".join(f"content-type:\r\n multipart/digest; boundary=x{n}\r\n\r\n--x{n}\r\n" for n in range(900)),
        'Content-Type: multipart/mixed; boundary="' + ";" * 30_000,
        'Content-Type: multipart/mixed; boundary="' + ";\n " * 30_000,
        "\n" * 700_000,
    ],
    ids=["messages", "parts", "digests", "long", "folded", "lines"],
)
def test_a_mail_that_encloses_more_than_mails_do_is_not_opened(inside: str) -> None:
    with pytest.raises(WrappedTooOften):
        messages.mail_parts(f"MIME-Version: 1.0\n{inside}\n\nx".encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_the_encodings_of_office_software(encoding: str) -> None:
    for text in (JSON, as_windows(JSON)) if encoding == "utf-16" else (JSON,):
        (held,) = read(messages.decoded(text.encode(encoding))).opened.credentials
        assert json.loads(held) == ENTRY
    big_endian = codecs.BOM_UTF16_BE + JSON.encode("utf-16-be")
    assert messages.decoded(big_endian) == JSON
