"""What is no credential that is checked here gets no verdict on the page, desk, API and command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from passport import cli
from tests.web.checking.test_desk import hand_in, results
from tests.web.checking.test_handed_in import ask, heading

if TYPE_CHECKING:
    from flask import Flask

    from tests.fixtures.towns import Town
    from tests.web.conftest import Arrive

INPUTS = Path(__file__).parents[2] / "inputs" / "old-badges"
FILES = {path.name: path.read_bytes() for path in sorted(INPUTS.iterdir())}
FILES["package.json"] = b'{"name": "left-pad", "version": "1.3.0"}'
OLD, OTHER = "a badge of Open Badges 1 or 2", "JSON that is no credential"
NEUTRAL = "We cannot check this kind of file"
VERDICTS = ("Not genuine", "We do not recognise", "We could not finish")


def test_the_page_says_what_it_seems_to_be_and_what_to_ask_for(arrive: Arrive) -> None:
    for name, data in FILES.items():
        answer = ask(arrive(), file=data)
        assert heading(answer) == NEUTRAL, name
        seems = "of another program" if name == "package.json" else "an older badge"
        assert seems in answer.text, name
        assert "Ask your applicant" in answer.text, name
        assert not any(verdict in answer.text for verdict in VERDICTS), name


def test_the_desk_shows_them_among_what_could_not_be_read(town: Town, arrive: Arrive) -> None:
    visitor = arrive()
    place = results(town, visitor, hand_in(visitor, *FILES.items()))
    page = visitor.read(f"{place}?show=unread")
    assert f"Could not be read ({len(FILES)})" in page
    for name in FILES:
        assert name in page
    assert not any(verdict in page for verdict in VERDICTS)


def test_the_api_says_so_and_gives_no_verdict(app: Flask) -> None:
    client = app.test_client()
    for name, seems in (("ob2-hosted-assertion.json", OLD), ("package.json", OTHER)):
        asked = {"verifiableCredential": json.loads(FILES[name])}
        told = client.post("/credentials/verify", json=asked).get_json()
        assert (told["verified"], told["outcome"]) == (False, "not a credential we can check"), name
        assert (told["verdict"], told["seemsToBe"]) == (None, seems), name


def test_the_command_ends_with_two(town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trust = town.runtime.public.directory / "bundle.json"
    for name in ("ob2-hosted-assertion.json", "package.json"):
        (tmp_path / name).write_bytes(FILES[name])
        assert cli.main(["verify", str(tmp_path / name), "--trust", str(trust), "--json"]) == 2, name
        told = json.loads(capsys.readouterr().out)
        assert told["outcome"] == "not a credential we can check", name
        assert told["seems_to_be"] == (OTHER if name == "package.json" else OLD)
