import json
from argparse import Namespace

import pytest

from passport.cli import bench
from passport.verifier.memory import MEMORY


def test_figures_and_ratios_of_the_same_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.run(Namespace(what="credentials", seconds=0.2, json=True)) == 0
    measured = json.loads(capsys.readouterr().out)
    figures, ratios = measured["figures"], measured["ratios"]
    assert measured.keys() == {"figures", "ratios"}
    assert {"vc_jwt_verify", "di_verify", "di_verify_endorsed", "di_issue"} <= ratios.keys()
    assert ratios["di_verify"] == pytest.approx(figures["di_verify"] / figures["raw_verify"])
    assert ratios["di_issue"] == pytest.approx(figures["di_issue"] / figures["raw_sign"])
    assert all(value > 0 for value in [*figures.values(), *ratios.values()])
    assert figures["check_json_remembered"] > figures["check_json"]
    assert len(MEMORY) > 0


def test_people_get_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.run(Namespace(what="credentials", seconds=0.1, json=False)) == 0
    said = capsys.readouterr().out
    assert "vc jwt verify" in said
    assert "Ratios" in said
