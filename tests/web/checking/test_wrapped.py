"""What stands around a badge changes no answer: on the page, at the desk, in the API and in `verify`."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from passport import cli
from passport.db.credentials.records import Credential
from passport.proofs import data_integrity, keys, signing
from passport.proofs.keys import Role
from tests.fixtures import own_inputs, sheets
from tests.fixtures.own_inputs import as_files, in_messages, presentation, wrapped_json
from tests.openbadges.test_baking import a_png, chunk
from tests.web.checking.test_desk import answer as desk_answer
from tests.web.checking.test_desk import hand_in, results
from tests.web.checking.test_handed_in import ask, heading, problem

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from tests.fixtures.towns import Town
    from tests.web.conftest import Arrive


GENUINE, FORGED = "Genuine and current", "Not genuine: do not rely on this"
URL = "http://localhost:8000"
KEY = signing.generate(Role.ISSUE)
HOLDER = f"did:key:{keys.to_multibase(KEY.public_key)}"
Entry = tuple[dict[str, Any], str]


@pytest.fixture
def entry(town: Town) -> Entry:
    """A current entry, as JSON and as a token."""
    town.issued()
    with town.transaction() as session:
        row = session.query(Credential).one()
        return json.loads(row.document or b""), (row.token or b"").decode()


@pytest.fixture
def code(town: Town) -> str:
    return town.shared(town.issued())


def signed(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A presentation that its holder's wallet signed for another person's question."""
    options = data_integrity.proof_options(HOLDER, own_now(), "authentication")
    secured = data_integrity.add_proof(
        presentation(document, holder=HOLDER), {**options, "challenge": "4f2c"}, KEY
    )
    return {**secured, **changes}


def own_now() -> Any:
    from tests.fixtures.towns import NOW

    return NOW


def every_file(entry: Entry) -> dict[str, bytes]:
    return as_files(wrapped_json(*entry)) | as_files(in_messages(*entry))


@pytest.mark.parametrize(("spoil", "expected"), [(False, GENUINE), (True, FORGED)])
def test_the_page_and_the_desk(spoil: bool, expected: str, town: Town, entry: Entry, arrive: Arrive) -> None:
    files = every_file(own_inputs.forged(*entry) if spoil else entry)
    visitor = arrive()
    for name, data in files.items():
        pasted = [] if name.endswith(".eml") else [ask(visitor, text=data.decode())]
        for answer in (ask(visitor, file=data), *pasted):
            assert (answer.status_code, heading(answer)) == (200, expected), name
            assert ("Amara Demoson" in answer.text) is not spoil, name
            assert "Clara" not in answer.text, name
    place = results(town, visitor, hand_in(visitor, *files.items()))
    _head, *rows = desk_answer(visitor, place)
    assert len(rows) == len(files)
    assert all(expected in row for row in rows), rows


@pytest.mark.parametrize(("spoil", "expected"), [(False, GENUINE), (True, FORGED)])
def test_a_picture_as_image_tools_save_it(
    spoil: bool,
    expected: str,
    town: Town,
    entry: Entry,
    arrive: Arrive,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    document, _token = own_inputs.forged(*entry) if spoil else entry
    visitor, credential = arrive(), json.dumps(document).encode()
    files = {
        "with-a-language.png": baked(b"\0\0en-GB\0Open Badge Credential\0", credential),
        "with-a-mark.png": baked(b"\0\0\0\0", b"\xef\xbb\xbf" + credential),
        "packed.png": baked(b"\1\0\0\0", zlib.compress(credential)),
        "of-5-MB.png": baked(b"\0\0\0\0", credential, filler=5 * 1024 * 1024),
    }
    trust = town.runtime.public.directory / "bundle.json"
    for name, data in files.items():
        assert heading(ask(visitor, file=data)) == expected, name
        (tmp_path / name).write_bytes(data)
        command = ["verify", str(tmp_path / name), "--trust", str(trust), "--at", town.clock().isoformat()]
        assert cli.main([*command, "--json"]) == (1 if spoil else 0), name
        assert json.loads(capsys.readouterr().out)["verdict"] == ("V7" if spoil else "V1"), name
    place = results(town, visitor, hand_in(visitor, *files.items()))
    _head, *rows = desk_answer(visitor, place)
    assert len(rows) == len(files)
    assert all(expected in row for row in rows), rows


def baked(head: bytes, credential: bytes, filler: int = 0) -> bytes:
    """A PNG with a credential in an iTXt chunk, and with a long private chunk beside it."""
    more = [chunk(b"prVt", bytes(filler))] if filler else []
    return a_png(chunk(b"iTXt", b"openbadgecredential\0" + head + credential), *more)


@pytest.mark.parametrize(("spoil", "verdict"), [(False, "V1"), (True, "V7")])
def test_the_api_and_the_command(
    spoil: bool,
    verdict: str,
    app: Flask,
    town: Town,
    entry: Entry,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = own_inputs.forged(*entry) if spoil else entry
    trust = town.runtime.public.directory / "bundle.json"
    base = ["--trust", str(trust), "--at", town.clock().isoformat(), "--json"]
    for name, data in every_file(given).items():
        (tmp_path / name).write_bytes(data)
        assert cli.main(["verify", str(tmp_path / name), *base]) == (1 if spoil else 0), name
        assert json.loads(capsys.readouterr().out)["verdict"] == verdict, name
    client = app.test_client()
    for name, value in [*wrapped_json(*given).items(), ("token", given[1])]:
        told = client.post("/credentials/verify", json={"verifiableCredential": value}).get_json()
        assert (told["verified"], told["verdict"]) == (not spoil, verdict), name
        if name.startswith("wallet"):
            told = client.post("/presentations/verify", json={"verifiablePresentation": value}).get_json()
            assert (told["verified"], told["verdict"]) == (not spoil, verdict), name
            assert [one["verdict"] for one in told["credentialResults"]] == [verdict], name


def test_a_presentations_own_proof_has_a_line_and_changes_no_verdict(
    app: Flask, town: Town, entry: Entry, arrive: Arrive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document, _token = entry
    trust = ["--trust", str(town.runtime.public.directory / "bundle.json"), "--json"]
    for given, outcome in (
        (presentation(document), "not checked"),
        (signed(document), "passed"),
        (signed(document, id="urn:x:changed"), "failed"),
        (signed(document, holder="did:web:a.example"), "not checked"),
    ):
        is_good = outcome != "failed"
        answer = ask(arrive(), file=json.dumps(given).encode())
        assert heading(answer) == GENUINE
        assert f"sp-outcome--{outcome.replace(' ', '-')}" in answer.text.partition("own signature:")[2][:200]
        told = app.test_client().post("/presentations/verify", json={"verifiablePresentation": given})
        assert (told.status_code, told.get_json()["verdict"]) == (200 if is_good else 400, "V1")
        checks = {check["name"]: check["outcome"] for check in told.get_json()["checks"]}
        assert checks == {"shape": "passed", "proof": outcome, "holder": "not checked"}
        (tmp_path / "vp.json").write_text(json.dumps(given))
        at = ["--at", town.clock().isoformat()]
        assert cli.main(["verify", str(tmp_path / "vp.json"), *trust, *at]) == (0 if is_good else 1)
        said = json.loads(capsys.readouterr().out)
        assert (said["verdict"], said["presentations"][0]["outcome"]) == ("V1", outcome)
    visitor = arrive()
    changed = json.dumps(signed(document, id="urn:x:changed")).encode()
    place = results(town, visitor, hand_in(visitor, ("vp.json", changed)))
    assert "the presentation around them was changed" in " ".join(desk_answer(visitor, place)[1])


def test_of_several_the_worst_is_the_heading(entry: Entry, arrive: Arrive) -> None:
    spoilt, _ = own_inputs.forged(*entry)
    answer = ask(arrive(), file=json.dumps(presentation(entry[0], spoilt)).encode())
    assert heading(answer) == FORGED
    assert "1 × Genuine and current" in answer.text
    assert "Clara" not in answer.text


def test_lines_that_a_mail_program_broke_accuse_no_one(entry: Entry, arrive: Arrive) -> None:
    """It may break lines at a space or elsewhere: put together wrongly, a genuine badge looks changed."""
    text = json.dumps(entry[0])
    at_spaces = text.replace(" the ", " the\n")
    assert heading(ask(arrive(), text=f"Hello\n{at_spaces}\nAmara")) == GENUINE
    anywhere = text.replace("Demoson", "Demo\nson")
    assert problem(ask(arrive(), text=anywhere)).startswith("text: A mail program has broken the lines")
    cut = text[: len(text) // 2]
    assert problem(ask(arrive(), text=f"Hello\n{cut}")).startswith(
        "text: This looks like the text of a badge"
    )


def test_too_much_around_it_gets_a_clear_answer(entry: Entry, arrive: Arrive) -> None:
    fifty: Any = entry[1]
    for _ in range(50):
        fifty = {"credential": fifty}
    deep: Any = entry[1]
    for _ in range(15):
        deep = {"credential": deep}
    assert problem(ask(arrive(), text=json.dumps(deep))).startswith("text: This badge is inside too many")
    assert heading(ask(arrive(), file=json.dumps(fifty).encode())) == GENUINE, "a token is found in any text"
    spoilt = json.dumps(fifty).replace(entry[1], own_inputs.forged(*entry)[1])
    assert heading(ask(arrive(), file=spoilt.encode())) == FORGED
    objects = json.dumps(fifty).replace(json.dumps(entry[1]), json.dumps(entry[0]))
    assert heading(ask(arrive(), file=objects.encode())) == "We could not finish the check"
    mail = b"Hello\r\n" * (5 * 1024 * 1024 // 7)
    assert problem(ask(arrive(), file=mail)).startswith("file: This text is too long. Copy only the part")
    many = json.dumps([entry[1]] * 21 + [entry[1][:-2] + "AA"] * 80)
    assert problem(ask(arrive(), file=many.encode())).startswith("file: This badge is inside too many")


def test_a_code_in_other_spellings_of_its_address(town: Town, code: str, arrive: Arrive) -> None:
    visitor, inputs = arrive(), own_inputs.codes(URL, code)
    table = inputs.pop("rewritten-address.csv")
    for name, picture in inputs.items():
        answer = ask(visitor, file=picture)
        assert (answer.status_code, answer.location) == (303, f"/c/{code}"), name
    place = results(town, visitor, hand_in(visitor, *inputs.items()))
    assert all(GENUINE in row for row in desk_answer(visitor, place)[1:])
    place = results(town, visitor, hand_in(visitor, ("rewritten-address.csv", table)))
    [row] = desk_answer(visitor, place)[1:]
    assert GENUINE in row
    assert "Match" in row, "the surname beside it was compared"
    for spelling in (f"/c/{code}/", f"/c/{code}?utm_source=poster", f"/c/{code}/?a=b"):
        answer = visitor.client.get(spelling)
        assert (answer.status_code, answer.location) == (301, f"/c/{code}"), spelling


def test_a_rewritten_address_is_looked_up_and_any_other_site_is_not(code: str, arrive: Arrive) -> None:
    ours = f"{URL}/c/{code}"
    for text in (own_inputs.safe_link(ours), f"[my passport]({own_inputs.safe_link(ours)})"):
        answer = ask(arrive(), text=text)
        assert (answer.status_code, answer.location) == (303, f"/c/{code}"), text
    for away in (
        f"https://elsewhere.example/?url={quote(ours, safe='')}",
        own_inputs.safe_link("https://elsewhere.example/c/" + code),
        f"https://safelinks.protection.outlook.com.elsewhere.example/?url={quote(ours, safe='')}",
    ):
        answer = ask(arrive(), text=away)
        assert (answer.status_code, heading(answer)) == (400, "This leads to another site"), away
        assert "There is a code of ours in it: SP-" in answer.text, "to be typed"


def test_a_qr_code_of_anything_else(code: str, arrive: Arrive) -> None:
    def scanned(text: str) -> Any:
        return ask(arrive(), file=sheets.encoded(sheets.sheet([text])))

    assert problem(scanned("hello")).startswith("file: There is no code in this file")
    assert problem(scanned(f"{URL}/check")).startswith("file: There is no code in this file")
    assert scanned(f"My code: {code}").location == f"/c/{code}"
    assert heading(scanned("https://elsewhere.example")) == "This leads to another site"
