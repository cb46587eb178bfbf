import json
from argparse import Namespace

import pytest

from passport.bench import checks, issuing, other_libraries
from passport.cli import bench

RATES = {
    "verify entry": 5_000.0,
    "issue entry": 8_000.0,
    "PyLD verify entry": 50.0,
    "PyLD issue entry": 40.0,
}


@pytest.fixture(autouse=True)
def _no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the comparison, which takes most of a minute."""
    monkeypatch.setattr(other_libraries, "are_here", lambda: False)


def test_figures_and_ratios_of_the_same_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.run(Namespace(what="credentials", seconds=0.2, json=True)) == 0
    measured = json.loads(capsys.readouterr().out)
    figures, ratios = measured["figures"], measured["ratios"]
    assert measured.keys() == {"figures", "ratios"}
    assert {"vc_jwt_verify", "di_verify", "di_verify_endorsed", "di_issue"} <= ratios.keys()
    assert {"di_verify_many", "di_issue_many"} <= ratios.keys()
    assert ratios["di_verify"] == pytest.approx(figures["di_verify"] / figures["raw_verify"])
    assert ratios["di_issue"] == pytest.approx(figures["di_issue"] / figures["raw_sign"])
    assert all(value > 0 for value in [*figures.values(), *ratios.values()])
    assert figures["check_json_remembered"] > figures["check_json"]
    assert {"entries_a_second", "entries_a_second_one_by_one", "schema"} <= figures.keys()


def test_people_get_a_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing, "figures", lambda _seconds: {})
    assert bench.run(Namespace(what="credentials", seconds=0.1, json=False)) == 0
    said = capsys.readouterr().out
    assert "vc jwt verify" in said
    assert "Ratios" in said
    assert other_libraries.MISSING in said


def test_other_libraries_stand_beside_ours_where_they_are(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuing, "figures", lambda _seconds: {})
    monkeypatch.setattr(other_libraries, "are_here", lambda: True)
    monkeypatch.setattr(other_libraries, "measured", lambda: RATES)
    assert bench.run(Namespace(what="credentials", seconds=0.1, json=True)) == 0
    measured = json.loads(capsys.readouterr().out)
    assert (measured["figures"]["pyld_verify"], measured["figures"]["pyld_issue"]) == (50, 40)
    assert (measured["ratios"]["times_pyld_verify"], measured["ratios"]["times_pyld_issue"]) == (100, 200)
    assert not [name for name in measured["figures"] if "digitalbazaar" in name]  # it was not there


def test_checks_of_codes_are_measured_beside_a_bare_page_of_the_same_server(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "CODES", 3)
    monkeypatch.setattr(checks, "ROUNDS", 3)
    assert bench.run(Namespace(what="checks", seconds=0.9, json=True)) == 0
    measured = json.loads(capsys.readouterr().out)
    figures, ratios = measured["figures"], measured["ratios"]
    assert ratios.keys() == {"page_by_code", "data_by_code"}
    assert 0 < ratios["page_by_code"] < ratios["data_by_code"] < 1
    assert {"desk_1000_rows_seconds", "qr_picture_milliseconds", "page_kilobytes"} <= figures.keys()
