"""Badges of other people's issuers get one answer: on the page, at the desk, in the API and in `verify`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from passport import cli
from tests.verifier.test_external_inputs import NAME, RIGHT, STRANGERS, renamed
from tests.web.checking.test_desk import answer as desk_answer
from tests.web.checking.test_desk import hand_in, results
from tests.web.checking.test_handed_in import ask, heading

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from tests.fixtures.towns import Town
    from tests.web.conftest import Arrive

UNKNOWN, FORGED = "We do not recognise who issued this", "Not genuine: do not rely on this"
NOT_COVERED = "60-added-undefined-term.json"
GOOD = {name: (STRANGERS / name).read_bytes() for name in RIGHT}
CHANGED = {name: renamed(data) for name, data in GOOD.items() if name != NOT_COVERED}


@pytest.mark.parametrize(("files", "expected"), [(GOOD, UNKNOWN), (CHANGED, FORGED)], ids=["good", "changed"])
def test_the_page_and_the_desk(files: dict[str, bytes], expected: str, town: Town, arrive: Arrive) -> None:
    visitor = arrive()
    for name, data in files.items():
        for answer in (ask(visitor, file=data), ask(visitor, text=data.decode())):
            assert (answer.status_code, heading(answer)) == (200, expected), name
            assert (NAME in answer.text) is (files is GOOD and RIGHT[name][4]), name
    place = results(town, visitor, hand_in(visitor, *files.items()))
    _head, *rows = desk_answer(visitor, place)
    assert len(rows) == len(files)
    assert all(expected in row and NAME not in row for row in rows), rows


@pytest.mark.parametrize(("files", "verdict"), [(GOOD, "V6"), (CHANGED, "V7")], ids=["good", "changed"])
def test_the_api_and_the_command(
    files: dict[str, bytes],
    verdict: str,
    app: Flask,
    town: Town,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    trust = town.runtime.public.directory / "bundle.json"
    base = ["--trust", str(trust), "--at", town.clock().isoformat(), "--json"]
    client = app.test_client()
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
        assert cli.main(["verify", str(tmp_path / name), *base]) == 1, name
        told = json.loads(capsys.readouterr().out)
        assert (told["verdict"], told["credential"]) == (verdict, None), name
        given = json.loads(data) if name.endswith(".json") else data.decode().strip()
        answered = client.post("/credentials/verify", json={"verifiableCredential": given}).get_json()
        assert (answered["verified"], answered["verdict"]) == (False, verdict), name
        expected = {"shape": RIGHT[name][0], "signature": RIGHT[name][2]}
        for checks in (told["checks"], answered["checks"]) if files is GOOD else ():
            outcomes = {check["name"]: check["outcome"] for check in checks if check["name"] in expected}
            assert outcomes == {check: outcome.value for check, outcome in expected.items()}, name
